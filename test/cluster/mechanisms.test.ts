import { Chart } from 'cdk8s';
import { MonitoredApp, ScrapeJob, ScrapePolicy } from '../../src/constructs';
import { Platform } from '../../src/platform';
import { MonitoringApp } from '../../src/synth';
import { expectStacks } from './support/expect-stacks';
import type { StackOnCluster } from './support/stack-on-cluster';
import { rendered, StackRow, stacksOn } from './support/synthesized';

const app = { image: 'registry.example/web:1.0.0', port: 8080, metrics: {} };

/** An app that is scraped in a way. */
const web =
  (scrape: ScrapePolicy, metrics = {}) =>
  (chart: Chart) => {
    new MonitoredApp(chart, 'web', { ...app, metrics, scrape });
  };

/** A scrape of what is no workload of the stack. */
const job = (scrape: ScrapePolicy) => (chart: Chart) => {
  new ScrapeJob(chart, 'outside', { scrape });
};

const podOfOthers = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'other',
        image: 'registry.example/other:1.0.0',
        ports: [{ name: 'metrics', containerPort: 8081 }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

/** For a host called like itself; the label `public` says the same. */
const ingress = (name: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, labels: { public: name } },
  spec: {
    rules: [
      {
        host: `${name}.example`,
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
        },
      },
    ],
  },
});

const withOperator: readonly StackRow[] = [
  {
    name: 'service-monitor',
    compose: web(ScrapePolicy.serviceMonitor()),
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } }],
  },
  {
    name: 'service-monitor-of-container-ports',
    compose: web(ScrapePolicy.serviceMonitor({ targetPort: 'number' })),
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: '8080', container: 'web', service: 'web' } }],
  },
  {
    name: 'service-monitor-of-endpoint-slices',
    compose: web(ScrapePolicy.serviceMonitor({ serviceDiscoveryRole: 'EndpointSlice' })),
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } }],
  },
  {
    name: 'https',
    compose: web(ScrapePolicy.serviceMonitor({ tlsConfig: { insecureSkipVerify: true } }), {
      port: 8443,
      portName: 'secure',
      scheme: 'https',
    }),
    targets: [
      {
        scheme: 'https',
        port: 8443,
        pods: 2,
        labels: { job: 'web', endpoint: 'secure', container: 'web', service: 'web' },
      },
    ],
  },
  {
    name: 'basic-auth',
    compose: web(
      ScrapePolicy.serviceMonitor({
        basicAuth: { username: { name: 'scrape', key: 'user' }, password: { name: 'scrape', key: 'password' } },
      }),
    ),
    given: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'scrape' },
        stringData: { user: 'prometheus', password: 'example' },
      },
    ],
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } }],
  },
  {
    name: 'pod-monitor',
    compose: web(ScrapePolicy.podMonitor()),
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web' } }],
  },
  {
    name: 'pod-monitor-of-port-numbers',
    compose: web(ScrapePolicy.podMonitor({ port: 'number' })),
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web' } }],
  },
  {
    name: 'probe',
    compose: job(
      ScrapePolicy.probe({
        module: 'http_2xx',
        prober: { url: 'blackbox.monitoring.svc:9115' },
        targets: { static: ['https://shop.example'] },
      }),
    ),
    targets: [
      {
        address: 'blackbox.monitoring.svc',
        port: 9115,
        path: '/probe?module=http_2xx&target=https%3A%2F%2Fshop.example',
        exposes: 'probe_success 1',
        labels: { job: 'outside', instance: 'https://shop.example' },
      },
    ],
  },
  {
    name: 'scrape-config-of-static-targets',
    compose: job(ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['vm.example:9100'] }] })),
    targets: [{ address: 'vm.example', port: 9100, labels: { job: 'outside' } }],
  },
  {
    name: 'scrape-config-of-http-discovery',
    compose: job(ScrapePolicy.scrapeConfig({ httpSDConfigs: [{ url: 'http://inventory.example:8500/targets' }] })),
    outside: [
      {
        host: 'inventory.example',
        scheme: 'http',
        port: 8500,
        path: '/targets',
        contentType: 'application/json',
        text: JSON.stringify([{ targets: ['10.3.0.8:9100'], labels: { site: 'london' } }]),
      },
    ],
    targets: [{ address: '10.3.0.8', port: 9100, labels: { job: 'outside', site: 'london' } }],
  },
  {
    name: 'scrape-config-of-kubernetes-discovery',
    compose: job(
      ScrapePolicy.scrapeConfig({
        kubernetesSDConfigs: [
          {
            role: 'Pod',
            namespaces: { names: ['scrape-config-of-kubernetes-discovery'] },
            selectors: [{ role: 'Pod', label: 'app=other' }],
          },
        ],
      }),
    ),
    given: ['other', 'stranger'].map(podOfOthers),
    targets: [{ port: 8081, labels: { job: 'outside' } }],
  },
  {
    name: 'probe-of-an-app',
    compose: (chart) => {
      const probed = new MonitoredApp(chart, 'web', { ...app, metrics: {} });
      new ScrapeJob(probed, 'blackbox', {
        scrape: ScrapePolicy.probe({ module: 'http_2xx', prober: { url: 'blackbox.monitoring.svc:9115' } }),
      });
    },
    targets: [
      { port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } },
      {
        address: 'blackbox.monitoring.svc',
        port: 9115,
        path: '/probe?module=http_2xx&target=http%3A%2F%2Fweb.probe-of-an-app.svc%3A8080%2F',
        exposes: 'probe_success 1',
        labels: { job: 'web-blackbox', instance: 'http://web.probe-of-an-app.svc:8080/' },
      },
    ],
  },
  {
    name: 'probe-of-ingresses',
    compose: job(
      ScrapePolicy.probe({
        module: 'http_2xx',
        prober: { url: 'blackbox.monitoring.svc:9115' },
        targets: { ingress: { selector: { matchLabels: { public: 'yes' } } } },
      }),
    ),
    given: ['yes', 'no'].map(ingress),
    targets: [
      {
        address: 'blackbox.monitoring.svc',
        port: 9115,
        path: '/probe?module=http_2xx&target=http%3A%2F%2Fyes.example%2F',
        exposes: 'probe_success 1',
        labels: { job: 'outside', ingress: 'yes', instance: 'http://yes.example/' },
      },
    ],
  },
  {
    name: 'federate-a-prometheus-by-its-address',
    compose: job(ScrapePolicy.federate({ match: ['{job="istiod"}'], targets: ['prometheus.mesh.svc:9090'] })),
    targets: [
      {
        address: 'prometheus.mesh.svc',
        port: 9090,
        path: '/federate?match%5B%5D=%7Bjob%3D%22istiod%22%7D',
        labels: { job: 'outside' },
      },
    ],
  },
  {
    name: 'federate-a-prometheus-of-the-stack',
    compose: web(ScrapePolicy.federate({ match: ['{job="istiod"}'] })),
    targets: [
      {
        port: 8080,
        path: '/federate?match%5B%5D=%7Bjob%3D%22istiod%22%7D',
        pods: 2,
        labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' },
      },
    ],
  },
  {
    name: 'none',
    compose: web(ScrapePolicy.none({ reason: 'another team has a monitor for it' })),
    given: [
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: 'all', labels: { release: 'kps' } },
        spec: { selector: {}, endpoints: [{ port: 'http' }] },
      },
    ],
    targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } }],
  },
];

