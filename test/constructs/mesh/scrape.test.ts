import { Chart } from 'cdk8s';
import {
  DefaultAlerts,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  ScrapePolicy,
} from '../../../src/constructs';
import { MeshFacts, Platform, PlatformProps } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { restrictedViolations } from '../../support/pod-security';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, handWritten, image, KubernetesObject, stack, theOnly } from '../../support/stack';

const platformIn = (mesh: MeshFacts, facts: PlatformProps = {}) =>
  Platform.kubePrometheusStack({ release: 'kps', ...facts }).with({ mesh });

type App = Partial<MonitoredAppProps> & { exporters?: readonly number[] };

const compose =
  ({ exporters = [], ...props }: App) =>
  (chart: Chart) => {
    const app = new MonitoredApp(chart, 'checkout', {
      image,
      port: 8080,
      ports: { metrics: 9090 },
      metrics: { port: 'metrics' },
      ...props,
    } as MonitoredAppProps);
    for (const port of exporters) {
      new ExporterSidecar(app, `exporter-${port}`, { image: 'registry.example/exporter:1.0.0', port });
    }
  };

const inMesh = (mesh: MeshFacts, app: App = {}, facts?: PlatformProps) =>
  stack(compose(app), { platform: platformIn(mesh, facts) });
const faults = (mesh: MeshFacts, app: App = {}, facts?: PlatformProps) =>
  faultsOf(findingsOfSynth(compose(app), { platform: platformIn(mesh, facts) }));

const podOf = (objects: readonly KubernetesObject[]) => theOnly(objects, 'Deployment').spec.template;
const endpointsOf = (objects: readonly KubernetesObject[]) => theOnly(objects, 'ServiceMonitor').spec.endpoints;
const alertsOf = (objects: readonly KubernetesObject[]) =>
  theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { alert: string; expr: string }[];

describe('without a word about scraping', () => {
  test('a prober outside of the mesh is refused under STRICT mutual TLS', () => {
    const refused = (mtls: 'STRICT' | 'PERMISSIVE') =>
      faults({ mtls }, { metrics: { scrape: ScrapePolicy.probe() } }, { prober: { url: 'blackbox:9115' } });
    expect(refused('STRICT')).toEqual([
      expect.stringContaining('mesh/refused-probe shop/checkout: mutual TLS is STRICT'),
    ]);
    expect(refused('PERMISSIVE')).toEqual([]);
  });

  test('STRICT mutual TLS is a warning with the way out', () => {
    expect(faults({ istio: '1.31', mtls: 'STRICT' })).toEqual([
      'mesh/strict-mtls shop/checkout: mutual TLS is STRICT, and the sidecar resets plain-text scrapes (connection reset by peer)' +
        " → set mesh: { scrape: 'merged-metrics' } or 'port-exemption', or mesh: false where the pods have no sidecar",
    ]);
  });

  test('it is an error where the namespace is known to be injected', () => {
    const shop = { namespaces: { shop: { labels: { 'istio-injection': 'enabled' } } } };
    const findings = findingsOfSynth(compose({}), { platform: platformIn({ mtls: 'STRICT' }, shop) });
    expect(findings.find(({ code }) => code === 'mesh/strict-mtls')).toMatchObject({ severity: 'error' });
  });

  test('nothing is said where plain text is let in, or where the app is not in the mesh', () => {
    expect(faults({ mtls: 'PERMISSIVE' })).toEqual([]);
    expect(faults({ mtls: 'STRICT' }, { mesh: false })).toEqual([]);
    const outside = { namespaces: { shop: { labels: { 'istio-injection': 'disabled' } } } };
    expect(faults({ mtls: 'STRICT' }, {}, outside)).toEqual([]);
    expect(faults({ mtls: 'STRICT' }, { metrics: { port: 'metrics', scrape: ScrapePolicy.none() } })).toEqual([]);
  });

  test('in an ambient mesh it depends on where Prometheus is', () => {
    const monitoring = (mode: string) => ({
      namespaces: { monitoring: { labels: { 'istio.io/dataplane-mode': mode } } },
    });
    const ambient: MeshFacts = { mtls: 'STRICT', dataPlaneMode: 'ambient' };
    expect(faults(ambient)).toEqual([]);
    expect(faults(ambient, {}, monitoring('ambient'))).toEqual([]);
    expect(faults(ambient, {}, monitoring('none')).join()).toContain('outside the ambient mesh');
  });
});

