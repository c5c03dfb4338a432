import { ApiObject, Chart, Helm, Include } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as path from 'node:path';
import { MonitoredApp, ScrapeJob, ScrapePolicy } from '../../src/constructs';
import { Platform } from '../../src/platform';
import { image, KubernetesObject } from '../support/stack';

/* What docs/support-table.md combines, under the names that stand there. */

const prober = { url: 'blackbox-exporter.monitoring.svc:9115' };
const match = ['{job="istiod"}'] as const;

interface Discovery {
  readonly by: string;
  readonly path: string;
}

/** A way to be scraped. */
export interface Mechanism {
  /** For an app. */
  readonly ofApp: ScrapePolicy;
  /** For what is outside the cluster. @default - as for an app */
  readonly ofJob?: ScrapePolicy;
  /** What finds the target, and the path at which. @default - nothing */
  readonly finds?: Discovery;
  /** The same for what is outside the cluster. @default - as for an app */
  readonly findsOutside?: Discovery;
}

const website = { static: ['http://vm.example:8080/'] };

export const mechanisms: Readonly<Record<string, Mechanism>> = {
  '`serviceMonitor()`': {
    ofApp: ScrapePolicy.serviceMonitor(),
    finds: { by: 'ServiceMonitor', path: '/metrics' },
  },
  '`podMonitor()`': { ofApp: ScrapePolicy.podMonitor(), finds: { by: 'PodMonitor', path: '/metrics' } },
  '`annotations()`': { ofApp: ScrapePolicy.annotations(), finds: { by: 'pod annotations', path: '/metrics' } },
  "`annotations({ on: 'service' })`": {
    ofApp: ScrapePolicy.annotations({ on: 'service' }),
    finds: { by: 'Service annotations', path: '/metrics' },
  },
  '`probe()`': {
    ofApp: ScrapePolicy.probe(),
    ofJob: ScrapePolicy.probe({ targets: website }),
    finds: { by: 'Probe', path: '/' },
  },
  '`probe({ prober })`': {
    ofApp: ScrapePolicy.probe({ prober }),
    ofJob: ScrapePolicy.probe({ prober, targets: website }),
    finds: { by: 'Probe', path: '/' },
  },
  '`scrapeConfig()`': {
    ofApp: ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['vm.example:8080'] }] }),
    finds: { by: 'ScrapeConfig', path: '' },
  },
  '`federate()`': {
    ofApp: ScrapePolicy.federate({ match }),
    ofJob: ScrapePolicy.federate({ match, targets: ['vm.example:8080'] }),
    finds: { by: 'ServiceMonitor', path: '/federate' },
    findsOutside: { by: 'ScrapeConfig', path: '/federate' },
  },
  '`none()`': { ofApp: ScrapePolicy.none() },
};

/** What is scraped. */
export interface Workload {
  compose(chart: Chart, mechanism: Mechanism, helm: string): void;
  /** Objects that are in the cluster and not in the code. */
  readonly elsewhere?: readonly KubernetesObject[];
  /** Where its metrics are, as `foundTargets` writes it. */
  readonly address: string;
}

const labels = { app: 'web' };
const ports = [{ name: 'web', containerPort: 8080 }];
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image, ports }] } };
const selected = { selector: { matchLabels: labels }, template };
const metrics = { port: 'web' };

function attached(apiVersion: string, kind: string, spec: object, ofPod: object = {}): Workload {
  return {
    compose: (chart, { ofApp }) => {
      const metadata = { name: 'web', ...ofPod };
      const workload = new ApiObject(chart, 'workload', { apiVersion, kind, metadata, spec });
      MonitoredApp.attach(chart, 'web', { workload, metrics, scrape: ofApp });
    },
    address: `${kind}/web:8080`,
  };
}

const runOnce = { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };

function service(chart: Chart, spec: object): ApiObject {
  const metadata = { name: 'web', labels };
  return new ApiObject(chart, 'service', { apiVersion: 'v1', kind: 'Service', metadata, spec });
}

const servicePorts = [{ name: 'web', port: 80, targetPort: 8080 }];
const ownPorts = [{ name: 'web', port: 8080 }];
const throughService =
  (composed: (chart: Chart) => ApiObject): Workload['compose'] =>
  (chart, { ofApp }) => {
    MonitoredApp.attach(chart, 'web', { existingService: composed(chart), metrics, scrape: ofApp });
  };

/** Pods and a Service that somebody else has made. */
function elsewhere(namespace: string): KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace, labels }, spec: template.spec },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace, labels },
      spec: { selector: labels, ports: servicePorts },
    },
  ];
}

const fixtures = path.join(__dirname, '../fixtures');

