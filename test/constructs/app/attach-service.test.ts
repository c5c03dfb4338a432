import { ApiObject, App, Chart } from 'cdk8s';
import * as kplus28 from 'cdk8s-plus-28';
import * as kplus33 from 'cdk8s-plus-33';
import {
  AttachToService,
  ExistingService,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { MonitoringApp } from '../../../src/synth';
import { expectValidObjects } from '../../support/schemas';
import {
  faultsOf,
  findingsOfSynth,
  handWritten,
  kubePrometheusStack,
  stack,
  StackOptions,
  theOnly,
} from '../../support/stack';

const ports = [{ name: 'metrics', port: 9100 }];

function serviceOf(chart: Chart, spec: object = {}, metadata: object = {}): ApiObject {
  return new ApiObject(chart, 'legacy-service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'legacy', labels: { app: 'legacy' }, ...metadata },
    spec: { selector: { app: 'web' }, ports, ...spec },
  });
}

const attach = (chart: Chart, existingService: ExistingService, props: Partial<AttachToService> = {}) =>
  MonitoredApp.attach(chart, 'legacy', { existingService, metrics: { port: 'metrics' }, ...props } as AttachToService);

const monitored = (
  make: (chart: Chart) => ExistingService,
  props: Partial<AttachToService> = {},
  options: StackOptions = {},
) => stack((chart) => void attach(chart, make(chart), props), options);

const closed = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: true } });

describe('a Service that exists', () => {
  test('is selected by its labels, and no other is made', () => {
    const { objects, findings } = monitored((chart) => serviceOf(chart));
    expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'ServiceMonitor', 'PrometheusRule']);
    expect(theOnly(objects, 'Service')).toMatchObject({ metadata: { labels: { app: 'legacy' } }, spec: { ports } });
    expect(theOnly(objects, 'ServiceMonitor').spec).toMatchObject({
      selector: { matchLabels: { app: 'legacy' } },
      endpoints: [{ port: 'metrics', relabelings: [{ targetLabel: 'job', replacement: 'legacy' }] }],
    });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('gives its series the name of the app as job, which rules ask for', () => {
    const { chart, objects } = monitored((chart) =>
      serviceOf(chart, {}, { labels: { 'app.kubernetes.io/name': 'old' } }),
    );
    const app = chart.node.findChild('legacy') as MonitoredApp;
    expect(app.endpoints.map((endpoint) => app.labelsOf(endpoint))).toEqual([
      { namespace: 'shop', job: 'legacy', endpoint: 'metrics' },
    ]);
    expect(JSON.stringify(theOnly(objects, 'PrometheusRule').spec)).toContain('job=\\"legacy\\"');
  });

  test('keeps a job label that the user chooses', () => {
    const { chart, objects } = monitored((chart) => serviceOf(chart), {
      scrape: ScrapePolicy.serviceMonitor({ jobLabel: 'app' }),
    });
    const app = chart.node.findChild('legacy') as MonitoredApp;
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints[0].relabelings).toBeUndefined();
    expect(app.labelsOf(app.endpoints[0] as never)).toMatchObject({ job: 'legacy' });
  });

  test.each<[string, (chart: Chart) => ExistingService]>([
    ['cdk8s-plus-28', (chart) => new kplus28.Service(chart, 's', { ports: [{ port: 80, name: 'metrics' }] })],
    ['cdk8s-plus-33', (chart) => new kplus33.Service(chart, 's', { ports: [{ port: 80, name: 'metrics' }] })],
  ])('of %s has no labels, and gets one to be selected by', (_, make) => {
    const { objects } = monitored(make);
    const { name, labels } = theOnly(objects, 'Service').metadata;
    expect(labels).toEqual({ 'cdk8s-monitoring/service': name });
    expect(theOnly(objects, 'ServiceMonitor').spec.selector.matchLabels).toEqual(labels);
  });

  test('with one port without a name gets a name for it', () => {
    const { objects, findings } = monitored((chart) => serviceOf(chart, { ports: [{ port: 9100 }] }), { metrics: {} });
    expect(theOnly(objects, 'Service').spec.ports).toEqual([{ name: 'metrics', port: 9100 }]);
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toMatchObject([{ port: 'metrics' }]);
    expect(findings).toEqual([]);
  });

  test('is scraped at the port whose number the user gives: its own, or that of the pods', () => {
    const both = (chart: Chart) =>
      serviceOf(chart, { ports: [{ name: 'http', port: 80, targetPort: 8080 }, ...ports] });
    for (const [port, name] of [
      [80, 'http'],
      [8080, 'http'],
      [9100, 'metrics'],
    ] as const) {
      const { objects, findings } = monitored(both, { metrics: { port } });
      expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toMatchObject([{ port: name }]);
      expect(findings).toEqual([]);
    }
  });

  test('is the same in a plain App and in ours, however often it is written', () => {
    const [plain, ours] = [new App(), new MonitoringApp({ summary: false })];
    const written = [plain, ours].map((app) => {
      stack((chart) => void attach(chart, serviceOf(chart, { ports: [{ port: 9100 }] }, { labels: {} })), { app });
      return app.synthYaml();
    });
    expect(written[0]).toBe(plain.synthYaml());
    const documents = (text = '') =>
      text
        .split('---')
        .map((document) => document.trim())
        .sort();
    expect(documents(written[1])).toEqual(documents(written[0]));
    expect(written[0]).toContain('cdk8s-monitoring/service: legacy');
  });
});