describe('merged metrics', () => {
  const mesh: MeshFacts = { istio: '1.31', mtls: 'STRICT', scrape: 'merged-metrics' };

  test('the agent is told what the container says, and Prometheus dials the agent', () => {
    const { objects, findings } = inMesh(mesh);
    expect(podOf(objects).metadata.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9090',
      'prometheus.io/path': '/metrics',
    });
    expect(endpointsOf(objects)).toEqual([
      {
        port: 'metrics',
        path: '/stats/prometheus',
        relabelings: [
          { sourceLabels: ['__address__'], regex: '(.+):\\d+', replacement: '$1:15020', targetLabel: '__address__' },
        ],
      },
    ]);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('series keep their labels, so alerts ask for what they asked for', () => {
    const up = (objects: readonly KubernetesObject[]) =>
      alertsOf(objects).find(({ alert }) => alert === 'CheckoutTargetDown')?.expr;
    expect(up(inMesh(mesh).objects)).toBe(up(inMesh({}).objects));
  });

  test('that the agent gets no answer is an alert, as up is its own', () => {
    const alert = alertsOf(inMesh(mesh).objects).find((rule) => rule.alert === 'CheckoutMetricsNotMerged');
    expect(alert?.expr).toBe(
      'increase(istio_agent_scrape_failures_total{namespace="shop", job="checkout", endpoint="metrics", type="application"}[5m]) > 0',
    );
    const silent = inMesh(mesh, { metrics: { port: 'metrics', alerts: false } });
    expect(silent.objects.filter(({ kind }) => kind === 'PrometheusRule')).toEqual([]);
  });

  test('monitors of all sidecars pass over the pods', () => {
    expect(podOf(inMesh(mesh).objects).metadata.labels).toMatchObject({ 'istio-prometheus-ignore': 'true' });
  });

  test('an alert on the target of another endpoint cannot be changed, and that is said', () => {
    const findings = (targetAbsent: DefaultAlerts['targetAbsent']) =>
      faultsOf(
        findingsOfSynth(
          (chart) => {
            const app = new MonitoredApp(chart, 'checkout', { image, port: 8080, metrics: {} });
            const exporter = { image: 'registry.example/exporter:1.0.0', port: 9121, alerts: { targetAbsent } };
            new ExporterSidecar(app, 'redis', exporter);
          },
          { platform: platformIn(mesh) },
        ),
      );
    expect(findings(false)).toEqual([]);
    expect(findings({ for: '1h' })).toEqual([
      'mesh/merged-alerts shop/checkout/redis: alerts.targetAbsent has no effect: the agent merges these metrics into the target of another endpoint → give it at shop/checkout, whose target it is',
    ]);
  });

  test('several endpoints of a pod become one target that stands for all', () => {
    const { objects, findings } = inMesh(mesh, { exporters: [9121, 9187] });
    expect(podOf(objects).metadata.annotations['prometheus.istio.io/scrape-targets']).toBe(
      '9090:/metrics,9121:/metrics,9187:/metrics',
    );
    expect(endpointsOf(objects)).toHaveLength(1);
    expect(alertsOf(objects).filter(({ alert }) => /Target(Down|Absent)$/.test(alert))).toHaveLength(2);
    expect(findings).toEqual([]);
  });

  test('alerts of an exporter look for its metrics where they come from', () => {
    const { objects } = stack(
      (chart) => {
        const app = new MonitoredApp(chart, 'checkout', { image, port: 8080, metrics: {} });
        new ExporterSidecar(app, 'redis', Exporters.redis());
      },
      { platform: platformIn(mesh) },
    );
    expect(alertsOf(objects).find(({ alert }) => alert === 'CheckoutRedisDown')?.expr).toBe(
      'redis_up{namespace="shop", job="checkout", endpoint="http"} == 0',
    );
  });

  test('before Istio 1.31 the metrics of a second container would be lost', () => {
    const older = { ...mesh, istio: '1.30' };
    expect(faults(older)).toEqual([]);
    expect(faults(older, { exporters: [9121] })).toEqual([
      'mesh/several-endpoints shop/checkout: an agent before Istio 1.31 merges one endpoint of a pod, and says nothing of the others: ' +
        'lost would be exporter-9121 (9121); the platform has 1.30 → ' +
        "raise the platform's mesh.istio to 1.31, or set mesh: { scrape: 'port-exemption' } for this app",
    ]);
    const unknown = findingsOfSynth(compose({ exporters: [9121] }), {
      platform: platformIn({ scrape: 'merged-metrics' }),
    });
    expect(unknown.find(({ code }) => code === 'mesh/several-endpoints')).toMatchObject({ severity: 'warning' });
  });

  test('what the agent does not pass on is refused', () => {
    const scrape = ScrapePolicy.serviceMonitor({
      params: { format: ['prometheus'] },
      basicAuth: { username: { name: 'a', key: 'b' } },
    });
    expect(faults(mesh, { metrics: { port: 'metrics', scheme: 'https', scrape } }).join()).toContain(
      'the agent asks port 9090 by a plain GET over HTTP, without https, the params of the scrape policy, the basicAuth of the scrape policy',
    );
  });

  test('a port of the sidecar is refused', () => {
    expect(faults(mesh, { exporters: [15020] }).join()).toContain("port 15020 ('exporter-15020') is reserved by Istio");
  });

  test('works through a PodMonitor as well, and discovery by annotations needs no monitor', () => {
    const pod = inMesh(mesh, { scrape: ScrapePolicy.podMonitor() });
    expect(theOnly(pod.objects, 'PodMonitor').spec.podMetricsEndpoints).toMatchObject([
      { port: 'metrics', path: '/stats/prometheus', relabelings: [{ replacement: '$1:15020' }] },
    ]);
    const discovered = stack(compose({}), { platform: Platform.annotationDiscovery().with({ mesh }) });
    expect(podOf(discovered.objects).metadata.annotations).toMatchObject({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9090',
      'prometheus.io/path': '/metrics',
    });
    expect(discovered.objects.map(({ kind }) => kind)).not.toContain('ServiceMonitor');
  });

  test('discovery by annotations is merged by the injector, unless another way is chosen', () => {
    const annotated = (settings: MeshFacts) =>
      stack(compose({}), { platform: Platform.annotationDiscovery().with({ mesh: settings }) });
    const { findings, objects } = annotated({ mtls: 'STRICT' });
    expect(findings.filter(({ code }) => code.startsWith('mesh/'))).toEqual([]);
    expect(podOf(objects).metadata.annotations).not.toHaveProperty(['prometheus.istio.io/merge-metrics']);
    const certified = annotated({ mtls: 'STRICT', scrape: 'mesh-certificates' });
    expect(podOf(certified.objects).metadata.annotations).toMatchObject({
      'prometheus.io/port': '9090',
      'prometheus.io/scheme': 'https',
      'prometheus.istio.io/merge-metrics': 'false',
    });
  });

  test('where everything is denied, Prometheus is let in to the agent', () => {
    const { objects } = inMesh(mesh, {}, { network: { defaultDeny: true } });
    expect(theOnly(objects, 'NetworkPolicy').spec.ingress[0].ports).toEqual([
      { protocol: 'TCP', port: 9090 },
      { protocol: 'TCP', port: 15020 },
    ]);
    const open = inMesh(mesh, { exporters: [9121] }, { network: { defaultDeny: false } });
    expect(theOnly(open.objects, 'NetworkPolicy').spec.ingress[0].ports).toContainEqual({
      protocol: 'TCP',
      port: 15020,
    });
  });

  test('where namespaces are open, nobody but Prometheus reaches the metrics of a dedicated port by the agent', () => {
    const { objects } = inMesh(mesh, { exporters: [9121] }, { network: { defaultDeny: false } });
    const rest = theOnly(objects, 'NetworkPolicy').spec.ingress[1].ports as {
      protocol: string;
      port: number;
      endPort?: number;
    }[];
    const tcp = rest.filter(({ protocol }) => protocol === 'TCP');
    const isOpen = (wanted: number) => tcp.some(({ port, endPort = port }) => wanted >= port && wanted <= endPort);
    expect([9121, 15020, 15021].map(isOpen)).toEqual([false, false, true]);
  });

  test('an annotation that the pods have already is a finding', () => {
    const found = faultsOf(
      findingsOfSynth(
        (chart) => {
          const workload = handWritten(chart, 'web', {
            spec: {
              selector: { matchLabels: { app: 'web' } },
              template: {
                metadata: { labels: { app: 'web' }, annotations: { 'prometheus.io/port': '80' } },
                spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }] }] },
              },
            },
          });
          MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 } });
        },
        { platform: platformIn(mesh) },
      ),
    );
    expect(found.join()).toContain("the annotation prometheus.io/port of the pods shall be '8080'");
  });
});

