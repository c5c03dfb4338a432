import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Exporters, ExporterSidecar, MonitoredApp, MonitoredAppProps } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { PodSpec, restrictedViolations } from '../../support/pod-security';
import { expectValidObjects } from '../../support/schemas';
import { containersOf, image, stack, StackOptions, theOnly } from '../../support/stack';

const base = { image, port: 5000, metrics: {} } as const;

function checkout(props: Partial<MonitoredAppProps> = {}, options: StackOptions = {}) {
  return stack(
    (chart) => void new MonitoredApp(chart, 'checkout', { ...base, ...props } as MonitoredAppProps),
    options,
  );
}

describe('security', () => {
  const podOf = (props: Partial<MonitoredAppProps> = {}, platform?: Platform): PodSpec =>
    theOnly(
      stack(
        (chart) => {
          const app = new MonitoredApp(chart, 'checkout', { ...base, ...props } as MonitoredAppProps);
          new ExporterSidecar(app, 'redis', Exporters.redis());
          new ExporterSidecar(app, 'custom', { image, port: 9999, native: true });
        },
        { platform },
      ).objects,
      'Deployment',
    ).spec.template.spec as PodSpec;

  test('the pods are admitted by the restricted Pod Security Standard', () => {
    expect(restrictedViolations(podOf())).toEqual([]);
    expect(restrictedViolations(podOf({ writableFolders: ['/tmp'] }))).toEqual([]);
  });

  test('the check of these tests refuses what the standard refuses', () => {
    expect(restrictedViolations({ hostNetwork: true, containers: [{ name: 'a' }] })).toEqual([
      'hostNetwork',
      'a: allowPrivilegeEscalation',
      'a: runAsNonRoot',
      'a: seccompProfile',
      'a: capabilities.drop',
    ]);
  });

  test('what the user changes leaves the other defaults alone', () => {
    const securityContext = {
      capabilities: { add: [kplus.Capability.NET_BIND_SERVICE] },
      user: 1000,
      ensureNonRoot: undefined,
    };
    const pod = podOf({ securityContext });
    expect(pod.containers[0]?.securityContext).toMatchObject({
      runAsUser: 1000,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    });
    expect(restrictedViolations(pod)).toEqual([]);
  });

  test('on OpenShift no container names a user: the cluster assigns it', () => {
    const { containers } = podOf({}, Platform.openShift());
    expect(containers.map(({ securityContext }) => securityContext?.runAsUser)).toEqual([undefined, undefined]);
  });

  test('elsewhere the ready-made exporters run as nobody', () => {
    expect(podOf().containers[1]?.securityContext?.runAsUser).toBe(65534);
  });
});

test('no resources are imposed on the app', () => {
  const { objects } = checkout();
  expect(containersOf(theOnly(objects, 'Deployment'))[0].resources).toBeUndefined();
});

