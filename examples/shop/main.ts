import { Chart, Duration } from 'cdk8s';
import {
  AlertRule,
  Exporters,
  ExporterSidecar,
  GrafanaDashboard,
  MonitoredApp,
  MonitoringApp,
  Platform,
  RecordingRule,
  ScrapePolicy,
} from '../../src';

const app = new MonitoringApp({
  platform: Platform.kubePrometheusStack({ release: 'kps', namespace: 'monitoring' }),
});
const shop = new Chart(app, 'shop', { namespace: 'shop' });

const checkout = new MonitoredApp(shop, 'checkout', {
  image: 'registry.example/checkout:1.4.2',
  replicas: 8,
  port: 5000,
  metrics: { path: '/metrics' },
  scrape: ScrapePolicy.serviceMonitor({ interval: Duration.seconds(15) }),
  team: 'payments',
});

new ExporterSidecar(checkout, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
new ExporterSidecar(
  checkout,
  'orders',
  Exporters.postgres({
    uri: 'orders-db.shop.svc:5432/orders?sslmode=require',
    user: { name: 'orders-db', key: 'user' },
    password: { name: 'orders-db', key: 'password' },
  }),
);

new RecordingRule(checkout, 'job:http_requests:rate5m', {
  expr: 'sum by (namespace, job) (rate(http_requests_total{namespace="shop", job="checkout"}[5m]))',
});

new AlertRule(checkout, 'CheckoutErrors', {
  expr: [
    'sum by (namespace, job) (rate(http_requests_total{namespace="shop", job="checkout", code=~"5.."}[5m]))',
    '  / (job:http_requests:rate5m{namespace="shop", job="checkout"} > 0)',
    '  > 0.05',
  ].join('\n'),
  for: '10m',
  severity: 'critical',
  summary: 'More than 5% of checkout requests fail',
  description: 'The error ratio is {{ $value | humanizePercentage }}.',
  runbook: 'https://runbooks.example/checkout-errors',
});

new GrafanaDashboard(checkout, 'overview', { file: `${__dirname}/overview.json` });

app.synth();
