import { Chart, JsonPatch } from 'cdk8s';
import { Exporters, ExporterProps, ExporterSidecar, MonitoredApp, ScrapePolicy } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { checkRules } from '../../support/promtool';
import { describeWithEngine } from '../../support/engines';
import { expectValidObjects } from '../../support/schemas';
import {
  containersOf,
  faultsOf,
  findingsOfSynth,
  image,
  KubernetesObject,
  stack,
  StackOptions,
  theOnly,
} from '../../support/stack';

const password = { name: 'db', key: 'password' };

function withExporter(props: ExporterProps, id = 'redis', options: StackOptions = {}) {
  return stack(
    (chart) => void new ExporterSidecar(new MonitoredApp(chart, 'checkout', { image, port: 5000 }), id, props),
    options,
  );
}

const exporterIn = (objects: readonly KubernetesObject[]) =>
  containersOf(theOnly(objects, 'Deployment')).find(({ name }) => name !== 'checkout');

const ready = {
  postgres: Exporters.postgres({ user: 'reader', password }),
  redis: Exporters.redis({ user: 'reader', password }),
  memcached: Exporters.memcached(),
  nginx: Exporters.nginx(),
  mysqld: Exporters.mysqld({ user: 'reader', password }),
};

describe.each(Object.entries(ready))('the ready-made exporter for %s', (id, props) => {
  const { objects, findings } = withExporter(props, id);

  test('is a container, a Service port, an endpoint and a protected port', () => {
    const container = exporterIn(objects);
    const [{ name, containerPort }] = container.ports;
    expect(container.name).toBe(`${id}-exporter`);
    expect(containerPort).toBe(props.port);
    expect(theOnly(objects, 'Service').spec.ports).toContainEqual({
      name,
      port: containerPort,
      targetPort: containerPort,
      protocol: 'TCP',
    });
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toMatchObject([{ port: name, path: '/metrics' }]);
    expect(theOnly(objects, 'NetworkPolicy').spec.ingress[0].ports).toEqual([{ protocol: 'TCP', port: containerPort }]);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('comes with an alert on its own up metric', () => {
    const rules = theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { alert: string; expr: string }[];
    expect(rules.map(({ alert }) => alert)).toHaveLength(3);
    expect(rules.some(({ expr }) => expr.startsWith(`${props.upMetric}{`) && expr.endsWith('== 0'))).toBe(true);
  });

  test('has a fixed version, small resources and no password by value', () => {
    const container = exporterIn(objects);
    expect(container.image).toMatch(/^[a-z0-9._/-]+:v?\d+\.\d+\.\d+$/);
    expect(container.resources).toEqual({ requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } });
    const secrets = (container.env ?? []).filter(({ name }: { name: string }) => /PASS/.test(name));
    for (const { value, valueFrom } of secrets) expect([value, valueFrom.secretKeyRef]).toEqual([undefined, password]);
  });
});

describeWithEngine('promtool', (promtool) => {
  test('takes the alerts of all exporters', () => {
    const rules = Object.entries(ready).map(([id, props]) =>
      theOnly(withExporter(props, id).objects, 'PrometheusRule'),
    );
    expect(checkRules(promtool, rules)).toMatchObject({ ok: true });
  });
});

test('what each of them is told about its target', () => {
  const told = Object.entries(ready).map(([id, props]) => {
    const { args, env } = exporterIn(withExporter(props, id).objects);
    return [
      id,
      args ?? [],
      (env ?? []).map(({ name, value }: { name: string; value?: string }) => `${name}=${value ?? '<secret>'}`),
    ];
  });
  expect(told).toMatchInlineSnapshot(`
   [
     [
       "postgres",
       [],
       [
         "DATA_SOURCE_PASS=<secret>",
         "DATA_SOURCE_URI=localhost:5432/postgres?sslmode=disable",
         "DATA_SOURCE_USER=reader",
       ],
     ],
     [
       "redis",
       [],
       [
         "REDIS_ADDR=redis://localhost:6379",
         "REDIS_PASSWORD=<secret>",
         "REDIS_USER=reader",
       ],
     ],
     [
       "memcached",
       [
         "--memcached.address=localhost:11211",
       ],
       [],
     ],
     [
       "nginx",
       [
         "--nginx.scrape-uri=http://127.0.0.1:8080/stub_status",
       ],
       [],
     ],
     [
       "mysqld",
       [
         "--mysqld.address=localhost:3306",
         "--mysqld.username=reader",
       ],
       [
         "MYSQLD_EXPORTER_PASSWORD=<secret>",
       ],
     ],
   ]
  `);
});

test('files of an exporter are in a ConfigMap of its own', () => {
  const { objects, findings } = withExporter(
    Exporters.custom({
      image,
      port: 9399,
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      configFiles: {
        mountPath: '/etc/sql',
        files: { 'config.yaml': 'collectors: []' },
        configMap: { labels: { tier: 'x' } },
      },
    }),
    'sql',
  );
  expect(theOnly(objects, 'ConfigMap')).toMatchObject({
    metadata: { name: 'checkout-sql', namespace: 'shop', labels: { tier: 'x' } },
    data: { 'config.yaml': 'collectors: []' },
  });
  expect(exporterIn(objects).volumeMounts).toEqual([
    { name: 'data', mountPath: '/data' },
    { name: 'sql-config', mountPath: '/etc/sql', readOnly: true },
  ]);
  expect(theOnly(objects, 'Deployment').spec.template.spec.volumes).toContainEqual({
    name: 'sql-config',
    configMap: { name: 'checkout-sql' },
  });
  expect(findings).toEqual([]);
});

test('a metric that counts errors makes an alert as well', () => {
  const { objects } = withExporter({ image, port: 9399, errorMetric: 'sql_scrape_error' }, 'sql');
  const rules = theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { alert: string; expr: string }[];
  expect(rules.find(({ alert }) => alert === 'CheckoutSqlDown')?.expr).toBe(
    'sql_scrape_error{namespace="shop", job="checkout", endpoint="sql-metrics"} > 0',
  );
});

test('an address, a user from a Secret and NGINX Plus', () => {
  expect(Exporters.postgres({ uri: 'db:5432/shop', user: { name: 'db', key: 'user' }, password }).env).toEqual({
    DATA_SOURCE_URI: 'db:5432/shop',
    DATA_SOURCE_USER: { secret: { name: 'db', key: 'user' } },
    DATA_SOURCE_PASS: { secret: password },
  });
  expect(Exporters.nginx({ plus: true })).toMatchObject({
    upMetric: 'nginxplus_up',
    args: ['--nginx.scrape-uri=http://127.0.0.1:8080/api', '--nginx.plus'],
  });
  expect(Exporters.redis().env).toEqual({ REDIS_ADDR: 'redis://localhost:6379' });
});

test('a ready-made exporter takes whatever its user adds, and keeps its own', () => {
  const props = Exporters.memcached({
    image: 'mirror/memcached-exporter:v0.17.0',
    args: ['--log.level=debug'],
    env: { A: 'b' },
    runAsUser: 1000,
  });
  expect(props).toMatchObject({
    image: 'mirror/memcached-exporter:v0.17.0',
    args: ['--memcached.address=localhost:11211', '--log.level=debug'],
    env: { A: 'b' },
    runAsUser: 1000,
  });
  expect(Exporters.memcached({ image: undefined }).image).toMatch(/^quay\.io/);
});

describe('an exporter of ones own', () => {
  test.each(['upMetric', 'errorMetric'])('has a metric for its %s, not a subtraction', (metric) => {
    const own = { image: 'registry.example/queue:1.0.0', port: 9877, [metric]: 'queue-up' };
    const { findings, objects } = withExporter(own, 'queue');
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({
        code: 'rules/record-name',
        message: expect.stringMatching(new RegExp(`${metric}: 'queue-up' cannot name a series$`)) as string,
        fix: "use letters, digits, _ and :, such as 'queue_up'",
      }),
    ]);
    expect(JSON.stringify(theOnly(objects, 'PrometheusRule'))).not.toContain('queue-up');
  });

  const custom = Exporters.custom({
    image: 'registry.example/status-exporter:1.0.0',
    port: 9877,
    path: '/status/metrics',
    env: { POLLING_INTERVAL_SECONDS: '5', TOKEN: { secret: { name: 'status', key: 'token' } } },
    command: ['/exporter'],
    args: ['--verbose'],
    volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
    resources: { limits: { memory: '128Mi' } },
    containerName: 'status',
    portName: 'status',
    upMetric: 'app_up',
  });

  test('says all of the container', () => {
    const { objects } = withExporter(custom, 'status');
    expect(exporterIn(objects)).toMatchInlineSnapshot(`
     {
       "args": [
         "--verbose",
       ],
       "command": [
         "/exporter",
       ],
       "env": [
         {
           "name": "POLLING_INTERVAL_SECONDS",
           "value": "5",
         },
         {
           "name": "TOKEN",
           "valueFrom": {
             "secretKeyRef": {
               "key": "token",
               "name": "status",
             },
           },
         },
       ],
       "image": "registry.example/status-exporter:1.0.0",
       "imagePullPolicy": "IfNotPresent",
       "name": "status",
       "ports": [
         {
           "containerPort": 9877,
           "name": "status",
         },
       ],
       "resources": {
         "limits": {
           "memory": "128Mi",
         },
       },
       "securityContext": {
         "allowPrivilegeEscalation": false,
         "capabilities": {
           "drop": [
             "ALL",
           ],
         },
         "privileged": false,
         "readOnlyRootFilesystem": true,
         "runAsNonRoot": true,
         "seccompProfile": {
           "type": "RuntimeDefault",
         },
       },
       "volumeMounts": [
         {
           "mountPath": "/config",
           "name": "config",
           "readOnly": true,
         },
       ],
     }
    `);
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toEqual([{ path: '/status/metrics', port: 'status' }]);
    expectValidObjects(objects);
  });

  test('runs as the user of its image where it names none', () => {
    expect(exporterIn(withExporter({ image, port: 9877 }).objects).securityContext.runAsUser).toBeUndefined();
  });

  test('without a fixed version is a warning', () => {
    expect(faultsOf(withExporter({ image: 'exporter:latest', port: 9877 }).findings)).toMatchObject([
      expect.stringMatching(/^workload\/latest-tag /),
    ]);
  });
});