test('environment, command, arguments, pull policy and resources reach the container', () => {
  const { objects } = checkout({
    env: { MODE: 'live', PASSWORD: { secret: { name: 'db', key: 'password', optional: true } } },
    command: ['serve'],
    args: ['--fast'],
    imagePullPolicy: 'IfNotPresent',
    resources: { cpu: { request: kplus.Cpu.millis(100) } },
  });
  expect(containersOf(theOnly(objects, 'Deployment'))[0]).toMatchObject({
    env: [
      { name: 'MODE', value: 'live' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password', optional: true } } },
    ],
    command: ['serve'],
    args: ['--fast'],
    imagePullPolicy: 'IfNotPresent',
    resources: { requests: { cpu: '100m' } },
  });
  expectValidObjects(objects);
});

test('writable folders become empty volumes', () => {
  const { objects } = checkout({ writableFolders: ['/tmp', '/cache', '/tmp'] });
  const { volumes, containers } = theOnly(objects, 'Deployment').spec.template.spec;
  expect(volumes).toEqual([
    { name: 'writable-0', emptyDir: {} },
    { name: 'writable-1', emptyDir: {} },
  ]);
  expect(containers[0].volumeMounts).toEqual([
    { name: 'writable-0', mountPath: '/tmp' },
    { name: 'writable-1', mountPath: '/cache' },
  ]);
  expectValidObjects(objects);
});

describe('a pre-forking server', () => {
  test('that does not say how its workers are added up gets a warning', () => {
    const { findings } = checkout({ processes: 'prefork' });
    expect(findings).toMatchObject([{ code: 'workload/prefork-aggregation', severity: 'warning' }]);
  });

  test('with a multi-process directory gets one that it can write into, and the variable', () => {
    const { objects, findings } = checkout({ processes: 'prefork', aggregation: 'multi-process-directory' });
    const { volumes, containers } = theOnly(objects, 'Deployment').spec.template.spec;
    const folder = containers[0].env.find(({ name }: { name: string }) => name === 'PROMETHEUS_MULTIPROC_DIR').value;
    const mount = containers[0].volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === folder);
    expect(volumes).toContainEqual({ name: mount.name, emptyDir: {} });
    expect(mount.readOnly).toBeUndefined();
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('whose library adds up by itself needs nothing', () => {
    const { objects, findings } = checkout({ processes: 'prefork', aggregation: 'in-process' });
    expect(objects).toEqual(checkout().objects);
    expect(findings).toEqual([]);
  });
});

test.each(['checkout', 'registry:5000/checkout', 'checkout:latest'])(
  'the image %s has no fixed version, which is a warning',
  (name) => {
    expect(checkout({ image: name }).findings).toMatchObject([{ code: 'workload/latest-tag', severity: 'warning' }]);
  },
);

test.each(['checkout:1', 'registry:5000/checkout:1', `checkout@sha256:${'0'.repeat(64)}`])(
  'the image %s is fixed',
  (name) => {
    expect(checkout({ image: name }).findings).toEqual([]);
  },
);

describe('what cdk8s-plus can do with the Deployment', () => {
  test('volumes, probes, an autoscaler and more keep working', () => {
    const { objects, findings } = stack((chart) => {
      const app = new MonitoredApp(chart, 'checkout', {
        ...base,
        resources: { cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.millis(200) } },
      });
      app.container.mount('/data', kplus.Volume.fromEmptyDir(chart, 'data', 'data'));
      app.deployment.scheduling.tolerate(kplus.Node.tainted(kplus.NodeTaintQuery.is('spot', 'yes')));
      new kplus.HorizontalPodAutoscaler(chart, 'scaler', {
        target: app.deployment,
        minReplicas: 2,
        maxReplicas: 8,
        metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
      });
      new ExporterSidecar(app, 'redis', Exporters.redis());
    });
    const { spec } = theOnly(objects, 'Deployment');
    expect(spec.replicas).toBeUndefined();
    expect(spec.template.spec.volumes).toEqual([{ name: 'data', emptyDir: {} }]);
    expect(spec.template.spec.tolerations).toHaveLength(1);
    expect(theOnly(objects, 'HorizontalPodAutoscaler').spec.scaleTargetRef).toMatchObject({
      kind: 'Deployment',
      name: 'checkout',
    });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('probes are given to a container that cdk8s-plus adds, and stay beside ours', () => {
    const { objects } = stack((chart) => {
      const app = new MonitoredApp(chart, 'checkout', base);
      app.deployment.addContainer({
        name: 'proxy',
        image,
        readiness: kplus.Probe.fromHttpGet('/ready', { port: 8443, periodSeconds: Duration.seconds(5) }),
      });
      new ExporterSidecar(app, 'redis', Exporters.redis());
    });
    const containers = containersOf(theOnly(objects, 'Deployment'));
    expect(containers.map(({ name }) => name)).toEqual(['checkout', 'proxy', 'redis-exporter']);
    expect(containers[1].readinessProbe.httpGet).toMatchObject({ path: '/ready', port: 8443 });
  });

  test('Services and Ingresses that it makes select the pods', () => {
    const { objects } = stack((chart) => {
      const app = new MonitoredApp(chart, 'checkout', base);
      app.deployment.exposeViaIngress('/checkout', { name: 'public' });
    });
    const pods = theOnly(objects, 'Deployment').spec.template.metadata.labels as Record<string, string>;
    const services = objects.filter(({ kind }) => kind === 'Service');
    expect(services).toHaveLength(2);
    for (const { spec } of services) expect(pods).toMatchObject(spec.selector);
    expect(theOnly(objects, 'Ingress').spec.rules[0].http.paths[0].path).toBe('/checkout');
  });
});

test('probes of the app are its own to choose; none is imposed', () => {
  const probe = (path: string) => kplus.Probe.fromHttpGet(path, { port: 5000 });
  const [own] = containersOf(
    theOnly(
      checkout({ readiness: probe('/ready'), liveness: probe('/live'), startup: probe('/up') }).objects,
      'Deployment',
    ),
  );
  expect([own.readinessProbe, own.livenessProbe, own.startupProbe].map(({ httpGet }) => httpGet)).toMatchObject([
    { path: '/ready', port: 5000 },
    { path: '/live', port: 5000 },
    { path: '/up', port: 5000 },
  ]);
  expect(
    Object.keys(containersOf(theOnly(checkout().objects, 'Deployment'))[0]).filter((key) => /Probe/.test(key)),
  ).toEqual([]);
});
