import { App, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { findingsOf } from '../../src/findings';
import { clusterParts, Platform, PlatformProps, PrometheusServer } from '../../src/platform';

const release = 'kps';
const presets: Readonly<Record<string, (facts: PlatformProps) => Platform>> = {
  'kube-prometheus-stack': (facts) => Platform.kubePrometheusStack({ release, ...facts }),
  'kube-prometheus': (facts) => Platform.kubePrometheus(facts),
  openshift: (facts) => Platform.openShift(facts),
  annotations: (facts) => Platform.annotationDiscovery(facts),
  'cloud-platform': (facts) => Platform.cloudPlatform(facts),
  custom: (facts) => Platform.custom(facts),
};

/** A value for every fact, none of which is what a preset says. */
const everyFact: Required<PlatformProps> = {
  prometheus: { name: 'other', version: '3.1.4' },
  operator: { installed: true, version: '0.93.0', namespaces: ['shop'], kubernetesVersion: '1.36' },
  alertmanager: { name: 'other', namespace: 'alerts', alertmanagerConfigMatcherStrategy: 'None' },
  grafana: { dashboards: 'operator', instanceSelector: { matchLabels: { grafana: 'main' } } },
  gitops: { tool: 'flux', tracking: 'annotation', apply: 'server' },
  annotations: { prefix: 'metrics.example' },
  rules: { configMapLabels: { rules: 'yes' } },
  prober: { url: 'blackbox.monitoring.svc:9115' },
  clusterMonitors: ['kubelet'],
  clusterServices: { etcd: { namespace: 'etcd', labels: { app: 'etcd' }, port: 'metrics', scheme: 'https' } },
  network: { defaultDeny: true },
  namespaces: { shop: { labels: { team: 'payments' } } },
  links: { runbooks: 'https://runbooks.example', grafana: 'https://grafana.example' },
  mesh: { istio: '1.28', mtls: 'STRICT' },
  scrape: { interval: '1m', sampleLimit: 5000 },
  pods: { assignsUserIds: true },
  teamLabel: 'owner',
};

/** A value for every fact about a server. */
const everyServerFact: Required<PrometheusServer> = {
  name: 'other',
  namespace: 'elsewhere',
  version: '3.1.4',
  serviceAccountName: 'reader',
  podLabels: { app: 'p' },
  namespaceLabels: { component: 'm' },
  serviceMonitorSelector: { matchLabels: { a: 'b' } },
  serviceMonitorNamespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
  podMonitorSelector: {},
  podMonitorNamespaceSelector: {},
  probeSelector: {},
  probeNamespaceSelector: {},
  scrapeConfigSelector: {},
  scrapeConfigNamespaceSelector: {},
  ruleSelector: {},
  ruleNamespaceSelector: {},
  scrapeInterval: Duration.minutes(2),
  scrapeTimeout: '5s',
  evaluationInterval: '45s',
  scrapeClasses: [
    {
      name: 'mesh',
      default: false,
      fallbackScrapeProtocol: 'PrometheusText0.0.4',
      tlsConfig: { caFile: '/ca.crt', serverName: 'app' },
      authorization: { type: 'Bearer', credentialsFile: '/token' },
      relabelings: [{ targetLabel: 'mesh', replacement: 'yes' }],
      metricRelabelings: [{ action: 'labeldrop', regex: 'pod_template_hash' }],
      attachMetadata: { node: true },
    },
  ],
  scrapeProtocols: ['PrometheusProto'],
  shards: 3,
  shardingStrategy: { mode: 'Topology', topology: { externalLabelName: 'zone', values: ['a', 'b', 'c'] } },
  podTargetLabels: ['team'],
  excludedFromEnforcement: [{ resource: 'servicemonitors', namespace: 'kube-system', name: 'kubelet' }],
  overrideHonorTimestamps: false,
  enableFeatures: ['exemplar-storage'],
  nameValidationScheme: 'Legacy',
  nameEscapingScheme: 'Dots',
  scrapeNativeHistograms: true,
  scrapeClassicHistograms: true,
  convertClassicHistogramsToNHCB: true,
  sampleLimit: 1,
  targetLimit: 2,
  labelLimit: 3,
  labelNameLengthLimit: 4,
  labelValueLengthLimit: 5,
  keepDroppedTargets: 6,
  bodySizeLimit: '7MiB',
  enforcedSampleLimit: 10,
  enforcedTargetLimit: 20,
  enforcedLabelLimit: 30,
  enforcedLabelNameLengthLimit: 40,
  enforcedLabelValueLengthLimit: 50,
  enforcedKeepDroppedTargets: 60,
  enforcedBodySizeLimit: '70MB',
  enforcedNamespaceLabel: 'ns',
  ignoreNamespaceSelectors: false,
  overrideHonorLabels: false,
  arbitraryFSAccessThroughSMs: { deny: false },
  serviceDiscoveryRole: 'Endpoints',
  externalLabels: { cluster: 'a' },
};

describe.each(Object.entries(presets))('the preset %s', (name, make) => {
  test('has no problem and says its name', () => {
    expect(make({}).problems).toEqual([]);
    expect(make({}).name).toBe(name);
  });

  test.each(Object.entries(everyFact))('lets %s be overridden', (fact, value) => {
    const platform = make({ [fact]: value } as PlatformProps);
    expect(platform.problems).toEqual([]);
    const isWhole = typeof value === 'string' || Array.isArray(value);
    const expected: unknown = isWhole ? value : expect.objectContaining(value as object);
    expect(platform.facts[fact as keyof PlatformProps]).toEqual(expected);
  });

  test.each(Object.entries(everyServerFact))('lets prometheus.%s be overridden, and keeps the rest', (fact, value) => {
    const before = make({}).prometheusServers[0];
    const platform = make({ prometheus: { [fact]: value } as PrometheusServer });
    expect(platform.problems).toEqual([]);
    expect(platform.prometheusServers).toEqual([{ ...before, [fact]: value }]);
  });
});

describe('what the presets say', () => {
  test('kube-prometheus-stack selects by its release, and cuts names as its chart does', () => {
    const { facts } = Platform.kubePrometheusStack({ release: 'kps', namespace: 'observability' });
    expect(facts).toMatchObject({
      prometheus: {
        name: 'kps-kube-prometheus-stack-prometheus',
        namespace: 'observability',
        serviceAccountName: 'kps-kube-prometheus-stack-prometheus',
        serviceMonitorSelector: { matchLabels: { release: 'kps' } },
        ruleSelector: { matchLabels: { release: 'kps' } },
        ruleNamespaceSelector: {},
      },
      alertmanager: {
        name: 'kps-kube-prometheus-stack-alertmanager',
        namespace: 'observability',
        alertmanagerConfigSelector: {},
      },
      clusterMonitors: clusterParts,
      grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', labelValue: '1', namespaces: 'ALL' },
      network: { defaultDeny: false },
    });
    const nameFor = (name: string) => Platform.kubePrometheusStack({ release: name }).prometheusServers[0]?.name;
    expect(nameFor('kube-prometheus-stack')).toBe('kube-prometheus-stack-prometheus');
    expect(nameFor('monitoring')).toBe('monitoring-kube-prometheus-prometheus');
    expect(nameFor('a-kube-prometheus-stack-b')).toBe('a-kube-prometheus-stack-b-prometheus');
  });

  test('kube-prometheus selects everything', () => {
    const [server] = Platform.kubePrometheus().prometheusServers;
    expect(server).toMatchObject({
      name: 'k8s',
      namespace: 'monitoring',
      serviceMonitorSelector: {},
      ruleSelector: {},
    });
    expect(Platform.kubePrometheus().labelsToBeSelected('ruleSelector')).toEqual({});
  });

  test('OpenShift chooses user ids, enforces the namespace and forbids files', () => {
    const { facts } = Platform.openShift();
    expect(facts.pods).toEqual({ assignsUserIds: true });
    expect(facts.prometheus).toMatchObject({
      enforcedNamespaceLabel: 'namespace',
      arbitraryFSAccessThroughSMs: { deny: true },
      ignoreNamespaceSelectors: true,
      overrideHonorTimestamps: true,
    });
    expect(Platform.openShift().scrapeClassOf({})).toMatchObject({
      name: 'global-config',
      fallbackScrapeProtocol: 'PrometheusText1.0.0',
    });
  });

  test('annotation discovery has no operator', () => {
    expect(Platform.annotationDiscovery({ namespace: 'metrics' }).facts).toMatchObject({
      operator: { installed: false },
      prometheus: { namespace: 'metrics', scrapeInterval: '1m' },
    });
  });

  test('Cloud Platform denies by default and is admitted by the label of its namespace', () => {
    expect(Platform.cloudPlatform().facts).toMatchObject({
      network: { defaultDeny: true },
      prometheus: { namespaceLabels: { component: 'monitoring' } },
      namespaces: { monitoring: { labels: { component: 'monitoring' } } },
    });
  });

  test('an unknown platform says nothing', () => expect(Platform.unknown.facts).toEqual({}));
});

describe('overriding', () => {
  test('replaces a fact as a whole: a selector is not joined with the one of the preset', () => {
    const platform = Platform.kubePrometheusStack({
      release,
      prometheus: { ruleSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['alert', 'rules'] }] } },
    });
    expect(platform.labelsToBeSelected('ruleSelector')).toEqual({ role: 'alert' });
    expect(platform.labelsToBeSelected('serviceMonitorSelector')).toEqual({ release });
  });

  test('with another way to load dashboards forgets what belongs to the old one', () => {
    const { grafana } = Platform.kubePrometheusStack({ release }).with({
      grafana: { dashboards: 'operator', instanceSelector: {} },
    }).facts;
    expect(grafana).toEqual({ dashboards: 'operator', instanceSelector: {} });
  });

  test('joins namespaces, ignores undefined, and changes nothing in place', () => {
    const before = Platform.cloudPlatform();
    const after = before.with({ namespaces: { shop: {} }, network: undefined });
    expect(Object.keys(after.facts.namespaces ?? {})).toEqual(['monitoring', 'shop']);
    expect(after.facts.network).toEqual({ defaultDeny: true });
    expect(Object.keys(before.facts.namespaces ?? {})).toEqual(['monitoring']);
  });

  test('takes a list of servers, the first of which decides the labels', () => {
    const platform = Platform.custom({
      prometheus: [{ ruleSelector: { matchLabels: { a: '1' } } }, { ruleSelector: { matchLabels: { b: '2' } } }],
    });
    expect(platform.prometheusServers).toHaveLength(2);
    expect(platform.labelsToBeSelected('ruleSelector')).toEqual({ a: '1' });
  });

  test.each<[string, NonNullable<PrometheusServer['ruleSelector']>, Record<string, string>]>([
    ['matchLabels', { matchLabels: { a: '1' } }, { a: '1' }],
    ['In', { matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '1' }],
    ['Exists', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: 'true' }],
    ['NotIn', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}],
    ['DoesNotExist', { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, {}],
    [
      'matchLabels and Exists of one key',
      { matchLabels: { a: '1' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      { a: '1' },
    ],
  ])('labels that satisfy %s', (_, selector, labels) =>
    expect(Platform.custom({ prometheus: { ruleSelector: selector } }).labelsToBeSelected('ruleSelector')).toEqual(
      labels,
    ),
  );
});