describe('a native sidecar', () => {
  const native = { ...Exporters.redis(), native: true };

  test('is an init container that restarts always', () => {
    const { objects } = withExporter(native);
    const { containers, initContainers } = theOnly(objects, 'Deployment').spec.template.spec;
    expect(containers).toHaveLength(1);
    expect(initContainers).toMatchObject([
      { name: 'redis-exporter', restartPolicy: 'Always', ports: [{ name: 'redis-metrics' }] },
    ]);
    expect(theOnly(objects, 'Service').spec.ports).toContainEqual(expect.objectContaining({ name: 'redis-metrics' }));
    expectValidObjects(objects);
  });

  test('comes after the init containers that are there', () => {
    const { objects } = stack((chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image, port: 5000 });
      new ExporterSidecar(app, 'redis', native);
      app.deployment.addInitContainer({ name: 'migrate', image });
    });
    const { initContainers } = theOnly(objects, 'Deployment').spec.template.spec;
    expect(initContainers.map(({ name }: { name: string }) => name)).toEqual(['migrate', 'redis-exporter']);
  });

  test('is an error on a Kubernetes that would wait for it to end', () => {
    const on = (kubernetesVersion: string) =>
      withExporter(native, 'redis', { platform: Platform.custom({ operator: { kubernetesVersion } }) }).findings.map(
        ({ code }) => code,
      );
    expect(on('1.28')).toContain('exporters/native-sidecar');
    expect(on('1.29')).not.toContain('exporters/native-sidecar');
  });
});

