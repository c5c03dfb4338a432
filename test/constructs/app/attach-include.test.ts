import * as path from 'path';
import { App, Chart, Helm, Include, Testing } from 'cdk8s';
import { AttachToWorkload, Exporters, ExporterSidecar, MonitoredApp } from '../../../src/constructs';
import { MonitoringApp } from '../../../src/synth';
import { describeWithEngine } from '../../support/engines';
import { expectValidObjects } from '../../support/schemas';
import { composed, containersOf, faultsOf, KubernetesObject, stack, theOnly } from '../../support/stack';

const fixture = (name: string) => path.join(__dirname, '../../fixtures/attach', name);
const include = (chart: Chart, file: string) => new Include(chart, 'file', { url: fixture(file) });

type Where = (file: Include) => AttachToWorkload['workload'];

function attached(file: string, where: Where, props: Partial<AttachToWorkload> = {}, app: App = new App()) {
  return stack(
    (chart) => {
      const workload = where(include(chart, file));
      MonitoredApp.attach(chart, 'cache', { workload, metrics: { port: 9121 }, ...props } as AttachToWorkload);
    },
    { app },
  );
}

describe('a workload in an Include', () => {
  const withExporter = (app: App) =>
    composed(
      (chart) => {
        const workload = include(chart, 'redis.yaml');
        const monitoring = MonitoredApp.attach(chart, 'redis-monitoring', { name: 'redis', workload });
        new ExporterSidecar(monitoring, 'redis', Exporters.redis());
      },
      { app },
    );

  test('is found by itself where it is the only one', () => {
    const { objects, findings } = attached('redis.yaml', (file) => file);
    expect(containersOf(theOnly(objects, 'Deployment'))[0].ports).toEqual([
      { containerPort: 6379, name: 'redis' },
      { containerPort: 9121, name: 'metrics' },
    ]);
    expect(objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)).toEqual([
      'redis',
      'cache-metrics',
    ]);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test.each<[string, Where]>([
    ['name', (file) => ({ in: file, name: 'redis-replica' })],
    ['kind', (file) => ({ in: file, kind: 'StatefulSet' })],
    ['namespace', (file) => ({ in: file, namespace: 'cache' })],
    ['chart around it', (file) => ({ in: Chart.of(file), name: 'redis-replica' })],
  ])('is found by its %s', (_, where) => {
    const { objects, findings } = attached('two-workloads.yaml', where);
    expect(containersOf(theOnly(objects, 'StatefulSet'))[0].ports).toEqual([{ containerPort: 9121, name: 'metrics' }]);
    expect(containersOf(theOnly(objects, 'Deployment'))[0].ports).toBeUndefined();
    expect(theOnly(objects, 'ServiceMonitor').metadata.namespace).toBe('cache');
    expect(findings).toEqual([]);
  });

  test('is the same in a plain App, in ours and in a test, however often it is written', () => {
    const [plain, ours] = [new App(), new MonitoringApp({ summary: false })];
    const { chart } = composed(() => undefined, { app: Testing.app() });
    withExporter(plain);
    withExporter(ours);
    expect(plain.synthYaml()).toBe(plain.synthYaml());
    expect(ours.synthYaml()).toBe(ours.synthYaml());
    const written = () => Testing.synth(withExporter(Testing.app()).chart) as KubernetesObject[];
    const deployment = theOnly(written(), 'Deployment');
    expect(containersOf(deployment).map(({ name }) => name)).toEqual(['redis', 'redis-exporter']);
    expect(written()).toEqual(Testing.synth(plain.charts[0] as Chart));
    expect(written()).toEqual(Testing.synth(ours.charts[0] as Chart));
    expect(Testing.synth(chart)).toEqual([]);
  });

  test.each<[string, string, Where]>([
    [
      "attach/ambiguous shop/cache: shop/file has 2 objects that workload can mean: Deployment redis-primary in shop, StatefulSet redis-replica in cache → say which: workload: { in: …, name: 'redis-primary' }",
      'two-workloads.yaml',
      (file) => file,
    ],
    [
      "attach/not-found shop/cache: shop/file has no workload 'redis-primry'; it has Deployment redis-primary in shop, StatefulSet redis-replica in cache → write name: 'redis-primary'",
      'two-workloads.yaml',
      (file) => ({ in: file, name: 'redis-primry' }),
    ],
    [
      "attach/not-found shop/cache: shop/file has no StatefulSet 'redis'; it has Deployment redis → write kind: 'Deployment'",
      'redis.yaml',
      (file) => ({ in: file, kind: 'StatefulSet', name: 'redis' }),
    ],
    [
      "attach/not-found shop/cache: shop/file has no workload 'shop-redis-primary'; it has Deployment redis-primary in shop, StatefulSet redis-replica in cache → write name: 'redis-primary'",
      'two-workloads.yaml',
      (file) => ({ in: file, name: 'shop-redis-primary' }),
    ],
    [
      'attach/not-found shop/cache: shop/file has no workload → write the items of the List shop/file/all-list as documents of their own, between lines of ---: cdk8s passes a List through unopened',
      'list.yaml',
      (file) => file,
    ],
    [
      'workload/none shop/cache: there is nothing to attach to: workload.in is undefined, which is no construct → give a Deployment, StatefulSet or DaemonSet: one of cdk8s-plus, an ApiObject, or { in: include, kind, name }',
      'redis.yaml',
      () => ({ in: undefined }) as never,
    ],
  ])('that cannot be told is one error: %s', (expected, file, where) => {
    expect(faultsOf(attached(file, where, { metrics: { port: 'metrics' }, container: 'cache' }).findings)).toEqual([
      expected,
    ]);
  });
});

describeWithEngine('helm', (helm) => {
  const release = (chart: Chart, values: object = {}) =>
    new Helm(chart, 'release', {
      chart: fixture('cache-chart'),
      releaseName: 'cache',
      helmExecutable: helm,
      namespace: 'caches',
      values: values as Record<string, unknown>,
    });
  const monitored = (values: object = {}, props: object = {}) =>
    stack((chart) => {
      const monitoring = MonitoredApp.attach(chart, 'cache', {
        workload: { in: release(chart, values), kind: 'StatefulSet', name: 'cache-node' },
        name: 'caches',
        container: 'cache',
        metrics: { port: 'metrics' },
        ...props,
      });
      new ExporterSidecar(monitoring, 'memcached', Exporters.memcached());
    });

  test('a workload that a chart renders is monitored where its manifest puts it', () => {
    const { objects, findings } = monitored();
    const made = objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'metrics');
    expect(made.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'Service caches/caches-metrics',
    ]);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['caches']));
    expect(containersOf(theOnly(objects, 'StatefulSet')).map(({ name }) => name)).toEqual([
      'cache',
      'memcached-exporter',
    ]);
    expect(findings).toEqual([]);
  });

  test.each<[string, object]>([
    [
      "attach/not-found shop/cache: shop/release has no StatefulSet 'cache-node'; it has Deployment cache-node → write kind: 'Deployment'",
      { kind: 'Deployment' },
    ],
    [
      "workload/container shop/cache: StatefulSet cache-node has no container 'cache', only memcached → name the container that serves the metrics",
      { container: 'memcached' },
    ],
    [
      "ports/unknown shop/cache: no port is called 'metrics'; declared are cache, http-metrics → declare a port of that name, or give its number",
      { portName: 'http-metrics' },
    ],
  ])('a chart that changes with an upgrade is one error: %s', (expected, values) => {
    expect(faultsOf(monitored(values).findings)).toEqual([expected]);
  });

  test('a workload of another release is an error that names what is there', () => {
    const { findings } = stack((chart) => {
      const workload = { in: release(chart), name: 'prod-cache-node' };
      MonitoredApp.attach(chart, 'cache', { workload, metrics: { port: 9150 } });
    });
    expect(faultsOf(findings)).toEqual([
      "attach/not-found shop/cache: shop/release has no workload 'prod-cache-node'; it has StatefulSet cache-node → write name: 'cache-node'",
    ]);
  });

  test('pods may be scraped through the Service that the chart renders, among others with the same labels', () => {
    const { objects, findings } = stack((chart) => {
      const existingService = { in: release(chart), name: 'cache-metrics' };
      MonitoredApp.attach(chart, 'cache', { existingService, metrics: { port: 'http-metrics' } });
    });
    expect(objects.filter(({ kind }) => kind === 'Service')).toHaveLength(2);
    const monitor = theOnly(objects, 'ServiceMonitor');
    const labels = { 'app.kubernetes.io/instance': 'cache', 'app.kubernetes.io/name': 'cache' };
    expect(monitor.spec.selector.matchLabels).toEqual({ ...labels, 'cdk8s-monitoring/service': 'cache-metrics' });
    expect(monitor.spec.endpoints).toMatchObject([{ port: 'http-metrics' }]);
    const chosen = objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'cache-metrics')[0];
    expect(chosen?.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels as object);
    expect(findings).toEqual([]);
  });
});