describe('in a construct tree', () => {
  test('a platform is found at the nearest scope above', () => {
    const app = new App();
    const ofApp = Platform.kubePrometheus();
    const ofChart = Platform.openShift();
    Platform.provide(app, ofApp);
    const first = new Chart(app, 'first');
    const second = new Chart(app, 'second');
    Platform.provide(second, ofChart);
    expect(Platform.of(new Construct(first, 'inner'))).toBe(ofApp);
    expect(Platform.of(new Construct(new Construct(second, 'a'), 'b'))).toBe(ofChart);
    expect(findingsOf(app)).toEqual([]);
  });

  test('there may be none', () => expect(Platform.of(new Chart(new App(), 'shop'))).toBe(Platform.unknown));

  test('one that is set after it was asked for is an error', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    Platform.of(chart);
    Platform.provide(app, Platform.kubePrometheus());
    expect(findingsOf(app)).toMatchObject([
      {
        code: 'platform/too-late',
        severity: 'error',
        where: { construct: 'the app' },
        fix: expect.stringMatching(/^set the platform before \S+ is made$/) as string,
      },
    ]);
  });

  test('one for a chart may come after another chart was built on that of the app', () => {
    const app = new App();
    Platform.provide(app, Platform.kubePrometheus());
    Platform.of(new Chart(app, 'first'));
    Platform.provide(new Chart(app, 'second'), Platform.openShift());
    expect(findingsOf(app)).toEqual([]);
  });
});

