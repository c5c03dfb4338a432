import { Chart } from 'cdk8s';
import {
  Alertmanager,
  AlertRule,
  ClusterMonitors,
  MonitoredApp,
  Platform,
  Prometheus,
  PrometheusAgent,
  PrometheusRule,
  ScrapeJob,
  ScrapePolicy,
  ThanosQuery,
  ThanosRuler,
  ThanosStore,
} from '../../src';
import { MonitoringApp } from '../../src/synth';
import { clusterObjects, clusterTargets } from './support/cluster-parts';
import type { ClusterObject } from './support/cluster';
import { expectStacks } from './support/expect-stacks';
import { rendered, StackRow, stacksOn } from './support/synthesized';

/** A platform of one's own with an app on it, as one stack. */
function ownPlatform() {
  const app = new MonitoringApp({ summary: false });
  const monitoring = new Chart(app, 'monitoring', { namespace: 'own-monitoring' });
  const objectStorage = { secret: { name: 'object-storage', key: 'thanos.yaml' } };
  const alertmanager = new Alertmanager(monitoring, 'main', { storage: { size: '1Gi' } });
  const prometheus = new Prometheus(monitoring, 'apps', {
    namespaces: ['own-team', 'default', 'kube-system'],
    access: { nodeMetrics: true, metricsUrls: true },
    storage: { size: '10Gi' },
    ruleSelector: { matchLabels: { scope: 'local' } },
    alertmanagers: [alertmanager],
    thanos: { objectStorage },
    spec: { configMaps: ['machines'] },
  });
  const platform = prometheus.asPlatform();
  Platform.provide(app, platform);
  const store = new ThanosStore(monitoring, 'thanos-store', { objectStorage, storage: { size: '10Gi' } });
  const query = new ThanosQuery(monitoring, 'thanos-query', { endpoints: [prometheus, store] });
  new ThanosRuler(monitoring, 'global', {
    queryEndpoints: [query],
    alertmanagers: [alertmanager],
    ruleSelector: { matchLabels: { scope: 'global' } },
  });
  const ofRuler = new PrometheusRule(monitoring, 'global-rules', { labels: { scope: 'global' } });
  new AlertRule(ofRuler, 'NothingAnywhere', {
    expr: 'absent(up)',
    severity: 'critical',
    summary: 'Nothing is scraped',
  });
  new PrometheusAgent(monitoring, 'edge', {
    namespaces: ['own-team'],
    serviceMonitorSelector: { matchLabels: { sent: 'on' } },
    remoteWrite: [{ url: 'https://metrics.example/api/v1/write' }],
  });
  new ClusterMonitors(monitoring, 'cluster');
  new ScrapeJob(monitoring, 'machines', {
    scrape: ScrapePolicy.scrapeConfig({
      fileSDConfigs: [{ files: ['/etc/prometheus/configmaps/machines/machines.yaml'] }],
    }),
  });
  const team = new Chart(app, 'team', { namespace: 'own-team' });
  new MonitoredApp(team, 'web', { image: 'registry.example/web:1.0.0', port: 8080, metrics: {} });
  return { platform, ...rendered(app) };
}

/** What the server scrapes of its own namespace: itself and what stands beside it. */
const beside = [
  { port: 9093, job: 'alertmanager-main', endpoint: 'web', container: 'alertmanager' },
  { port: 8080, job: 'alertmanager-main', endpoint: 'reloader-web', container: 'config-reloader' },
  { port: 9090, job: 'prometheus-apps', endpoint: 'web', container: 'prometheus' },
  { port: 8080, job: 'prometheus-apps', endpoint: 'reloader-web', container: 'config-reloader' },
  { port: 9090, job: 'prometheus-agent-edge', endpoint: 'web', container: 'prometheus' },
  { port: 8080, job: 'prometheus-agent-edge', endpoint: 'reloader-web', container: 'config-reloader' },
  { port: 10902, job: 'thanos-ruler-global', endpoint: 'web', container: 'thanos-ruler' },
  { port: 8080, job: 'thanos-ruler-global', endpoint: 'reloader-web', container: 'config-reloader' },
  { port: 10902, job: 'prometheus-apps-thanos-sidecar', endpoint: 'thanos-http', container: 'thanos-sidecar' },
  { port: 10902, job: 'thanos-query', endpoint: 'metrics', container: 'thanos', service: 'thanos-query-metrics' },
  { port: 10902, job: 'thanos-store', endpoint: 'metrics', container: 'thanos', service: 'thanos-store-metrics' },
];

const given: readonly ClusterObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'object-storage', namespace: 'own-monitoring' },
    stringData: { 'thanos.yaml': 'type: FILESYSTEM' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'machines', namespace: 'own-monitoring' },
    data: { 'machines.yaml': '- targets: [10.3.0.9:9105]\n' },
  },
];

describe('a platform of one’s own', () => {
  const { platform, ...synthesized } = ownPlatform();
  expectStacks(platform, [
    {
      name: 'all-servers-the-cluster-and-an-app',
      ...synthesized,
      given: [...given, ...clusterObjects('own-monitoring')],
      targets: [
        ...beside.map(({ port, ...labels }) => ({
          port,
          labels: { namespace: 'own-monitoring', service: labels.job, ...labels },
        })),
        ...clusterTargets('own-monitoring'),
        { address: '10.3.0.9', port: 9105, labels: { namespace: 'own-monitoring', job: 'machines' } },
        {
          port: 8080,
          pods: 2,
          labels: { namespace: 'own-team', job: 'web', endpoint: 'http', container: 'web', service: 'web' },
        },
      ],
    },
  ]);
});

/** An app for one of two servers. */
const meantFor = (server: string): StackRow => ({
  name: `for-${server}`,
  compose: (chart) => {
    new MonitoredApp(chart, 'web', {
      image: 'registry.example/web:1.0.0',
      replicas: 4,
      port: 8080,
      metrics: {},
      prometheus: server,
    });
  },
  targets: [
    {
      port: 8080,
      pods: 4,
      server,
      labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' },
    },
  ],
});

describe('several servers', () => {
  const server = (name: string) => ({
    name,
    namespace: `${name}-monitoring`,
    serviceMonitorSelector: { matchLabels: { prometheus: name } },
    serviceMonitorNamespaceSelector: {},
    ruleSelector: { matchLabels: { prometheus: name } },
    ruleNamespaceSelector: {},
  });
  const platform = Platform.custom({
    operator: { installed: true },
    prometheus: [server('infra'), { ...server('apps'), shards: 2 }],
  });
  expectStacks(platform, stacksOn(platform, [meantFor('infra'), meantFor('apps')]));
});
