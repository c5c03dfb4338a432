import { Chart, JsonPatch } from 'cdk8s';
import {
  Alertmanager,
  AlertRule,
  Platform,
  Prometheus,
  ThanosCompactor,
  ThanosQuery,
  ThanosRuler,
  ThanosStore,
} from '../../../src';
import { PodSpec, restrictedViolations } from '../../support/pod-security';
import { expectValidObjects } from '../../support/schemas';
import { KubernetesObject } from '../../support/stack';
import { bucket, faults, monitoringStack, theObject } from './monitoring-stack';

function withPrometheus(compose: (chart: Chart, prometheus: Prometheus) => void) {
  const { objects, findings } = monitoringStack((chart, app) => {
    const prometheus = new Prometheus(chart, 'k8s', {
      namespaces: 'all',
      thanos: { objectStorage: bucket },
      ruleSelector: { matchLabels: { prometheus: 'k8s' } },
    });
    Platform.provide(app, prometheus.asPlatform());
    compose(chart, prometheus);
  });
  expectValidObjects(objects);
  expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  return objects;
}

const argsOf = (workload: KubernetesObject) => workload.spec.template.spec.containers[0].args as string[];

describe('Thanos', () => {
  test('asks the sidecars, stores and rulers that it is given, by their Services, and is admitted there', () => {
    const objects = withPrometheus((chart, prometheus) => {
      const store = new ThanosStore(chart, 'thanos-store', { objectStorage: bucket, replicas: 2 });
      const elsewhere = new Chart(chart.node.root, 'queries', { namespace: 'queries' });
      const query = new ThanosQuery(elsewhere, 'thanos-query', {
        endpoints: [prometheus, store, 'dnssrv+_grpc._tcp.store.other.svc'],
      });
      expect(query.url).toBe('http://thanos-query.queries.svc:10902');
    });
    expect(argsOf(theObject(objects, 'Deployment', 'thanos-query'))).toEqual([
      'query',
      '--grpc-address=0.0.0.0:10901',
      '--http-address=0.0.0.0:10902',
      '--query.replica-label=prometheus_replica',
      '--query.replica-label=thanos_ruler_replica',
      '--endpoint=dnssrv+_grpc._tcp.prometheus-k8s-thanos-sidecar.monitoring.svc',
      '--endpoint=dnssrv+_grpc._tcp.thanos-store.monitoring.svc',
      '--endpoint=dnssrv+_grpc._tcp.store.other.svc',
    ]);
    for (const name of ['prometheus-k8s-thanos-sidecar', 'thanos-store']) {
      const { spec } = theObject(objects, 'Service', name);
      expect(spec.clusterIP).toBe('None');
      expect(spec.ports).toContainEqual({ name: 'grpc', port: 10901, targetPort: 'grpc', protocol: 'TCP' });
    }
    for (const name of ['prometheus-k8s', 'thanos-store']) {
      const [rule] = theObject(objects, 'NetworkPolicy', name).spec.ingress;
      expect(rule.from).toContainEqual({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'queries' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'thanos-query' } },
      });
      expect(rule.ports).toContainEqual({ protocol: 'TCP', port: 10901 });
    }
  });

  test('has policies of its own, which say what is open', () => {
    const { findings } = monitoringStack((chart, app) => {
      Platform.provide(app, new Prometheus(chart, 'k8s', { namespaces: 'all' }).asPlatform());
      new ThanosStore(chart, 'thanos-store', { objectStorage: bucket });
    });
    expect(findings).toEqual([]);
  });

  test('reads its bucket from a Secret that it only refers to', () => {
    const objects = withPrometheus((chart) => {
      new ThanosStore(chart, 'thanos-store', { objectStorage: bucket, storage: { size: '20Gi' }, minTime: '-90d' });
      new ThanosCompactor(chart, 'thanos-compactor', {
        objectStorage: bucket,
        retentionResolutionRaw: '90d',
        retentionResolution1h: '2y',
        args: ['--compact.concurrency=2'],
      });
    });
    const store = theObject(objects, 'StatefulSet', 'thanos-store');
    expect(argsOf(store)).toEqual([
      'store',
      '--grpc-address=0.0.0.0:10901',
      '--http-address=0.0.0.0:10902',
      '--data-dir=/var/thanos',
      '--objstore.config-file=/etc/thanos/thanos.yaml',
      '--min-time=-90d',
    ]);
    expect(store.spec.template.spec.volumes).toEqual([
      { name: 'object-storage', secret: { secretName: 'object-storage' } },
    ]);
    expect(store.spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('20Gi');
    const compactor = theObject(objects, 'StatefulSet', 'thanos-compactor');
    expect(argsOf(compactor).slice(-4)).toEqual([
      '--wait',
      '--retention.resolution-raw=90d',
      '--retention.resolution-1h=2y',
      '--compact.concurrency=2',
    ]);
    expect(compactor.spec.replicas).toBe(1);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('runs pods that the restricted Pod Security Standard admits, with an image of a fixed version', () => {
    const objects = withPrometheus((chart, prometheus) => {
      new ThanosStore(chart, 'thanos-store', { objectStorage: bucket });
      new ThanosCompactor(chart, 'thanos-compactor', { objectStorage: bucket });
      new ThanosQuery(chart, 'thanos-query', { endpoints: [prometheus], version: '0.41.0' });
    });
    const pods = objects
      .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
      .map(({ spec }) => spec.template.spec as PodSpec & { containers: { image: string }[] });
    expect(pods.map(restrictedViolations)).toEqual([[], [], []]);
    expect(pods.map(({ containers }) => containers[0]?.image)).toEqual([
      'quay.io/thanos/thanos:v0.42.2',
      'quay.io/thanos/thanos:v0.42.2',
      'quay.io/thanos/thanos:v0.41.0',
    ]);
  });

  test('is scraped and watched by the same labels', () => {
    const objects = withPrometheus((chart) => {
      const compactor = new ThanosCompactor(chart, 'thanos-compactor', {
        objectStorage: bucket,
        team: 'platform',
        alerts: { ThanosCompactorHalted: { for: '1m' }, ThanosCompactorNotRunning: false },
        objects: { workload: { patches: [JsonPatch.add('/spec/minReadySeconds', 5)] } },
      });
      new AlertRule(compactor.monitoring, 'OwnRule', { expr: 'vector(1)', severity: 'info', summary: 'Own' });
    });
    expect(theObject(objects, 'StatefulSet', 'thanos-compactor').spec.minReadySeconds).toBe(5);
    const matchers = 'namespace="monitoring", job="thanos-compactor", endpoint="metrics"';
    expect(theObject(objects, 'ServiceMonitor', 'thanos-compactor').spec).toMatchObject({
      jobLabel: 'app.kubernetes.io/name',
      endpoints: [{ port: 'metrics', path: '/metrics' }],
    });
    const { metadata, spec } = theObject(objects, 'PrometheusRule', 'thanos-compactor-health');
    expect(metadata.labels).toMatchObject({ team: 'platform' });
    const rules = spec.groups[0].rules as { alert: string }[];
    expect(rules.find(({ alert }) => alert === 'ThanosCompactorHalted')).toMatchObject({
      expr: `thanos_compact_halted{${matchers}} == 1`,
      for: '1m',
    });
    expect(rules.map(({ alert }) => alert)).not.toContain('ThanosCompactorNotRunning');
    const own = theObject(objects, 'PrometheusRule', 'thanos-compactor').spec.groups[0].rules as { alert: string }[];
    expect(own.map(({ alert }) => alert)).toContain('OwnRule');
  });
});

describe('a ThanosRuler', () => {
  test('asks a ThanosQuery, alerts every member of an Alertmanager, and takes the rules that are its own', () => {
    const objects = withPrometheus((chart, prometheus) => {
      const alertmanager = new Alertmanager(chart, 'main', { replicas: 2 });
      const query = new ThanosQuery(chart, 'thanos-query', { endpoints: [prometheus] });
      const ruler = new ThanosRuler(chart, 'global', {
        version: '0.42.2',
        queryEndpoints: [query],
        alertmanagers: [alertmanager],
        ruleSelector: { matchLabels: { scope: 'global' } },
        objectStorage: bucket,
        retention: '2d',
        ruleLabels: { ruler: 'global' },
      });
      const platform = ruler.asPlatform(prometheus.asPlatform());
      expect(platform.labelsToBeSelected('ruleSelector')).toEqual({ scope: 'global' });
      expect(platform.prometheusServers[0]).toMatchObject({ name: 'k8s', serviceMonitorSelector: {} });
    });
    expect(theObject(objects, 'ThanosRuler', 'global').spec).toMatchObject({
      version: 'v0.42.2',
      queryEndpoints: ['http://thanos-query.monitoring.svc:10902'],
      alertmanagersUrl: ['dnssrv+http://_web._tcp.alertmanager-main.monitoring.svc'],
      ruleSelector: { matchLabels: { scope: 'global' } },
      objectStorageConfig: { name: 'object-storage', key: 'thanos.yaml' },
      retention: '2d',
      labels: { ruler: 'global' },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(theObject(objects, 'Service', 'alertmanager-main').spec.clusterIP).toBe('None');
  });

  test.each([
    [{}, 1],
    [{ matchLabels: { scope: 'global' } }, 1],
    [{ matchExpressions: [{ key: 'scope', operator: 'NotIn', values: ['global'] }] } as const, 0],
    ['none' as const, 0],
  ])('shares no rules with a Prometheus that takes %j', (ruleSelector, count) => {
    const found = faults((chart) => {
      const prometheus = new Prometheus(chart, 'k8s', { namespaces: 'all', ruleSelector });
      new ThanosRuler(chart, 'global', {
        queryEndpoints: [prometheus],
        ruleSelector: { matchLabels: { scope: 'global' } },
      });
    });
    const fault =
      "warning servers/rules-twice: the Prometheus monitoring/k8s takes the rules of the ruler as well: each of their alerts would come twice → give that Prometheus ruleSelector: { matchExpressions: [{ key: 'scope', operator: 'NotIn', values: ['global'] }] }";
    expect(found).toEqual(count === 0 ? [] : [fault]);
  });

  test('says what it lacks', () => {
    expect(faults((chart) => void new ThanosRuler(chart, 'global', {} as never))).toEqual([
      "error servers/rule-selector: the ruler does not say which rules are its own → say which, such as ruleSelector: { matchLabels: { scope: 'global' } }",
      'error servers/query-endpoints: the ruler has nothing that its rules could ask → give queryEndpoints, such as a ThanosQuery of the stack, or queryConfig',
    ]);
  });
});

describe('what Thanos cannot work with', () => {
  test('is said: a Prometheus without a sidecar, nothing to ask, half a Secret', () => {
    const found = faults((chart) => {
      const prometheus = new Prometheus(chart, 'k8s', { namespaces: 'all' });
      Platform.provide(chart.node.root, prometheus.asPlatform());
      new ThanosQuery(chart, 'query', { endpoints: [prometheus, 5 as never] });
      new ThanosQuery(chart, 'empty', { endpoints: [] });
      new ThanosStore(chart, 'store', { objectStorage: { secret: { name: 'bucket' } } as never });
      new ThanosCompactor(chart, 'compactor', {} as never);
    });
    const fix =
      "refer to a Secret of the same namespace, such as { secret: { name: 'object-storage', key: 'thanos.yaml' } }";
    expect(found.filter((fault) => fault.includes('servers/'))).toEqual([
      'error servers/store-endpoints: endpoints[0] (monitoring/k8s) answers no queries of Thanos → set thanos: {} where it is a Prometheus, which answers by its sidecar',
      'error servers/store-endpoints: endpoints[1] is the number 5, which answers no queries over gRPC → give a Prometheus with thanos, a ThanosStore, or an address',
      'error servers/store-endpoints: endpoints is empty: there is nothing that could answer → give a Prometheus with thanos, a ThanosStore, or an address',
      `error servers/secret: objectStorage is without the key of its Secret, expected { secret: { name, key } } → ${fix}`,
      `error servers/secret: objectStorage is undefined, expected { secret: { name, key } } → ${fix}`,
    ]);
  });
});