describe('the exemption of a port', () => {
  const mesh: MeshFacts = { istio: '1.31', mtls: 'STRICT', scrape: 'port-exemption' };

  test('is a PeerAuthentication for the metrics ports of the pods alone', () => {
    const { objects, findings } = inMesh(mesh, { exporters: [9121] });
    expect(theOnly(objects, 'PeerAuthentication')).toMatchObject({
      apiVersion: 'security.istio.io/v1',
      metadata: { name: 'checkout-metrics', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'checkout' } },
        mtls: { mode: 'STRICT' },
        portLevelMtls: { '9090': { mode: 'PERMISSIVE' }, '9121': { mode: 'PERMISSIVE' } },
      },
    });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('takes another mode, a name and patches', () => {
    const { objects } = inMesh(mesh, {
      mesh: { portMode: 'DISABLE' },
      objects: { peerAuthentication: { name: 'plain-metrics' } },
    });
    const { metadata, spec } = theOnly(objects, 'PeerAuthentication');
    expect([metadata.name, spec.portLevelMtls]).toEqual(['plain-metrics', { '9090': { mode: 'DISABLE' } }]);
  });

  test('changes nothing else where it is not known what the mesh asks for, and is not needed under PERMISSIVE', () => {
    expect(theOnly(inMesh({ scrape: 'port-exemption' }).objects, 'PeerAuthentication').spec.mtls).toBeUndefined();
    const { objects } = inMesh({ scrape: 'port-exemption', mtls: 'PERMISSIVE' });
    expect(objects.map(({ kind }) => kind)).not.toContain('PeerAuthentication');
  });

  test('is refused where Istio would ignore it', () => {
    expect(faults(mesh, { service: 'none', scrape: ScrapePolicy.podMonitor() }).join()).toContain(
      'Istio ignores an exemption of port 9090, to which no Service leads',
    );
    expect(faults({ ...mesh, rootNamespace: 'shop' }).join()).toContain("in the root namespace 'shop'");
    expect(faults({ ...mesh, dataPlaneMode: 'ambient', portMode: 'DISABLE' }).join()).toContain(
      "the ambient mode knows no DISABLE on a port → write portMode: 'PERMISSIVE'",
    );
    expect(faults({ ...mesh, istio: '1.21' }).join()).toContain(
      'a PeerAuthentication of security.istio.io/v1 needs Istio 1.22, the platform has 1.21',
    );
  });

  test('of a port that serves the app too is a warning', () => {
    expect(faults(mesh, { metrics: { port: 'http' } })).toEqual([
      'mesh/app-port shop/checkout: port 8080 serves the app too: everybody may talk to it in plain text → ' +
        "serve the metrics on a port of their own, or set mesh: { scrape: 'merged-metrics' }",
    ]);
  });

  test('or the sidecar leaves the ports alone', () => {
    const { objects, findings } = inMesh({ ...mesh, scrape: 'excluded-ports' }, { exporters: [9121] });
    expect(podOf(objects).metadata.annotations).toEqual({
      'traffic.sidecar.istio.io/excludeInboundPorts': '9090,9121',
    });
    expect(objects.map(({ kind }) => kind)).not.toContain('PeerAuthentication');
    expect(findings).toEqual([]);
  });
});