describe('several exporters', () => {
  const compose = (order: readonly number[]) => (chart: Chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {} });
    const add = [
      () => new ExporterSidecar(app, 'redis', Exporters.redis()),
      () => new ExporterSidecar(app, 'orders', Exporters.postgres({ user: 'reader', password })),
      () => new ExporterSidecar(app, 'cache', { ...Exporters.memcached(), native: true }),
    ];
    for (const index of order) add[index]?.();
  };

  test('stand in one order, whatever the order of their declaration', () => {
    expect([...stack(compose([2, 1, 0])).objects].sort(byKind)).toEqual(
      [...stack(compose([0, 1, 2])).objects].sort(byKind),
    );
  });

  test('share a Service, a monitor, a policy and a PrometheusRule', () => {
    const { objects, findings } = stack(compose([0, 1, 2]));
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'NetworkPolicy',
      'PrometheusRule',
      'Service',
      'ServiceMonitor',
    ]);
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints.map(({ port }: { port: string }) => port)).toEqual([
      'http',
      'cache-metrics',
      'orders-metrics',
      'redis-metrics',
    ]);
    expect(findings).toEqual([]);
  });

  test('whose names of ports come out the same are told to choose', () => {
    const faults = findingsOfSynth((chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image, port: 5000 });
      new ExporterSidecar(app, 'replica-of-the-orders', Exporters.postgres({ user: 'a', password }));
      new ExporterSidecar(app, 'replica-of-the-carts', { ...Exporters.postgres({ user: 'a', password }), port: 9188 });
    });
    expect(faults).toMatchObject([
      { code: 'ports/duplicate-name', message: expect.stringContaining("'replica-of-the' stands 2 times") as string },
    ]);
  });

  const byKind = (a: KubernetesObject, b: KubernetesObject) => (a.kind < b.kind ? -1 : 1);
});

