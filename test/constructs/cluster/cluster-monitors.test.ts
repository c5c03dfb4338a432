import { JsonPatch } from 'cdk8s';
import { AlertRule, ClusterMonitors, ClusterMonitorsProps, Prometheus, PrometheusProps } from '../../../src/constructs';
import { clusterFacts, ClusterPart, clusterParts, Platform, PrometheusServer } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { composed, faultsOf, KubernetesObject, stack, Stack, theOnly } from '../../support/stack';

const own: PrometheusServer = {
  name: 'own',
  namespace: 'monitoring',
  serviceMonitorSelector: { matchLabels: { team: 'platform' } },
};
const platform = Platform.custom({ prometheus: own });

function clusterOf(props?: ClusterMonitorsProps, on = platform): Stack {
  return stack((chart) => void new ClusterMonitors(chart, 'cluster', props), { platform: on, namespace: 'monitoring' });
}

const everything = clusterOf({ kubeProxy: true });

/** Only this part, with options. */
function only<Part extends ClusterPart>(part: Part, options: ClusterMonitorsProps[Part] = true, on = platform): Stack {
  const off = Object.fromEntries(clusterParts.map((name) => [name, false]));
  return clusterOf({ ...off, [part]: options }, on);
}

function monitorOf(part: ClusterPart, { objects }: Stack = everything): KubernetesObject {
  const name = `cluster-${clusterFacts[part].job}`;
  return theOnly(
    objects.filter(({ metadata }) => metadata.name === name),
    'ServiceMonitor',
  );
}

const jobsOf = ({ objects }: Stack) =>
  objects.filter(({ kind }) => kind === 'ServiceMonitor').map(({ metadata }) => metadata.name.replace('cluster-', ''));

const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';

