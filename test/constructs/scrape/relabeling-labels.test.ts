import type { ServiceMonitorOptions } from '../../../src/constructs';
import { relabelingFindings } from '../../../src/constructs/scrape/relabeling-checks';
import { Platform, PlatformProps, RelabelingRule } from '../../../src/platform';
import { documentedMetaLabels } from './meta-labels';

type List = 'relabelings' | 'metricRelabelings';
const reads = (...sourceLabels: string[]): RelabelingRule => ({ action: 'keep', sourceLabels, regex: 'a' });

/** What is said of the labels of a list, `severity: message → fix`. */
function said(list: List, rules: readonly unknown[], options: ServiceMonitorOptions = {}, facts: PlatformProps = {}) {
  const platform = Platform.custom(facts);
  const findings = relabelingFindings(list, rules as RelabelingRule[], platform, { construct: 'a' }, options);
  return findings.map(({ severity, message, fix }) => `${severity}: ${message} → ${fix}`);
}
const before = (...rules: readonly unknown[]) => said('relabelings', rules);
const after = (...rules: readonly unknown[]) => said('metricRelabelings', rules);
const never = (label: string, index = 0) =>
  `error: relabelings[${index}] asks for the label '${label}', which nothing sets before this rule → `;
const empty = (label: string, index = 0) =>
  `warning: relabelings[${index}]: no label '${label}' is set before this rule: its value is always empty → `;