describe('certificates of the mesh', () => {
  const mesh: MeshFacts = { istio: '1.31', mtls: 'STRICT', scrape: 'mesh-certificates' };

  test('the scrape goes over https with the files that a sidecar of Prometheus writes', () => {
    const { objects, findings } = inMesh(mesh);
    expect(endpointsOf(objects)).toEqual([
      {
        port: 'metrics',
        path: '/metrics',
        scheme: 'https',
        tlsConfig: {
          caFile: '/etc/prom-certs/root-cert.pem',
          certFile: '/etc/prom-certs/cert-chain.pem',
          keyFile: '/etc/prom-certs/key.pem',
          insecureSkipVerify: true,
        },
      },
    ]);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('or with a scrape class that has them, in the one monitor of the app', () => {
    const { objects } = inMesh({ ...mesh, scrapeClass: 'mesh' }, { exporters: [9121] });
    const { spec } = theOnly(objects, 'ServiceMonitor');
    expect([spec.scrapeClass, spec.endpoints[0].scheme, spec.endpoints[0].tlsConfig]).toEqual([
      'mesh',
      'https',
      undefined,
    ]);
  });

  test('is refused under PERMISSIVE, with the reason', () => {
    expect(faults({ ...mesh, mtls: 'PERMISSIVE' })).toEqual([
      'mesh/certificates shop/checkout: scrapes with certificates of the mesh work under STRICT mutual TLS alone, and it is PERMISSIVE: ' +
        'the sidecar hands the TLS of Prometheus through to the app, which answers with EOF → ' +
        "scrape in plain text (mesh: { scrape: 'direct' }), or make mutual TLS STRICT",
    ]);
  });

  test('is refused where monitors may not name files', () => {
    const denied = { prometheus: { namespace: 'monitoring', arbitraryFSAccessThroughSMs: { deny: true } } };
    expect(faults(mesh, {}, denied)).toEqual([
      "mesh/certificate-files shop/checkout: the platform's Prometheus refuses monitors that name files, which certificates of the mesh are → " +
        'give Prometheus a scrape class with their tlsConfig and name it in mesh.scrapeClass of the platform',
    ]);
    expect(faults({ ...mesh, scrapeClass: 'mesh' }, {}, denied)).toEqual([]);
    expect(faults(mesh, { scrape: ScrapePolicy.podMonitor() }).join()).toContain('a PodMonitor cannot name files');
  });

  test('the secure port of Istio 1.31 serves the merged metrics over mutual TLS', () => {
    const { objects, findings } = inMesh({ ...mesh, scrape: 'secure-port' });
    expect(endpointsOf(objects)).toMatchObject([
      { path: '/stats/prometheus', scheme: 'https', relabelings: [{ replacement: '$1:15092' }] },
    ]);
    expect(JSON.parse(podOf(objects).metadata.annotations['proxy.istio.io/config'])).toEqual({
      proxyMetadata: { ENVOY_SECURE_MERGED_METRICS_PORT: '15092' },
    });
    expect(findings).toEqual([]);
    const ofMesh = inMesh({ ...mesh, scrape: 'secure-port', securePort: 15099 });
    expect(podOf(ofMesh.objects).metadata.annotations['proxy.istio.io/config']).toBeUndefined();
    expect(faults({ ...mesh, scrape: 'secure-port', istio: '1.30' }).join()).toContain(
      "'secure-port' needs Istio 1.31",
    );
  });

  test('is refused for a port that is https by itself', () => {
    expect(faults(mesh, { metrics: { port: 'metrics', scheme: 'https' } }).join()).toContain(
      'port 9090 is https by itself',
    );
  });

  test('needs sidecars', () => {
    expect(faults({ ...mesh, dataPlaneMode: 'ambient' }).join()).toContain(
      "mesh.scrape 'mesh-certificates' needs a sidecar in each pod, and the mesh is ambient",
    );
  });
});

test('pods in a mesh stay within the restricted Pod Security Standard', () => {
  for (const scrape of ['merged-metrics', 'excluded-ports', 'secure-port'] as const) {
    expect(restrictedViolations(podOf(inMesh({ istio: '1.31', scrape }, { exporters: [9121] }).objects).spec)).toEqual(
      [],
    );
  }
});

test('an app that exists says what a new one can say', () => {
  const { objects } = stack(
    (chart) => {
      const workload = handWritten(chart);
      MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 }, mesh: { scrape: 'port-exemption' } });
    },
    { platform: platformIn({ istio: '1.31', mtls: 'STRICT' }) },
  );
  expect(theOnly(objects, 'PeerAuthentication').spec).toMatchObject({
    selector: { matchLabels: { app: 'web' } },
    portLevelMtls: { '8080': { mode: 'PERMISSIVE' } },
  });
});