const ofTheChart = { app_kubernetes_io_name: 'web' };
const byAnnotations: readonly StackRow[] = [
  {
    name: 'annotations-of-pods',
    compose: web(ScrapePolicy.annotations()),
    targets: [
      {
        port: 8080,
        pods: 2,
        labels: {
          ...ofTheChart,
          job: 'kubernetes-pods',
          pod_template_hash: '',
          cdk8s_io_metadata_addr: 'web',
        },
      },
    ],
  },
  {
    name: 'annotations-of-a-service',
    compose: web(ScrapePolicy.annotations({ on: 'service' })),
    targets: [
      {
        port: 8080,
        pods: 2,
        labels: { ...ofTheChart, job: 'kubernetes-service-endpoints', service: 'web', node: 'node' },
      },
    ],
  },
];

/** Without sidecars here: where the mesh is asked, and with which certificate. */
const merged: StackRow = {
  name: 'mesh-with-merged-metrics',
  compose: web(ScrapePolicy.serviceMonitor()),
  targets: [
    {
      port: 15020,
      path: '/stats/prometheus',
      pods: 2,
      labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' },
    },
  ],
};
const certified: StackRow = {
  name: 'mesh-with-certificates',
  compose: web(ScrapePolicy.serviceMonitor(), { port: 9443, portName: 'metrics' }),
  targets: [
    {
      scheme: 'mutual-tls',
      port: 9443,
      pods: 2,
      labels: { job: 'web', endpoint: 'metrics', container: 'web', service: 'web' },
    },
  ],
};

/** One stack for two environments, which differ in their values. */
function environments(platform: Platform): StackOnCluster[] {
  const apps = MonitoringApp.environments(
    { staging: { platform, values: { replicas: 1 } }, prod: { platform, values: { replicas: 3 } } },
    (environment, { replicas }, name) => {
      const chart = new Chart(environment, 'shop', { namespace: `environment-${name}` });
      new MonitoredApp(chart, 'web', { ...app, replicas });
    },
    { write: false },
  );
  const replicas = { staging: 1, prod: 3 };
  return (['staging', 'prod'] as const).map((name) => {
    const namespace = `environment-${name}`;
    const labels = { namespace, job: 'web', endpoint: 'http', container: 'web', service: 'web' };
    return {
      name: namespace,
      ...rendered(apps[name]),
      targets: [{ port: 8080, pods: replicas[name], labels }],
    };
  });
}

describe('each way to be scraped', () => {
  const stack = Platform.kubePrometheusStack({ release: 'kps' });
  const inMesh = (scrape: 'merged-metrics' | 'mesh-certificates') =>
    stack.with({ mesh: { istio: '1.31', mtls: 'STRICT', scrape } });
  expectStacks(stack, [
    ...stacksOn(stack, withOperator),
    ...stacksOn(inMesh('merged-metrics'), [merged]),
    ...stacksOn(inMesh('mesh-certificates'), [certified]),
    ...environments(stack),
  ]);
  const annotations = Platform.annotationDiscovery();
  expectStacks(annotations, stacksOn(annotations, byAnnotations));
});