test('an exporter with settings that a monitor has once gets a monitor of its own', () => {
  const { objects } = stack((chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {} });
    new ExporterSidecar(app, 'redis', {
      ...Exporters.redis(),
      scrape: ScrapePolicy.serviceMonitor({ sampleLimit: 500 }),
      serviceMonitor: { labels: { of: 'redis' }, patches: [JsonPatch.add('/metadata/annotations', { note: 'x' })] },
    });
  });
  const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor');
  expect(monitors.map(({ metadata }) => metadata.name)).toEqual(['checkout', 'checkout-redis']);
  expect(monitors[1]).toMatchObject({
    metadata: { labels: { of: 'redis', release: 'kps' }, annotations: { note: 'x' } },
    spec: { sampleLimit: 500, endpoints: [{ port: 'redis-metrics' }] },
  });
  expectValidObjects(objects);
});

export function typesOfProps(app: MonitoredApp): void {
  // @ts-expect-error: a port is required
  new ExporterSidecar(app, 'a', { image });
  // @ts-expect-error: secrets are given by reference
  Exporters.redis({ password: 'hunter2' });
  // @ts-expect-error: PostgreSQL answers nobody without a password
  Exporters.postgres({ user: 'reader' });
  // @ts-expect-error: a misspelt option
  Exporters.memcached({ adress: 'localhost:11211' });
}

test.each([
  ['postgres', Exporters.postgres({ user: 'reader', password, port: 9999 })],
  ['redis', Exporters.redis({ port: 9999 })],
  ['memcached', Exporters.memcached({ port: 9999 })],
  ['nginx', Exporters.nginx({ port: 9999 })],
  ['mysqld', Exporters.mysqld({ user: 'reader', password, port: 9999 })],
])('the %s exporter listens where its user says', (_, props) => {
  expect(props).toMatchObject({ port: 9999 });
  expect(props.args).toContain('--web.listen-address=:9999');
});
