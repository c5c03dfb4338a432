import { ApiObject, Chart } from 'cdk8s';
import { AttachToWorkload, Exporters, ExporterSidecar, MonitoredApp, ScrapePolicy } from '../../src/constructs';
import { Platform } from '../../src/platform';
import { expectStacks } from './support/expect-stacks';
import { StackRow, stacksOn } from './support/synthesized';

const labels = { app: 'legacy' };

/** A pod as a careful team writes it: the namespaces of the tests refuse others. */
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'legacy',
      image: 'registry.example/legacy:0.9.4',
      ports: [{ name: 'admin', containerPort: 8081 }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};
const template = { metadata: { labels }, spec: pod };

const workload = (chart: Chart, apiVersion: string, kind: string, spec: object, ofObject: object = {}) =>
  new ApiObject(chart, 'workload', { apiVersion, kind, metadata: { name: 'legacy', ...ofObject }, spec });

const selected = { selector: { matchLabels: labels }, template };
const workloads: Readonly<Record<string, (chart: Chart) => AttachToWorkload['workload']>> = {
  deployment: (chart) => workload(chart, 'apps/v1', 'Deployment', { replicas: 2, ...selected }),
  'stateful-set': (chart) =>
    workload(chart, 'apps/v1', 'StatefulSet', { replicas: 2, serviceName: 'legacy', ...selected }),
  'daemon-set': (chart) => workload(chart, 'apps/v1', 'DaemonSet', selected),
  'replica-set': (chart) => workload(chart, 'apps/v1', 'ReplicaSet', { replicas: 2, ...selected }),
  job: (chart) =>
    workload(chart, 'batch/v1', 'Job', { template: { ...template, spec: { ...pod, restartPolicy: 'Never' } } }),
  'cron-job': (chart) =>
    workload(chart, 'batch/v1', 'CronJob', {
      schedule: '0 3 * * *',
      suspend: true,
      jobTemplate: { spec: { template: { ...template, spec: { ...pod, restartPolicy: 'Never' } } } },
    }),
  pod: (chart) => workload(chart, 'v1', 'Pod', pod, { labels }),
};
const pods: Readonly<Record<string, number>> = { deployment: 2, 'stateful-set': 2, 'replica-set': 2 };

/** A workload that somebody else makes, with an exporter beside it. */
const attached: readonly StackRow[] = Object.entries(workloads).map(([kind, make]) => ({
  name: `attached-${kind}`,
  compose: (chart) => {
    const app = MonitoredApp.attach(chart, 'legacy', { workload: make(chart), metrics: { port: 'admin' } });
    new ExporterSidecar(app, 'redis', Exporters.redis());
  },
  targets: [
    {
      port: 8081,
      pods: pods[kind],
      labels: { job: 'legacy', endpoint: 'admin', container: 'legacy', service: 'legacy-metrics' },
    },
    {
      port: 9121,
      pods: pods[kind],
      labels: { job: 'legacy', endpoint: 'redis-metrics', container: 'redis-exporter', service: 'legacy-metrics' },
    },
  ],
}));

const throughServices: readonly StackRow[] = [
  {
    name: 'attached-service-without-selector',
    compose: (chart) => {
      const service = new ApiObject(chart, 'service', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'vm', labels: { app: 'vm' } },
        spec: { ports: [{ name: 'metrics', port: 9100 }] },
      });
      new ApiObject(chart, 'addresses', {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'vm', labels: { 'kubernetes.io/service-name': 'vm' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.3.0.7'] }],
        ports: [{ name: 'metrics', port: 9100 }],
      });
      MonitoredApp.attach(chart, 'vm', {
        existingService: service,
        metrics: { port: 'metrics' },
        scrape: ScrapePolicy.serviceMonitor({ serviceDiscoveryRole: 'EndpointSlice' }),
      });
    },
    targets: [{ address: '10.3.0.7', port: 9100, labels: { job: 'vm', endpoint: 'metrics', service: 'vm' } }],
  },
  {
    name: 'attached-service-that-is-not-in-the-code',
    compose: (chart) => {
      MonitoredApp.attach(chart, 'legacy', {
        existingService: { name: 'legacy', labels: { app: 'legacy-service' }, ports: { admin: 80 } },
        metrics: { port: 'admin' },
      });
    },
    given: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'legacy', labels: { app: 'legacy-service' } },
        spec: { selector: labels, ports: [{ name: 'admin', port: 80, targetPort: 8081 }] },
      },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'legacy', labels }, spec: pod },
    ],
    targets: [{ port: 8081, labels: { job: 'legacy', endpoint: 'admin', container: 'legacy', service: 'legacy' } }],
  },
  {
    name: 'attached-pods-of-another-operator',
    compose: (chart) => {
      MonitoredApp.attach(chart, 'legacy', { pods: { labels, ports: { admin: 8081 } }, metrics: { port: 'admin' } });
    },
    given: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'legacy', labels }, spec: pod }],
    targets: [
      { port: 8081, labels: { job: 'legacy', endpoint: 'admin', container: 'legacy', service: 'legacy-metrics' } },
    ],
  },
];

describe('what exists already', () => {
  const platform = Platform.kubePrometheusStack({ release: 'kps' });
  expectStacks(platform, stacksOn(platform, [...attached, ...throughServices]));
});
