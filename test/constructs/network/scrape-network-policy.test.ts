import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { Exporters, ExporterSidecar, MonitoredApp, MonitoredAppProps } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { admits, Pod } from '../../support/network-policies';
import { expectValidObjects } from '../../support/schemas';
import {
  handWritten,
  image,
  KubernetesObject,
  kubePrometheusStack,
  stack,
  StackOptions,
  theOnly,
} from '../../support/stack';

const prometheus: Pod = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } };
const neighbour: Pod = { namespace: 'shop', labels: { app: 'other' } };
const stranger: Pod = { namespace: 'elsewhere', labels: { 'app.kubernetes.io/name': 'prometheus' } };
const checkout: Pod = {
  namespace: 'shop',
  labels: { 'app.kubernetes.io/name': 'checkout', 'cdk8s.io/metadata.addr': 'checkout' },
};

const openNamespaces = kubePrometheusStack;
const closedNamespaces = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: true } });
/** What stands in a namespace that denies by default. */
const denyAll = {
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
} as unknown as KubernetesObject;

function checkoutWithRedis(
  options: StackOptions,
  props: Partial<MonitoredAppProps> = {},
  more?: (chart: Chart, app: MonitoredApp) => void,
) {
  return stack((chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {}, ...props } as MonitoredAppProps);
    new ExporterSidecar(app, 'redis', Exporters.redis());
    more?.(chart, app);
  }, options);
}

/** Which ports each of them reaches. */
function reach(objects: readonly KubernetesObject[], ports: readonly number[], to = checkout) {
  const reached = (from: Pod) => ports.filter((port) => admits(objects, { from, to, port }));
  return { prometheus: reached(prometheus), neighbour: reached(neighbour), stranger: reached(stranger) };
}

describe('in open namespaces', () => {
  test('a dedicated metrics port is for Prometheus alone, and everything that worked still works', () => {
    const { objects } = checkoutWithRedis({ platform: openNamespaces });
    expect(reach(objects, [1, 5000, 9120, 9121, 9122, 12345, 65535])).toEqual({
      prometheus: [1, 5000, 9120, 9121, 9122, 12345, 65535],
      neighbour: [1, 5000, 9120, 9122, 12345, 65535],
      stranger: [1, 5000, 9120, 9122, 12345, 65535],
    });
    for (const protocol of ['UDP', 'SCTP'] as const) {
      expect(admits(objects, { from: neighbour, to: checkout, port: 9121, protocol })).toBe(true);
    }
    expectValidObjects(objects);
  });

  test('the policy names exactly the metrics port and the ranges around it', () => {
    const { objects } = checkoutWithRedis({ platform: openNamespaces });
    expect(theOnly(objects, 'NetworkPolicy')).toMatchInlineSnapshot(`
     {
       "apiVersion": "networking.k8s.io/v1",
       "kind": "NetworkPolicy",
       "metadata": {
         "labels": {
           "app.kubernetes.io/name": "checkout",
         },
         "name": "checkout-scrape",
         "namespace": "shop",
       },
       "spec": {
         "ingress": [
           {
             "from": [
               {
                 "namespaceSelector": {
                   "matchLabels": {
                     "kubernetes.io/metadata.name": "monitoring",
                   },
                 },
                 "podSelector": {
                   "matchLabels": {
                     "app.kubernetes.io/name": "prometheus",
                   },
                 },
               },
             ],
             "ports": [
               {
                 "port": 9121,
                 "protocol": "TCP",
               },
             ],
           },
           {
             "ports": [
               {
                 "endPort": 9120,
                 "port": 1,
                 "protocol": "TCP",
               },
               {
                 "endPort": 65535,
                 "port": 9122,
                 "protocol": "TCP",
               },
               {
                 "endPort": 65535,
                 "port": 1,
                 "protocol": "UDP",
               },
               {
                 "endPort": 65535,
                 "port": 1,
                 "protocol": "SCTP",
               },
             ],
           },
         ],
         "podSelector": {
           "matchLabels": {
             "app.kubernetes.io/name": "checkout",
           },
         },
         "policyTypes": [
           "Ingress",
         ],
       },
     }
    `);
  });

  test('metrics on the port of the app need no policy: there is nothing to protect', () => {
    const { objects, findings } = stack((chart) => {
      new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {} });
    });
    expect(objects.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
    expect(findings).toEqual([]);
  });

  test('metrics on a port of their own are protected, with no exporter at all', () => {
    const { objects } = stack((chart) => {
      new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: { port: 9090 } });
    });
    expect(reach(objects, [5000, 9090])).toEqual({ prometheus: [5000, 9090], neighbour: [5000], stranger: [5000] });
  });

  test('a port of an attached workload is protected only where its owner says that nothing else lives there', () => {
    const attached = (dedicated?: boolean) =>
      stack((chart) => {
        MonitoredApp.attach(chart, 'web', { workload: handWritten(chart), metrics: { port: 8080, dedicated } });
      }).objects.filter(({ kind }) => kind === 'NetworkPolicy').length;
    expect([attached(), attached(false), attached(true)]).toEqual([0, 0, 1]);
  });

  test('isolate closes everything but the scrape', () => {
    const { objects } = checkoutWithRedis({ platform: openNamespaces }, { isolate: true });
    expect(reach(objects, [5000, 9121, 12345])).toEqual({ prometheus: [5000, 9121], neighbour: [], stranger: [] });
  });

  test.each([9121, 1, 65535])('a metrics port %i at any end of the range is cut out', (port) => {
    const { objects } = stack((chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image, port: 5000 });
      new ExporterSidecar(app, 'custom', { image, port });
    });
    const others = [1, 2, 9120, 9121, 9122, 65534, 65535].filter((other) => other !== port);
    expect(reach(objects, [port, ...others]).neighbour).toEqual(others);
    expectValidObjects(objects);
  });

  test('the ranges cover every port but those of the metrics, whatever they are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 5 }), (ports) => {
        const { objects } = stack((chart) => {
          const app = new MonitoredApp(chart, 'checkout', { image });
          ports.forEach((port, index) => new ExporterSidecar(app, `e${index}`, { image, port }));
        });
        const [, rest] = theOnly(objects, 'NetworkPolicy').spec.ingress as { ports: Record<string, unknown>[] }[];
        const tcp = (rest?.ports ?? []).filter(({ protocol }) => protocol === 'TCP') as {
          port: number;
          endPort?: number;
        }[];
        const covered = tcp.flatMap(({ port, endPort = port }) =>
          Array.from({ length: endPort - port + 1 }, (_, index) => port + index),
        );
        const expected = Array.from({ length: 65535 }, (_, index) => index + 1).filter((port) => !ports.includes(port));
        expect(covered.length).toBe(expected.length);
        expect(covered.every((port, index) => port === expected[index])).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});

