import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import * as kplus28 from 'cdk8s-plus-28';
import * as kplus33 from 'cdk8s-plus-33';
import { AttachToWorkload, ExistingWorkload, Exporters, ExporterSidecar, MonitoredApp } from '../../../src/constructs';
import { MonitoringApp } from '../../../src/synth';
import { expectValidObjects } from '../../support/schemas';
import { containersOf, handWritten, image, KubernetesObject, stack, theOnly } from '../../support/stack';

type Workload = Extract<ExistingWorkload, { readonly node: object }>;

const container = { name: 'web', image, ports: [{ number: 8080, name: 'http' }] };

/** The same workload, made by everything that makes one. */
const makers: [string, (chart: Chart) => Workload][] = [
  ['cdk8s-plus-28 Deployment', (chart) => new kplus28.Deployment(chart, 'd', { containers: [container] })],
  ['cdk8s-plus-33 Deployment', (chart) => new kplus33.Deployment(chart, 'd', { containers: [container] })],
  ['cdk8s-plus-28 DaemonSet', (chart) => new kplus28.DaemonSet(chart, 'd', { containers: [container] })],
  ['cdk8s-plus-33 DaemonSet', (chart) => new kplus33.DaemonSet(chart, 'd', { containers: [container] })],
  [
    'cdk8s-plus-28 StatefulSet',
    (chart) =>
      new kplus28.StatefulSet(chart, 'd', {
        containers: [container],
        service: new kplus28.Service(chart, 's', { ports: [{ port: 80 }] }),
      }),
  ],
  [
    'cdk8s-plus-33 StatefulSet',
    (chart) =>
      new kplus33.StatefulSet(chart, 'd', {
        containers: [container],
        service: new kplus33.Service(chart, 's', { ports: [{ port: 80 }] }),
      }),
  ],
  [
    'typed Deployment of the API',
    (chart) =>
      new kplus28.k8s.KubeDeployment(chart, 'd', {
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080, name: 'http' }] }] },
          },
        },
      }),
  ],
  ['plain Deployment', (chart) => handWritten(chart)],
  ['plain StatefulSet', (chart) => handWritten(chart, 'web', { kind: 'StatefulSet' })],
  ['plain DaemonSet', (chart) => handWritten(chart, 'web', { kind: 'DaemonSet' })],
];

const workloadIn = (objects: readonly KubernetesObject[]) =>
  objects.find(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) as KubernetesObject;

const patches = {
  before: JsonPatch.add('/metadata/annotations', { before: 'yes' }),
  after: JsonPatch.add('/spec/template/spec/containers/0/imagePullPolicy', 'Never'),
};

describe.each(makers)('attached to a %s', (_, make) => {
  const monitored = (app: App) =>
    stack(
      (chart) => {
        const workload = make(chart);
        ApiObject.of(workload).addJsonPatch(patches.before);
        const monitoring = MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 'http' }, team: 'payments' });
        new ExporterSidecar(monitoring, 'redis', Exporters.redis());
        ApiObject.of(workload).addJsonPatch(patches.after);
      },
      { app },
    );

  test('the monitoring finds the pods, and the exporter runs in them', () => {
    const { objects, findings } = monitored(new App());
    const workload = workloadIn(objects);
    const service = objects.find(({ metadata }) => metadata.name === 'web-metrics') as KubernetesObject;
    expect(containersOf(workload).map(({ name }) => name)).toEqual(['web', 'redis-exporter']);
    expect(workload.spec.template.metadata.labels).toMatchObject(service.spec.selector);
    expect(service.spec.ports).toMatchObject([
      { name: 'http', port: 8080, targetPort: 8080 },
      { name: 'redis-metrics', port: 9121, targetPort: 9121 },
    ]);
    expect(service.metadata.labels).toMatchObject(theOnly(objects, 'ServiceMonitor').spec.selector.matchLabels);
    expect(theOnly(objects, 'NetworkPolicy').spec.podSelector.matchLabels).toEqual(service.spec.selector);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('nothing else of the workload changes, and no patch is lost', () => {
    const [bare, attached] = [
      stack((chart) => ApiObject.of(make(chart)).addJsonPatch(patches.before, patches.after)),
      monitored(new App()),
    ].map(({ objects }) => structuredClone(workloadIn(objects)));
    const { containers } = attached?.spec.template.spec as { containers: unknown[] };
    containers.splice(1);
    expect(attached).toEqual(bare);
    expect(attached?.metadata.annotations).toEqual({ before: 'yes' });
  });

  test('our own App and a plain one write the same, twice', () => {
    const [plain, ours] = [new App(), new MonitoringApp({ summary: false })];
    expect(monitored(ours).objects).toEqual(monitored(plain).objects);
    expect(plain.synthYaml()).toBe(plain.synthYaml());
    expect(ours.synthYaml()).toBe(ours.synthYaml());
  });
});