export const workloads: Readonly<Record<string, Workload>> = {
  'a new app': {
    compose: (chart, { ofApp }) => {
      new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {}, scrape: ofApp });
    },
    address: 'Deployment/web:8080',
  },
  'a Deployment of cdk8s-plus': {
    compose: (chart, { ofApp }) => {
      const container = { image, ports: [{ name: 'web', number: 8080 }] };
      const workload = new kplus.Deployment(chart, 'workload', { metadata: { name: 'web' }, containers: [container] });
      MonitoredApp.attach(chart, 'web', { workload, metrics, scrape: ofApp });
    },
    address: 'Deployment/web:8080',
  },
  'a Deployment': attached('apps/v1', 'Deployment', selected),
  'a StatefulSet': attached('apps/v1', 'StatefulSet', { serviceName: 'web', ...selected }),
  'a DaemonSet': attached('apps/v1', 'DaemonSet', selected),
  'a ReplicaSet': attached('apps/v1', 'ReplicaSet', selected),
  'a Job': attached('batch/v1', 'Job', runOnce),
  'a CronJob': attached('batch/v1', 'CronJob', { schedule: '0 * * * *', jobTemplate: { spec: runOnce } }),
  'a Pod': attached('v1', 'Pod', template.spec, { labels }),
  'a workload in an Include': {
    compose: (chart, { ofApp }) => {
      const workload = new Include(chart, 'file', { url: path.join(fixtures, 'attach/web.yaml') });
      MonitoredApp.attach(chart, 'web', { workload, metrics, scrape: ofApp });
    },
    address: 'Deployment/web:8080',
  },
  'a workload in a Helm chart': {
    compose: (chart, { ofApp }, helm) => {
      const release = new Helm(chart, 'release', {
        chart: path.join(fixtures, 'attach/cache-chart'),
        releaseName: 'cache',
        helmExecutable: helm,
        namespace: 'shop',
      });
      const workload = { in: release, kind: 'StatefulSet', name: 'cache-node' } as const;
      MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 'metrics' }, scrape: ofApp });
    },
    address: 'StatefulSet/cache-node:9100',
  },
  'a Service in front of a workload in the code': {
    compose: throughService((chart) => {
      const spec = selected;
      new ApiObject(chart, 'workload', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec });
      return service(chart, { selector: labels, ports: [{ name: 'web', port: 80, targetPort: 'web' }] });
    }),
    address: 'Deployment/web:8080',
  },
  'a Service in front of pods that are not in the code': {
    compose: throughService((chart) => service(chart, { selector: labels, ports: servicePorts })),
    elsewhere: elsewhere('shop').slice(0, 1),
    address: 'Pod/web:8080',
  },
  'a Service in front of such pods, by the name of their port': {
    compose: throughService((chart) =>
      service(chart, { selector: labels, ports: [{ ...servicePorts[0], targetPort: 'web' }] }),
    ),
    elsewhere: elsewhere('shop').slice(0, 1),
    address: 'Pod/web:8080',
  },
  'a Service without selector, with Endpoints': {
    compose: throughService((chart) => {
      new ApiObject(chart, 'addresses', {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'web' },
        subsets: [{ addresses: [{ ip: '10.0.0.7' }], ports: ownPorts }],
      });
      return service(chart, { ports: ownPorts });
    }),
    address: '10.0.0.7:8080',
  },
  'a Service without selector, with EndpointSlices': {
    compose: throughService((chart) => {
      new ApiObject(chart, 'addresses', {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web', labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.7'] }],
        ports: ownPorts,
      });
      return service(chart, { ports: ownPorts });
    }),
    address: '10.0.0.7:8080',
  },
  'a Service that is not in the code': {
    compose: (chart, { ofApp }) => {
      const existingService = { name: 'web', labels, ports: { web: 80 } };
      MonitoredApp.attach(chart, 'web', { existingService, metrics, scrape: ofApp });
    },
    elsewhere: elsewhere('shop'),
    address: 'Pod/web:8080',
  },
  'a Service that is not in the code, in another namespace': {
    compose: (chart, { ofApp }) => {
      const existingService = { name: 'web', namespace: 'legacy', labels, ports: { web: 80 } };
      MonitoredApp.attach(chart, 'web', { existingService, metrics, scrape: ofApp });
    },
    elsewhere: elsewhere('legacy'),
    address: 'Pod/web:8080',
  },
  'pods of a custom resource': {
    compose: (chart, { ofApp }) => {
      const madeBy = new ApiObject(chart, 'cluster', {
        apiVersion: 'example.org/v1',
        kind: 'Cluster',
        metadata: { name: 'web' },
        spec: {},
      });
      MonitoredApp.attach(chart, 'web', { pods: { madeBy, labels, ports: { web: 8080 } }, metrics, scrape: ofApp });
    },
    elsewhere: elsewhere('shop').slice(0, 1),
    address: 'Pod/web:8080',
  },
  'what is outside the cluster, in a `ScrapeJob`': {
    compose: (chart, { ofApp, ofJob = ofApp }) => {
      new ScrapeJob(chart, 'web', { scrape: ofJob });
    },
    address: 'vm.example:8080',
  },
};

/** The kinds that have no schema in `imports/`. */
export const kindsWithoutSchema = ['example.org/v1/Cluster'];

export const platforms: Readonly<Record<string, Platform>> = {
  'kube-prometheus-stack': Platform.kubePrometheusStack({ release: 'kps' }),
  'kube-prometheus': Platform.kubePrometheus(),
  OpenShift: Platform.openShift(),
  'annotation discovery': Platform.annotationDiscovery(),
  'Cloud Platform': Platform.cloudPlatform(),
  "a team's own": Platform.custom({
    operator: { installed: true },
    prometheus: {
      namespace: 'observability',
      serviceMonitorSelector: { matchLabels: { prometheus: 'team' } },
      podMonitorSelector: { matchLabels: { prometheus: 'team' } },
      probeSelector: { matchExpressions: [{ key: 'prometheus', operator: 'In', values: ['team'] }] },
      scrapeConfigSelector: { matchExpressions: [{ key: 'prometheus', operator: 'Exists' }] },
      ruleSelector: { matchLabels: { prometheus: 'team' } },
    },
    network: { defaultDeny: true },
    prober: { ...prober, namespace: 'monitoring', podLabels: { app: 'blackbox' } },
  }),
  unknown: Platform.unknown,
};