describe('on a platform that closes namespaces', () => {
  test('the pods behind the Service are opened to Prometheus at the port of the pods', () => {
    const { objects, findings } = monitored(
      (chart) => {
        handWritten(chart);
        return serviceOf(chart, { ports: [{ name: 'metrics', port: 80, targetPort: 'http' }] });
      },
      {},
      { platform: closed },
    );
    const { podSelector, ingress } = theOnly(objects, 'NetworkPolicy').spec as Record<string, unknown>;
    expect(podSelector).toEqual({ matchLabels: { app: 'web' } });
    expect(ingress).toMatchObject([{ ports: [{ port: 8080 }] }]);
    expect(findings).toEqual([]);
  });

  test.each<[string, object]>([
    [
      'a port that leads to a name, and no workload of the stack has it',
      { ports: [{ name: 'metrics', port: 80, targetPort: 'x' }] },
    ],
    ['no selector', { selector: undefined }],
  ])('there is a warning where it has %s', (_, spec) => {
    const { objects, findings } = monitored((chart) => serviceOf(chart, spec), {}, { platform: closed });
    expect(objects.some(({ kind }) => kind === 'NetworkPolicy')).toBe(false);
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(/^network\/unknown-pods shop\/legacy: no NetworkPolicy admits Prometheus to legacy/),
    ]);
  });
});

describe('a Service without selector', () => {
  const bare = (chart: Chart, servicePorts: object[] = ports) =>
    serviceOf(chart, { selector: undefined, ports: servicePorts });
  const endpoints = (chart: Chart, name = 'legacy', port: object = ports[0] as object) =>
    new ApiObject(chart, 'e', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name },
      subsets: [{ addresses: [{ ip: '10.0.0.7' }], ports: [port] }],
    });
  const slice = (chart: Chart, labels: object = { 'kubernetes.io/service-name': 'legacy' }) =>
    new ApiObject(chart, 'e', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'legacy-1', labels: labels as Record<string, string> },
      addressType: 'IPv4',
      ports,
      endpoints: [{ addresses: ['10.0.0.7'] }],
    });
  const faults = (make: (chart: Chart) => unknown, props: Partial<AttachToService> = {}) =>
    faultsOf(
      monitored((chart) => {
        make(chart);
        return bare(chart);
      }, props).findings,
    );

  test('is scraped through its own Endpoints', () => {
    expect(faults((chart) => endpoints(chart))).toEqual([]);
  });

  test('shares the name of its port with them', () => {
    const { objects, findings } = monitored((chart) => {
      endpoints(chart, 'legacy', { port: 9100 });
      return bare(chart, [{ port: 9100 }]);
    });
    expect(theOnly(objects, 'Endpoints')).toMatchObject({ subsets: [{ ports }] });
    expect(theOnly(objects, 'Service').spec.ports).toEqual(ports);
    expect(findings).toEqual([]);
  });

  test('is scraped through its EndpointSlices where the monitor looks at them', () => {
    expect(faults((chart) => slice(chart))).toEqual([expect.stringMatching(/^attach\/endpoint-slice shop\/legacy: /)]);
    const scrape = ScrapePolicy.serviceMonitor({ serviceDiscoveryRole: 'EndpointSlice' });
    expect(faults((chart) => slice(chart), { scrape })).toEqual([]);
    const match = ['up'] as const;
    expect(faults((chart) => slice(chart), { scrape: ScrapePolicy.federate({ match }) })).toEqual([
      expect.stringContaining("→ add serviceDiscoveryRole: 'EndpointSlice' to ScrapePolicy.federate"),
    ]);
    const federate = ScrapePolicy.federate({ match, serviceDiscoveryRole: 'EndpointSlice' });
    expect(faults((chart) => slice(chart), { scrape: federate })).toEqual([]);
  });

  test.each<[string, Platform, ScrapePolicy, boolean]>([
    ['a monitor', Platform.kubePrometheus(), ScrapePolicy.serviceMonitor(), true],
    ['a federation', Platform.kubePrometheus(), ScrapePolicy.federate({ match: ['{job="istiod"}'] }), true],
    ['a federation', kubePrometheusStack, ScrapePolicy.federate({ match: ['{job="istiod"}'] }), false],
    ['annotations', Platform.annotationDiscovery(), ScrapePolicy.annotations({ on: 'service' }), false],
  ])('%s looks at EndpointSlices where the Prometheus of the platform does', (_, platform, scrape, areSeen) => {
    const { findings } = monitored(
      (chart) => {
        slice(chart);
        return bare(chart);
      },
      { scrape },
      { platform },
    );
    expect(findings.map(({ code }) => code).includes('attach/endpoint-slice')).toBe(!areSeen);
  });

  test('leads to no pods that a policy could open where its addresses are in the code', () => {
    const { findings } = monitored(
      (chart) => {
        endpoints(chart);
        return bare(chart);
      },
      {},
      { platform: closed },
    );
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['info network/unknown-pods']);
  });

  test.each<[string, (chart: Chart) => unknown]>([
    ['EndpointSlice legacy-1 has no label kubernetes.io/service-name', (chart) => slice(chart, {})],
    ['no Endpoints or EndpointSlice of the stack belongs to it', (chart) => endpoints(chart, 'legcy')],
    [
      "Endpoints legacy has no port 'metrics', which Service legacy declares; it has 'web'",
      (chart) => endpoints(chart, 'legacy', { name: 'web', port: 9100 }),
    ],
  ])('and without endpoints that fit is an error: %s', (expected, make) => {
    expect(faults(make)).toEqual([expect.stringContaining(expected)]);
  });

  test('whose endpoints somebody else makes is not known to be wrong', () => {
    const { findings } = monitored((chart) => bare(chart));
    expect(findings).toMatchObject([{ code: 'attach/endpoints', severity: 'info' }]);
  });
});

