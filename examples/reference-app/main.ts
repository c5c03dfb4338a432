import { Chart } from 'cdk8s';
import { AlertRule, MonitoredApp, MonitoringApp, Platform, ScrapePolicy } from '../../src';

const app = new MonitoringApp({ platform: Platform.cloudPlatform() });
const chart = new Chart(app, 'my-app', { namespace: 'my-namespace' });

const django = new MonitoredApp(chart, 'my-app', {
  image: 'registry.example/my-app:2.3.0',
  port: 8000,
  portName: 'metrics',
  metrics: { path: '/metrics' },
  scrape: ScrapePolicy.serviceMonitor({ interval: '15s' }),
  service: { name: 'my-app-service', type: 'NodePort' },
  objects: { networkPolicy: { name: 'allow-prometheus-scraping' } },
  // gunicorn forks workers, and django-prometheus adds up what they count through files in a shared folder.
  processes: 'prefork',
  aggregation: 'multi-process-directory',
  writableFolders: ['/tmp'],
  team: 'my-team',
});

new AlertRule(django, 'MyAppErrors', {
  expr: 'sum by (namespace, job) (rate(django_http_responses_total_by_status_total{namespace="my-namespace", job="my-app", status=~"5.."}[5m])) > 1',
  for: '5m',
  severity: 'warning',
  summary: 'my-app answers more than one request per second with an error',
});

app.synth();
