import type { RelabelingRule } from '../../../src/platform';
import { documentedMetaLabels } from './meta-labels';
import { faults, scrapedApp } from './scraped-app';

const verdict = (rule: unknown, version?: string): string[] =>
  faults(
    scrapedApp({ relabelings: [rule as RelabelingRule], attachMetadata: { node: true } }, { prometheus: { version } }),
  ).filter((fault) => fault.startsWith('error scrape/relabeling'));

const values = {
  sourceLabels: ['__meta_kubernetes_pod_name'],
  separator: '/',
  regex: '(.+)-canary',
  replacement: '$1-x',
  targetLabel: 'variant',
  modulus: 8,
} as const;
type Field = keyof typeof values;

/** What each action must have and may have: Prometheus' model/relabel, where a field that an action ignores is none. */
const actions: Readonly<Record<string, { readonly needs: readonly Field[]; readonly takes: readonly Field[] }>> = {
  replace: { needs: ['targetLabel'], takes: ['sourceLabels', 'separator', 'regex', 'replacement'] },
  keep: { needs: ['sourceLabels'], takes: ['separator', 'regex'] },
  drop: { needs: ['sourceLabels'], takes: ['separator', 'regex'] },
  hashmod: { needs: ['sourceLabels', 'targetLabel', 'modulus'], takes: ['separator'] },
  labelmap: { needs: ['regex'], takes: ['replacement'] },
  labeldrop: { needs: ['regex'], takes: [] },
  labelkeep: { needs: ['regex'], takes: [] },
  lowercase: { needs: ['sourceLabels', 'targetLabel'], takes: ['separator'] },
  uppercase: { needs: ['sourceLabels', 'targetLabel'], takes: ['separator'] },
  keepequal: { needs: ['sourceLabels', 'targetLabel'], takes: [] },
  dropequal: { needs: ['sourceLabels', 'targetLabel'], takes: [] },
};
const pick = (fields: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([field]) => fields.includes(field)));

describe.each(Object.entries(actions))('the action %s', (action, { needs, takes }) => {
  test('is right with what it needs, and with all that it takes', () => {
    expect(verdict({ action, ...pick(needs) })).toEqual([]);
    expect(verdict({ action, ...pick([...needs, ...takes]) })).toEqual([]);
    expect(verdict({ action: action.toUpperCase(), ...pick(needs) })).toEqual([]);
  });

  test.each(needs)('needs %s', (field) => {
    const others = pick(needs.filter((other) => other !== field));
    const message = `error scrape/relabeling: relabelings[0]: the action ${action} needs ${field} → add ${field}`;
    expect(verdict({ action, ...others })).toEqual([message]);
    expect(
      verdict({ action, ...others, [field]: field === 'sourceLabels' ? [] : field === 'modulus' ? undefined : '' }),
    ).toEqual([message]);
  });

  const useless = (Object.keys(values) as Field[]).filter((field) => ![...needs, ...takes].includes(field));
  test.each(useless)('has no use for %s', (field) => {
    expect(verdict({ action, ...pick(needs), [field]: values[field] })).toEqual([
      `error scrape/relabeling: relabelings[0]: the action ${action} has no use for ${field} → remove ${field}`,
    ]);
  });
});

describe('a rule', () => {
  test('without an action replaces', () => expect(verdict({ targetLabel: 'cluster', replacement: 'a' })).toEqual([]));

  test.each<[unknown, string]>([
    [
      { action: 'relpace', targetLabel: 'a' },
      "relabelings[0] has the action 'relpace', which Prometheus does not know → write 'replace'",
    ],
    [
      { action: 'rename' },
      "relabelings[0] has the action 'rename', which Prometheus does not know → use one of replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal",
    ],
    [
      { action: 'constructor' },
      "relabelings[0] has the action 'constructor', which Prometheus does not know → use one of replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal",
    ],
    [{ action: 'labeldrop', regex: '(?!a)b' }, "relabelings[0]: the regex '(?!a)b' is not valid in RE2: "],
    [{ action: 'labeldrop', regex: '[' }, "relabelings[0]: the regex '[' is not valid in RE2: "],
    [
      { action: 'hashmod', ...pick(['sourceLabels', 'targetLabel']), modulus: 0 },
      'relabelings[0]: the modulus 0 is not above 0 → give a whole number above 0',
    ],
    [
      { action: 'hashmod', ...pick(['sourceLabels', 'targetLabel']), modulus: '8' },
      'relabelings[0]: the modulus 8 is not above 0 → give a whole number above 0',
    ],
    [{ action: 'keep', sourceLabels: 'job' }, 'relabelings[0]: sourceLabels is "job" → give a list of label names'],
    [{ action: 'keep', sourceLabels: [5] }, 'relabelings[0]: sourceLabels is [5] → give a list of label names'],
    [{ action: 'labeldrop', regex: 5 }, 'relabelings[0]: regex is 5 → give a string'],
    [{ targetLabel: 'a', replacement: 1 }, 'relabelings[0]: replacement is 1 → give a string'],
    [
      { targetLabel: 'a', source_labels: ['b'] },
      'relabelings[0]: the action replace has no use for source_labels → remove source_labels',
    ],
    [null, 'relabelings[0] is null, not a rule → '],
    ['labeldrop', 'relabelings[0] is "labeldrop", not a rule → '],
  ])('%j', (rule, message) => {
    expect(verdict(rule)).toEqual([expect.stringContaining(`error scrape/relabeling: ${message}`)]);
  });

  test('in the place of the list is refused', () => {
    expect(faults(scrapedApp({ relabelings: { targetLabel: 'a' } as never })).join()).toMatch(/relabelings/);
  });

  test('is named by its place among all rules', () => {
    const rules = [
      { action: 'labeldrop', regex: 'a' },
      { action: 'labeldrop', regex: '(' },
      { action: 'labelkeep', regex: ')' },
    ] as const;
    expect(faults(scrapedApp({ metricRelabelings: rules })).map((fault) => /\w+\[\d\]/.exec(fault)?.[0])).toEqual([
      'metricRelabelings[1]',
      'metricRelabelings[2]',
    ]);
  });
});