describe('the metrics port of an attached workload', () => {
  const attached = (props: Partial<AttachToWorkload>, make: (chart: Chart) => Workload = handWritten) =>
    stack((chart) => void MonitoredApp.attach(chart, 'web', { workload: make(chart), ...props } as AttachToWorkload));

  test('keeps the name that the container gives it', () => {
    const { objects } = attached({ metrics: { port: 8080, portName: 'other' } });
    expect(theOnly(objects, 'Service').spec.ports).toMatchObject([{ name: 'http' }]);
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toMatchObject([{ port: 'http' }]);
  });

  test('is declared where the container does not', () => {
    const { objects } = attached({ metrics: { port: 9090 } });
    expect(containersOf(theOnly(objects, 'Deployment'))[0].ports).toEqual([
      { containerPort: 8080, name: 'http' },
      { containerPort: 9090, name: 'metrics' },
    ]);
  });

  test('gets a name where the container declares only its number', () => {
    const { objects } = attached({ metrics: { port: 8080 } }, (chart) =>
      handWritten(chart, 'web', {
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [
                { name: 'web', image, ports: [{ containerPort: 8080, protocol: 'UDP' }, { containerPort: 8080 }] },
              ],
            },
          },
        },
      }),
    );
    expect(containersOf(theOnly(objects, 'Deployment'))[0].ports).toEqual([
      { containerPort: 8080, protocol: 'UDP' },
      { containerPort: 8080, name: 'metrics' },
    ]);
  });

  test('may be declared after the monitoring was attached', () => {
    const { objects, findings } = stack((chart) => {
      const workload = new kplus28.Deployment(chart, 'd');
      MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 'admin' } });
      workload.addContainer({ name: 'web', image, ports: [{ number: 8081, name: 'admin' }] });
    });
    expect(theOnly(objects, 'Service').spec.ports).toMatchObject([{ name: 'admin', targetPort: 8081 }]);
    expect(findings).toEqual([]);
  });

  test('that no container declares is an error with the near miss', () => {
    expect(attached({ metrics: { port: 'htp' } }).findings).toMatchObject([
      { code: 'ports/unknown', nearMiss: 'http', message: "no port is called 'htp'; declared are http" },
    ]);
  });

  test('need not be said where the container declares one alone', () => {
    expect(attached({ metrics: {} }).findings).toEqual([]);
  });

  test('belongs to the container that the user names', () => {
    const two = (chart: Chart) => {
      return new kplus28.Deployment(chart, 'd', {
        containers: [{ name: 'proxy', image }, container],
      });
    };
    const { objects } = attached({ container: 'web', metrics: { port: 9090 } }, two);
    const deployment = objects.find(
      ({ spec }) => spec.template?.spec.containers[0].name === 'proxy',
    ) as KubernetesObject;
    expect(containersOf(deployment).map(({ ports }) => ports?.length ?? 0)).toEqual([0, 2]);
  });
});

