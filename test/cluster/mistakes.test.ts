import { AlertRule, MonitoredApp } from '../../src/constructs';
import { Platform } from '../../src/platform';
import type { ClusterObject } from './support/cluster';
import { Faults, proveStacks } from './support/expect-stacks';
import type { StackOnCluster } from './support/stack-on-cluster';
import { synthesized } from './support/synthesized';

/** A stack in which one thing is not as it must be, and what is said of it. */
interface Mistake {
  /** Name of the stack and of its namespace. */
  readonly name: string;
  /** The kind of object that is changed. */
  readonly kind: string;
  readonly change: (object: ClusterObject) => object;
  readonly says: readonly RegExp[];
  /** What is said after the deletion. @default - nothing */
  readonly leaves?: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    name: 'monitor-without-the-label-of-the-release',
    kind: 'ServiceMonitor',
    change: ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, labels: {} } }),
    says: [/^ServiceMonitor \S+ is selected by no Prometheus$/, /^Prometheus has 0 and not 2 targets/],
  },
  {
    name: 'monitor-that-selects-no-service',
    kind: 'ServiceMonitor',
    change: ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, selector: { matchLabels: { app: 'wbe' } } } }),
    says: [/^Prometheus has 0 and not 2 targets/, /^the alert WebTargetAbsent is pending/],
  },
  {
    name: 'service-that-selects-no-pod',
    kind: 'Service',
    change: ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, selector: { app: 'wbe' } } }),
    says: [/^Prometheus has 0 and not 2 targets/],
  },
  {
    name: 'wrong-path',
    kind: 'ServiceMonitor',
    change: ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, endpoints: [{ port: 'http', path: '/metric' }] } }),
    says: [
      /^Prometheus has 2 and not 0 targets \S+:8080\/metric /,
      /is down: .*404/,
      /^the alert WebTargetDown is pending/,
    ],
  },
  {
    name: 'target-too-many',
    kind: 'ServiceMonitor',
    change: ({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, endpoints: [...spec.endpoints, { port: 'http', path: '/other' }] },
    }),
    says: [/^Prometheus has 2 and not 0 targets \S+:8080\/other /],
  },
  {
    name: 'secret-that-is-not-there',
    kind: 'ServiceMonitor',
    change: ({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, endpoints: [{ port: 'http', basicAuth: { username: { name: 'none', key: 'user' } } }] },
    }),
    says: [/^ServiceMonitor \S+ is not accepted by the operator: .*"none" not found/, /^the operator rejects web/],
  },
  {
    name: 'unknown-field',
    kind: 'Deployment',
    change: ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, replica: 2 } }),
    says: [/unknown field|field not declared/, /^3 of 4 objects were accepted/],
  },
  {
    name: 'pods-below-the-restricted-standard',
    kind: 'Deployment',
    change: ({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, hostNetwork: true } } },
    }),
    says: [
      /^Warning: would violate PodSecurity/,
      /^Deployment \S+ has 0 of 2 pods: .*violates PodSecurity "restricted/,
    ],
  },
  {
    name: 'alert-on-labels-that-no-series-has',
    kind: 'PrometheusRule',
    change: ({ spec, ...rest }) => ({
      ...rest,
      spec: JSON.parse(JSON.stringify(spec).replaceAll('job=\\"web\\"', 'job=\\"wbe\\"')) as object,
    }),
    says: [/^the alert WebTargetAbsent is pending though all is well: absent\(up\{.*job="wbe"/],
  },
  {
    name: 'object-that-stays',
    kind: 'Service',
    change: ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, finalizers: ['registry.example/keep'] } }),
    says: [],
    leaves: /^after the deletion Service \S+\/web is left$/,
  },
];

describe('a mistake is noticed', () => {
  const platform = Platform.kubePrometheusStack({ release: 'kps' });
  let faults: Faults;

  beforeAll(async () => {
    faults = await proveStacks(platform, mistakes.map(withMistake), {
      isHeard: (heard) =>
        mistakes.every(({ name, says }) => says.every((said) => heard.get(name)?.some((fault) => said.test(fault)))),
      isLeft: (left) =>
        mistakes.every(({ name, leaves }) => {
          const faultsOf = left.get(name) ?? [];
          return leaves === undefined ? faultsOf.length === 0 : faultsOf.some((fault) => leaves.test(fault));
        }),
    });
  });

  function withMistake({ name, kind, change }: Mistake): StackOnCluster {
    const { objects } = synthesized(platform, name, (chart) => {
      const web = new MonitoredApp(chart, 'web', { image: 'registry.example/web:1.0.0', port: 8080, metrics: {} });
      new AlertRule(web, 'WebSlow', { expr: 'vector(0) > 1', severity: 'warning', summary: 'web is slow' });
    });
    const labels = { namespace: name, job: 'web', endpoint: 'http', container: 'web', service: 'web' };
    return {
      name,
      objects: objects.map((object) => (object.kind === kind ? (change(object) as ClusterObject) : object)),
      targets: [{ port: 8080, pods: 2, labels }],
    };
  }

  test.each(mistakes)('$name', ({ name, says, leaves = [] }) => {
    const heard = [says, leaves].flat().map((said) => expect.stringMatching(said) as string);
    expect(faults.get(name)).toEqual(expect.arrayContaining(heard));
  });
});
