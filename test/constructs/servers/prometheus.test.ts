import { Chart, JsonPatch, Size } from 'cdk8s';
import { Alertmanager, MonitoredApp, Platform, Prometheus, type PrometheusProps } from '../../../src';
import { expectValidObjects } from '../../support/schemas';
import { KubernetesObject } from '../../support/stack';
import { bucket, monitoringStack, theObject } from './monitoring-stack';

function prometheus(props: Partial<PrometheusProps> = {}, before?: (chart: Chart) => Partial<PrometheusProps>) {
  const { objects, findings } = monitoringStack((chart) => {
    const more = before?.(chart) ?? {};
    new Prometheus(chart, 'k8s', { namespaces: 'all', ...props, ...more });
  });
  expectValidObjects(objects);
  expect(findings).toEqual([]);
  return { objects, spec: theObject(objects, 'Prometheus', 'k8s').spec };
}

const names = (objects: readonly KubernetesObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('a Prometheus', () => {
  test('comes with what it needs and nothing else', () => {
    const { objects } = prometheus();
    expect(names(objects).sort()).toEqual([
      'ClusterRole prometheus-monitoring-k8s',
      'ClusterRoleBinding prometheus-monitoring-k8s',
      'NetworkPolicy prometheus-k8s',
      'Prometheus k8s',
      'PrometheusRule prometheus-k8s',
      'Service prometheus-k8s',
      'ServiceAccount prometheus-k8s',
      'ServiceMonitor prometheus-k8s',
    ]);
    expect(objects.filter(({ kind }) => kind.startsWith('Cluster')).map(({ metadata }) => metadata.namespace)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('has the fields that it is given, as the operator spells them', () => {
    const { spec } = prometheus({
      version: '3.13.1',
      replicas: 2,
      shards: 3,
      retention: '15d',
      retentionSize: Size.gibibytes(40),
      storage: { size: Size.gibibytes(50), storageClassName: 'fast' },
      resources: { requests: { memory: '4Gi' } },
      externalLabels: { cluster: 'eu-1' },
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
      evaluationInterval: '20s',
      enforcedSampleLimit: 50000,
      enforcedBodySizeLimit: '10MiB',
      enforcedNamespaceLabel: 'namespace',
      scrapeClasses: [{ name: 'mesh', default: true, attachMetadata: { node: true } }],
      enableFeatures: ['exemplar-storage'],
      thanos: { version: '0.42.2', objectStorage: bucket },
      remoteWrite: [
        {
          url: 'https://metrics.example/api/v1/write',
          remoteTimeout: '10s',
          basicAuth: { username: { name: 'remote', key: 'user' }, password: { name: 'remote', key: 'password' } },
          queueConfig: { maxShards: 20 },
          writeRelabelConfigs: [{ sourceLabels: ['__name__'], regex: 'up', action: 'keep' }],
        },
      ],
      spec: { walCompression: true, query: { maxConcurrency: 10 } },
    });
    expect(spec).toMatchObject({
      version: 'v3.13.1',
      replicas: 2,
      shards: 3,
      retention: '15d',
      retentionSize: '40960MiB',
      storage: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'fast',
            resources: { requests: { storage: '50Gi' } },
          },
        },
      },
      resources: { requests: { memory: '4Gi' } },
      externalLabels: { cluster: 'eu-1' },
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
      evaluationInterval: '20s',
      enforcedSampleLimit: 50000,
      enforcedBodySizeLimit: '10MiB',
      enforcedNamespaceLabel: 'namespace',
      scrapeClasses: [{ name: 'mesh', default: true, attachMetadata: { node: true } }],
      enableFeatures: ['exemplar-storage'],
      thanos: { version: 'v0.42.2', objectStorageConfig: { name: 'object-storage', key: 'thanos.yaml' } },
      remoteWrite: [
        {
          url: 'https://metrics.example/api/v1/write',
          remoteTimeout: '10s',
          basicAuth: { username: { name: 'remote', key: 'user' }, password: { name: 'remote', key: 'password' } },
          queueConfig: { maxShards: 20 },
          writeRelabelConfigs: [{ sourceLabels: ['__name__'], regex: 'up', action: 'keep' }],
        },
      ],
      walCompression: true,
      query: { maxConcurrency: 10 },
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
    });
  });

  test('takes everything of its namespaces unless it is told otherwise', () => {
    const all = prometheus().spec;
    const listed = prometheus({ namespaces: ['shop'], serviceMonitorSelector: { matchLabels: { tier: 'app' } } }).spec;
    const ofShop = {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['monitoring', 'shop'] }],
    };
    for (const kind of ['serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig', 'rule']) {
      expect(all).toMatchObject({ [`${kind}Selector`]: {}, [`${kind}NamespaceSelector`]: {} });
      expect(listed).toMatchObject({ [`${kind}NamespaceSelector`]: ofShop });
    }
    expect(listed.serviceMonitorSelector).toEqual({ matchLabels: { tier: 'app' } });
  });

  test('runs pods that the restricted Pod Security Standard admits', () => {
    expect(prometheus().spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 2000,
      fsGroup: 2000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('leaves user ids to a cluster that assigns them', () => {
    const { objects } = monitoringStack((chart, app) => {
      Platform.provide(app, Platform.custom({ pods: { assignsUserIds: true } }));
      new Prometheus(chart, 'k8s', { namespaces: 'all' });
    });
    expect(theObject(objects, 'Prometheus', 'k8s').spec.securityContext).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('makes a Secret of scrape configs in code, and takes one that exists', () => {
    const made = prometheus({
      additionalScrapeConfigs: [{ job_name: 'vm', static_configs: [{ targets: ['vm:9100'] }] }],
    });
    const name = 'prometheus-k8s-additional-scrape-configs';
    expect(made.spec.additionalScrapeConfigs).toEqual({ name, key: 'scrape-configs.yaml' });
    expect(theObject(made.objects, 'Secret', name)).toMatchObject({
      stringData: { 'scrape-configs.yaml': expect.stringContaining('- job_name: vm\n') as string },
    });
    const given = prometheus({ additionalScrapeConfigs: { name: 'mine', key: 'jobs.yaml' } });
    expect(given.spec.additionalScrapeConfigs).toEqual({ name: 'mine', key: 'jobs.yaml' });
    expect(names(given.objects).filter((each) => each.startsWith('Secret '))).toEqual([]);
  });

  test('takes names, labels, annotations and patches for each of its objects, and what refers to them follows', () => {
    const { objects, spec } = prometheus({
      labels: { team: 'platform' },
      objects: {
        server: { patches: [JsonPatch.add('/spec/listenLocal', false)] },
        serviceAccount: { name: 'reader', annotations: { 'iam.example/role': 'metrics' } },
        service: { name: 'metrics' },
        clusterRole: { name: 'metrics-reader' },
      },
    });
    expect(spec).toMatchObject({ serviceAccountName: 'reader', listenLocal: false });
    expect(theObject(objects, 'ServiceAccount', 'reader').metadata).toMatchObject({
      annotations: { 'iam.example/role': 'metrics' },
      labels: { team: 'platform' },
    });
    expect(theObject(objects, 'ClusterRoleBinding', 'prometheus-monitoring-k8s')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'metrics-reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'monitoring' }],
    });
    const rules = theObject(objects, 'PrometheusRule', 'prometheus-k8s').spec.groups[0].rules as { expr: string }[];
    expect(rules.every(({ expr }) => expr.includes('job="metrics"'))).toBe(true);
  });

  test('keeps replicas on different nodes and its pods from being evicted at once, where it has replicas', () => {
    const { objects } = prometheus({ replicas: 2 });
    const podLabels = { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'k8s' };
    expect(theObject(objects, 'PodDisruptionBudget', 'prometheus-k8s').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: podLabels },
    });
    expect(prometheus({ replicas: 2, spreadOverNodes: false }).spec.topologySpreadConstraints).toBeUndefined();
  });

  test('scrapes itself, with the labels by which it selects monitors and rules', () => {
    const { objects } = prometheus({
      thanos: {},
      serviceMonitorSelector: { matchLabels: { release: 'own' } },
      ruleSelector: { matchLabels: { role: 'rules' } },
    });
    const monitor = theObject(objects, 'ServiceMonitor', 'prometheus-k8s');
    expect(monitor.metadata.labels).toMatchObject({ release: 'own' });
    expect(theObject(objects, 'PrometheusRule', 'prometheus-k8s').metadata.labels).toMatchObject({ role: 'rules' });
    const services = objects.filter(({ kind }) => kind === 'Service');
    for (const { metadata } of services) expect(metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    const ports = services.flatMap(({ spec }) => (spec.ports as { name: string }[]).map(({ name }) => name));
    const scraped = (monitor.spec.endpoints as { port: string }[]).map(({ port }) => port);
    expect(scraped).toEqual(['web', 'reloader-web', 'thanos-http']);
    expect(ports).toEqual(expect.arrayContaining(scraped));
  });
});

describe('the rights of a Prometheus', () => {
  const read = ['get', 'list', 'watch'];
  const rulesOf = (objects: readonly KubernetesObject[], kind: string) =>
    objects
      .filter((object) => object.kind === kind)
      .map((object) => [object.metadata.namespace, (object as unknown as { rules: unknown }).rules]);

  test('are those of discovery everywhere, and to read metrics', () => {
    expect(rulesOf(prometheus({ serviceDiscoveryRole: 'Endpoints' }).objects, 'ClusterRole')).toEqual([
      [
        undefined,
        [
          { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: read },
          { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
          { nonResourceURLs: ['/metrics', '/metrics/slis'], verbs: ['get'] },
        ],
      ],
    ]);
  });

  test('follow the discovery role; a monitor may choose where the server has not', () => {
    const access = { ingresses: false, metricsUrls: false };
    const slices = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read };
    expect(rulesOf(prometheus({ serviceDiscoveryRole: 'EndpointSlice', access }).objects, 'ClusterRole')).toEqual([
      [undefined, [{ apiGroups: [''], resources: ['services', 'pods'], verbs: read }, slices]],
    ]);
    expect(rulesOf(prometheus({ access }).objects, 'ClusterRole')).toEqual([
      [undefined, [{ apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: read }, slices]],
    ]);
  });

  test('are Roles in the namespaces that it is given, and nothing of the cluster', () => {
    const { objects } = prometheus({
      namespaces: ['shop', 'bank'],
      serviceDiscoveryRole: 'Endpoints',
      access: { ingresses: false },
    });
    const rules = [{ apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: read }];
    expect(rulesOf(objects, 'Role')).toEqual([
      ['bank', rules],
      ['monitoring', rules],
      ['shop', rules],
    ]);
    expect(objects.filter(({ kind }) => kind === 'RoleBinding')).toMatchObject(
      ['bank', 'monitoring', 'shop'].map((namespace) => ({
        metadata: { namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'prometheus-k8s' },
        subjects: [{ kind: 'ServiceAccount', name: 'prometheus-k8s', namespace: 'monitoring' }],
      })),
    );
    expect(objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
  });

  test('hold nodes where a scrape class attaches them, and kubelets where it is asked', () => {
    const { objects } = prometheus({
      namespaces: ['shop'],
      scrapeClasses: [{ name: 'nodes', attachMetadata: { node: true } }],
      access: { nodeMetrics: true },
    });
    expect(rulesOf(objects, 'ClusterRole')).toEqual([
      [
        undefined,
        [
          { apiGroups: [''], resources: ['nodes'], verbs: read },
          { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        ],
      ],
    ]);
  });
});

describe('a Prometheus that is joined', () => {
  test('sends its alerts to the Service of an Alertmanager, and is admitted there', () => {
    const { objects, findings } = monitoringStack((_, app) => {
      const alerting = new Chart(app, 'alerting', { namespace: 'alerting' });
      const alertmanager = new Alertmanager(alerting, 'main', { routePrefix: '/alerts' });
      const metrics = new Chart(app, 'metrics', { namespace: 'metrics' });
      new Prometheus(metrics, 'k8s', {
        namespaces: ['shop'],
        alertmanagers: [alertmanager, { name: 'other', namespace: 'ops', port: 'web' }],
      });
    });
    expect(findings).toEqual([]);
    expect(theObject(objects, 'Prometheus', 'k8s').spec.alerting).toEqual({
      alertmanagers: [
        { name: 'alertmanager-main', namespace: 'alerting', port: 'web', pathPrefix: '/alerts' },
        { name: 'other', namespace: 'ops', port: 'web' },
      ],
    });
    const service = theObject(objects, 'Service', 'alertmanager-main');
    expect(service.metadata.namespace).toBe('alerting');
    expect(service.spec.ports).toContainEqual({ name: 'web', port: 9093, targetPort: 'web', protocol: 'TCP' });
    expect(theObject(objects, 'NetworkPolicy', 'alertmanager-main').spec.ingress[0].from).toEqual([
      { podSelector: {} },
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metrics' } },
        podSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'k8s' },
        },
      },
    ]);
    // it finds the members of the Alertmanager by its endpoints, but takes no monitors from there
    const roles = objects.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.namespace);
    expect(roles).toEqual(['alerting', 'metrics', 'shop']);
    expect(theObject(objects, 'Prometheus', 'k8s').spec.ruleNamespaceSelector.matchExpressions[0].values).toEqual([
      'metrics',
      'shop',
    ]);
  });

  test('is the platform of the apps below: nothing is typed twice', () => {
    const { objects, findings } = monitoringStack((chart, app) => {
      const alertmanager = new Alertmanager(chart, 'main');
      const server = new Prometheus(chart, 'k8s', {
        namespaces: ['shop'],
        version: 'v3.13.1',
        alertmanagers: [alertmanager],
        serviceMonitorSelector: { matchLabels: { release: 'own' } },
        scrapeClasses: [{ name: 'mesh', default: true }],
        enforcedNamespaceLabel: 'namespace',
        enforcedSampleLimit: 50000,
        shards: 2,
      });
      const platform = server.asPlatform();
      expect(platform.facts).toEqual({
        operator: { installed: true },
        prometheus: {
          name: 'k8s',
          namespace: 'monitoring',
          version: '3.13.1',
          serviceAccountName: 'prometheus-k8s',
          podLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'k8s' },
          serviceMonitorSelector: { matchLabels: { release: 'own' } },
          podMonitorSelector: {},
          probeSelector: {},
          scrapeConfigSelector: {},
          ruleSelector: {},
          ...Object.fromEntries(
            ['serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig', 'rule'].map((kind) => [
              `${kind}NamespaceSelector`,
              {
                matchExpressions: [
                  { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['monitoring', 'shop'] },
                ],
              },
            ]),
          ),
          scrapeInterval: '30s',
          evaluationInterval: '30s',
          scrapeClasses: [{ name: 'mesh', default: true }],
          enforcedNamespaceLabel: 'namespace',
          enforcedSampleLimit: 50000,
          shards: 2,
        },
        alertmanager: {
          name: 'main',
          namespace: 'monitoring',
          alertmanagerConfigSelector: {},
          alertmanagerConfigNamespaceSelector: {},
          alertmanagerConfigMatcherStrategy: 'OnNamespace',
        },
      });
      Platform.provide(
        app,
        platform.with({ network: { defaultDeny: true }, links: { runbooks: 'https://runbooks.example' } }),
      );
      const shop = new Chart(app, 'shop', { namespace: 'shop' });
      new MonitoredApp(shop, 'web', { image: 'registry.example/web:1.0.0', port: 8080, metrics: {} });
    });
    expect(findings).toEqual([]);
    expect(theObject(objects, 'ServiceMonitor', 'web').metadata.labels).toMatchObject({ release: 'own' });
    expect(theObject(objects, 'ServiceMonitor', 'alertmanager-main').metadata.labels).toMatchObject({ release: 'own' });
    expect(theObject(objects, 'NetworkPolicy', 'web-scrape').spec.ingress[0].from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'k8s' } },
      },
    ]);
    const [rule] = theObject(objects, 'PrometheusRule', 'prometheus-k8s').spec.groups[0].rules as {
      annotations: Record<string, string>;
    }[];
    expect(rule?.annotations.runbook_url).toBe('https://runbooks.example/PrometheusBodySizeLimitHit');
  });

  test('lets clients in that its user names, and everybody without a policy', () => {
    const clients = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'grafana' } } }];
    const { objects } = prometheus({ networkPolicy: { clients } });
    expect(theObject(objects, 'NetworkPolicy', 'prometheus-k8s').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'k8s' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: {} }, ...clients],
          ports: [
            { protocol: 'TCP', port: 9090 },
            { protocol: 'TCP', port: 8080 },
          ],
        },
      ],
    });
    expect(names(prometheus({ networkPolicy: false }).objects)).not.toContain('NetworkPolicy prometheus-k8s');
  });
});
