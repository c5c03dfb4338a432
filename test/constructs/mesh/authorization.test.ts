import { ApiObject, Chart } from 'cdk8s';
import { ExporterSidecar, MonitoredApp, MonitoredAppProps } from '../../../src/constructs';
import { MeshFacts, Platform } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, image, stack, theOnly } from '../../support/stack';

const prometheus = 'cluster.local/ns/monitoring/sa/kps-kube-prometheus-stack-prometheus';
const strict: MeshFacts = { istio: '1.31', mtls: 'STRICT', scrape: 'mesh-certificates' };

const platformIn = (mesh: MeshFacts) => Platform.kubePrometheusStack({ release: 'kps' }).with({ mesh });

const compose =
  (props: Partial<MonitoredAppProps> = {}, before: (chart: Chart) => void = () => undefined) =>
  (chart: Chart) => {
    before(chart);
    const app = new MonitoredApp(chart, 'checkout', {
      image,
      port: 8080,
      metrics: { path: '/metrics' },
      mesh: { authorizePrometheus: true },
      ...props,
    } as MonitoredAppProps);
    new ExporterSidecar(app, 'redis', { image: 'registry.example/exporter:1.0.0', port: 9121 });
  };

const inMesh = (mesh: MeshFacts, ...given: Parameters<typeof compose>) =>
  stack(compose(...given), { platform: platformIn(mesh) });
const faults = (mesh: MeshFacts) => faultsOf(findingsOfSynth(compose(), { platform: platformIn(mesh) }));
const policyOf = (...given: Parameters<typeof inMesh>) => theOnly(inMesh(...given).objects, 'AuthorizationPolicy').spec;

interface Request {
  readonly principal?: string;
  readonly port: number;
  readonly path: string;
}

interface Operation {
  readonly ports?: readonly string[];
  readonly notPorts?: readonly string[];
  readonly paths?: readonly string[];
  readonly notPaths?: readonly string[];
}

interface Rule {
  readonly from?: readonly { readonly source: { readonly principals: readonly string[] } }[];
  readonly to?: readonly { readonly operation: Operation }[];
}

/** Does an ALLOW policy admit a request? Written from istio.io, reference of AuthorizationPolicy, for exact values alone. */
function admits({ rules }: { readonly rules: readonly Rule[] }, { principal, port, path }: Request): boolean {
  return rules.some(
    ({ from, to }) =>
      (from === undefined || from.some(({ source }) => source.principals.includes(principal ?? ''))) &&
      (to === undefined ||
        to.some(
          ({ operation: { ports, notPorts, paths, notPaths } }) =>
            (ports === undefined || ports.includes(String(port))) &&
            (notPorts === undefined || !notPorts.includes(String(port))) &&
            (paths === undefined || paths.includes(path)) &&
            (notPaths === undefined || !notPaths.includes(path)),
        )),
  );
}

const somebody = 'cluster.local/ns/shop/sa/cart';

