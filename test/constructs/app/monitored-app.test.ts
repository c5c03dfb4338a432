import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import {
  AlertRule,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { MonitoringApp } from '../../../src/synth';
import { expectValidObjects } from '../../support/schemas';
import { composed, containersOf, faultsOf, image, stack, StackOptions, theOnly } from '../../support/stack';

const base = { image, port: 5000, metrics: {} } as const;

function checkout(props: Partial<MonitoredAppProps> = {}, options: StackOptions = {}) {
  return stack(
    (chart) => void new MonitoredApp(chart, 'checkout', { ...base, ...props } as MonitoredAppProps),
    options,
  );
}

test('one declaration becomes a Deployment, a Service, a monitor and alerts that belong together', () => {
  const { objects, findings } = checkout({ team: 'payments', replicas: 3 });
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
    'Deployment shop/checkout',
    'Service shop/checkout',
    'ServiceMonitor shop/checkout',
    'PrometheusRule shop/checkout',
  ]);
  expect(theOnly(objects, 'Service')).toMatchInlineSnapshot(`
   {
     "apiVersion": "v1",
     "kind": "Service",
     "metadata": {
       "labels": {
         "app.kubernetes.io/name": "checkout",
         "team": "payments",
       },
       "name": "checkout",
       "namespace": "shop",
     },
     "spec": {
       "ports": [
         {
           "name": "http",
           "port": 5000,
           "protocol": "TCP",
           "targetPort": 5000,
         },
       ],
       "selector": {
         "app.kubernetes.io/name": "checkout",
       },
       "type": "ClusterIP",
     },
   }
  `);
  expect(theOnly(objects, 'ServiceMonitor').spec).toMatchInlineSnapshot(`
   {
     "endpoints": [
       {
         "path": "/metrics",
         "port": "http",
       },
     ],
     "jobLabel": "app.kubernetes.io/name",
     "selector": {
       "matchLabels": {
         "app.kubernetes.io/name": "checkout",
       },
     },
   }
  `);
  expect(theOnly(objects, 'Deployment').spec).toMatchInlineSnapshot(`
   {
     "minReadySeconds": 0,
     "progressDeadlineSeconds": 600,
     "replicas": 3,
     "selector": {
       "matchLabels": {
         "app.kubernetes.io/name": "checkout",
       },
     },
     "strategy": {
       "rollingUpdate": {
         "maxSurge": "25%",
         "maxUnavailable": "25%",
       },
       "type": "RollingUpdate",
     },
     "template": {
       "metadata": {
         "labels": {
           "app.kubernetes.io/name": "checkout",
           "cdk8s.io/metadata.addr": "checkout",
           "team": "payments",
         },
       },
       "spec": {
         "automountServiceAccountToken": false,
         "containers": [
           {
             "image": "registry.example/checkout:1.4.2",
             "imagePullPolicy": "Always",
             "name": "checkout",
             "ports": [
               {
                 "containerPort": 5000,
                 "name": "http",
               },
             ],
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
           },
         ],
         "dnsPolicy": "ClusterFirst",
         "hostNetwork": false,
         "restartPolicy": "Always",
         "securityContext": {
           "fsGroupChangePolicy": "Always",
           "runAsNonRoot": true,
         },
         "setHostnameAsFQDN": false,
         "terminationGracePeriodSeconds": 30,
       },
     },
   }
  `);
  expect(findings).toEqual([]);
  expectValidObjects(objects);
});

describe('labels', () => {
  test('name and team stand on every object, with those of the platform and of the user', () => {
    const { objects } = checkout({ team: 'payments', labels: { tier: 'web' } }, { platform: undefined });
    for (const { kind, metadata } of objects) {
      expect([kind, metadata.labels]).toEqual([
        kind,
        {
          'app.kubernetes.io/name': 'checkout',
          team: 'payments',
          tier: 'web',
          ...(['ServiceMonitor', 'PrometheusRule'].includes(kind) ? { release: 'kps' } : {}),
        },
      ]);
    }
  });

  test('the key of the team is the one of the platform', () => {
    const platform = Platform.custom({ teamLabel: 'example.org/team' });
    const { objects } = checkout({ team: 'payments' }, { platform });
    expect(theOnly(objects, 'Service').metadata.labels).toMatchObject({ 'example.org/team': 'payments' });
    const rules = theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { labels: object }[];
    expect(rules.every(({ labels }) => 'example_org_team' in labels)).toBe(true);
  });

  test('whoever selects by the name follows where the user gives it another value', () => {
    const { objects } = checkout({ labels: { 'app.kubernetes.io/name': 'shop-checkout' } });
    const [deployment, service, monitor] = ['Deployment', 'Service', 'ServiceMonitor'].map((kind) =>
      theOnly(objects, kind),
    );
    expect(deployment?.spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'shop-checkout' });
    expect(deployment?.spec.template.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'shop-checkout' });
    expect(service?.spec.selector).toEqual({ 'app.kubernetes.io/name': 'shop-checkout' });
    expect(monitor?.spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'shop-checkout' });
    expect(JSON.stringify(theOnly(objects, 'PrometheusRule').spec)).toContain('job=\\"shop-checkout\\"');
  });

  test('the monitor follows the label of the Service alone, too', () => {
    const { objects } = checkout({ service: { labels: { 'app.kubernetes.io/name': 'front' } } });
    expect(theOnly(objects, 'ServiceMonitor').spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'front' });
    expect(theOnly(objects, 'Service').spec.selector).toEqual({ 'app.kubernetes.io/name': 'checkout' });
  });
});