describe('before the scrape', () => {
  test.each([
    ...['job', 'namespace', 'service', 'pod', 'container', 'endpoint', 'node', 'instance'],
    ...['__address__', '__scheme__', '__metrics_path__', '__scrape_interval__', '__scrape_timeout__'],
    ...['__param_target', '__tmp_mine', '__tmp', '__tmp_prometheus_job_name'],
    ...documentedMetaLabels.filter((label) => !label.startsWith('__meta_kubernetes_node_')),
  ])('%s is set', (label) => expect(before(reads(label))).toEqual([]));

  test.each([
    ['podd', empty('podd') + "write 'pod'"],
    ['nod', empty('nod') + "write 'pod'"],
    ['tier', empty('tier') + "copy it with podTargetLabels, or read '__meta_kubernetes_pod_label_tier'"],
    ['a.b/c', empty('a.b/c') + "copy it with podTargetLabels, or read '__meta_kubernetes_pod_label_a_b_c'"],
    ['__adress__', never('__adress__') + "write '__address__'"],
    ['__foo__', never('__foo__') + 'set it in an earlier rule, or use another label'],
    [
      '__name__',
      "error: relabelings[0] asks for the label '__name__', which only samples have: these rules are over targets → move the rule to metricRelabelings",
    ],
  ])('%s is not', (label, message) => expect(before(reads(label))).toEqual([message]));

  test('a label is said once a rule, and of each rule', () => {
    expect(before(reads('podd', 'podd'), reads('podd'))).toEqual([
      empty('podd') + "write 'pod'",
      empty('podd', 1) + "write 'pod'",
    ]);
  });

  test.each(['replace', 'uppercase', 'lowercase', 'hashmod'])('%s sets its target for later rules only', (action) => {
    const rule = { action, sourceLabels: ['pod'], targetLabel: 'shard', ...(action === 'hashmod' && { modulus: 2 }) };
    expect(before(rule, reads('shard'))).toEqual([]);
    expect(before({ ...rule, targetLabel: '__shard' }, reads('__shard'))).toEqual([]);
    expect(before(reads('shard'), rule)).toEqual([expect.stringContaining(empty('shard'))]);
    expect(before({ ...rule, sourceLabels: ['shard'] })).toEqual([expect.stringContaining(empty('shard'))]);
  });

  test.each(['keepequal', 'dropequal'])('%s reads its target', (action) => {
    expect(before({ action, sourceLabels: ['pod'], targetLabel: 'job' })).toEqual([]);
    expect(before({ action, sourceLabels: ['pod'], targetLabel: 'shard' }, reads('shard'))).toEqual([
      expect.stringContaining(empty('shard')),
      expect.stringContaining(empty('shard', 1)),
    ]);
  });

  test('a rule may write what discovery does not set', () => {
    expect(before({ targetLabel: '__meta_mine', replacement: 'a' }, reads('__meta_mine'))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a labelmap', { action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)' }],
    ['a computed target', { sourceLabels: ['pod'], targetLabel: 'a_${1}' }],
  ])('after %s any label may be there, but none of discovery', (_, rule) => {
    expect(before(rule, reads('tier', '__foo__'))).toEqual([]);
    expect(before(reads('tier'), rule)).toHaveLength(1);
    expect(before(rule, reads('__meta_kubernetes_pod_nam'))).toHaveLength(1);
  });

  test('after a misspelt action as well', () => {
    expect(before({ action: 'relpace', targetLabel: 'tier' }, reads('tier'))).toEqual([
      expect.stringContaining("has the action 'relpace'"),
    ]);
  });

  test('labels that the monitor copies are set, under the name that Prometheus gives them', () => {
    const options = { targetLabels: ['app.kubernetes.io/part-of'], podTargetLabels: ['tier'] };
    expect(said('relabelings', [reads('tier', 'app_kubernetes_io_part_of')], options)).toEqual([]);
    expect(said('relabelings', [reads('team')], options)).toHaveLength(1);
  });

  test('a scrape class may set any label', () => {
    const rules = [reads('tier', '__foo__', '__meta_kubernetes_node_name')];
    expect(said('relabelings', rules, { scrapeClass: 'istio' })).toEqual([]);
    expect(said('relabelings', rules, {}, { prometheus: { scrapeClasses: [{ name: 'istio' }] } })).toEqual([]);
    expect(said('relabelings', rules, {}, { prometheus: { scrapeClasses: [] } })).toHaveLength(3);
  });

  test('without the settings of the scrape only discovery is judged', () => {
    const rules = [reads('tier', '__foo__', '__meta_kubernetes_node_name', '__meta_kubernetes_foo')];
    const findings = relabelingFindings('relabelings', rules, Platform.unknown, { construct: 'a' });
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('__meta_kubernetes_foo')]);
  });

  test('labels of nodes need the metadata of nodes', () => {
    const label = '__meta_kubernetes_node_label_topology_kubernetes_io_zone';
    expect(said('relabelings', [reads(label)], { attachMetadata: { node: true } })).toEqual([]);
    const message = `error: relabelings[0] asks for the label '${label}', which is only set where the monitor attaches the metadata of nodes → set attachMetadata: { node: true }`;
    expect(before(reads(label))).toEqual([message]);
    expect(said('relabelings', [reads(label)], { attachMetadata: { node: false } })).toEqual([message]);
  });
});

describe('after the scrape', () => {
  test.each(['__name__', '__tmp_a', '__type__', '__unit__', 'podd', 'le', 'tier'])('a sample may have %s', (label) =>
    expect(after(reads(label))).toEqual([]),
  );

  test.each([
    ['__nmae__', "which no sample has → write '__name__'"],
    ['__name_', "which no sample has → write '__name__'"],
    ['__foobar__', 'which no sample has → use a label without leading __, or __name__'],
    ['__address__', 'which is gone once the target has been scraped → '],
    ['__param_target', 'which is gone once the target has been scraped → '],
  ])('none has %s', (label, message) => {
    expect(after(reads(label))).toEqual([
      expect.stringContaining(`error: metricRelabelings[0] asks for the label '${label}', ${message}`),
    ]);
  });

  test('a rule may set it', () => {
    expect(after({ sourceLabels: ['a'], targetLabel: '__foobar__' }, reads('__foobar__'))).toEqual([]);
    expect(after({ action: 'labelmap', regex: 'a(.+)' }, reads('__foobar__', '__nmae__'))).toEqual([]);
    expect(said('metricRelabelings', [reads('__foobar__')], { scrapeClass: 'a' })).toEqual([]);
  });
});
