import { Chart, JsonPatch } from 'cdk8s';
import { AlertRule, MonitoredApp, MonitoringApp, Platform, PrometheusRule, RecordingRule } from '../../../src';
import { expectValidObjects } from '../../support/schemas';

function objectsOf(compose: (chart: Chart) => void): { kind: string; metadata: { name: string }; spec: unknown }[] {
  const app = new MonitoringApp({ platform: Platform.kubePrometheusStack({ release: 'kps' }) });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  compose(chart);
  expect(app.findings()).toEqual([]);
  return chart.toJson() as never;
}

describe('a PrometheusRule of its own', () => {
  const watchdog = { expr: 'vector(1)', severity: 'info', summary: 'Alerting works' } as const;

  test('holds the rules created under it, with the name, labels and patches that its user gives', () => {
    const objects = objectsOf((chart) => {
      const cluster = new PrometheusRule(chart, 'Cluster', {
        name: 'cluster-rules',
        labels: { scope: 'cluster' },
        annotations: { owner: 'platform' },
        patches: [JsonPatch.add('/spec/groups/0/interval', '1m')],
      });
      new AlertRule(cluster, 'Watchdog', watchdog);
      new RecordingRule(cluster, 'job:up:count', { expr: 'count by (job) (up)' });
    });
    expectValidObjects(objects);
    expect(objects).toMatchObject([
      {
        kind: 'PrometheusRule',
        metadata: {
          name: 'cluster-rules',
          namespace: 'shop',
          labels: { release: 'kps', scope: 'cluster' },
          annotations: { owner: 'platform' },
        },
        spec: { groups: [{ interval: '1m', rules: [{ record: 'job:up:count' }, { alert: 'Watchdog' }] }] },
      },
    ]);
  });

  test('is called after its id, and stands beside that of the chart and those of apps', () => {
    const names = objectsOf((chart) => {
      new AlertRule(new PrometheusRule(chart, 'cluster'), 'Watchdog', watchdog);
      new AlertRule(chart, 'ChartWatchdog', watchdog);
      const app = new MonitoredApp(chart, 'checkout', { image: 'registry.example/checkout:1.4.2', port: 8080 });
      new AlertRule(app, 'AppWatchdog', watchdog);
    })
      .filter(({ kind }) => kind === 'PrometheusRule')
      .map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(['checkout', 'cluster', 'shop-rules']);
  });

  test('is no object without rules', () => {
    expect(objectsOf((chart) => void new PrometheusRule(chart, 'empty'))).toEqual([]);
  });
});