describe('names', () => {
  test('are stable: they do not depend on where the app stands in the tree', () => {
    const nested = stack((chart) => {
      const group = new ApiObject(chart, 'group', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'group' } });
      new MonitoredApp(group, 'checkout', base);
    });
    expect(nested.objects.filter(({ kind }) => kind !== 'ConfigMap')).toEqual(checkout().objects);
  });

  test('of every object can be chosen, and whoever refers to it follows', () => {
    const { objects, findings } = checkout({
      name: 'pay',
      service: { name: 'front' },
      objects: {
        deployment: { name: 'd', labels: { of: 'd' }, annotations: { note: 'd' } },
        serviceMonitor: { name: 'm', labels: { of: 'm' }, annotations: { note: 'm' } },
        prometheusRule: { name: 'r', labels: { of: 'r' }, annotations: { note: 'r' } },
        networkPolicy: { name: 'n', labels: { of: 'n' }, annotations: { note: 'n' } },
      },
      isolate: true,
    });
    expect(
      objects.map(({ kind, metadata: { name, labels, annotations } }) => [kind, name, labels?.of, annotations?.note]),
    ).toEqual([
      ['Deployment', 'd', 'd', 'd'],
      ['Service', 'front', undefined, undefined],
      ['ServiceMonitor', 'm', 'm', 'm'],
      ['NetworkPolicy', 'n', 'n', 'n'],
      ['PrometheusRule', 'r', 'r', 'r'],
    ]);
    expect(theOnly(objects, 'Service').spec.selector).toEqual({ 'app.kubernetes.io/name': 'pay' });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });
});

test('every object can be patched', () => {
  const note = [JsonPatch.add('/metadata/annotations', { patched: 'yes' })];
  const { objects } = checkout({
    isolate: true,
    service: { patches: note },
    objects: {
      deployment: { patches: note },
      serviceMonitor: { patches: note },
      networkPolicy: { patches: note },
      prometheusRule: { patches: note },
    },
  });
  expect(objects).toHaveLength(5);
  expect(objects.every(({ metadata }) => metadata.annotations?.patched === 'yes')).toBe(true);
});

test('the Service follows a patch of the pod labels and of the selector', () => {
  const key = 'app.kubernetes.io~1name';
  const { objects } = checkout({
    objects: {
      deployment: {
        patches: [
          JsonPatch.replace(`/spec/selector/matchLabels/${key}`, 'v2'),
          JsonPatch.replace(`/spec/template/metadata/labels/${key}`, 'v2'),
        ],
      },
    },
  });
  expect(theOnly(objects, 'Service').spec.selector).toEqual({ 'app.kubernetes.io/name': 'v2' });
});