describe('a Service that is not in the code', () => {
  const elsewhere = { labels: { app: 'old' }, ports: { metrics: 9100 } };

  test('is selected in its namespace by a monitor in ours', () => {
    const { objects, findings } = monitored(() => ({ ...elsewhere, name: 'old', namespace: 'legacy' }));
    expect(objects.map(({ kind }) => kind)).toEqual(['ServiceMonitor', 'PrometheusRule']);
    expect(theOnly(objects, 'ServiceMonitor')).toMatchObject({
      metadata: { namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: 'old' } },
        namespaceSelector: { matchNames: ['legacy'] },
        endpoints: [{ port: 'metrics' }],
      },
    });
    expect(JSON.stringify(theOnly(objects, 'PrometheusRule').spec)).toContain('namespace=\\"legacy\\"');
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('is in the namespace of the chart unless told otherwise', () => {
    const { objects } = monitored(() => elsewhere, { metrics: {} });
    expect(theOnly(objects, 'ServiceMonitor').spec.namespaceSelector).toBeUndefined();
    expect(JSON.stringify(theOnly(objects, 'PrometheusRule').spec)).toContain('namespace=\\"shop\\"');
  });

  test('in another namespace is out of sight of a Prometheus that looks nowhere but beside the monitor', () => {
    const platform = Platform.openShift();
    const faults = (namespace?: string) =>
      faultsOf(monitored(() => ({ ...elsewhere, namespace }), {}, { platform }).findings);
    expect(faults('legacy')).toContainEqual(expect.stringMatching(/^attach\/namespace shop\/legacy: /));
    expect(faults('shop')).toEqual(faults());
    expect(faults().filter((fault) => fault.startsWith('attach/'))).toEqual([]);
    const scrape = ScrapePolicy.probe({ prober: { url: 'blackbox:9115' } });
    const probed = monitored(() => ({ ...elsewhere, name: 'old', namespace: 'legacy' }), { scrape }, { platform });
    expect(faultsOf(probed.findings)).toEqual([]);
  });
});

