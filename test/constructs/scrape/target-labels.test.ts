import { Exporters, ExporterSidecar, MonitoredApp, ServiceMonitorOptions } from '../../../src/constructs';
import { Platform, RelabelingRule } from '../../../src/platform';
import { faults, scrapedApp, stackOn } from './scraped-app';

/** The matchers of the alert `targetDown`. */
function matchersWith(options: ServiceMonitorOptions, props = {}): string {
  const rule = scrapedApp(options, {}, props).rules.find(({ alert }) => alert === 'CheckoutTargetDown');
  return String(rule?.expr).replace(/^up\{?(.*?)\}? == 0$/, '$1');
}
const relabeled = (...relabelings: readonly RelabelingRule[]) => matchersWith({ relabelings });

const all = 'namespace="shop", job="checkout", endpoint="http"';

describe('the default alerts match the labels that the operator sets', () => {
  test('namespace, job and the port', () => expect(matchersWith({})).toBe(all));

  test('job follows jobLabel, and the Service where that label is not on it', () => {
    const labels = { 'app.kubernetes.io/part-of': 'shop' };
    expect(matchersWith({ jobLabel: 'app.kubernetes.io/part-of' }, { labels })).toContain('job="shop"');
    expect(matchersWith({ jobLabel: 'app_kubernetes_io_part_of' }, { labels })).toContain('job="shop"');
    expect(matchersWith({ jobLabel: 'nowhere' })).toContain('job="checkout"');
    expect(matchersWith({ jobLabel: 'nowhere' }, { service: { name: 'front' } })).toContain('job="front"');
    expect(matchersWith({ jobLabel: 'tier' }, { labels: { tier: '' } })).toContain('job="checkout"');
  });

  test('endpoint is the target port where the monitor goes by it', () => {
    expect(matchersWith({ targetPort: 'number' })).toContain('endpoint="8000"');
    expect(matchersWith({ targetPort: 'name' })).toContain('endpoint="http"');
  });

  test('a label that is copied over the namespace makes it unknown, one over job does not', () => {
    expect(matchersWith({ podTargetLabels: ['namespace'] })).toBe('job="checkout", endpoint="http"');
    expect(matchersWith({ targetLabels: ['job', 'endpoint', 'team'] })).toBe(all);
  });

  test('every exporter has its own endpoint label, and its up metric the same matchers', () => {
    const { rules } = stackOn(Platform.unknown, (chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 8000 });
      new ExporterSidecar(app, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
    });
    const matchers = 'namespace="shop", job="checkout", endpoint="redis-metrics"';
    expect(rules.map(({ alert, expr }) => `${alert}: ${expr}`)).toEqual([
      `CheckoutRedisDown: redis_up{${matchers}} == 0`,
      `CheckoutRedisTargetAbsent: absent(up{${matchers}})`,
      `CheckoutRedisTargetDown: up{${matchers}} == 0`,
    ]);
  });
});

describe('after relabeling', () => {
  test.each<[string, RelabelingRule, string]>([
    [
      'a constant is known',
      { targetLabel: 'job', replacement: 'shop' },
      'namespace="shop", job="shop", endpoint="http"',
    ],
    [
      'what is computed is not',
      { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'namespace' },
      'job="checkout", endpoint="http"',
    ],
    [
      'nor what depends on a match',
      { sourceLabels: ['pod'], regex: 'a', targetLabel: 'endpoint', replacement: 'x' },
      'namespace="shop", job="checkout"',
    ],
    [
      'an empty replacement removes it',
      { targetLabel: 'endpoint', replacement: '' },
      'namespace="shop", job="checkout"',
    ],
    [
      'hashmod',
      { action: 'hashmod', sourceLabels: ['pod'], modulus: 8, targetLabel: 'endpoint' },
      'namespace="shop", job="checkout"',
    ],
    [
      'uppercase',
      { action: 'uppercase', sourceLabels: ['job'], targetLabel: 'namespace' },
      'job="checkout", endpoint="http"',
    ],
    [
      'a computed name may be any of ours',
      { sourceLabels: ['pod'], targetLabel: '${1}space', regex: '(.*)' },
      'job="checkout", endpoint="http"',
    ],
    ['or cannot be', { sourceLabels: ['pod'], targetLabel: 'pod_${1}' }, all],
    ['another label changes nothing', { targetLabel: 'cluster', replacement: 'a' }, all],
    ['a dropped label is gone', { action: 'labeldrop', regex: 'name.*' }, 'job="checkout", endpoint="http"'],
    ['a label that is not dropped stays', { action: 'labeldrop', regex: 'name' }, all],
    [
      'only what is kept stays',
      { action: 'labelkeep', regex: 'job|namespace|instance' },
      'namespace="shop", job="checkout"',
    ],
    ['keep and drop touch targets, not labels', { action: 'keep', sourceLabels: ['job'], regex: 'a' }, all],
    ['a labelmap of pod labels leaves ours', { action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)' }, all],
  ])('%s', (_, rule, matchers) => expect(relabeled(rule)).toBe(matchers));

  test('rules apply one after the other', () => {
    expect(
      relabeled(
        { targetLabel: 'job', replacement: 'a' },
        { sourceLabels: ['pod'], targetLabel: 'job' },
        { targetLabel: 'job', replacement: 'b' },
      ),
    ).toContain('job="b"');
    expect(relabeled({ targetLabel: 'job', replacement: 'a' }, { action: 'labeldrop', regex: 'job' })).not.toContain(
      'job',
    );
  });

  test('an alert that would match the targets of others is a finding', () => {
    const computed = scrapedApp({ relabelings: [{ sourceLabels: ['pod'], targetLabel: 'job' }] });
    expect(faults(computed)).toEqual([
      expect.stringMatching(
        /^warning rules\/other-targets: the alerts of checkout match all targets of the same namespace and endpoint/,
      ),
    ]);
    const none = { relabelings: [{ action: 'labelkeep', regex: 'pod' }] } as const;
    expect(faults(scrapedApp(none))).toEqual([
      expect.stringMatching(/^error rules\/other-targets: the alerts of checkout match every target/),
    ]);
    expect(faults(scrapedApp(none, {}, { metrics: { alerts: false } }))).toEqual([]);
  });
});