describe('the Service', () => {
  const spec = (props: Partial<MonitoredAppProps>) => theOnly(checkout(props).objects, 'Service').spec;

  test('is ClusterIP, NodePort or headless', () => {
    expect(spec({}).type).toBe('ClusterIP');
    expect(spec({ service: { type: 'NodePort' } }).type).toBe('NodePort');
    expect(spec({ service: { type: 'headless' } })).toMatchObject({ clusterIP: 'None' });
    expectValidObjects(checkout({ service: { type: 'headless' } }).objects);
  });

  test('has a port of its own for the first port of the app', () => {
    expect(spec({ service: { port: 80 }, ports: { admin: 5001 } }).ports).toEqual([
      { name: 'http', port: 80, targetPort: 5000, protocol: 'TCP' },
      { name: 'admin', port: 5001, targetPort: 5001, protocol: 'TCP' },
    ]);
  });

  test('is left out where the user says so, which a monitor cannot do without', () => {
    const { objects, findings } = checkout({ service: 'none' });
    expect(objects.map(({ kind }) => kind)).toEqual(['Deployment', 'PrometheusRule']);
    expect(findings).toMatchObject([{ code: 'scrape/no-service', severity: 'error' }]);
  });

  test('is not made for an app that nobody calls or scrapes', () => {
    const { objects, findings } = checkout({ port: undefined, metrics: undefined });
    expect(objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(findings).toEqual([]);
  });
});

describe('the metrics port', () => {
  const ports = (props: Partial<MonitoredAppProps>) => {
    const { objects } = checkout(props);
    return {
      container: containersOf(theOnly(objects, 'Deployment'))[0].ports as object[],
      service: (theOnly(objects, 'Service').spec.ports as { name: string }[]).map(({ name }) => name),
      monitor: theOnly(objects, 'ServiceMonitor').spec.endpoints[0].port as string,
    };
  };

  test('is the port of the app where nothing else is said', () => {
    expect(ports({})).toMatchObject({ service: ['http'], monitor: 'http' });
  });

  test('may be one of the ports of the app, by name', () => {
    expect(ports({ ports: { admin: 5001 }, metrics: { port: 'admin' } })).toMatchObject({ monitor: 'admin' });
  });

  test('of its own is declared at the container, the Service and the monitor', () => {
    expect(ports({ metrics: { port: 9090 } })).toEqual({
      container: [
        { containerPort: 5000, name: 'http' },
        { containerPort: 9090, name: 'metrics' },
      ],
      service: ['http', 'metrics'],
      monitor: 'metrics',
    });
  });
});

describe('the order of composition', () => {
  const parts: ((app: MonitoredApp) => void)[] = [
    (app) => void new ExporterSidecar(app, 'redis', Exporters.redis()),
    (app) => void new ExporterSidecar(app, 'memcached', { ...Exporters.memcached(), native: true }),
    (app) => void new AlertRule(app, 'Bad', { expr: 'up == 0', for: '5m', severity: 'critical', summary: 'bad' }),
    (app) => void app.workload.addJsonPatch(JsonPatch.add('/metadata/annotations', { note: 'x' })),
    (app) => void app.deployment.podMetadata.addLabel('late', 'x'),
  ];
  const objectsBy = (order: readonly ((app: MonitoredApp) => void)[]) =>
    new Map(
      stack((chart) => {
        const app = new MonitoredApp(chart, 'checkout', base);
        for (const part of order) part(app);
      }).objects.map((object) => [`${object.kind} ${object.metadata.name}`, JSON.stringify(object)]),
    );

  test('does not matter', () => {
    expect(objectsBy([...parts].reverse())).toEqual(objectsBy(parts));
  });
});

test('synthesizing twice gives the same bytes, in a plain App and in ours', () => {
  for (const app of [new App(), new MonitoringApp({ summary: false })]) {
    composed(
      (chart) => {
        const checkoutApp = new MonitoredApp(chart, 'checkout', {
          ...base,
          scrape: ScrapePolicy.serviceMonitor({ interval: '15s' }),
        });
        checkoutApp.workload.addJsonPatch(JsonPatch.add('/spec/paused', false));
        new ExporterSidecar(checkoutApp, 'redis', Exporters.redis());
      },
      { app },
    );
    const first = app.synthYaml();
    expect(first).toContain('paused: false');
    expect(app.synthYaml()).toBe(first);
  }
});

test('a plain App and ours write the same objects', () => {
  const compose = (chart: Chart) =>
    void new ExporterSidecar(new MonitoredApp(chart, 'checkout', base), 'redis', Exporters.redis());
  const documents = (app: App) => {
    composed(compose, { app });
    return app
      .synthYaml()
      .split('---\n')
      .map((document) => document.trim())
      .filter((document) => document !== '')
      .sort();
  };
  expect(documents(new MonitoringApp({ summary: false }))).toEqual(documents(new App()));
});

test('a chart without a namespace gives objects without one', () => {
  const { objects, findings } = checkout({}, { namespace: null });
  expect(objects.every(({ metadata }) => metadata.namespace === undefined)).toBe(true);
  expect(faultsOf(findings)).toEqual([]);
});

test('the objects of a chart are found by Testing.synth as well', () => {
  const chart = new Chart(new App(), 'shop');
  new MonitoredApp(chart, 'checkout', base);
  expect((Testing.synth(chart) as { kind: string }[]).map(({ kind }) => kind)).toContain('ServiceMonitor');
});

export function typesOfProps(chart: Chart): void {
  // @ts-expect-error: an image is required
  new MonitoredApp(chart, 'a', { port: 5000 });
  // @ts-expect-error: only a pre-forking server has to say how its processes are added up
  new MonitoredApp(chart, 'a', { image, aggregation: 'in-process' });
  // @ts-expect-error: a port is a number
  new MonitoredApp(chart, 'a', { image, port: '5000' });
  // @ts-expect-error: an environment variable that may be missing has to be dealt with
  new MonitoredApp(chart, 'a', { image, env: { HOST: process.env.HOST } });
  // @ts-expect-error: secrets are given by reference
  new MonitoredApp(chart, 'a', { image, env: { PASSWORD: { secret: 'hunter2' } } });
}