describe('the monitors of a cluster', () => {
  test('are right by their schemas, and nothing is found wrong with them', () => {
    expectValidObjects(everything.objects);
    expect(faultsOf(everything.findings)).toEqual([]);
  });

  test('are read by the platform, and named after the construct', () => {
    for (const part of clusterParts) {
      expect(monitorOf(part).metadata).toMatchObject({
        namespace: 'monitoring',
        labels: {
          team: 'platform',
          'app.kubernetes.io/name': clusterFacts[part].job,
          'app.kubernetes.io/part-of': 'cluster',
        },
      });
    }
  });

  test.each<[ClusterPart, object, string | undefined, object]>([
    ['apiServer', { component: 'apiserver', provider: 'kubernetes' }, 'default', { port: 'https', scheme: 'https' }],
    [
      'kubelet',
      { 'app.kubernetes.io/name': 'kubelet', 'k8s-app': 'kubelet' },
      'kube-system',
      { port: 'https-metrics', scheme: 'https' },
    ],
    ['dns', { 'k8s-app': 'kube-dns' }, 'kube-system', { port: 'metrics' }],
    [
      'etcd',
      { 'app.kubernetes.io/name': 'etcd', 'app.kubernetes.io/instance': 'cluster-etcd' },
      'kube-system',
      { port: 'http-metrics' },
    ],
    [
      'controllerManager',
      {
        'app.kubernetes.io/name': 'kube-controller-manager',
        'app.kubernetes.io/instance': 'cluster-kube-controller-manager',
      },
      'kube-system',
      { port: 'https-metrics', scheme: 'https', bearerTokenFile: token, tlsConfig: { insecureSkipVerify: true } },
    ],
    [
      'scheduler',
      { 'app.kubernetes.io/name': 'kube-scheduler', 'app.kubernetes.io/instance': 'cluster-kube-scheduler' },
      'kube-system',
      { port: 'https-metrics', scheme: 'https', bearerTokenFile: token, tlsConfig: { insecureSkipVerify: true } },
    ],
    [
      'kubeProxy',
      { 'app.kubernetes.io/name': 'kube-proxy', 'app.kubernetes.io/instance': 'cluster-kube-proxy' },
      'kube-system',
      { port: 'http-metrics' },
    ],
    // beside Prometheus, where the monitor is as well
    [
      'kubeStateMetrics',
      { 'app.kubernetes.io/name': 'kube-state-metrics' },
      undefined,
      { port: 'http', honorLabels: true },
    ],
    ['nodeExporter', { 'app.kubernetes.io/name': 'prometheus-node-exporter' }, undefined, { port: 'metrics' }],
  ])('%s is found by its Service', (part, matchLabels, namespace, endpoint) => {
    const { spec } = monitorOf(part);
    expect(spec.selector).toEqual({ matchLabels });
    expect(spec.namespaceSelector).toEqual(namespace && { matchNames: [namespace] });
    expect(spec.endpoints[0]).toMatchObject({ path: '/metrics', ...endpoint });
    expect(spec.endpoints[0].scheme).toBe((endpoint as { scheme?: string }).scheme);
  });

  test.each(clusterParts)('%s gets the job that dashboards ask for, whatever its Service is labelled', (part) => {
    for (const { relabelings } of monitorOf(part).spec.endpoints) {
      expect(relabelings[0]).toEqual({ targetLabel: 'job', replacement: clusterFacts[part].job });
    }
  });

  test('the API server is asked with the token of Prometheus, by the name in its certificate', () =>
    expect(monitorOf('apiServer').spec.endpoints[0]).toMatchObject({
      bearerTokenFile: token,
      tlsConfig: { caFile: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt', serverName: 'kubernetes' },
    }));

  test('the kubelet has three endpoints, told apart by metrics_path, with the labels of the pods they speak of', () => {
    const { endpoints } = monitorOf('kubelet').spec;
    expect(endpoints.map(({ path }: { path: string }) => path)).toEqual([
      '/metrics',
      '/metrics/cadvisor',
      '/metrics/probes',
    ]);
    for (const endpoint of endpoints) {
      expect(endpoint).toMatchObject({
        honorLabels: true,
        bearerTokenFile: token,
        tlsConfig: { insecureSkipVerify: true },
      });
      expect(endpoint.relabelings).toContainEqual({ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path' });
    }
    expect(endpoints[1].metricRelabelings.map(({ action }: { action: string }) => action)).toEqual(
      Array(3).fill('drop'),
    );
  });

  test('what kube-state-metrics says of others is not labelled with its own pod', () =>
    expect(monitorOf('kubeStateMetrics').spec.endpoints[0].relabelings).toContainEqual({
      action: 'labeldrop',
      regex: '(pod|service|endpoint|namespace)',
    }));
});

describe('a part that has no Service', () => {
  test.each<[ClusterPart, object, number]>([
    ['etcd', { component: 'etcd' }, 2381],
    ['controllerManager', { component: 'kube-controller-manager' }, 10257],
    ['scheduler', { component: 'kube-scheduler' }, 10259],
    ['kubeProxy', { 'k8s-app': 'kube-proxy' }, 10249],
  ])('%s gets a headless one, which its monitor selects', (part, selector, port) => {
    const { objects } = only(part as 'etcd');
    const service = theOnly(objects, 'Service');
    expect(service.metadata).toMatchObject({ name: `cluster-${clusterFacts[part].job}`, namespace: 'kube-system' });
    expect(service.metadata.labels).toMatchObject(theOnly(objects, 'ServiceMonitor').spec.selector.matchLabels);
    const name = clusterFacts[part].port;
    expect(service.spec).toEqual({
      type: 'ClusterIP',
      clusterIP: 'None',
      selector,
      ports: [{ name, port, targetPort: port, protocol: 'TCP' }],
    });
  });

  test('can have one of the cluster, or other pods', () => {
    const service = { labels: { 'k8s-app': 'etcd' }, port: 'metrics', namespace: 'etcd' };
    const found = only('etcd', { makeService: false, service });
    expect(found.objects.map(({ kind }) => kind)).not.toContain('Service');
    expect(theOnly(found.objects, 'ServiceMonitor').spec).toMatchObject({
      selector: { matchLabels: { 'k8s-app': 'etcd' } },
      namespaceSelector: { matchNames: ['etcd'] },
      endpoints: [{ port: 'metrics' }],
    });
    const made = only('etcd', {
      makeService: {
        podLabels: { tier: 'etcd' },
        port: 2379,
        name: 'etcd',
        labels: { 'app.kubernetes.io/name': 'etcd-events' },
      },
    });
    expect(theOnly(made.objects, 'Service')).toMatchObject({
      metadata: { name: 'etcd' },
      spec: { selector: { tier: 'etcd' }, ports: [{ port: 2379 }] },
    });
    expect(theOnly(made.objects, 'ServiceMonitor').spec.selector.matchLabels).toMatchObject({
      'app.kubernetes.io/name': 'etcd-events',
    });
  });
});

describe('parts are chosen by name', () => {
  test('all but kube-proxy, as nothing is said', () =>
    expect(jobsOf(clusterOf())).toEqual(
      clusterParts.filter((part) => part !== 'kubeProxy').map((part) => clusterFacts[part].job),
    ));

  test('a managed control plane is left out', () => {
    const managed = clusterOf({ etcd: false, scheduler: false, controllerManager: false });
    expect(jobsOf(managed)).toEqual(['apiserver', 'kubelet', 'kube-dns', 'kube-state-metrics', 'node-exporter']);
    expect(managed.objects.map(({ kind }) => kind)).not.toContain('Service');
    expect(theOnly(managed.objects, 'PrometheusRule').spec.groups[0].rules).toHaveLength(10);
  });

  test('the kubelet without cAdvisor and probes', () =>
    expect(
      theOnly(only('kubelet', { cAdvisor: false, probes: false }).objects, 'ServiceMonitor').spec.endpoints,
    ).toHaveLength(1));

  test('what JavaScript misspells is shown, and the rest is made', () => {
    const { findings, objects } = clusterOf({ kubelt: false, dns: 'no' } as unknown as ClusterMonitorsProps);
    expect(faultsOf(findings)).toEqual([
      "props/unknown shop/cluster: kubelt is no prop, and has no effect → write 'kubelet'",
      "props/type shop/cluster: dns is the string 'no', expected true or false or { service, scheme, scrape, … } → give true or false or { service, scheme, scrape, … }",
    ]);
    expect(objects.length).toBeGreaterThan(8);
  });
});

describe('settings of a part', () => {
  test('of the user are above ours, field by field', () => {
    const relabeling = { targetLabel: 'cluster', replacement: 'a' };
    const { objects, findings } = only('kubelet', {
      scrape: { interval: '15s', relabelings: [relabeling], metricRelabelings: [], sampleLimit: 50_000 },
    });
    const { spec } = theOnly(objects, 'ServiceMonitor');
    expect(spec.sampleLimit).toBe(50_000);
    for (const endpoint of spec.endpoints) {
      expect(endpoint).toMatchObject({ interval: '15s', honorLabels: true, metricRelabelings: [] });
      expect(endpoint.relabelings.at(-1)).toEqual(relabeling);
      expect(endpoint.relabelings).toHaveLength(3);
    }
    expect(faultsOf(findings)).toEqual([]);
  });

  test('etcd takes a client certificate from a Secret, at its own port', () => {
    const key = (name: string) => ({ secret: { name: 'etcd-client', key: name } });
    const tlsConfig = {
      ca: key('ca.crt'),
      cert: key('tls.crt'),
      keySecret: key('tls.key').secret,
      serverName: 'localhost',
    };
    const { objects, findings } = only('etcd', { scheme: 'https', makeService: { port: 2379 }, scrape: { tlsConfig } });
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints[0]).toMatchObject({ scheme: 'https', tlsConfig });
    expect(faultsOf(findings)).toEqual([]);
    expectValidObjects(objects);
    expect(faultsOf(only('etcd', { scheme: 'https' }).findings)[0]).toMatch(
      /^scrape\/tls-server-name shop\/cluster\/etcd: /,
    );
  });

  test('authorization by a Secret takes the place of the token', () => {
    const authorization = { credentials: { name: 'scraper', key: 'token' } };
    const [endpoint] = theOnly(only('scheduler', { scrape: { authorization } }).objects, 'ServiceMonitor').spec
      .endpoints;
    expect(endpoint).toMatchObject({ authorization });
    expect(endpoint.bearerTokenFile).toBeUndefined();
  });

  test('of the platform are below, and its rules beside ours', () => {
    const relabelings = [{ targetLabel: 'cluster', replacement: 'a' }] as const;
    const on = platform.with({ scrape: { interval: '1m', relabelings } });
    const [endpoint] = theOnly(only('apiServer', true, on).objects, 'ServiceMonitor').spec.endpoints;
    expect(endpoint).toMatchObject({ interval: '1m', bearerTokenFile: token });
    expect(endpoint.relabelings).toEqual([{ targetLabel: 'job', replacement: 'apiserver' }, ...relabelings]);
  });

  test('that JavaScript gives wrongly are findings, and no crash', () => {
    const wrong = { dns: { scrape: { relabelings: 'job', metricRelabelings: {}, interval: 15 } }, etcd: { scrape: 5 } };
    expect(faultsOf(clusterOf(wrong as unknown as ClusterMonitorsProps).findings).sort()).toEqual([
      expect.stringMatching(/^props\/type shop\/cluster: etcd.scrape is the number 5/),
      expect.stringMatching(/^scrape\/duration shop\/cluster\/dns: interval/),
      expect.stringMatching(/^scrape\/relabeling shop\/cluster\/dns: metricRelabelings is no list/),
      expect.stringMatching(/^scrape\/relabeling shop\/cluster\/dns: relabelings is no list/),
    ]);
    expect(faultsOf(clusterOf(null as never).findings)).toEqual([]);
  });

  test('names, labels and patches of every object', () => {
    const { objects } = only('dns', {
      serviceMonitor: { name: 'coredns', labels: { a: 'b' }, patches: [JsonPatch.add('/spec/sampleLimit', 5)] },
    });
    expect(theOnly(objects, 'ServiceMonitor')).toMatchObject({
      metadata: { name: 'coredns', labels: { a: 'b' } },
      spec: { sampleLimit: 5 },
    });
    const named = clusterOf({ name: 'prod', labels: { env: 'prod' }, prometheusRule: { name: 'cluster-alerts' } });
    expect(theOnly(named.objects, 'PrometheusRule').metadata).toMatchObject({
      name: 'cluster-alerts',
      labels: { env: 'prod' },
    });
    for (const { metadata } of named.objects) expect(metadata.labels).toMatchObject({ env: 'prod' });
  });

  test('a name that objects cannot have is one finding', () =>
    expect(faultsOf(clusterOf({ name: 'Prod' }).findings)).toEqual([
      expect.stringMatching(/^cluster\/name shop\/cluster: .*→ write 'prod'/),
    ]));
});

describe('on a platform', () => {
  test.each([
    ['kube-prometheus-stack', Platform.kubePrometheusStack({ release: 'kps' })],
    ['kube-prometheus', Platform.kubePrometheus()],
    ['cloud-platform', Platform.cloudPlatform()],
  ])('%s, which scrapes parts itself, those would be scraped twice', (name, on) => {
    const twice = clusterParts.filter((part) => part !== 'kubeProxy' && on.facts.clusterMonitors?.includes(part));
    expect(faultsOf(clusterOf({}, on).findings)).toEqual([
      `cluster/monitored-twice shop/cluster: the platform '${name}' brings monitors of its own for ${twice.join(', ')}: they would be scraped twice → set ${twice.join(': false, ')}: false, or say in clusterMonitors of the platform what it does scrape`,
    ]);
    expect(faultsOf(clusterOf({}, on.with({ clusterMonitors: [] })).findings)).toEqual([]);
  });

  test.each([
    [
      'kube-prometheus-stack',
      Platform.kubePrometheusStack({ release: 'kps' }),
      { port: 'http' },
      [{ 'app.kubernetes.io/name': 'prometheus-node-exporter' }, { port: 'http-metrics' }],
    ],
    [
      'kube-prometheus',
      Platform.kubePrometheus(),
      { port: 'https-main', scheme: 'https', bearerTokenFile: token, tlsConfig: { insecureSkipVerify: true } },
      [{ 'app.kubernetes.io/name': 'node-exporter' }, { port: 'https', scheme: 'https', bearerTokenFile: token }],
    ],
  ] as const)('%s, its exporters are found where it puts them', (_, on, stateMetrics, [matchLabels, nodes]) => {
    const { spec } = theOnly(only('kubeStateMetrics', true, on).objects, 'ServiceMonitor');
    expect(spec.endpoints[0]).toMatchObject({ honorLabels: true, ...stateMetrics });
    expect(theOnly(only('nodeExporter', true, on).objects, 'ServiceMonitor').spec).toMatchObject({
      selector: { matchLabels },
      endpoints: [nodes],
    });
  });

  test("of one's own, a part is found where its facts say, and the user has the last word", () => {
    const on = platform.with({ clusterServices: { dns: { namespace: 'dns', labels: { app: 'dns' }, port: 'prom' } } });
    const { spec } = theOnly(only('dns', { service: { port: 'metrics' } }, on).objects, 'ServiceMonitor');
    expect(spec).toMatchObject({
      namespaceSelector: { matchNames: ['dns'] },
      selector: { matchLabels: { app: 'dns' } },
      endpoints: [{ port: 'metrics' }],
    });
  });

  test('kube-prometheus has no monitor for etcd', () =>
    expect(faultsOf(only('etcd', true, Platform.kubePrometheus()).findings)).toEqual([]));

  test.each([
    ['openshift', Platform.openShift(), /refuses the token .* overwrites the label namespace of every series/],
    ['annotations', Platform.annotationDiscovery(), /has no prometheus-operator/],
  ])('%s nothing is made, and one error says why', (_, on, message) => {
    const { findings, objects } = clusterOf({}, on);
    expect(objects).toEqual([]);
    expect(findings).toMatchObject([
      { code: 'cluster/refused', severity: 'error', message: expect.stringMatching(message) },
    ]);
  });

  test('that is unknown, an info says what follows', () => {
    const { findings, objects } = clusterOf({}, Platform.unknown);
    expect(findings).toMatchObject([{ code: 'platform/unknown', severity: 'info' }]);
    expect(objects).not.toEqual([]);
  });

  test('that forbids files, the token is refused part by part', () => {
    const on = Platform.custom({ prometheus: { ...own, arbitraryFSAccessThroughSMs: { deny: true } } });
    expect(faultsOf(only('scheduler', true, on).findings)).toEqual([
      "scrape/file-access shop/cluster/scheduler: bearerTokenFile names a file, which the platform's Prometheus refuses → use a Secret",
    ]);
    const credentials = { name: 'scraper', key: 'token' };
    expect(faultsOf(only('scheduler', { scrape: { authorization: { credentials } } }, on).findings)).toEqual([]);
  });

  test('that ignores namespaceSelector, each monitor is beside the Service', () => {
    const on = Platform.custom({ prometheus: { ...own, ignoreNamespaceSelectors: true } });
    const { objects } = only('apiServer', true, on);
    const monitor = theOnly(objects, 'ServiceMonitor');
    expect(monitor.metadata.namespace).toBe('default');
    expect(monitor.spec.namespaceSelector).toBeUndefined();
  });

  test('that overrides labels, the parts that speak of others are no use', () => {
    const on = Platform.custom({ prometheus: { ...own, overrideHonorLabels: true } });
    const codes = clusterOf({}, on).findings.filter(({ code }) => code === 'cluster/honor-labels');
    expect(codes.map(({ where }) => where)).toEqual([
      { construct: 'shop/cluster/kubelet' },
      { construct: 'shop/cluster/kubeStateMetrics' },
    ]);
  });

  test('with several servers, it is the one that is meant', () => {
    const tenants = Platform.openShift().prometheusServers;
    const on = Platform.custom({ prometheus: [...tenants, own] });
    expect(clusterOf({}, on).objects).toEqual([]);
    expect(monitorOf('kubelet', clusterOf({}, on.forServer('own'))).metadata.labels).toMatchObject({
      team: 'platform',
    });
  });
});

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: object;
}

const alertsOf = ({ objects }: Stack): Alert[] =>
  objects.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec.groups[0].rules as Alert[]);

