import { ApiObject, Chart } from 'cdk8s';
import {
  annotationScrapeFacts,
  ExistingService,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredWorkload,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, handWritten, image, KubernetesObject, stack, StackOptions, theOnly } from '../../support/stack';

const prober = { url: 'blackbox-exporter.monitoring.svc:9115' };
const pinned = Platform.kubePrometheusStack({ release: 'kps', annotations: annotationScrapeFacts });

const mechanisms: Readonly<Record<string, ScrapePolicy>> = {
  serviceMonitor: ScrapePolicy.serviceMonitor(),
  podMonitor: ScrapePolicy.podMonitor(),
  'podMonitor by number': ScrapePolicy.podMonitor({ port: 'number' }),
  annotations: ScrapePolicy.annotations(),
  'annotations on the Service': ScrapePolicy.annotations({ on: 'service' }),
  federate: ScrapePolicy.federate({ match: ['{job="istiod"}'] }),
  probe: ScrapePolicy.probe({ prober }),
  none: ScrapePolicy.none({ reason: 'another Prometheus has it' }),
};

interface Found {
  readonly objects: readonly KubernetesObject[];
  readonly faults: readonly string[];
  readonly labels: readonly Readonly<Record<string, string>>[];
}

function found(
  make: (chart: Parameters<Parameters<typeof stack>[0]>[0]) => MonitoredWorkload,
  on?: StackOptions,
): Found {
  let app: MonitoredWorkload | undefined;
  const { objects, findings } = stack((chart) => void (app = make(chart)), { platform: pinned, ...on });
  expectValidObjects(objects);
  const labels = app?.endpoints.map((endpoint) => app?.labelsOf(endpoint) ?? {}) ?? [];
  return { objects, faults: faultsOf(findings), labels };
}

const checkout = (scrape: ScrapePolicy, on?: StackOptions) =>
  found((chart) => new MonitoredApp(chart, 'checkout', { image, port: 8000, metrics: {}, scrape }), on);

const attached = (scrape: ScrapePolicy) =>
  found((chart) =>
    MonitoredApp.attach(chart, 'web', { workload: handWritten(chart), metrics: { port: 'http' }, scrape }),
  );

const monitoring = ['ServiceMonitor', 'PodMonitor', 'Probe', 'PrometheusRule'];

/** All but what makes Prometheus find the app: monitors, rules and annotations. */
function theRest({ objects }: Found): unknown {
  const text = JSON.stringify(objects.filter(({ kind }) => !monitoring.includes(kind)));
  return JSON.parse(text, (key, value: unknown) => (key === 'annotations' ? undefined : value));
}

describe('switching an app from one mechanism to another', () => {
  const usual = checkout(ScrapePolicy.serviceMonitor());

  test.each(Object.entries(mechanisms))('%s changes its monitoring objects and nothing else', (_, scrape) => {
    const switched = checkout(scrape);
    expect(switched.faults).toEqual([]);
    expect(theRest(switched)).toEqual(theRest(usual));
  });

  test.each(Object.entries(mechanisms))('%s keeps job and namespace', (_, scrape) => {
    for (const { labels } of [checkout(scrape), attached(scrape)]) {
      expect(labels).toEqual([expect.objectContaining({ namespace: 'shop' })]);
    }
    expect(checkout(scrape).labels[0]?.job).toBe('checkout');
  });

  test.each(['serviceMonitor', 'podMonitor', 'podMonitor by number', 'federate', 'probe'])(
    '%s keeps endpoint as well, so that the alerts stay as they are',
    (name) => {
      const { labels, objects } = checkout(mechanisms[name]!);
      expect(labels).toEqual(usual.labels);
      // a prober stands in between, so the texts may differ
      const alertsOf = (all: readonly KubernetesObject[]) =>
        (theOnly(all, 'PrometheusRule').spec.groups[0].rules as { alert: string; expr: string }[]).map(
          ({ alert, expr }) => ({ alert, expr }),
        );
      expect(alertsOf(objects)).toEqual(expect.arrayContaining(alertsOf(usual.objects)));
    },
  );

  test.each([
    ['serviceMonitor', ['ServiceMonitor']],
    ['podMonitor', ['PodMonitor']],
    ['annotations', []],
    ['federate', ['ServiceMonitor']],
    ['probe', ['Probe']],
    ['none', []],
  ])('%s makes %j', (name, kinds) => {
    const { objects } = checkout(mechanisms[name]!);
    expect(objects.map(({ kind }) => kind).filter((kind) => monitoring.slice(0, 3).includes(kind))).toEqual(kinds);
  });

  test('an attached workload has a Service for metrics only where the targets are found through it', () => {
    const withService = Object.entries(mechanisms)
      .filter(([, scrape]) => attached(scrape).objects.some(({ kind }) => kind === 'Service'))
      .map(([name]) => name);
    expect(withService).toEqual(['serviceMonitor', 'annotations on the Service', 'federate', 'probe']);
  });
});