describe('a label of discovery', () => {
  test.each(documentedMetaLabels)('%s is known', (label) =>
    expect(verdict({ action: 'keep', sourceLabels: [label], regex: 'a' })).toEqual([]),
  );

  test.each(['__address__', '__param_target', '__scheme__', '__metrics_path__', '__tmp_mine', 'job'])(
    '%s is not one, and is not judged',
    (label) => expect(verdict({ action: 'keep', sourceLabels: [label] })).toEqual([]),
  );

  test.each([
    ['__meta_kubernetes_pod_nam', '__meta_kubernetes_pod_name'],
    ['__meta_kubernetes_pod_nodename', '__meta_kubernetes_pod_node_name'],
    ['__meta_kubernetes_pod_labels_app', '__meta_kubernetes_pod_label_app'],
    ['__meta_kubernetes_pod_lable_app', '__meta_kubernetes_pod_label_app'],
    ['__meta_kubernetes_service_anotation_a_b', '__meta_kubernetes_service_annotation_a_b'],
    ['__meta_kubernetes_pod_container_port_nam', '__meta_kubernetes_pod_container_port_name'],
    ['__meta_kubernets_namespace', '__meta_kubernetes_namespace'],
    ['__meta_pod_name', '__meta_kubernetes_pod_name'],
    ['__meta_kubernetes_podname', '__meta_kubernetes_pod_name'],
    ['__meta_kubernetes_pods_label_app', '__meta_kubernetes_pod_label_app'],
    ['__meta_kubernetes_endpoints_port_name', '__meta_kubernetes_endpoint_port_name'],
  ])('%s is not set; %s is', (label, near) => {
    const { findings } = scrapedApp({ relabelings: [{ action: 'keep', sourceLabels: [label] }] });
    expect(findings.filter(({ code }) => code === 'scrape/relabeling')).toMatchObject([
      { severity: 'error', nearMiss: near, fix: `write '${near}'` },
    ]);
  });

  test.each([
    '__meta_kubernetes_foo',
    '__meta_kubernetes_ingress_path',
    '__meta_kubernetes_ingress_annotation_foo',
    '__meta_kubernetes_pod_owner',
    '__meta_kubernetes_pod_xy_some_long_name_of_a_label',
    '__meta_ec2_instance_id',
    '__meta_',
  ])('%s is near none', (label) => {
    const { findings } = scrapedApp({ relabelings: [{ action: 'keep', sourceLabels: [label] }] });
    const [finding, ...others] = findings.filter(({ code }) => code === 'scrape/relabeling');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', fix: 'use a label of kubernetes_sd_config' });
    expect(finding).not.toHaveProperty('nearMiss');
  });

  test('is gone after the scrape', () => {
    expect(
      faults(scrapedApp({ metricRelabelings: [{ action: 'keep', sourceLabels: ['__meta_kubernetes_namespace'] }] })),
    ).toEqual([
      expect.stringContaining(
        "asks for the label '__meta_kubernetes_namespace', which is gone once the target has been scraped",
      ),
    ]);
  });
});

describe('on an older Prometheus', () => {
  test.each([
    ['lowercase', '2.35.0', '2.36.0'],
    ['uppercase', '2.35.0', '2.36.0'],
    ['keepequal', '2.40.7', '2.41.0'],
    ['dropequal', '2.40.7', '2.41.0'],
  ])('%s is refused before its time', (action, before, from) => {
    const rule = { action, ...pick(['sourceLabels', 'targetLabel']) };
    expect(verdict(rule, before)).toEqual([
      expect.stringContaining(`the action ${action} needs Prometheus ${from.slice(0, 4)}, the platform has ${before}`),
    ]);
    expect(verdict(rule, from)).toEqual([]);
  });

  test.each<[object]>([
    [{ targetLabel: 'a.b', replacement: 'x' }],
    [{ targetLabel: 'é', replacement: 'x' }],
    [{ targetLabel: '${1}', sourceLabels: ['a'] }],
    [{ action: 'labelmap', regex: 'a(.*)', replacement: '1$1' }],
    [{ action: 'labelmap', regex: 'a(.*)', replacement: 'a-$1' }],
  ])('%j is a name from Prometheus 3 on', (rule) => {
    expect(verdict(rule, '2.55.0')).toEqual([expect.stringContaining('cannot name a label before Prometheus 3')]);
    expect(verdict(rule, '3.0.0')).toEqual([]);
    expect(verdict(rule)).toEqual([]);
  });

  test.each(['$1', '${1}', 'a_$1', 'x${1}y$2', 'plain'])('a labelmap may write to %s', (replacement) =>
    expect(verdict({ action: 'labelmap', regex: 'a(.*)', replacement }, '2.42.0')).toEqual([]),
  );
});
