import { ApiObject, App, Chart } from 'cdk8s';
import { AlertRule, Exporters, ExporterSidecar, GrafanaDashboard, MonitoredApp, Platform } from '../../src';

/** One application of ours in each of many charts: seven objects, with an exporter, alerts and a dashboard. */
export function addApps(app: App, count: number): void {
  const platform = Platform.kubePrometheusStack({ release: 'kps' });
  Platform.provide(app, platform);
  for (let index = 0; index < count; index++) addApp(new Chart(app, `app-${index}`, { namespace: `team-${index}` }));
}

function addApp(chart: Chart): void {
  const name = chart.node.id;
  const monitored = new MonitoredApp(chart, name, {
    image: `registry.example/${name}:1.4.2`,
    port: 8080,
    metrics: {},
    team: 'payments',
  });
  new ExporterSidecar(monitored, 'redis', Exporters.redis());
  new AlertRule(monitored, 'ErrorRateHigh', {
    expr: `sum(rate(http_requests_total{job="${name}",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="${name}"}[5m])) > 0.05`,
    for: '10m',
    severity: 'critical',
    summary: 'Too many requests fail',
  });
  new GrafanaDashboard(monitored, 'overview', { json: { title: name, panels: [], schemaVersion: 41 } });
  new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
}