describe('where namespaces deny by default', () => {
  test('the policy adds the scrape and nothing else', () => {
    const { objects } = checkoutWithRedis({ platform: closedNamespaces });
    const all = [...objects, denyAll];
    expect(reach(all, [5000, 9121, 12345])).toEqual({ prometheus: [5000, 9121], neighbour: [], stranger: [] });
    expectValidObjects(objects);
  });

  test('a preset that knows its namespace by a label admits that namespace', () => {
    const { objects } = checkoutWithRedis({ platform: Platform.cloudPlatform() });
    const labelled = { namespace: 'anything', namespaceLabels: { component: 'monitoring' }, labels: {} };
    const all = [...objects, denyAll];
    expect(admits(all, { from: labelled, to: checkout, port: 9121 })).toBe(true);
    expect(admits(all, { from: { ...labelled, namespaceLabels: {} }, to: checkout, port: 9121 })).toBe(false);
  });

  test('a platform that does not say where Prometheus runs gets no policy, and a warning', () => {
    const platform = Platform.custom({ network: { defaultDeny: true } });
    const { objects, findings } = checkoutWithRedis({ platform });
    expect(objects.some(({ kind }) => kind === 'NetworkPolicy')).toBe(false);
    expect(findings).toMatchObject([{ code: 'network/unknown-prometheus', severity: 'warning' }]);
  });
});

describe('where it is not known whether namespaces deny', () => {
  test('there is no policy, and an info says why', () => {
    const platform = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: undefined } });
    const { objects, findings } = checkoutWithRedis({ platform });
    expect(objects.some(({ kind }) => kind === 'NetworkPolicy')).toBe(false);
    expect(findings).toMatchObject([{ code: 'network/unknown', severity: 'info' }]);
  });

  test('isolate still makes one', () => {
    const platform = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: undefined } });
    const { objects } = checkoutWithRedis({ platform }, { isolate: true });
    expect(reach(objects, [5000, 9121])).toEqual({ prometheus: [5000, 9121], neighbour: [], stranger: [] });
  });

  test('no platform at all is one info per app', () => {
    const { objects, findings } = checkoutWithRedis({ platform: Platform.unknown });
    expect(objects.some(({ kind }) => kind === 'NetworkPolicy')).toBe(false);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['platform/unknown', 'info']]);
  });
});