describe('facts that cannot be right', () => {
  const messagesOf = (facts: unknown) =>
    Platform.custom(facts as PlatformProps).problems.map(({ message, fix }) => `${message} → ${fix}`);

  test.each<[unknown, string]>([
    [{ promtheus: {} }, "platform promtheus is no fact of a platform → write 'prometheus'"],
    [
      { prometheus: { serviceMonitorSelctor: {} } },
      "platform prometheus.serviceMonitorSelctor is no fact of a platform → write 'serviceMonitorSelector'",
    ],
    [{ prometheus: { version: 3.1 } }, "platform prometheus.version is the number 3.1, expected text → write '3.1'"],
    [
      { prometheus: null },
      'platform prometheus is null, expected { name, namespace, version, … } or a list → give { name, namespace, version, … } or a list, or leave it out',
    ],
    [
      { prometheus: [{}, 'k8s'] },
      "platform prometheus[1] is the string 'k8s', expected { name, namespace, version, … } → give { name, namespace, version, … }",
    ],
    [
      { prometheus: { podLabels: ['a'] } },
      'platform prometheus.podLabels is a list, expected an object → give an object',
    ],
    [
      { prometheus: { podLabels: { a: 1 } } },
      "platform prometheus.podLabels.a is the number 1, expected text → write '1'",
    ],
    [
      { prometheus: { scrapeInterval: '15' } },
      "platform prometheus.scrapeInterval: '15' is no Prometheus duration → write '15s'",
    ],
    [
      { prometheus: { scrapeInterval: { minutes: 1 } } },
      `platform prometheus.scrapeInterval: '{"minutes":1}' is no Prometheus duration → write whole numbers with units, large before small, at most 292y, such as '30s', '5m' or '1h30m'`,
    ],
    [
      { network: { defaultDeny: 'yes' } },
      "platform network.defaultDeny is the string 'yes', expected true or false → give true or false",
    ],
    [
      { gitops: { tool: 'argo' } },
      "platform gitops.tool is the string 'argo', expected 'argocd' or 'flux' → give 'argocd' or 'flux'",
    ],
    [
      { gitops: { tool: 'ArgoCD' } },
      "platform gitops.tool is the string 'ArgoCD', expected 'argocd' or 'flux' → write 'argocd'",
    ],
    [
      { operator: { namespaces: 'all' } },
      'platform operator.namespaces is the string \'all\', expected a list → write ["all"]',
    ],
    [
      { scrape: { sampleLimit: '5000' } },
      "platform scrape.sampleLimit is the string '5000', expected a number → write 5000",
    ],
    [{ scrape: { intervall: '5m' } }, "platform scrape.intervall is no fact of a platform → write 'interval'"],
    [
      'kube-prometheus',
      "the platform is the string 'kube-prometheus', expected { prometheus, operator, alertmanager, … } → give { prometheus, operator, alertmanager, … }",
    ],
    [
      [],
      'the platform is a list, expected { prometheus, operator, alertmanager, … } → give { prometheus, operator, alertmanager, … }',
    ],
    [
      null,
      'the platform is null, expected { prometheus, operator, alertmanager, … } → give { prometheus, operator, alertmanager, … }, or leave it out',
    ],
  ])('%j', (facts, message) => expect(messagesOf(facts)).toEqual([message]));

  test('are all reported, and the sections that hold them are left out', () => {
    const platform = Platform.kubePrometheus({
      prometheus: { ruleSelector: { matchExpressions: {} } },
      network: 'deny',
      links: { runbooks: 'https://runbooks.example' },
    } as unknown as PlatformProps);
    expect(platform.problems).toHaveLength(2);
    expect(platform.prometheusServers).toEqual(Platform.kubePrometheus().prometheusServers);
    expect(platform.facts.links).toEqual({ runbooks: 'https://runbooks.example' });
    expect(platform.with({ teamLabel: 'owner' }).problems).toHaveLength(2);
    const app = new App();
    Platform.provide(app, platform);
    expect(findingsOf(app).map(({ code, severity, where }) => ({ code, severity, where }))).toEqual([
      { code: 'platform/invalid', severity: 'error', where: { construct: 'the app' } },
      { code: 'platform/invalid', severity: 'error', where: { construct: 'the app' } },
    ]);
  });

  test('do not stop JavaScript that gives nothing, or a release of another type', () => {
    expect(Platform.kubePrometheus(null as never).problems).toEqual([]);
    expect(Platform.kubePrometheusStack(undefined as never).problems).toMatchObject([
      { fix: 'give release as a string' },
    ]);
    const platform = Platform.kubePrometheusStack({ release: 5 as never, namespace: ['a'] as never });
    expect(platform.problems.map(({ fix }) => fix)).toEqual(['give release as a string', 'give namespace as a string']);
    expect(platform.labelsToBeSelected('ruleSelector')).toEqual({});
  });
});

