import type { Chart } from 'cdk8s';
import { Alertmanager, Prometheus, PrometheusAgent, PrometheusProps, ThanosRuler } from '../../../src/constructs';
import { stack, theOnly } from '../../support/stack';
import { faults } from './monitoring-stack';

const inMonitoring = { namespace: 'monitoring' };

function prometheus(props: Partial<PrometheusProps>) {
  const make = (chart: Chart): Prometheus => new Prometheus(chart, 'k8s', { namespaces: 'all', ...props });
  let made: Prometheus | undefined;
  const { objects } = stack((chart) => void (made = make(chart)), inMonitoring);
  return { objects, facts: made?.facts, url: made?.url, spec: theOnly(objects, 'Prometheus').spec as PrometheusProps };
}

const faultsOf = (props: object) =>
  faults((chart) => void new Prometheus(chart, 'k8s', { namespaces: 'all', ...props }));

describe('a field of spec that has a prop', () => {
  test('counts as that prop: whatever follows from it knows it', () => {
    const made = prometheus({
      spec: { scrapeInterval: '1m', version: 'v3.5.0', routePrefix: '/metrics', sampleLimit: 5, replicas: 2 },
    });
    expect(made.facts).toMatchObject({ scrapeInterval: '1m', version: '3.5.0', sampleLimit: 5 });
    expect(made.url).toBe('http://prometheus-k8s.monitoring.svc:9090/metrics');
    expect(made.objects.map(({ kind }) => kind)).toContain('PodDisruptionBudget');
    expect(made.spec).toMatchObject({ scrapeInterval: '1m', version: 'v3.5.0', routePrefix: '/metrics', replicas: 2 });
  });

  test('is checked like that prop', () => {
    expect(faultsOf({ spec: { scrapeInterval: '15', scrapeTimeout: '5s' } })).toEqual([
      expect.stringMatching(/^error servers\/duration: scrapeInterval/),
    ]);
    const agent = (chart: Chart) =>
      void new PrometheusAgent(chart, 'edge', {
        namespaces: 'all',
        remoteWrite: [{ url: 'https://metrics.example/write' }],
        spec: { retention: '1d' } as object,
      });
    expect(faults(agent)).toEqual([expect.stringMatching(/^error servers\/agent: an agent has no retention/)]);
  });

  test('stands back behind the prop, which is said', () => {
    const props = { retention: '15d', spec: { retention: '10d' } } as const;
    expect(prometheus(props).spec).toMatchObject({ retention: '15d' });
    expect(faultsOf(props)).toEqual([
      "error servers/spec: spec.retention is '10d' beside '15d', which is made of the props and stands → remove spec.retention",
    ]);
    expect(faultsOf({ retention: '15d', spec: { retention: '15d' } })).toEqual([]);
  });
});

describe('a field of spec of which a prop says a part', () => {
  test('is joined with it', () => {
    const made = prometheus({
      storage: { size: '50Gi' },
      podMetadata: { labels: { area: 'eu' } },
      spec: {
        storage: { volumeClaimTemplate: { metadata: { annotations: { backup: 'daily' } } } },
        podMetadata: { annotations: { owner: 'platform' } },
      },
    });
    expect(made.spec).toMatchObject({
      storage: {
        volumeClaimTemplate: {
          metadata: { annotations: { backup: 'daily' } },
          spec: { resources: { requests: { storage: '50Gi' } } },
        },
      },
      podMetadata: { labels: { area: 'eu' }, annotations: { owner: 'platform' } },
    });
  });

  test('brings what belongs to it: a sidecar has its Service', () => {
    const made = prometheus({ spec: { thanos: { logLevel: 'debug' } } });
    expect(made.spec.thanos).toEqual({ logLevel: 'debug' });
    expect(made.objects.map(({ metadata }) => metadata.name)).toContain('prometheus-k8s-thanos-sidecar');
  });

  test('contradicts it in one place at most', () => {
    const thanos = { version: '0.42.2' };
    expect(faultsOf({ thanos, spec: { thanos: { version: 'v0.40.0', logLevel: 'debug' } } })).toEqual([
      "error servers/spec: spec.thanos.version is 'v0.40.0' beside 'v0.42.2', which is made of the props and stands → remove spec.thanos.version",
    ]);
  });
});

describe('a field of spec that has no prop', () => {
  test('replaces what is made here for none', () => {
    const { spec } = prometheus({
      replicas: 2,
      spec: { securityContext: { runAsUser: 5 }, topologySpreadConstraints: [] },
    });
    expect(spec).toMatchObject({ securityContext: { runAsUser: 5 }, topologySpreadConstraints: [] });
    expect(spec).not.toHaveProperty('securityContext.runAsNonRoot');
  });

  test('is as good as not given where it is undefined', () => {
    const { spec } = prometheus({
      storage: { size: '50Gi' },
      spec: { securityContext: undefined, storage: undefined },
    });
    expect(spec).toMatchObject({ securityContext: { runAsNonRoot: true }, storage: { volumeClaimTemplate: {} } });
    expect(faultsOf({ storage: { size: '50Gi' }, spec: { storage: undefined } })).toEqual([]);
  });

  test('but is no other ServiceAccount than that with the rights', () => {
    expect(faultsOf({ spec: { serviceAccountName: 'other' } })).toEqual([
      expect.stringMatching(/^error servers\/spec: spec.serviceAccountName is 'other' beside 'prometheus-k8s'/),
    ]);
  });

  test.each([
    [{ portName: 'http' }, 'spec.portName'],
    [{ listenLocal: true }, 'spec.listenLocal'],
    [{ web: { tlsConfig: { cert: { secret: { name: 'tls', key: 'crt' } } } } }, 'spec.web.tlsConfig'],
  ])('is a finding where the Service and the monitor would miss it: %j', (spec, place) => {
    const said = [expect.stringMatching(new RegExp(`^warning servers/spec: ${place} changes how the server listens`))];
    expect(faultsOf({ spec })).toEqual(said);
    expect(faults((chart) => void new Alertmanager(chart, 'main', { spec }))).toEqual(said);
  });

  test('and is none where nothing changes', () => {
    expect(faultsOf({ spec: { portName: 'web', listenLocal: false, web: { pageTitle: 'Metrics' } } })).toEqual([]);
  });
});

test('a ThanosRuler below a prefix is scraped there', () => {
  const ruler = (props: object) => (chart: Chart) =>
    void new ThanosRuler(chart, 'global', { queryEndpoints: ['http://query:10902'], ruleSelector: {}, ...props });
  const { objects } = stack(ruler({ routePrefix: '/ruler/' }), inMonitoring);
  expect(theOnly(objects, 'ServiceMonitor').spec.endpoints[0]).toEqual({ port: 'web', path: '/ruler/metrics' });
});