describe('one fault of an existing Service is one error', () => {
  const faults = (given: unknown, props: object = {}) =>
    faultsOf(
      findingsOfSynth((chart) => {
        const make = typeof given === 'function' ? (given as (chart: Chart) => unknown) : () => given;
        attach(chart, make(chart) as ExistingService, props);
      }),
    );

  test.each<[string, unknown, object?]>([
    ['workload/none shop/legacy: there is nothing to attach to: existingService is the string', 'redis'],
    ['workload/none shop/legacy: there is nothing to attach to: existingService is shop,', (chart: Chart) => chart],
    ['attach/not-found shop/legacy: shop has no Service', (chart: Chart) => ({ in: chart })],
    [
      'attach/service-kind shop/legacy: existingService is Deployment web (shop/web-workload), which is no Service → give it as workload',
      (chart: Chart) => handWritten(chart),
    ],
    [
      'attach/external-name shop/legacy: Service legacy is of type ExternalName',
      (chart: Chart) => serviceOf(chart, { type: 'ExternalName', externalName: 'old.example', selector: undefined }),
    ],
    [
      "ports/unknown shop/legacy: no port is called 'metrcs'; declared are metrics",
      serviceOf,
      { metrics: { port: 'metrcs' } },
    ],
    ['ports/unknown shop/legacy: no port is 80; declared are metrics (9100)', serviceOf, { metrics: { port: 80 } }],
    [
      'ports/missing shop/legacy: the metrics can be on any of the ports a, b',
      (chart: Chart) =>
        serviceOf(chart, {
          ports: [
            { name: 'a', port: 1 },
            { name: 'b', port: 2 },
          ],
        }),
      { metrics: {} },
    ],
    [
      'attach/no-labels shop/legacy: the existing Service is given without labels',
      { labels: {}, ports: { metrics: 9100 } },
    ],
    [
      'attach/no-name shop/legacy: the Service with app=old is given without its name, by which a prober asks it',
      { labels: { app: 'old' }, ports: { metrics: 9100 } },
      { scrape: ScrapePolicy.probe({ prober: { url: 'blackbox:9115' } }) },
    ],
    [
      "attach/unknown-port shop/legacy: port 80 of Service legacy leads to 'http', and which number that is in its pods",
      (chart: Chart) => serviceOf(chart, { ports: [{ name: 'metrics', port: 80, targetPort: 'http' }] }),
      { scrape: ScrapePolicy.podMonitor() },
    ],
    ['props/type shop/legacy: labels.app is the number 5', { labels: { app: 5 }, ports: { metrics: 9100 } }],
    [
      'attach/one-of shop/legacy: existingService and pods are given',
      serviceOf,
      { pods: { labels: { a: 'b' }, ports: { metrics: 1 } } },
    ],
  ])('%s', (expected, given, props = {}) => {
    expect(faults(given === serviceOf ? (chart: Chart) => serviceOf(chart) : given, props)).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  test('a PodMonitor of pods whose labels nobody knows: it would take all of the namespace', () => {
    const scrape = ScrapePolicy.podMonitor();
    expect(faults({ labels: { app: 'old' }, ports: { metrics: 9100 } }, { scrape })).toEqual([
      expect.stringMatching(/^scrape\/no-pod-labels shop\/legacy: /),
    ]);
    expect(faults((chart: Chart) => serviceOf(chart), { scrape })).toEqual([]);
  });

  test('an exporter that would have to run in its pods', () => {
    const { findings } = stack((chart) => {
      new ExporterSidecar(attach(chart, serviceOf(chart)), 'redis', Exporters.redis());
    });
    expect(faultsOf(findings)).toEqual([
      'attach/out-of-reach shop/legacy: Service legacy: nothing can be added to pods that are not in the code, and monitoring would add container redis-exporter → add it where the pods are made, or attach to the workload itself',
    ]);
  });

  test('annotations for pods of a workload in the code, to which one should attach', () => {
    const { findings } = stack(
      (chart) => {
        const workload = handWritten(chart, 'web');
        const service = serviceOf(chart, { selector: { app: 'web' }, ports: [{ name: 'metrics', port: 8080 }] });
        attach(chart, service, { scrape: ScrapePolicy.annotations() });
        expect(workload.kind).toBe('Deployment');
      },
      { platform: Platform.annotationDiscovery() },
    );
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(
        /^attach\/out-of-reach shop\/legacy: Service legacy: nothing is added to the pods of Deployment web through their Service, and monitoring would add annotation .* → attach to Deployment web itself: workload$/,
      ),
    ]);
  });

  test('two apps that are attached to one', () => {
    const { findings } = stack((chart) => {
      const service = serviceOf(chart);
      attach(chart, service);
      MonitoredApp.attach(chart, 'again', { existingService: service, metrics: { port: 'metrics' } });
    });
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(
        /^workload\/attached-twice shop\/again: the Service shop\/legacy-service is monitored already/,
      ),
    ]);
  });
});

export function typesOfProps(chart: Chart, workload: kplus28.Deployment): void {
  // @ts-expect-error: either a workload or a Service
  MonitoredApp.attach(chart, 'a', { workload, existingService: serviceOf(chart) });
  // @ts-expect-error: nothing is added to pods that are not in the code
  MonitoredApp.attach(chart, 'a', { existingService: serviceOf(chart), processes: 'prefork' });
  // @ts-expect-error: no Service is made beside the one that exists
  MonitoredApp.attach(chart, 'a', { existingService: serviceOf(chart), service: { port: 80 } });
  // @ts-expect-error: a Deployment is no Service
  MonitoredApp.attach(chart, 'a', { existingService: workload });
  // @ts-expect-error: a Service elsewhere is known by its ports
  MonitoredApp.attach(chart, 'a', { existingService: { labels: { app: 'a' } } });
}