test('what is wrong in mesh is said', () => {
  expect(faults({ mode: 'ambient' } as never).join()).toContain('platform mesh.mode is no fact of a platform');

  expect(faults({}, { mesh: { scrape: 'merged-metric' } as never }).join()).toContain("write 'merged-metrics'");
  expect(faults({}, { mesh: { mtls: 'strict' } as never }).join()).toContain("mesh.mtls is the string 'strict'");
});

describeWithEngine('promtool', (promtool) => {
  test('takes the alert on merging', () => {
    const { objects } = inMesh({ istio: '1.31', scrape: 'merged-metrics' }, { exporters: [9121] });
    expect(checkRules(promtool, [theOnly(objects, 'PrometheusRule')])).toMatchObject({ ok: true });
  });
});

test.each([
  ['latest', 1],
  ['1.31', 0],
  ['v1.31.2', 0],
])('the version %s of Istio is one that can be compared, or a fault', (istio, count) => {
  const { findings } = stack((chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {} }), {
    platform: platformIn({ istio }),
  });
  const fault =
    "mesh/istio-version shop/web: mesh.istio of the platform is 'latest', which is no version: what the mesh can do depends on it → write it as '1.31', or leave it out where it is unknown";
  expect(faultsOf(findings)).toEqual(count === 0 ? [] : [fault]);
});