describe('one app', () => {
  const mixed = found((chart) => {
    const app = new MonitoredApp(chart, 'checkout', {
      image,
      port: 8000,
      metrics: { scrape: ScrapePolicy.podMonitor({ port: 'number' }) },
      scrape: ScrapePolicy.serviceMonitor({ interval: '15s' }),
    });
    new ExporterSidecar(app, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
    new ExporterSidecar(
      app,
      'cache',
      Exporters.memcached({ address: 'localhost:11211', scrape: ScrapePolicy.podMonitor({ sampleLimit: 100 }) }),
    );
    return app;
  });

  test('may be found in several ways, each endpoint by the monitor of its kind', () => {
    const monitors = mixed.objects.filter(({ kind }) => kind.endsWith('Monitor'));
    const summary = monitors.map(({ kind, metadata, spec }) => [
      kind,
      metadata.name,
      ...(spec.endpoints ?? spec.podMetricsEndpoints).map(
        ({ port, portNumber }: { port?: string; portNumber?: number }) => port ?? portNumber,
      ),
    ]);
    expect(summary).toEqual([
      ['PodMonitor', 'checkout', 8000],
      ['ServiceMonitor', 'checkout', 'redis-metrics'],
      ['PodMonitor', 'checkout-cache', 'cache-metrics'],
    ]);
    expect(mixed.faults).toEqual([]);
  });

  test('lets an endpoint inherit what its own mechanism knows', () => {
    const own = mixed.objects.find(({ kind }) => kind === 'PodMonitor');
    expect(own?.spec.podMetricsEndpoints[0]).toMatchObject({ interval: '15s' });
  });

  test('tells of a setting that an endpoint cannot inherit, without calling it a fault', () => {
    const { findings } = stack(
      (chart) => {
        new MonitoredApp(chart, 'checkout', {
          image,
          port: 8000,
          metrics: { scrape: ScrapePolicy.annotations() },
          scrape: ScrapePolicy.serviceMonitor({ interval: '15s', sampleLimit: 10 }),
        });
      },
      { platform: pinned },
    );
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'scrape/lost-setting',
        severity: 'info',
        message: 'interval, sampleLimit of the app cannot be said of an endpoint that is found by annotations',
      }),
    ]);
  });

  test('is silent about settings of the platform that a mechanism does not know', () => {
    const platform = pinned.with({ scrape: { interval: '15s', bearerTokenFile: '/token' } });
    expect(checkout(ScrapePolicy.annotations(), { platform })).toMatchObject({ faults: [] });
    expect(checkout(ScrapePolicy.podMonitor(), { platform })).toMatchObject({ faults: [] });
  });
});

describe('a mechanism is refused', () => {
  test.each(['serviceMonitor', 'podMonitor', 'federate'])('%s where there is no operator', (name) => {
    const { faults } = checkout(mechanisms[name]!, { platform: Platform.annotationDiscovery() });
    expect(faults).toEqual([expect.stringMatching(/^scrape\/no-operator shop\/checkout: /)]);
  });

  test('scrapeConfig for the endpoint of an app', () => {
    const policy = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['a:1'] }] });
    expect(checkout(policy).faults).toEqual([
      'scrape/endpoint-mechanism shop/checkout: a ScrapeConfig names its targets itself, and the targets of an endpoint are the pods of its app → use ScrapePolicy.podMonitor() here; a ScrapeJob takes a ScrapeConfig for what is outside the stack',
    ]);
  });

  test("whatever needs a Service, where there is service: 'none'", () => {
    const faults = Object.entries(mechanisms).map(([name, scrape]) => [
      name,
      found((chart) => new MonitoredApp(chart, 'checkout', { image, port: 8000, metrics: {}, scrape, service: 'none' }))
        .faults.length,
    ]);
    expect(Object.fromEntries(faults)).toEqual({
      serviceMonitor: 1,
      podMonitor: 0,
      'podMonitor by number': 0,
      annotations: 0,
      'annotations on the Service': 1,
      federate: 1,
      probe: 1,
      none: 0,
    });
  });
});

