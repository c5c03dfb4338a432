import { App } from 'cdk8s';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findingsOf } from '../../src/findings';
import { clusterParts, Platform } from '../../src/platform';
import { platformFileShape } from '../../src/platform/platform-shape';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'platform-file-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

function platformFrom(content: string | Buffer): Platform {
  const file = path.join(folder, 'platform.yaml');
  fs.writeFileSync(file, content);
  return Platform.fromFile(file);
}

const everyName = Object.keys((platformFileShape as { fields: object }).fields).join(', ');

/** `line: message → fix` for each problem. */
function problemsIn(content: string | Buffer): string[] {
  return platformFrom(content).problems.map(({ line, message, fix }) => `${line}: ${message} → ${fix}`);
}

const example = `
preset: kube-prometheus-stack          # the rest overrides it
prometheus:                            # one, or a list; field names of the Prometheus custom resource
  name: k8s
  namespace: monitoring
  version: 3.14.0
  serviceAccountName: prometheus-k8s
  podLabels: { app.kubernetes.io/name: prometheus }
  serviceMonitorSelector: { matchLabels: { release: kps } }
  serviceMonitorNamespaceSelector: {}
operator: { namespaces: [], kubernetesVersion: "1.36" }
alertmanager: { namespace: monitoring, alertmanagerConfigSelector: {}, alertmanagerConfigMatcherStrategy: OnNamespace }
grafana: { dashboards: sidecar, label: grafana_dashboard, labelValue: "1", namespaces: ALL }
gitops: { tool: argocd, tracking: label, apply: client }    # tool: flux | argocd; tracking: label | annotation; apply: client | server
network: { defaultDeny: true }         # do namespaces deny ingress unless a policy admits it?
namespaces: { shop: { labels: { team: payments } }, monitoring: { labels: { component: monitoring } } }
links: { runbooks: https://runbooks.example, grafana: https://grafana.example }
mesh: { istio: "1.28", mtls: STRICT }
`;

describe('a platform file', () => {
  test('gives the facts of its preset, and overrides them', () => {
    const platform = platformFrom(example);
    expect(platform.problems).toEqual([]);
    expect(platform.name).toBe('kube-prometheus-stack');
    expect(platform.facts).toEqual({
      prometheus: {
        name: 'k8s',
        namespace: 'monitoring',
        version: '3.14.0',
        serviceAccountName: 'prometheus-k8s',
        podLabels: { 'app.kubernetes.io/name': 'prometheus' },
        serviceMonitorSelector: { matchLabels: { release: 'kps' } },
        serviceMonitorNamespaceSelector: {},
        podMonitorNamespaceSelector: {},
        probeNamespaceSelector: {},
        scrapeConfigNamespaceSelector: {},
        ruleNamespaceSelector: {},
        scrapeInterval: '30s',
        evaluationInterval: '30s',
      },
      operator: { installed: true, namespaces: [], kubernetesVersion: '1.36' },
      alertmanager: {
        namespace: 'monitoring',
        alertmanagerConfigSelector: {},
        alertmanagerConfigNamespaceSelector: {},
        alertmanagerConfigMatcherStrategy: 'OnNamespace',
      },
      clusterMonitors: clusterParts,
      clusterServices: { nodeExporter: { port: 'http-metrics' } },
      grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', labelValue: '1', namespaces: 'ALL' },
      gitops: { tool: 'argocd', tracking: 'label', apply: 'client' },
      network: { defaultDeny: true },
      namespaces: { shop: { labels: { team: 'payments' } }, monitoring: { labels: { component: 'monitoring' } } },
      links: { runbooks: 'https://runbooks.example', grafana: 'https://grafana.example' },
      mesh: { istio: '1.28', mtls: 'STRICT' },
    });
  });

  test('without a release does not guess by which label the stack selects', () => {
    expect(platformFrom('preset: kube-prometheus-stack').labelsToBeSelected('ruleSelector')).toEqual({});
    const platform = platformFrom('preset: kube-prometheus-stack\nrelease: kps\nnamespace: observability');
    expect(platform.facts).toEqual(Platform.kubePrometheusStack({ release: 'kps', namespace: 'observability' }).facts);
  });

  test.each([
    ['kube-prometheus', Platform.kubePrometheus()],
    ['openshift', Platform.openShift()],
    ['annotations', Platform.annotationDiscovery()],
    ['cloud-platform', Platform.cloudPlatform()],
  ])('names the preset %s', (preset, platform) =>
    expect(platformFrom(`preset: ${preset}`).facts).toEqual(platform.facts),
  );

  test.each(['', '\n\n', '# nothing yet\n', '---\n', '{}'])('that is empty (%j) says nothing', (content) => {
    const platform = platformFrom(content);
    expect(platform.problems).toEqual([]);
    expect(platform.facts).toEqual({});
    expect(platform.name).toBe('custom');
  });

  test('takes all that a Prometheus resource says of scraping', () => {
    const platform = platformFrom(
      [
        'prometheus:',
        '  name: k8s',
        '  shards: 3',
        '  shardingStrategy: { mode: Topology, topology: { values: [a, b] } }',
        '  enforcedSampleLimit: 1000',
        '  enforcedBodySizeLimit: 10MB',
        '  scrapeClasses:',
        '    - name: mesh',
        '      default: true',
        '      tlsConfig: { insecureSkipVerify: true }',
        '      relabelings: [{ targetLabel: mesh, replacement: "true" }]',
        '  excludedFromEnforcement: [{ resource: servicemonitors, namespace: kube-system }]',
        '  nameValidationScheme: UTF8',
        'clusterMonitors: []',
      ].join('\n'),
    );
    expect(platform.problems).toEqual([]);
    expect(platform.scrapeClassOf({})).toMatchObject({ name: 'mesh', tlsConfig: { insecureSkipVerify: true } });
    expect(platform.prometheusServers[0]).toMatchObject({ shards: 3, enforcedBodySizeLimit: '10MB' });
    expect(platform.facts.clusterMonitors).toEqual([]);
  });

  test('takes several servers, anchors and merged keys', () => {
    const platform = platformFrom(
      'prometheus:\n  - &base { name: a, ruleSelector: { matchLabels: { role: rules } } }\n  - { <<: *base, name: b }\n',
    );
    expect(platform.problems).toEqual([]);
    expect(platform.prometheusServers).toEqual([
      { name: 'a', ruleSelector: { matchLabels: { role: 'rules' } } },
      { name: 'b', ruleSelector: { matchLabels: { role: 'rules' } } },
    ]);
  });
});

