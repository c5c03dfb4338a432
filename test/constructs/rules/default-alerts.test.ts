import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { MonitoredApp } from '../../../src/constructs';
import { addDefaultAlerts, DefaultAlerts } from '../../../src/constructs/rules/default-alerts';
import { RuleSet } from '../../../src/constructs/rules/rule-set';
import { ruleThatDrops, sampleLabels } from '../../../src/constructs/scrape/target-labels';
import { findingsOf } from '../../../src/findings';
import { Platform, PlatformProps, RelabelingRule } from '../../../src/platform';
import { image, stack, theOnly } from '../../support/stack';

const names = (action: 'keep' | 'drop', regex?: string): RelabelingRule => ({
  action,
  sourceLabels: ['__name__'],
  ...(regex === undefined ? {} : { regex }),
});

/** The alerts of an exporter with rules over its samples, and what is said of them. */
function exporterWith(
  metricRelabelings: readonly RelabelingRule[],
  alerts?: DefaultAlerts,
  facts: PlatformProps = {},
): { alerts: string; findings: string[] } {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  Platform.provide(chart, Platform.custom(facts));
  const app = new Construct(chart, 'checkout');
  const rules = new RuleSet(app, { name: 'checkout', labels: {}, alertLabels: {} });
  const matchers = () => ({ namespace: 'shop', job: 'checkout', endpoint: 'redis' });
  const endpoint = { declaredBy: app, prefix: 'Redis', what: 'redis', upMetric: 'redis_up', matchers };
  addDefaultAlerts(rules, { ...endpoint, metricRelabelings }, alerts, Platform.of(app));
  const findings = findingsOf(chart).filter(({ code }) => code === 'rules/dropped-metric');
  return {
    alerts: JSON.stringify(Testing.synth(chart)),
    findings: findings.map(({ severity, message, fix }) => `${severity}: ${message} → ${fix}`),
  };
}

describe('an up metric that is dropped', () => {
  test('is a warning at the exporter, and the alert is written', () => {
    const { alerts, findings } = exporterWith([names('drop', 'go_.*'), names('keep', 'redis_commands_.*')]);
    expect(findings).toEqual([
      'warning: the alert RedisDown can never fire: metricRelabelings[1] drops its metric redis_up → keep redis_up in the regex, or set alerts: { exporterDown: false }',
    ]);
    expect(alerts).toContain('redis_up{');
  });

  test('is none where the metric stays, or the alert is off', () => {
    expect(exporterWith([names('keep', 'redis_.*')]).findings).toEqual([]);
    expect(exporterWith([names('drop')], { exporterDown: false }).findings).toEqual([]);
  });

  test.each<[number | undefined, readonly RelabelingRule[]]>([
    [0, [names('drop', 'redis_.*')]],
    [0, [names('drop')]],
    [0, [names('drop', '')]],
    [0, [names('keep', 'up')]],
    [1, [names('keep', 'redis_.+'), names('drop', '.*_up|go_.*')]],
    [undefined, [names('drop', 'up')]],
    [undefined, [names('keep')]],
    [undefined, [names('keep', 'redis_up|redis_memory')]],
    [undefined, [names('keep', '(')]],
    [undefined, [{ action: 'keep', sourceLabels: ['__name__', 'db'], regex: 'a' }]],
    [undefined, [{ action: 'drop', sourceLabels: ['db'], regex: '.*' }]],
    [undefined, [{ sourceLabels: ['a'], targetLabel: '__name__' }, names('keep', 'a')]],
    [undefined, [{ sourceLabels: ['a'], targetLabel: '${1}' }, names('keep', 'a')]],
    [undefined, [{ action: 'labelmap', regex: 'a(.*)' }, names('keep', 'a')]],
    [undefined, [null as never, 'drop' as never]],
    [undefined, 'drop' as never],
  ])('is dropped by rule %p of %j', (index, rules) => expect(ruleThatDrops('redis_up', rules)).toBe(index));
});

describe('the matchers of an up metric', () => {
  const before = { namespace: 'shop', job: 'checkout', endpoint: 'redis' };

  test('follow rules over samples, those of up do not', () => {
    const { alerts } = exporterWith([{ targetLabel: 'job', replacement: 'cache' }]);
    expect(alerts).toContain(JSON.stringify('redis_up{namespace="shop", job="cache", endpoint="redis"} == 0'));
    expect(alerts).toContain(JSON.stringify('up{namespace="shop", job="checkout", endpoint="redis"} == 0'));
  });

  test('leave out what a rule computes or drops', () => {
    expect(sampleLabels(before)).toEqual(before);
    expect(sampleLabels(before, [{ sourceLabels: ['db'], targetLabel: 'job' }])).not.toHaveProperty('job');
    expect(sampleLabels(before, [{ action: 'labeldrop', regex: 'endpoint|namespace' }])).toEqual({ job: 'checkout' });
    expect(sampleLabels({ job: 'a' }, [{ targetLabel: 'endpoint', replacement: 'b' }])).toEqual({
      job: 'a',
      endpoint: 'b',
    });
  });

  test('keep a namespace that is enforced', () => {
    const rules: readonly RelabelingRule[] = [{ targetLabel: 'namespace', replacement: 'other' }];
    expect(sampleLabels(before, rules)).toMatchObject({ namespace: 'other' });
    expect(sampleLabels(before, rules, 'namespace')).toEqual(before);
    const facts = { prometheus: { enforcedNamespaceLabel: 'namespace' } };
    expect(exporterWith(rules, undefined, facts).alerts).not.toContain('other');
  });
});

test('no target is absent by default where each shard knows its own only, unless that is asked for', () => {
  const alertsOf = (shards: number, alerts?: DefaultAlerts) => {
    const { objects } = stack(
      (chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: { alerts } }),
      { platform: Platform.custom({ prometheus: { name: 'apps', shards } }) },
    );
    const rules = theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { alert: string }[];
    return rules.map(({ alert }) => alert);
  };
  expect(alertsOf(1)).toEqual(['WebTargetAbsent', 'WebTargetDown']);
  expect(alertsOf(2)).toEqual(['WebTargetDown']);
  expect(alertsOf(2, { targetAbsent: { for: '20m' } })).toEqual(['WebTargetAbsent', 'WebTargetDown']);
});
