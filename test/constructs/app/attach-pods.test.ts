import { ApiObject, Chart } from 'cdk8s';
import {
  AttachToPods,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredWorkload,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, stack, StackOptions, theOnly } from '../../support/stack';

const labels = { 'cnpg.io/cluster': 'db' };

const cluster = (chart: Chart) =>
  new ApiObject(chart, 'cluster', {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'db', namespace: 'databases' },
    spec: { instances: 3 },
  });

const monitored = (
  props: Partial<AttachToPods> | ((chart: Chart) => Partial<AttachToPods>) = {},
  use: (app: MonitoredWorkload) => void = () => undefined,
  options: StackOptions = {},
) =>
  stack((chart) => {
    const given = typeof props === 'function' ? props(chart) : props;
    use(
      MonitoredApp.attach(chart, 'db', {
        pods: { labels, ports: { metrics: 9187 } },
        metrics: { port: 'metrics' },
        ...given,
      } as AttachToPods),
    );
  }, options);

describe('pods that an operator makes', () => {
  test('get a Service in front of their metrics, and a monitor', () => {
    const { objects, findings } = monitored();
    expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'ServiceMonitor', 'PrometheusRule']);
    const service = theOnly(objects, 'Service');
    expect(service).toMatchObject({
      metadata: { name: 'db-metrics', namespace: 'shop' },
      spec: { selector: labels, ports: [{ name: 'metrics', port: 9187, targetPort: 9187 }] },
    });
    expect(service.metadata.labels).toMatchObject(
      theOnly(objects, 'ServiceMonitor').spec.selector.matchLabels as object,
    );
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('are monitored in the namespace of their custom resource', () => {
    const { objects } = monitored((chart) => ({ pods: { labels, ports: { metrics: 9187 }, madeBy: cluster(chart) } }));
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['databases']));
    expect(theOnly(objects, 'Cluster').spec).toEqual({ instances: 3 });
  });

  test('are found without a Service by a PodMonitor', () => {
    const { objects, findings } = monitored({ scrape: ScrapePolicy.podMonitor() });
    expect(theOnly(objects, 'PodMonitor').spec).toMatchObject({
      selector: { matchLabels: labels },
      podMetricsEndpoints: [{ port: 'metrics' }],
    });
    expect(objects.some(({ kind }) => kind === 'Service')).toBe(false);
    expect(findings).toEqual([]);
  });

  test('are opened to Prometheus where the platform closes namespaces', () => {
    const platform = Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: true } });
    const { podSelector, ingress } = theOnly(monitored({}, undefined, { platform }).objects, 'NetworkPolicy').spec as {
      podSelector: object;
      ingress: object[];
    };
    expect(podSelector).toEqual({ matchLabels: labels });
    expect(ingress).toMatchObject([{ ports: [{ port: 9187 }] }]);
  });

  test('need no metrics.port where they have one port', () => {
    const { objects, findings } = monitored({ metrics: {} });
    expect(theOnly(objects, 'Service').spec.ports).toMatchObject([{ name: 'metrics', port: 9187 }]);
    expect(findings).toEqual([]);
  });
});

describe('one fault is one error', () => {
  test.each<[string, Partial<AttachToPods>]>([
    [
      'attach/no-labels shop/db: the existing pods are given without labels',
      { pods: { labels: {}, ports: { metrics: 9187 } } },
    ],
    [
      "ports/unknown shop/db: no port is called 'metrcs'; declared are metrics → write 'metrics'",
      { metrics: { port: 'metrcs' } },
    ],
    ['ports/unknown shop/db: ', { metrics: { port: 9188 } }],
    [
      'ports/missing shop/db: the metrics can be on any of the ports a, b',
      { metrics: {}, pods: { labels, ports: { a: 1, b: 2 } } },
    ],
    ['ports/invalid shop/db: ', { pods: { labels, ports: { metrics: '9187' as unknown as number } } }],
  ])('%s', (expected, props) => {
    expect(faultsOf(monitored(props).findings)).toEqual([expect.stringContaining(expected)]);
  });

  test('an exporter that would have to run in the pods, with what to do by hand', () => {
    const { objects, findings } = monitored(
      (chart) => ({ pods: { labels, ports: { metrics: 9187 }, madeBy: cluster(chart) } }),
      (app) => {
        new ExporterSidecar(app, 'redis', Exporters.redis());
        app._addToPods({ podAnnotations: { 'prometheus.io/scrape': 'true' } });
      },
    );
    expect(faultsOf(findings)).toEqual([
      'attach/out-of-reach shop/db: the pods of Cluster db: nothing can be added to pods that are not in the code, and monitoring would add container redis-exporter, annotation prometheus.io/scrape=true → the pods belong to whoever makes them: add it in Cluster db, as far as its operator knows a field for it',
    ]);
    expect(theOnly(objects, 'Cluster').spec).toEqual({ instances: 3 });
  });
});
