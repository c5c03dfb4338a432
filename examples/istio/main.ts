import { Chart } from 'cdk8s';
import {
  AlertRule,
  annotationScrapeConfigs,
  annotationScrapeFacts,
  Exporters,
  ExporterSidecar,
  IstioMonitors,
  meshCertificates,
  meshTlsConfig,
  MonitoredApp,
  MonitoringApp,
  Platform,
  Prometheus,
  RecordingRule,
  ScrapeJob,
  ScrapePolicy,
} from '../../src';

const shared = Platform.kubePrometheusStack({ release: 'kps' });
const app = new MonitoringApp({ platform: shared });
const mesh = new Chart(app, 'mesh', { namespace: 'istio-system' });

// Istio's own Prometheus finds pods by their annotations: one job over http, and one with certificates of the mesh
const podsOver = (scheme: 'http' | 'https') => {
  const [pods] = annotationScrapeConfigs(shared.with({ annotations: annotationScrapeFacts }));
  const rules = pods?.relabel_configs ?? [];
  return { ...pods, relabel_configs: [...rules, { source_labels: ['__scheme__'], regex: scheme, action: 'keep' }] };
};
const selected = { matchLabels: { prometheus: 'istio' } };
const prometheus = new Prometheus(mesh, 'istio', {
  namespaces: 'all',
  additionalScrapeConfigs: [
    podsOver('http'),
    { ...podsOver('https'), job_name: 'annotated-pods-secure', tls_config: meshTlsConfig() },
  ],
  serviceMonitorSelector: selected,
  podMonitorSelector: selected,
  probeSelector: selected,
  scrapeConfigSelector: selected,
  ruleSelector: selected,
  alertmanagers: [{ namespace: 'monitoring', name: 'kps-kube-prometheus-stack-alertmanager', port: 'http-web' }],
  networkPolicy: { clients: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }] },
  spec: meshCertificates(),
});

// it scrapes the mesh; rules are for the shared Prometheus, which copies the series
const inMesh = shared.with({
  prometheus: { ...prometheus.facts, ruleSelector: { matchLabels: { release: 'kps' } } },
  annotations: annotationScrapeFacts,
  mesh: { istio: '1.31', mtls: 'STRICT', scrape: 'merged-metrics' },
});
Platform.provide(mesh, inMesh);
new IstioMonitors(mesh, 'mesh');

const monitoring = new Chart(app, 'monitoring', { namespace: 'monitoring' });
new ScrapeJob(monitoring, 'federation', {
  scrape: ScrapePolicy.federate({
    match: ['{namespace=~"istio-system|shop"}'],
    targets: [new URL(prometheus.url).host],
  }),
});

const shop = new Chart(app, 'shop', { namespace: 'shop' });
Platform.provide(shop, inMesh);
const scrape = ScrapePolicy.annotations({});

// two containers with metrics: the agent of the sidecar merges them
const orders = new MonitoredApp(shop, 'orders', {
  image: 'registry.example/orders:2.3.0',
  port: 8000,
  metrics: { path: '/metrics' },
  scrape,
});
new ExporterSidecar(orders, 'cache', Exporters.redis());
new RecordingRule(orders, 'job:orders_failed:ratio5m', {
  expr: [
    'sum by (namespace, job) (rate(orders_created_total{namespace="shop", job="orders", outcome="failed"}[5m]))',
    '  / (sum by (namespace, job) (rate(orders_created_total{namespace="shop", job="orders"}[5m])) > 0)',
  ].join('\n'),
});
new AlertRule(orders, 'OrdersFail', {
  expr: 'job:orders_failed:ratio5m{namespace="shop", job="orders"} > 0.05',
  for: '10m',
  severity: 'critical',
  summary: 'More than 5% of orders fail',
});

// ASP.NET: 5000 on the developer's machine, 8080 in the container, 80 for clients; scraped with certificates of the mesh
new MonitoredApp(shop, 'invoices', {
  image: 'registry.example/invoices:1.9.0',
  env: { ASPNETCORE_HTTP_PORTS: '8080' },
  port: 8080,
  service: { port: 80 },
  metrics: { path: '/metrics' },
  mesh: { scrape: 'mesh-certificates', authorizePrometheus: true },
  scrape,
});

// metrics on a port of their own: the only one that takes plain text
new MonitoredApp(shop, 'search', {
  image: 'registry.example/search:3.0.0',
  port: 8080,
  metrics: { port: 9090 },
  mesh: { scrape: 'port-exemption' },
  scrape,
});

app.synth();