describe('the alerts of a cluster', () => {
  test('say of each part that it is down, or gone', () => {
    expect(alertsOf(only('scheduler'))).toMatchObject([
      {
        alert: 'KubeSchedulerTargetAbsent',
        expr: 'absent(up{namespace="kube-system", job="kube-scheduler", endpoint="https-metrics"})',
        labels: { severity: 'critical' },
      },
      {
        alert: 'KubeSchedulerTargetDown',
        expr: 'up{namespace="kube-system", job="kube-scheduler", endpoint="https-metrics"} == 0',
        labels: { severity: 'warning' },
      },
    ]);
  });

  test('ask for no label that the monitor drops', () =>
    expect(alertsOf(only('kubeStateMetrics')).map(({ expr }) => expr)).toEqual([
      'absent(up{job="kube-state-metrics"})',
      'up{job="kube-state-metrics"} == 0',
    ]));

  test('are changed and switched off by name, all of them by false', () => {
    const changed = only('dns', { alerts: { targetAbsent: false, targetDown: { for: '1m', severity: 'critical' } } });
    expect(alertsOf(changed)).toMatchObject([
      { alert: 'KubeDnsTargetDown', for: '1m', labels: { severity: 'critical' } },
    ]);
    expect(alertsOf(only('dns', { alerts: false }))).toEqual([]);
    const misspelt = only('dns', { alerts: { targetDwn: false } as never });
    expect(faultsOf(misspelt.findings)[0]).toMatch(
      /^rules\/unknown-alert shop\/cluster\/dns: alerts.targetDwn .*'targetDown'$/,
    );
  });

  test('stand with those that are made under the construct', () => {
    const { app } = composed(
      (chart) => {
        const cluster = new ClusterMonitors(chart, 'cluster', { dns: { alerts: false } });
        new AlertRule(cluster, 'NodeNotReady', {
          expr: 'kube_node_status_condition{condition="Ready", status="true"} == 0',
          severity: 'critical',
          summary: 'A node is not ready',
        });
      },
      { platform },
    );
    const rules = app.node.findAll().filter(({ node }) => node.id === 'PrometheusRule');
    expect(rules).toHaveLength(1);
    expect(JSON.stringify((rules[0] as unknown as { toJson(): unknown }).toJson())).toContain('NodeNotReady');
  });

  describeWithEngine('promtool', (promtool) =>
    test('are rules that Prometheus reads', () => {
      const rules = everything.objects.filter(({ kind }) => kind === 'PrometheusRule');
      const { ok, output } = checkRules(promtool, rules);
      expect(output).toContain('18 rules found');
      expect(ok).toBe(true);
    }),
  );
});