export function misspeltFactsDoNotCompile(): void {
  Platform.kubePrometheusStack({ release, network: { defaultDeny: true } });
  // @ts-expect-error the release decides the selectors
  Platform.kubePrometheusStack({});
  // @ts-expect-error no such fact
  Platform.custom({ promtheus: {} });
  // @ts-expect-error no such fact of a server
  Platform.custom({ prometheus: { versoin: '3' } });
  // @ts-expect-error a duration has a unit
  Platform.custom({ prometheus: { scrapeInterval: '15' } });
  // @ts-expect-error dashboards reach Grafana in one of two ways
  Platform.custom({ grafana: { dashboards: 'api' } });
}

describe('a label that the operator enforces', () => {
  const excluded = [
    { resource: 'servicemonitors', namespace: 'kube-system', name: 'kubelet' },
    { resource: 'podmonitors', namespace: 'shop' },
  ] as const;
  const enforcing = Platform.custom({
    prometheus: { enforcedNamespaceLabel: 'namespace', excludedFromEnforcement: excluded },
  });

  test.each([
    ['ServiceMonitor', 'kube-system', 'kubelet', undefined],
    ['ServiceMonitor', 'kube-system', 'dns', 'namespace'],
    ['ServiceMonitor', 'shop', 'kubelet', 'namespace'],
    ['PodMonitor', 'shop', 'any', undefined],
    ['PodMonitor', undefined, 'any', 'namespace'],
  ])('is, for the %s %s/%s, %s', (kind, namespace, name, label) => {
    expect(enforcing.enforcedNamespaceLabelOf({ kind, namespace, name })).toBe(label);
  });
});

test.each([
  [{ mesh: { securePort: 70_000 } }, 'platform mesh.securePort is the number 70000, expected a port from 1 to 65535'],
  [{ mesh: { securePort: 0.5 } }, 'platform mesh.securePort is the number 0.5, expected a port from 1 to 65535'],
  [
    { grafana: { dashboards: 'sidecar', namespaces: 5 } },
    "platform grafana.namespaces is the number 5, expected a list or 'ALL'",
  ],
  [
    { prometheus: { probeSelector: 'all' } },
    "platform prometheus.probeSelector is the string 'all', expected { matchLabels, matchExpressions } or 'none'",
  ],
])('%j is no fact', (facts, message) => {
  expect(Platform.custom(facts as never).problems.map((problem) => problem.message)).toEqual([message]);
});
