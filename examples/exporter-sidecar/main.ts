import { Chart } from 'cdk8s';
import { AlertRule, Exporters, ExporterSidecar, MonitoredApp, MonitoringApp, Platform } from '../../src';

const app = new MonitoringApp({
  platform: Platform.kubePrometheusStack({ release: 'kps', namespace: 'monitoring' }),
});
const chart = new Chart(app, 'webapp', { namespace: 'web' });

const webapp = new MonitoredApp(chart, 'webapp', {
  image: 'registry.example/webapp:3.1.0',
  replicas: 8,
  port: 5000,
  team: 'web',
});

new ExporterSidecar(
  webapp,
  'status',
  Exporters.custom({
    image: 'registry.example/webapp-exporter:1.0.0',
    port: 9877,
    env: { APP_PORT: '5000', EXPORTER_PORT: '9877', POLLING_INTERVAL_SECONDS: '5' },
    upMetric: 'app_up',
  }),
);

new AlertRule(webapp, 'WebappUnhealthy', {
  expr: 'app_health{namespace="web", job="webapp", app_health="unhealthy"} == 1',
  for: '2m',
  severity: 'critical',
  summary: 'webapp says that it is unhealthy',
  description: 'Pod {{ $labels.pod }} has reported health "unhealthy" on /status.',
});

app.synth();