export function misspeltPartsDoNotCompile(): void {
  clusterOf({ etcd: false, kubelet: { cAdvisor: false } });
  // @ts-expect-error no such part
  clusterOf({ etdc: false });
  // @ts-expect-error cAdvisor belongs to the kubelet
  clusterOf({ dns: { cAdvisor: false } });
  // @ts-expect-error the API server has a Service
  clusterOf({ apiServer: { makeService: false } });
  // @ts-expect-error an exporter runs beside no part
  clusterOf({ dns: { alerts: { exporterDown: false } } });
  // @ts-expect-error no such part
  platform.with({ clusterMonitors: ['kublet'] });
}

describe('beside a Prometheus of the stack', () => {
  const besides = (props: PrometheusProps) =>
    faultsOf(
      stack(
        (chart) => {
          const prometheus = new Prometheus(chart, 'k8s', props);
          Platform.provide(chart.node.root, prometheus.asPlatform());
          new ClusterMonitors(chart, 'cluster', { etcd: false, dns: false, nodeExporter: false });
        },
        { platform: undefined, namespace: 'monitoring' },
      ).findings,
    ).filter((fault) => fault.startsWith('cluster/'));

  test('it is said what that may not read, and how to let it', () => {
    expect(besides({ namespaces: [] })).toEqual([
      "cluster/access shop/cluster: the Prometheus shop/k8s may not read the API server, the kubelet, the controller manager, the scheduler → give it access: { nodeMetrics: true, metricsUrls: true }, and 'default', 'kube-system' in namespaces",
    ]);
    expect(besides({ namespaces: 'all' })).toEqual([
      'cluster/access shop/cluster: the Prometheus shop/k8s may not read the kubelet → give it access: { nodeMetrics: true }',
    ]);
  });

  test('nothing is said where it has its rights', () => {
    const access = { nodeMetrics: true, metricsUrls: true };
    expect(besides({ namespaces: 'all', access })).toEqual([]);
    expect(besides({ namespaces: ['default', 'kube-system'], access })).toEqual([]);
  });
});

test('alerts match the namespace of the part where the monitor is excluded from enforcement', () => {
  const expressionOf = (excludedFromEnforcement: PrometheusServer['excludedFromEnforcement']) => {
    const enforcing = Platform.custom({ prometheus: { enforcedNamespaceLabel: 'namespace', excludedFromEnforcement } });
    const rule = theOnly(only('kubelet', true, enforcing).objects, 'PrometheusRule');
    return (rule.spec as { groups: { rules: { expr: string }[] }[] }).groups[0]?.rules.at(-1)?.expr;
  };
  expect(expressionOf([])).toContain('namespace="monitoring"');
  expect(expressionOf([{ resource: 'servicemonitors', namespace: 'monitoring' }])).toContain('namespace="kube-system"');
  expect(expressionOf([{ resource: 'servicemonitors', namespace: 'monitoring', name: 'cluster-kubelet' }])).toContain(
    'namespace="kube-system"',
  );
});