describe('beside other policies of the stack', () => {
  const policy = (chart: Chart, podSelector: object, ingress: object[] | undefined) =>
    new ApiObject(chart, 'other', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'other' },
      spec: { podSelector, policyTypes: ['Ingress'], ingress },
    });
  const fromIngress = [{ from: [{ podSelector: { matchLabels: { app: 'other' } } }], ports: [{ port: 5000 }] }];

  test('what another policy closes is not opened again', () => {
    const { objects } = checkoutWithRedis({}, {}, (chart) => policy(chart, {}, fromIngress));
    expect(reach(objects, [5000, 9121, 12345])).toEqual({ prometheus: [5000, 9121], neighbour: [5000], stranger: [] });
  });

  test.each([
    ['In', { key: 'app.kubernetes.io/name', operator: 'In', values: ['checkout'] }, []],
    ['NotIn', { key: 'app.kubernetes.io/name', operator: 'NotIn', values: ['cart'] }, []],
    ['Exists', { key: 'app.kubernetes.io/name', operator: 'Exists' }, []],
    ['DoesNotExist', { key: 'tier', operator: 'DoesNotExist' }, []],
    ['In, of others', { key: 'app.kubernetes.io/name', operator: 'In', values: ['cart'] }, [12345]],
    ['Exists, of others', { key: 'tier', operator: 'Exists' }, [12345]],
  ])('a policy that selects by expression (%s) counts where it selects the pods', (_, expression, stillOpen) => {
    const { objects } = checkoutWithRedis({}, {}, (chart) => policy(chart, { matchExpressions: [expression] }, []));
    const ours = objects.filter(({ metadata }) => metadata.name === 'checkout-scrape');
    expect(reach(ours, [12345]).neighbour).toEqual(stillOpen);
  });

  test.each([
    ['selects other pods', (chart: Chart) => policy(chart, { matchLabels: { app: 'other' } }, [])],
    [
      'is of another namespace',
      (chart: Chart) => policy(chart, {}, []).addJsonPatch(JsonPatch.replace('/metadata/namespace', 'elsewhere')),
    ],
    [
      'is for egress',
      (chart: Chart) => policy(chart, {}, []).addJsonPatch(JsonPatch.replace('/spec/policyTypes', ['Egress'])),
    ],
  ])('a policy that %s changes nothing', (_, add) => {
    const { objects } = checkoutWithRedis({}, {}, (chart) => add(chart));
    const ours = objects.filter(({ metadata }) => metadata.name === 'checkout-scrape');
    expect(reach(ours, [5000, 9121, 12345]).neighbour).toEqual([5000, 12345]);
  });

  test('it does not matter which of them is made first', () => {
    const first = stack((chart) => {
      policy(chart, {}, fromIngress);
      new ExporterSidecar(new MonitoredApp(chart, 'checkout', { image, port: 5000 }), 'redis', Exporters.redis());
    });
    const last = stack((chart) => {
      new ExporterSidecar(new MonitoredApp(chart, 'checkout', { image, port: 5000 }), 'redis', Exporters.redis());
      policy(chart, {}, fromIngress);
    });
    const scrape = ({ objects }: typeof first) => objects.find(({ metadata }) => metadata.name === 'checkout-scrape');
    expect(scrape(first)).toEqual(scrape(last));
  });

  test('the policies that cdk8s-plus makes of the Deployment count, and hold', () => {
    const { objects } = checkoutWithRedis({}, {}, (chart, app) => {
      const client = new kplus.Deployment(chart, 'client', { containers: [{ image }] });
      app.deployment.connections.allowFrom(client, { ports: [kplus.NetworkPolicyPort.tcp(5000)] });
    });
    const client = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name !== 'checkout');
    const from: Pod = { namespace: 'shop', labels: client?.spec.template.metadata.labels };
    expect(admits(objects, { from, to: checkout, port: 5000 })).toBe(true);
    expect(reach(objects, [5000, 9121, 12345])).toEqual({ prometheus: [5000, 9121], neighbour: [], stranger: [] });
  });

  test('two apps of one namespace do not take each other for closed', () => {
    const { objects } = checkoutWithRedis({}, {}, (chart) => {
      const cart = new MonitoredApp(chart, 'cart', { image, port: 5000 });
      new ExporterSidecar(cart, 'redis', Exporters.redis());
    });
    const cart: Pod = { namespace: 'shop', labels: { 'app.kubernetes.io/name': 'cart' } };
    expect(reach(objects, [5000, 9121]).neighbour).toEqual([5000]);
    expect(reach(objects, [5000, 9121], cart).neighbour).toEqual([5000]);
  });

  test('a stack that denies all, on a platform that says nothing, is a warning with the way out', () => {
    const platform = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: undefined } });
    const { findings } = checkoutWithRedis({ platform }, {}, (chart) => policy(chart, {}, []));
    expect(findings).toMatchObject([{ code: 'network/closed-by-policy', severity: 'warning' }]);
    expect(findings[0]?.fix).toContain('isolate: true');
  });

  describe('that close the pods of an app whose metrics share its port', () => {
    const withPolicy = (ingress: object[], props = {}) =>
      stack((chart) => {
        new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {}, ...props });
        policy(chart, {}, ingress);
      }).findings.map(({ code, message }) => `${code}: ${message}`);
    const prometheus = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
    const port = (number: number | string) => [{ protocol: 'TCP', port: number }];

    test.each([
      ['everybody', [{ ports: port(5000) }]],
      ['the namespace of Prometheus', [{ from: [prometheus] }]],
      ['Prometheus by a port range', [{ from: [prometheus], ports: [{ port: 4000, endPort: 6000 }] }]],
      ['Prometheus by the name of the port', [{ from: [prometheus], ports: port('http') }]],
      ['an address block, which may be that of Prometheus', [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }]],
      [
        'a label that the namespace of Prometheus may have',
        [{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }],
      ],
    ])('are right where they admit %s', (_, ingress) => {
      expect(withPolicy(ingress)).toEqual([]);
    });

    test.each([
      ['pods of the same namespace only', [{ from: [{ podSelector: {} }] }]],
      [
        'another namespace',
        [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }] }],
      ],
      [
        'other pods of the namespace of Prometheus',
        [{ from: [{ ...prometheus, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'grafana' } } }] }],
      ],
      ['another port', [{ from: [prometheus], ports: port(8080) }]],
      ['another protocol', [{ from: [prometheus], ports: [{ protocol: 'UDP', port: 5000 }] }]],
    ])('are a warning where they admit %s', (_, ingress) => {
      expect(withPolicy(ingress)).toEqual([
        expect.stringMatching(
          /^network\/closed-by-policy: .* closes the pods of checkout, and none admits Prometheus to http \(5000\)$/,
        ),
      ]);
      expect(withPolicy(ingress, { isolate: true })).toEqual([]);
    });

    test('as cdk8s-plus makes them', () => {
      const { findings } = stack((chart) => {
        const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {} });
        app.deployment.connections.allowFrom(kplus.Pods.select(chart, 'front', { labels: { app: 'front' } }));
      });
      expect(findings).toMatchObject([{ code: 'network/closed-by-policy' }]);
    });
  });
});