describe('a fault in a file', () => {
  test.each<[string, string[]]>([
    [
      'prometheus:\n  name: k8s\nnetwrk:\n  defaultDeny: true\n',
      ["3: platform netwrk is no fact of a platform → write 'network'"],
    ],
    [
      'prometheus:\n  name: k8s\n  serviceMonitorSelctor: {}\n',
      ["3: platform prometheus.serviceMonitorSelctor is no fact of a platform → write 'serviceMonitorSelector'"],
    ],
    [
      'prometheus:\n\n  # which\n  version: 3.10\n',
      ["4: platform prometheus.version is the number 3.1, expected text → write '3.10'"],
    ],
    [
      'operator: { kubernetesVersion: 1.30 }',
      ["1: platform operator.kubernetesVersion is the number 1.3, expected text → write '1.30'"],
    ],
    [
      'prometheus:\n  podLabels:\n    a: yes\n    b: 012\n    c: 2026-01-01\n    d:\n',
      [
        "3: platform prometheus.podLabels.a is the boolean true, expected text → write 'yes'",
        "4: platform prometheus.podLabels.b is the number 10, expected text → write '012'",
        "5: platform prometheus.podLabels.c is the date 2026-01-01T00:00:00.000Z, expected text → write '2026-01-01'",
        '6: platform prometheus.podLabels.d is null, expected text → give text, or leave it out',
      ],
    ],
    [
      'prometheus:\n  - name: a\n  - nme: b\n',
      ["3: platform prometheus[1].nme is no fact of a platform → write 'name'"],
    ],
    [
      'prometheus:\n  - name: a\n  - b\n',
      [
        "3: platform prometheus[1] is the string 'b', expected { name, namespace, version, … } → give { name, namespace, version, … }",
      ],
    ],
    [
      'preset: kube-prometheus-stak\n',
      [
        "1: platform preset is the string 'kube-prometheus-stak', expected 'kube-prometheus-stack' or 'kube-prometheus' or 'openshift' or 'annotations' or 'cloud-platform' → write 'kube-prometheus-stack'",
      ],
    ],
    [
      'preset: openshift\nrelease: kps\n',
      [
        '2: platform release has no meaning for the preset openshift → remove it, or choose preset: kube-prometheus-stack',
      ],
    ],
    [
      'namespace: monitoring\n',
      ['1: platform namespace has no meaning without a preset → write prometheus: { namespace: … }'],
    ],
    [
      'teamLabel: owner\nprometheus: []\n',
      [
        '2: platform prometheus is an empty list: it names no Prometheus → name one, or leave prometheus out where it is unknown',
      ],
    ],
    [
      'prometheus:\n  name: k8s\n  enforcedSampleLimit: many\n  scrapeClasses:\n    - { name: mesh, defalt: true }\n',
      [
        "3: platform prometheus.enforcedSampleLimit is the string 'many', expected a number → give a number",
        "5: platform prometheus.scrapeClasses[0].defalt is no fact of a platform → write 'default'",
      ],
    ],
    [
      'prometheus:\n  scrapeClasses:\n    - { name: a, default: true }\n    - { name: b, default: true }\n',
      ['2: platform prometheus.scrapeClasses has 2 defaults: a, b → keep one default'],
    ],
    [
      'clusterMonitors: [kubelet, kubestatemetrics]\n',
      [
        "1: platform clusterMonitors[1] is the string 'kubestatemetrics', expected 'apiServer' or 'kubelet' or 'etcd' or 'dns' or 'controllerManager' or 'scheduler' or 'kubeProxy' or 'kubeStateMetrics' or 'nodeExporter' → write 'kubeStateMetrics'",
      ],
    ],
    ['scrape:\n  interval: 15\n', ["2: platform scrape.interval: '15' is no Prometheus duration → write '15s'"]],
    ['base: &b { nme: a }\n', [`1: platform base is no fact of a platform → leave it out; known here: ${everyName}`]],
    [
      'prometheus: &p\n  name: 5\nlinks: *p\n',
      [
        "2: platform prometheus.name is the number 5, expected text → write '5'",
        '2: platform links.name is no fact of a platform → leave it out; known here: runbooks, grafana',
      ],
    ],
    [
      'prometheus: &p { podLabels: *p }\n',
      ['1: platform prometheus.podLabels.podLabels is an object, expected text → give text'],
    ],
    [
      '- a\n',
      [
        '1: the platform is a list, expected { prometheus, operator, alertmanager, … } → give { prometheus, operator, alertmanager, … }',
      ],
    ],
    [
      'just text',
      [
        "1: the platform is the string 'just text', expected { prometheus, operator, alertmanager, … } → give { prometheus, operator, alertmanager, … }",
      ],
    ],
    [
      '__proto__: { a: 1 }\n',
      [`1: platform __proto__ is no fact of a platform → leave it out; known here: ${everyName}`],
    ],
  ])('%j', (content, problems) => expect(problemsIn(content)).toEqual(problems));

  test.each<[string, string]>([
    ['network: { defaultDeny: true }\nnetwork: {}\n', '2: the platform file is no YAML: Map keys must be unique'],
    ['prometheus:\n\tname: k8s\n', '2: the platform file is no YAML: Tabs are not allowed as indentation'],
    [
      'prometheus: {',
      '1: the platform file is no YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
    [
      'a: 1\n---\nb: 2\n',
      '2: the platform file is no YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['prometheus: *nothing\n', 'the platform file cannot be read: Unresolved alias'],
  ])('of its YAML: %j', (content, problem) => expect(problemsIn(content)[0]).toContain(problem));

  test('is shown with file and line, and stops a plain App', () => {
    const platform = platformFrom('\nnetwrk: {}\n');
    const app = new App();
    Platform.provide(app, platform);
    const file = path.join(folder, 'platform.yaml');
    expect(findingsOf(app)).toMatchObject([{ code: 'platform/invalid', severity: 'error', where: { file, line: 2 } }]);
    expect(platform.facts).toEqual({});
    expect(platform.with({ teamLabel: 'owner' }).problems).toHaveLength(1);
  });
});

describe('a file that is no platform', () => {
  test('is not there, or a folder', () => {
    expect(Platform.fromFile(path.join(folder, 'missing.yaml')).problems[0]?.message).toMatch(
      /missing.yaml' cannot be read \(ENOENT\)$/,
    );
    expect(Platform.fromFile(folder).problems[0]?.message).toMatch(/cannot be read \(EISDIR\)$/);
    expect(Platform.fromFile(undefined as never).problems[0]?.message).toMatch(
      /^the platform file 'undefined' cannot be read/,
    );
  });

  test.each<[string, string | Buffer]>([
    ['bytes of a program', Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256))],
    ['zeros', Buffer.alloc(1_000_000)],
    ['1 MB of text', 'x'.repeat(1_000_000)],
    ['lists nested too deep', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    [
      'aliases without end',
      [
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...'bcdefghi'
          .split('')
          .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
      ].join('\n'),
    ],
  ])('but %s is one short answer', (_, content) => {
    const start = process.hrtime.bigint();
    const { problems } = platformFrom(content);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(12);
    for (const { message } of problems) expect(message.length).toBeLessThan(400);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(5_000);
  });

  test('1 MB of comments around a platform is read', () => {
    expect(platformFrom(`${'# comment\n'.repeat(100_000)}teamLabel: owner\n`).teamLabel).toBe('owner');
  });
});