describe('behind a Service that exists', () => {
  const behind = (scrape: ScrapePolicy, service: (chart: Chart) => ExistingService) =>
    found((chart) =>
      MonitoredApp.attach(chart, 'legacy', {
        existingService: service(chart),
        metrics: { port: 'http' },
        scrape,
      }),
    );
  const inTheCode = (chart: Chart) =>
    new ApiObject(chart, 'Legacy', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'legacy', labels: { app: 'legacy' } },
      spec: { selector: { app: 'legacy' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    });
  const elsewhere = () => ({ name: 'legacy', namespace: 'old', labels: { app: 'legacy' }, ports: { http: 8080 } });

  test.each(Object.entries(mechanisms))('%s keeps job and namespace', (_, scrape) => {
    const { labels, faults } = behind(scrape, inTheCode);
    expect(labels).toEqual([expect.objectContaining({ namespace: 'shop' })]);
    expect(faults.filter((fault) => !fault.startsWith('rules/other-targets'))).toEqual(
      scrape === mechanisms.annotations ? [expect.any(String)] : [],
    );
  });

  test('a PodMonitor goes by the number of the port, which its pods may call otherwise', () => {
    const { spec } = theOnly(behind(ScrapePolicy.podMonitor(), inTheCode).objects, 'PodMonitor');
    expect(spec).toMatchObject({
      podMetricsEndpoints: [{ portNumber: 8080 }],
      selector: { matchLabels: { app: 'legacy' } },
    });
  });

  test('annotations stand on that Service, once', () => {
    const { objects } = behind(mechanisms['annotations on the Service']!, inTheCode);
    expect(theOnly(objects, 'Service').metadata.annotations).toMatchObject({ 'prometheus.io/port': '8080' });
  });

  test('a federated Prometheus is looked for in its namespace', () => {
    const { spec } = theOnly(behind(mechanisms.federate!, elsewhere).objects, 'ServiceMonitor');
    expect(spec.namespaceSelector).toEqual({ matchNames: ['old'] });
  });

  test('what cannot be done to a Service out of reach is refused with the manual fix', () => {
    expect(behind(ScrapePolicy.podMonitor(), elsewhere).faults).toEqual([
      expect.stringMatching(
        /^scrape\/no-pod-labels shop\/legacy: the labels of the pods behind Service legacy are not known/,
      ),
    ]);
    expect(behind(mechanisms['annotations on the Service']!, elsewhere).faults).toEqual([
      "scrape/annotation-out-of-reach shop/legacy: Service legacy is not in the code, so it cannot be annotated → add prometheus.io/scrape: 'true', prometheus.io/port: '8080', prometheus.io/path: '/metrics' where it is made, and use ScrapePolicy.none() here",
    ]);
  });
});

describe('options of the wrong type, from JavaScript', () => {
  const anything: readonly unknown[] = [null, 5, 'x', true, [], [null], {}, { a: null }, () => 1];
  const faultsWith = (scrape: ScrapePolicy) =>
    faultsOf(
      stack((chart) => void new MonitoredApp(chart, 'checkout', { image, port: 8000, metrics: {}, scrape })).findings,
    ).join();

  test.each(['path', 'params', 'targets', 'prober', 'module', 'relabelings', 'metricRelabelings', 'interval'])(
    'are no crash in the %s of a probe',
    (field) => {
      for (const value of anything) {
        expect(() => faultsWith(ScrapePolicy.probe({ prober, [field]: value }))).not.toThrow();
      }
    },
  );

  test('are said once, with the place', () => {
    expect(faultsWith(ScrapePolicy.probe({ prober, path: 5 as never }))).toMatch(
      /^\S+ shop\/checkout: path is the number 5, /,
    );
    const federated = ScrapePolicy.federate({ match: ['up'], params: 5 as never });
    expect(faultsWith(federated)).toMatch(/^\S+ shop\/checkout: params is the number 5, /);
  });

  test('instead of options are answered with the policy that was meant', () => {
    expect(faultsWith(ScrapePolicy.podMonitor(5 as never))).toContain('write ScrapePolicy.podMonitor({ … })');
  });
});
