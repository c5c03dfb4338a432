import { ApiObject, Chart, Cron } from 'cdk8s';
import * as kplus28 from 'cdk8s-plus-28';
import * as kplus33 from 'cdk8s-plus-33';
import { AttachToWorkload, Exporters, ExporterSidecar, MonitoredApp } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, image, KubernetesObject, stack, StackOptions, theOnly } from '../../support/stack';

const container = { name: 'web', image, ports: [{ containerPort: 8080, name: 'http' }] };
const template = (labels?: object) => ({
  ...(labels === undefined ? {} : { metadata: { labels } }),
  spec: { restartPolicy: 'OnFailure', containers: [container] },
});
const labels = { app: 'web' };

const object = (chart: Chart, apiVersion: string, kind: string, spec: object, metadata: object = {}) =>
  new ApiObject(chart, 'w', { apiVersion, kind, metadata: { name: 'web', ...metadata }, spec });

type Make = (chart: Chart) => AttachToWorkload['workload'];

const makers: Record<string, Make> = {
  CronJob: (chart) =>
    object(chart, 'batch/v1', 'CronJob', {
      schedule: '5 4 * * *',
      jobTemplate: { spec: { template: template(labels) } },
    }),
  Job: (chart) => object(chart, 'batch/v1', 'Job', { template: template(labels) }),
  Pod: (chart) => object(chart, 'v1', 'Pod', { containers: [container] }, { labels }),
  ReplicaSet: (chart) =>
    object(chart, 'apps/v1', 'ReplicaSet', {
      selector: { matchLabels: labels },
      template: { ...template(labels), spec: { containers: [container] } },
    }),
};

const monitored = (make: Make, options: StackOptions = {}, exporter: object = {}) =>
  stack((chart) => {
    const app = MonitoredApp.attach(chart, 'web', { workload: make(chart), metrics: { port: 'http' } });
    new ExporterSidecar(app, 'redis', { ...Exporters.redis(), ...exporter });
  }, options);

/** The pods of an object, wherever its kind holds them. */
function podsOf({ kind, metadata, spec }: KubernetesObject) {
  const pods =
    kind === 'Pod' ? { metadata, spec } : kind === 'CronJob' ? spec.jobTemplate.spec.template : spec.template;
  return pods as {
    metadata: { labels: Record<string, string> };
    spec: Record<'containers' | 'initContainers', { name: string; restartPolicy?: string }[] | undefined>;
  };
}

describe.each(Object.keys(makers))('a %s', (kind) => {
  const { objects, findings } = monitored(makers[kind] as Make);
  const { metadata, spec } = podsOf(theOnly(objects, kind));

  test('is found by the labels of its pods', () => {
    expect(theOnly(objects, 'Service').spec.selector).toEqual(labels);
    expect(theOnly(objects, 'NetworkPolicy').spec.podSelector.matchLabels).toEqual(labels);
    expect(metadata.labels).toEqual(labels);
    expect(findings).toEqual([]);
    // The API machinery makes ReplicaSets of Deployments; imports/ has no schema for one by hand.
    expectValidObjects(objects.filter((each) => each.kind !== 'ReplicaSet'));
  });

  test('runs the exporter, in a Job as a sidecar that ends with it', () => {
    const names = (containers: readonly { name: string }[] = []) => containers.map(({ name }) => name);
    const ends = kind === 'Job' || kind === 'CronJob';
    expect(names(spec.containers)).toEqual(ends ? ['web'] : ['web', 'redis-exporter']);
    expect(spec.initContainers ?? []).toMatchObject(ends ? [{ name: 'redis-exporter', restartPolicy: 'Always' }] : []);
  });

  test('is missed only where it always runs', () => {
    const { groups } = theOnly(objects, 'PrometheusRule').spec as { groups: { rules: { alert: string }[] }[] };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const always = ['WebRedisTargetAbsent', 'WebTargetAbsent'];
    expect(alerts).toEqual(expect.arrayContaining(['WebTargetDown', 'WebRedisTargetDown']));
    expect(alerts.filter((alert) => always.includes(alert))).toEqual(
      kind === 'Job' || kind === 'CronJob' ? [] : always,
    );
  });
});

test.each<[string, Make]>([
  [
    'cdk8s-plus-28 CronJob',
    (chart) => new kplus28.CronJob(chart, 'w', { schedule: Cron.daily(), containers: [{ image }] }),
  ],
  [
    'cdk8s-plus-33 CronJob',
    (chart) => new kplus33.CronJob(chart, 'w', { schedule: Cron.daily(), containers: [{ image }] }),
  ],
  ['cdk8s-plus-28 Job', (chart) => new kplus28.Job(chart, 'w', { containers: [{ image }] })],
  ['cdk8s-plus-33 Pod', (chart) => new kplus33.Pod(chart, 'w', { containers: [{ image }] })],
])('a %s is a workload, too', (_, make) => {
  const { objects, findings } = stack((chart) => {
    MonitoredApp.attach(chart, 'web', { workload: make(chart), metrics: { port: 9090 } });
  });
  const workload = objects.find(({ kind }) => ['CronJob', 'Job', 'Pod'].includes(kind)) as KubernetesObject;
  expect(podsOf(workload).metadata.labels).toMatchObject(theOnly(objects, 'Service').spec.selector as object);
  expect(podsOf(workload).spec.containers).toMatchObject([{ ports: [{ containerPort: 9090, name: 'metrics' }] }]);
  expect(findings).toEqual([]);
});

test('pods without labels get one: no controller selects those of a Job, and something has to', () => {
  const { objects, findings } = monitored((chart) => object(chart, 'batch/v1', 'Job', { template: template() }));
  const selector = { 'app.kubernetes.io/name': 'web' };
  expect(podsOf(theOnly(objects, 'Job')).metadata.labels).toEqual(selector);
  expect(theOnly(objects, 'Service').spec.selector).toEqual(selector);
  expect(findings).toEqual([]);
});

describe('an exporter in a Job on a Kubernetes that knows no native sidecars', () => {
  const platform = (kubernetesVersion: string) =>
    Platform.kubePrometheusStack({ release: 'kps', operator: { kubernetesVersion } });
  const faults = (version: string, make: Make, exporter?: object) =>
    faultsOf(monitored(make, { platform: platform(version) }, exporter).findings);

  test('is refused: the Job would never end', () => {
    expect(faults('1.28', makers.Job as Make)).toEqual([
      'exporters/native-sidecar shop/web: redis-exporter would keep the pods of Job web running for ever: sidecars that end with them need Kubernetes 1.29, the platform has 1.28 → raise the platform, or push the metrics of short runs to a Pushgateway',
    ]);
    expect(faults('1.28', makers.CronJob as Make, { native: true })).toEqual([
      expect.stringMatching(/^exporters\/native-sidecar shop\/web\/redis: /),
    ]);
  });

  test('is welcome in what runs for ever, and on a newer one', () => {
    expect(faults('1.28', makers.ReplicaSet as Make)).toEqual([]);
    expect(faults('1.29', makers.Job as Make)).toEqual([]);
  });
});