describe('namespaces', () => {
  test('everything goes to the namespace of the workload, where that has one of its own', () => {
    const { objects, findings } = stack((chart) => {
      const workload = handWritten(chart, 'web', { metadata: { namespace: 'legacy' } });
      const app = MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 } });
      new ExporterSidecar(app, 'redis', Exporters.redis());
    });
    expect(objects).toHaveLength(5);
    expect(objects.every(({ metadata }) => metadata.namespace === 'legacy')).toBe(true);
    expect(findings).toEqual([]);
  });

  test('a workload of another chart is monitored in its own namespace', () => {
    const { objects, findings } = stack((chart) => {
      const other = new Chart(chart.node.root, 'other', { namespace: 'other' });
      MonitoredApp.attach(chart, 'web', { workload: handWritten(other), metrics: { port: 8080 } });
    });
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['other']));
    expect(findings).toEqual([]);
  });

  test('a namespace that a patch gives is an error: what monitors the workload would stay behind', () => {
    const { findings } = stack((chart) => {
      const workload = handWritten(chart);
      MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 } });
      workload.addJsonPatch(JsonPatch.replace('/metadata/namespace', 'elsewhere'));
    });
    expect(findings).toMatchObject([{ code: 'workload/namespace', severity: 'error' }]);
  });

  test('a workload without one beside monitoring with one is a warning', () => {
    const { findings } = stack((chart) => {
      const other = new Chart(chart.node.root, 'other');
      MonitoredApp.attach(chart, 'web', { workload: handWritten(other), metrics: { port: 8080 } });
    });
    expect(findings).toMatchObject([{ code: 'workload/namespace', severity: 'warning' }]);
  });
});

test('values that are known only late are rendered late', () => {
  const { objects } = stack((chart) => {
    let replicas = 1;
    const workload = handWritten(chart, 'web', {
      spec: {
        replicas: Lazy.any({ produce: () => replicas }),
        selector: { matchLabels: { app: 'web' } },
        template: Lazy.any({
          produce: () => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } }),
        }),
      },
    });
    MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 9090 } });
    replicas = 3;
  });
  expect(theOnly(objects, 'Deployment').spec).toMatchObject({
    replicas: 3,
    template: { spec: { containers: [{ ports: [{ containerPort: 9090, name: 'metrics' }] }] } },
  });
});

test('a selector of expressions alone is followed by the labels of the pods', () => {
  const { objects, findings } = stack((chart) => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } };
    const selector = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
    const workload = handWritten(chart, 'web', { spec: { selector, template } });
    MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 9090 } });
  });
  expect(theOnly(objects, 'Service').spec.selector).toEqual({ app: 'web' });
  expect(findings).toEqual([]);
});

test('a field that the schema of Kubernetes does not know passes through', () => {
  const { objects } = stack((chart) => {
    const workload = handWritten(chart);
    MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 } });
    workload.addJsonPatch(JsonPatch.add('/spec/template/spec/fieldOfTomorrow', true));
  });
  expect(theOnly(objects, 'Deployment').spec.template.spec.fieldOfTomorrow).toBe(true);
});

test('the monitoring may stand in a construct below the workload, or beside it', () => {
  const below = stack((chart) => {
    const workload = handWritten(chart);
    MonitoredApp.attach(workload, 'web', { workload, metrics: { port: 8080 } });
  });
  const beside = stack((chart) => {
    MonitoredApp.attach(chart, 'web', { workload: handWritten(chart), metrics: { port: 8080 } });
  });
  expect(below.objects).toEqual(beside.objects);
});

export function typesOfProps(chart: Chart): void {
  // @ts-expect-error: a Service runs no pods
  MonitoredApp.attach(chart, 'a', { workload: new kplus28.Service(chart, 's', { ports: [{ port: 80 }] }) });
  // @ts-expect-error: a workload is required
  MonitoredApp.attach(chart, 'a', { metrics: { port: 8080 } });
  MonitoredApp.attach(chart, 'a', {
    workload: handWritten(chart),
    // @ts-expect-error: a workload that exists is named and patched where it is made
    objects: { deployment: { name: 'x' } },
  });
}
