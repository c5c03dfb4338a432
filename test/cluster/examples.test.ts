import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Platform } from '../../src/platform';
import type { ClusterObject } from './support/cluster';
import { expectStacks } from './support/expect-stacks';
import type { StackOnCluster } from './support/stack-on-cluster';

const root = path.join(__dirname, '../..');

/** What an example synthesizes, as it is committed. */
function committed(...files: readonly string[]): ClusterObject[] {
  return files.flatMap((file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    return parseAllDocuments(text).map((document) => document.toJS() as ClusterObject);
  });
}

/** The labels that the operator gives a target of a ServiceMonitor whose Service is called like the app. */
const labels = (namespace: string, job: string, endpoint: string, container: string, service = job) => ({
  namespace,
  job,
  endpoint,
  container,
  service,
});

/** The operator, monitored by whoever has installed it: a platform's health alerts miss it otherwise. */
const operatorAsInstalled: readonly ClusterObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'prometheus-operator', namespace: 'monitoring', labels: { app: 'prometheus-operator' } },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'prometheus-operator',
          image: 'quay.io/prometheus-operator/prometheus-operator:v0.93.0',
          ports: [{ name: 'http', containerPort: 8088 }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'prometheus-operator', namespace: 'monitoring', labels: { app: 'prometheus-operator' } },
    spec: { selector: { app: 'prometheus-operator' }, ports: [{ name: 'http', port: 8088 }] },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'prometheus-operator', namespace: 'monitoring' },
    spec: { selector: { matchLabels: { app: 'prometheus-operator' } }, endpoints: [{ port: 'http' }] },
  },
];

const onKubePrometheusStack: readonly StackOnCluster[] = [
  {
    name: 'shop',
    objects: committed('dist/shop.k8s.yaml'),
    targets: [
      { port: 5000, pods: 8, labels: labels('shop', 'checkout', 'http', 'checkout') },
      { port: 9121, pods: 8, labels: labels('shop', 'checkout', 'redis-metrics', 'redis-exporter') },
      { port: 9187, pods: 8, labels: labels('shop', 'checkout', 'orders-metrics', 'orders-exporter') },
    ],
  },
  {
    name: 'custom-metric',
    objects: committed('examples/custom-metric/dist/random-facts.k8s.yaml'),
    targets: [{ port: 8000, pods: 2, labels: labels('facts', 'random-facts', 'http', 'random-facts') }],
  },
  {
    name: 'exporter-sidecar',
    objects: committed('examples/exporter-sidecar/dist/webapp.k8s.yaml'),
    targets: [{ port: 9877, pods: 8, labels: labels('web', 'webapp', 'status-metrics', 'status-exporter') }],
  },
];

/** Without sidecars here: that a mesh's own Prometheus is federated, and that rules find what comes from it. */
const inMesh: readonly StackOnCluster[] = [
  {
    name: 'istio',
    objects: ['mesh', 'monitoring', 'shop'].flatMap((chart) => committed(`examples/istio/dist/${chart}.k8s.yaml`)),
    targets: [
      {
        address: 'prometheus-istio.istio-system.svc',
        port: 9090,
        path: '/federate?match%5B%5D=%7Bnamespace%3D~%22istio-system%7Cshop%22%7D',
        labels: { namespace: 'monitoring', job: 'federation' },
        exposes: [
          'up{namespace="istio-system", job="istiod"} 1',
          ...['invoices', 'orders', 'search'].map((job) => `up{namespace="shop", job="${job}"} 1`),
        ].join('\n'),
      },
    ],
  },
];

const onCloudPlatform: readonly StackOnCluster[] = [
  {
    name: 'reference-app',
    objects: committed('examples/reference-app/dist/my-app.k8s.yaml'),
    targets: [{ port: 8000, pods: 2, labels: labels('my-namespace', 'my-app', 'metrics', 'my-app', 'my-app-service') }],
  },
];

const beside = (port: number, job: string, endpoint: string, container: string, pods: number, service?: string) => ({
  port,
  pods,
  labels: labels('monitoring', job, endpoint, container, service),
});
const ofThanos = (part: string, pods: number) =>
  beside(10902, `thanos-${part}`, 'metrics', 'thanos', pods, `thanos-${part}-metrics`);

/** The platform as one of the GitOps tools delivers it; each is an environment with replicas of its own. */
const platformStack = (tool: 'argocd' | 'flux', replicas: number): readonly StackOnCluster[] => [
  {
    name: `platform-stack-${tool}`,
    objects: ['monitoring', 'shop', 'streaming'].flatMap((chart) =>
      committed(`examples/platform-stack/dist/${tool}/${chart}.k8s.yaml`),
    ),
    given: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'object-storage', namespace: 'monitoring' },
        stringData: { 'thanos.yaml': 'type: FILESYSTEM' },
      },
      ...operatorAsInstalled,
    ],
    targets: [
      beside(9093, 'alertmanager-main', 'web', 'alertmanager', replicas),
      beside(8080, 'alertmanager-main', 'reloader-web', 'config-reloader', replicas),
      beside(9090, 'prometheus-apps', 'web', 'prometheus', replicas),
      beside(8080, 'prometheus-apps', 'reloader-web', 'config-reloader', replicas),
      beside(10902, 'prometheus-apps-thanos-sidecar', 'thanos-http', 'thanos-sidecar', replicas),
      ofThanos('compactor', 1),
      ofThanos('query', replicas),
      ofThanos('store', 1),
      beside(8088, 'prometheus-operator', 'http', 'prometheus-operator', 1),
      { port: 8000, pods: replicas, labels: labels('shop', 'orders', 'http', 'orders') },
      { port: 9404, pods: 3, labels: labels('streaming', 'kafka', 'jmx-metrics', 'kafka', 'kafka-metrics') },
    ],
  },
];

describe('every example', () => {
  expectStacks(Platform.kubePrometheusStack({ release: 'kps', namespace: 'monitoring' }), onKubePrometheusStack);
  expectStacks(Platform.kubePrometheusStack({ release: 'kps' }), inMesh);
  expectStacks(Platform.cloudPlatform(), onCloudPlatform);
  const prometheus = { name: 'apps', namespace: 'monitoring', serviceAccountName: 'prometheus-apps' };
  expectStacks(Platform.custom({ prometheus }), platformStack('flux', 1));
  expectStacks(Platform.custom({ prometheus }), platformStack('argocd', 2));

  test('is among them', () => {
    const folders = fs.readdirSync(path.join(root, 'examples'), { withFileTypes: true });
    const names = [...onKubePrometheusStack, ...inMesh, ...onCloudPlatform].map(({ name }) => name);
    expect([...names, 'platform-stack'].sort()).toEqual(
      folders.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort(),
    );
  });
});
