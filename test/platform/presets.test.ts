import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { clusterFacts, clusterParts, Platform } from '../../src/platform';

const presets = {
  'kube-prometheus-stack': Platform.kubePrometheusStack({ release: 'kps' }),
  'kube-prometheus': Platform.kubePrometheus(),
  openshift: Platform.openShift(),
  annotations: Platform.annotationDiscovery(),
  'cloud-platform': Platform.cloudPlatform(),
};

const withOperator = Object.entries(presets).filter(([name]) => name !== 'annotations');

describe.each(Object.entries(presets))('the preset %s', (_, { facts, prometheusServers }) => {
  test('says what monitoring apps needs to know', () => {
    const [server] = prometheusServers;
    expect(server).toMatchObject({ namespace: expect.any(String), scrapeInterval: expect.any(String) });
    expect(server?.podLabels ?? server?.namespaceLabels).toBeDefined();
    expect(facts.network?.defaultDeny).toEqual(expect.any(Boolean));
    expect(facts.operator?.installed).toEqual(expect.any(Boolean));
    expect(facts.clusterMonitors?.length).toBeGreaterThan(0);
  });
});

test.each(withOperator)('the preset %s says which monitors and rules are selected, and where', (_, platform) =>
  expect(platform.prometheusServers[0]).toMatchObject({
    serviceMonitorSelector: expect.any(Object),
    serviceMonitorNamespaceSelector: expect.any(Object),
    podMonitorSelector: expect.any(Object),
    podMonitorNamespaceSelector: expect.any(Object),
    ruleSelector: expect.any(Object),
    ruleNamespaceSelector: expect.any(Object),
  }),
);

test.each([
  ['kube-prometheus-stack', clusterParts],
  ['kube-prometheus', clusterParts.filter((part) => part !== 'etcd' && part !== 'kubeProxy')],
  ['openshift', clusterParts],
  ['cloud-platform', ['apiServer', 'kubelet', 'dns', 'kubeStateMetrics', 'nodeExporter']],
] as const)('%s scrapes these parts of the cluster itself', (name, parts) =>
  expect(presets[name].facts.clusterMonitors).toEqual(parts),
);

/** The text of a file of src/platform, and the comment above each function that a name matches. */
function comments(file: string, name: RegExp): Record<string, string> {
  const text = fs.readFileSync(path.join(__dirname, '../../src/platform', file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Record<string, string> = {};
  for (const statement of source.statements) {
    const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
    const declared = (named as { name?: ts.Identifier }).name?.text ?? '';
    if (name.test(declared)) found[declared] = statement.getFullText();
  }
  return found;
}

describe('every fact has its source', () => {
  const facts = comments('presets.ts', /^(kubePrometheus(Stack)?|openShift|annotationDiscovery|cloudPlatform)$/);

  test('all presets are looked at', () => expect(Object.keys(facts)).toHaveLength(Object.keys(presets).length));

  test.each(Object.entries(facts))('%s names the upstream files', (_, text) =>
    expect(text).toMatch(/ \* Source: [\w-]+\/[\w-]+, [\w./-]+/),
  );

  test('and so do the facts about clusters', () =>
    expect(comments('cluster-facts.ts', /^clusterFacts$/).clusterFacts).toMatch(
      /\* Sources, .* [\w-]+\/[\w-]+,\n \* manifests/,
    ));
});

describe('the parts of a cluster', () => {
  test.each<[(typeof clusterParts)[number], string]>([
    ['apiServer', 'apiserver'],
    ['kubelet', 'kubelet'],
    ['etcd', 'etcd'],
    ['dns', 'kube-dns'],
    ['controllerManager', 'kube-controller-manager'],
    ['scheduler', 'kube-scheduler'],
    ['kubeProxy', 'kube-proxy'],
    ['kubeStateMetrics', 'kube-state-metrics'],
    ['nodeExporter', 'node-exporter'],
  ])('%s has the job %s, which dashboards ask for', (part, job) => expect(clusterFacts[part].job).toBe(job));

  test('each have an endpoint and a way to be found', () => {
    for (const part of clusterParts) {
      const { endpoints, serviceLabels, port } = clusterFacts[part];
      expect(endpoints.length).toBeGreaterThan(0);
      expect(Object.keys(serviceLabels).length).toBeGreaterThan(0);
      expect(port).not.toBe('');
    }
  });
});
