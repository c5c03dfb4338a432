import { Chart } from 'cdk8s';
import { AlertRule, MonitoredApp, MonitoringApp, Platform, RecordingRule } from '../../src';

const app = new MonitoringApp({
  platform: Platform.kubePrometheusStack({ release: 'kps', namespace: 'monitoring' }),
});
const chart = new Chart(app, 'random-facts', { namespace: 'facts' });

const facts = new MonitoredApp(chart, 'random-facts', {
  image: 'registry.example/random-facts:1.0.0',
  port: 8000,
  metrics: { path: '/metrics' },
  team: 'facts',
});

new RecordingRule(facts, 'job:random_facts_api_execution_counter:rate5m', {
  expr: 'sum by (namespace, job) (rate(random_facts_api_execution_counter{namespace="facts", job="random-facts"}[5m]))',
});

new AlertRule(facts, 'RandomFactsSlow', {
  expr: [
    'histogram_quantile(0.9,',
    '  sum by (namespace, job, le) (rate(http_request_duration_seconds_bucket{namespace="facts", job="random-facts"}[5m]))',
    ') > 0.5',
  ].join('\n'),
  for: '10m',
  severity: 'warning',
  summary: 'A tenth of the requests for facts take longer than half a second',
  description: 'The 90th percentile is {{ $value | humanizeDuration }}.',
});

app.synth();