describe('the policy that admits Prometheus', () => {
  test('names it by its service account, and the metrics by port and path', () => {
    const { objects, findings } = inMesh(strict, { isolate: true });
    expect(theOnly(objects, 'AuthorizationPolicy')).toMatchObject({
      apiVersion: 'security.istio.io/v1',
      metadata: { name: 'checkout-scrape', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'checkout' } },
        action: 'ALLOW',
        rules: [
          {
            from: [{ source: { principals: [prometheus] } }],
            to: [
              { operation: { ports: ['8080'], paths: ['/metrics'] } },
              { operation: { ports: ['9121'], paths: ['/metrics'] } },
            ],
          },
        ],
      },
    });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('closes nothing but the metrics, where nothing was closed', () => {
    const policy = policyOf(strict);
    expect(admits(policy, { principal: prometheus, port: 9121, path: '/metrics' })).toBe(true);
    expect(admits(policy, { principal: prometheus, port: 8080, path: '/metrics' })).toBe(true);
    expect(admits(policy, { principal: somebody, port: 9121, path: '/metrics' })).toBe(false);
    expect(admits(policy, { principal: somebody, port: 8080, path: '/metrics' })).toBe(false);
    expect(admits(policy, { principal: somebody, port: 8080, path: '/pay' })).toBe(true);
    expect(admits(policy, { port: 50051, path: '/grpc' })).toBe(true);
  });

  test('opens nothing where the mesh denies, the app isolates itself, or another policy of the stack allows', () => {
    const closing = (name: string, namespace: string, spec: object) => (chart: Chart) =>
      void new ApiObject(chart, `policy-${name}`, {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name, namespace },
        spec,
      });
    const request = { principal: somebody, port: 8080, path: '/pay' };
    const admitted = (...given: Parameters<typeof inMesh>) => {
      const { objects } = inMesh(...given);
      const ours = objects.find(({ metadata }) => metadata.name === 'checkout-scrape');
      return admits(ours?.spec, request);
    };
    const selector = { matchLabels: { 'app.kubernetes.io/name': 'checkout' } };
    expect(admitted({ ...strict, defaultDeny: true })).toBe(false);
    expect(admitted(strict, { isolate: true })).toBe(false);
    expect(admitted(strict, {}, closing('nothing', 'shop', {}))).toBe(false);
    expect(admitted(strict, {}, closing('mesh-wide', 'istio-system', {}))).toBe(false);
    expect(admitted(strict, {}, closing('checkout', 'shop', { selector, rules: [] }))).toBe(false);
    expect(admitted(strict, {}, closing('other', 'cart', {}))).toBe(true);
    expect(admitted(strict, {}, closing('denies', 'shop', { action: 'DENY', rules: [] }))).toBe(true);
    expect(admitted(strict, {}, closing('web', 'shop', { selector: { matchLabels: { app: 'web' } } }))).toBe(true);
  });

  test('is made for every app where the mesh denies what none admits, and for none that says no', () => {
    const denies = { ...strict, defaultDeny: true };
    expect(policyOf(denies, { mesh: {} }).rules).toHaveLength(1);
    const { objects } = inMesh(denies, { mesh: { authorizePrometheus: false } });
    expect(objects.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy');
    expect(inMesh(strict, { mesh: {} }).objects.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy');
  });

  test('takes the trust domain of the mesh, a name and labels', () => {
    const { objects } = inMesh(
      { ...strict, trustDomain: 'prod.example' },
      { objects: { authorizationPolicy: { name: 'prometheus', labels: { tier: 'x' } } } },
    );
    const { metadata, spec } = theOnly(objects, 'AuthorizationPolicy');
    expect([metadata.name, metadata.labels?.tier]).toEqual(['prometheus', 'x']);
    expect(spec.rules[0].from[0].source.principals).toEqual([prometheus.replace('cluster.local', 'prod.example')]);
  });

  test('asks ztunnel for ports alone, as it knows no paths', () => {
    const policy = policyOf({ dataPlaneMode: 'ambient', mtls: 'STRICT' }, { isolate: true });
    expect(policy.rules[0].to).toEqual([{ operation: { ports: ['8080'] } }, { operation: { ports: ['9121'] } }]);
  });
});

describe('policies of the stack that refuse the scrape', () => {
  const refused = (
    rules: readonly object[] | undefined,
    mesh: MeshFacts = strict,
    app: Partial<MonitoredAppProps> = {},
  ) => {
    const before = (chart: Chart) =>
      void new ApiObject(chart, 'policy-theirs', {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'theirs', namespace: 'shop' },
        spec: rules === undefined ? {} : { rules },
      });
    return faultsOf(findingsOfSynth(compose({ mesh: {}, ...app }, before), { platform: platformIn(mesh) }))
      .filter((fault) => fault.startsWith('mesh/refused'))
      .map((fault) => /port (\d+)/.exec(fault)?.[1]);
  };
  const from = (...principals: string[]) => [{ source: { principals } }];

  test('are an error for each port that none of them admits', () => {
    expect(refused(undefined)).toEqual(['8080', '9121']);
    expect(refused([{ to: [{ operation: { ports: ['8080'] } }] }])).toEqual(['9121']);
    expect(refused([{ to: [{ operation: { notPorts: ['9121'] } }] }])).toEqual(['9121']);
    expect(refused([{ from: from(somebody) }])).toEqual(['8080', '9121']);
  });

  test('are none where they may admit it', () => {
    expect(refused([{}])).toEqual([]);
    expect(refused([{ from: from(prometheus) }])).toEqual([]);
    expect(refused([{ from: from('cluster.local/ns/monitoring/*') }])).toEqual([]);
    expect(refused([{ from: [{ source: { namespaces: ['monitoring'] } }] }])).toEqual([]);
  });

  test('do not matter where ours admits it, or scrapes come past no policy', () => {
    expect(refused(undefined, strict, { mesh: { authorizePrometheus: true } })).toEqual([]);
    expect(refused(undefined, { ...strict, scrape: 'merged-metrics' })).toEqual([]);
  });
});

describe('what has no principal', () => {
  test('a Prometheus of whom the platform does not know the service account', () => {
    const unknown = Platform.custom({
      prometheus: { namespace: 'monitoring' },
      operator: { installed: true },
      mesh: strict,
    });
    expect(faultsOf(findingsOfSynth(compose(), { platform: unknown }))).toEqual([
      'mesh/principal shop/checkout: an AuthorizationPolicy names Prometheus by its service account, and the platform does not say which it is → ' +
        "set prometheus.namespace and prometheus.serviceAccountName of the platform, such as 'prometheus-k8s'",
    ]);
  });

  test('a scrape in plain text: where the rest is open no policy could tell it from others', () => {
    const exempted: MeshFacts = { ...strict, scrape: 'port-exemption' };
    expect(inMesh(exempted).objects.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy');
    expect(faults(exempted).join()).toContain(
      'no AuthorizationPolicy is made: scrapes in plain text have no principal',
    );
  });

  test('where the rest is closed it is admitted with everybody else, and that is said', () => {
    const exempted: MeshFacts = { ...strict, scrape: 'port-exemption', defaultDeny: true };
    const policy = policyOf(exempted);
    expect(admits(policy, { port: 9121, path: '/metrics' })).toBe(true);
    expect(admits(policy, { principal: somebody, port: 8080, path: '/pay' })).toBe(false);
    expect(faults(exempted).join()).toContain('the AuthorizationPolicy admits everybody to the metrics');
  });

  test('a scrape that comes past no policy needs none', () => {
    const { objects, findings } = inMesh({ ...strict, scrape: 'merged-metrics' });
    expect(objects.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy');
    expect(findings).toMatchObject([{ code: 'mesh/no-authorization', severity: 'info' }]);
  });
});
