import { Duration } from 'cdk8s';
import type { Group, Rule } from '../../../imports/prometheus-rule';
import {
  AlertRule,
  AlertRuleProps,
  MonitoredApp,
  PrometheusRule,
  RecordingRule,
  RecordingRuleProps,
  RuleGroupOptions,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, image, Stack, stack, theOnly } from '../../support/stack';
import { SchemaFields } from './schema-fields';

const alert = { expr: 'up == 0', severity: 'warning', summary: 'It is gone' } as const;

interface GivenRule {
  readonly alert?: Partial<AlertRuleProps>;
  readonly recording?: Partial<RecordingRuleProps>;
}

/** Every field of a rule, and the settings that reach it. */
const ruleFields: { readonly [F in keyof Rule]-?: readonly [given: GivenRule, written: object] } = {
  alert: [{ alert: {} }, { alert: 'Gone' }],
  record: [{ recording: { record: 'job:up:count' } }, { record: 'job:up:count' }],
  expr: [{ alert: { expr: 'up{job="a"} == 0' } }, { expr: 'up{job="a"} == 0' }],
  for: [{ alert: { for: Duration.minutes(10) } }, { for: '10m' }],
  keep_firing_for: [{ alert: { keepFiringFor: '1h' } }, { keep_firing_for: '1h' }],
  labels: [{ recording: { labels: { area: 'eu' } } }, { labels: { area: 'eu' } }],
  annotations: [
    { alert: { description: 'Look there', runbook: 'https://runbooks.example/gone', annotations: { team: 'shop' } } },
    {
      annotations: {
        summary: 'It is gone',
        description: 'Look there',
        runbook_url: 'https://runbooks.example/gone',
        team: 'shop',
      },
    },
  ],
};

/** Every field of a group but its name and its rules. */
const groupFields: {
  readonly [F in Exclude<keyof Group, 'name' | 'rules'>]-?: readonly [given: RuleGroupOptions, written: object];
} = {
  interval: [{ interval: Duration.minutes(5) }, { interval: '5m' }],
  query_offset: [{ queryOffset: '90s' }, { query_offset: '90s' }],
  limit: [{ limit: 10 }, { limit: 10 }],
  partial_response_strategy: [{ partialResponseStrategy: 'warn' }, { partial_response_strategy: 'warn' }],
  labels: [{ labels: { area: 'eu' } }, { labels: { area: 'eu' } }],
};

function rule(given: GivenRule): Stack {
  return stack((chart) => {
    if (given.alert) new AlertRule(chart, 'Gone', { ...alert, ...given.alert });
    if (given.recording) new RecordingRule(chart, 'recorded', { expr: 'count by (job) (up)', ...given.recording });
  });
}

function groupOf({ objects, findings }: Stack): Group {
  expect(faultsOf(findings)).toEqual([]);
  expectValidObjects(objects);
  return (theOnly(objects, 'PrometheusRule').spec as { groups: [Group] }).groups[0];
}

function inGroup(group: RuleGroupOptions, prometheus: string | undefined = undefined): Stack {
  return stack(
    (chart) => void new AlertRule(new PrometheusRule(chart, 'cluster', { group }), 'Gone', alert),
    prometheus === undefined ? {} : { platform: Platform.custom({ prometheus: { version: prometheus } }) },
  );
}

describe('a field of a rule reaches the YAML', () => {
  test.each(Object.entries(ruleFields))('%s', (_, [given, written]) => {
    expect(groupOf(rule(given)).rules).toEqual([expect.objectContaining(written)]);
  });
});

describe('a field of a group reaches the YAML', () => {
  test.each(Object.entries(groupFields))('%s', (_, [given, written]) => {
    expect(groupOf(inGroup(given))).toEqual({ name: 'cluster', ...written, rules: [expect.anything()] });
  });

  test('of an app as well', () => {
    const made = stack((chart) => {
      const objects = { prometheusRule: { name: 'checkout-rules', group: { interval: '2m' } } } as const;
      const app = new MonitoredApp(chart, 'checkout', { image, port: 8080, objects });
      new AlertRule(app, 'Gone', alert);
    });
    expect(groupOf(made)).toMatchObject({ name: 'checkout', interval: '2m', rules: [{ alert: 'Gone' }] });
  });
});

test('together they are all fields that the operator knows', () => {
  const known = new SchemaFields('prometheus-rule');
  const stacks = [
    ...Object.values(ruleFields).map(([given]) => rule(given)),
    ...Object.values(groupFields).map(([given]) => inGroup(given)),
  ];
  const written = new Set(stacks.flatMap(({ objects }) => known.pathsIn(theOnly(objects, 'PrometheusRule').spec)));
  expect(known.paths().filter((path) => !written.has(path))).toEqual([]);
});

describe('a group that cannot be is a finding', () => {
  const wrong: readonly (readonly [given: unknown, finding: string])[] = [
    [{ interval: '5 min' }, 'rules/duration'],
    [{ queryOffset: '1.5h' }, 'rules/duration'],
    [{ limit: -1 }, 'props/type'],
    [{ limit: '10' }, 'props/type'],
    [{ partialResponseStrategy: 'ignore' }, 'props/type'],
    [{ labels: { 'a-b': 'c' } }, 'rules/label'],
    [{ labels: { a: '{{ $value' } }, 'rules/label'],
    [{ limits: 5 }, 'props/unknown'],
    ['5m', 'props/type'],
  ];

  test.each(wrong)('%j: %s', (group, code) => {
    const compose = (chart: Stack['chart']) =>
      void new AlertRule(new PrometheusRule(chart, 'cluster', { group: group as RuleGroupOptions }), 'Gone', alert);
    const codes = findingsOfSynth(compose).map((finding) => finding.code);
    expect(codes).toContain(code);
  });

  test('where the platform has an older Prometheus, which gets nothing of it', () => {
    const all: RuleGroupOptions = { interval: '5m', queryOffset: '1m', limit: 1, labels: { area: 'eu' } };
    const says = (version: string) =>
      inGroup(all, version).findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
    const leftOut = 'the operator leaves it out';
    expect(says('2.30.0')).toEqual([
      `warning rules/prometheus-version: group.limit needs Prometheus 2.31, the platform has 2.30.0: ${leftOut}`,
      `warning rules/prometheus-version: group.queryOffset needs Prometheus 2.53, the platform has 2.30.0: ${leftOut}`,
      `warning rules/prometheus-version: group.labels needs Prometheus 3.0, the platform has 2.30.0: ${leftOut}`,
    ]);
    expect(says('2.53.0')).toHaveLength(1);
    expect(says('3.0.0')).toEqual([]);
  });
});