test('pods on the network of their node are out of the reach of policies, which an info says', () => {
  const { findings } = stack((chart) => {
    const workload = handWritten(chart);
    workload.addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
    const app = MonitoredApp.attach(chart, 'web', { workload });
    new ExporterSidecar(app, 'redis', Exporters.redis());
  });
  expect(findings).toMatchObject([{ code: 'network/host-network', severity: 'info' }]);
});

test('several Prometheus servers are each admitted, in an order that does not depend on theirs', () => {
  const servers = [{ namespace: 'b' }, { namespace: 'a', podLabels: { app: 'prometheus' } }, { namespace: 'b' }];
  const peersOf = (prometheus: typeof servers) =>
    theOnly(
      checkoutWithRedis({ platform: Platform.custom({ prometheus, network: { defaultDeny: true } }) }).objects,
      'NetworkPolicy',
    ).spec.ingress[0].from as unknown[];
  expect(peersOf(servers)).toHaveLength(2);
  expect(peersOf(servers)).toEqual(peersOf([...servers].reverse()));
});

test('the policy follows a workload that selects its pods by labels of its own', () => {
  const { objects } = stack((chart) => {
    const app = MonitoredApp.attach(chart, 'web', { workload: handWritten(chart) });
    new ExporterSidecar(app, 'redis', Exporters.redis());
  });
  expect(theOnly(objects, 'NetworkPolicy').spec.podSelector).toEqual({ matchLabels: { app: 'web' } });
});
