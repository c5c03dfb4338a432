import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  AlertRule,
  GrafanaDashboard,
  MetricsChecklist,
  MonitoredApp,
  MonitoringDefaults,
  RecordingRule,
} from '../../src';

/** An app with its first metrics of its own, all the way from the program to a person. */
export function orders(scope: Construct, replicas: number): void {
  const chart = new Chart(scope, 'shop', { namespace: 'shop' });
  MonitoringDefaults.provide(chart, {
    team: 'shop',
    alertLabels: { receiver: 'shop-chat' },
    severityLabels: { critical: { receiver: 'shop-pager' } },
    runbooks: 'https://runbooks.example/shop',
  });

  const app = new MonitoredApp(chart, 'orders', {
    image: 'registry.example/orders:2.3.0',
    replicas,
    port: 8000,
    metrics: { path: '/metrics' },
  });

  new RecordingRule(app, 'job:orders_failed:ratio5m', {
    expr: [
      'sum by (namespace, job) (rate(orders_created_total{namespace="shop", job="orders", outcome="failed"}[5m]))',
      '  / (sum by (namespace, job) (rate(orders_created_total{namespace="shop", job="orders"}[5m])) > 0)',
    ].join('\n'),
  });
  new AlertRule(app, 'OrdersFail', {
    expr: 'job:orders_failed:ratio5m{namespace="shop", job="orders"} > 0.05',
    for: '10m',
    severity: 'critical',
    summary: 'More than 5% of orders fail',
    description: '{{ $value | humanizePercentage }} of the orders of the last 5 minutes failed.',
  });
  new AlertRule(app, 'OrdersSlow', {
    expr: [
      'histogram_quantile(0.9,',
      '  sum by (namespace, job, le) (rate(order_duration_seconds_bucket{namespace="shop", job="orders"}[5m]))',
      ') > 1',
    ].join('\n'),
    for: '10m',
    severity: 'warning',
    summary: 'A tenth of the orders take longer than a second',
  });
  new GrafanaDashboard(app, 'overview', { file: `${__dirname}/orders/dashboard.json` });

  new MetricsChecklist(app, 'first-metrics', {
    metrics: ['orders_created_total', 'order_duration_seconds'],
    exposition: `${__dirname}/orders/metrics.txt`,
  });
}
