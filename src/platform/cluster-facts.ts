import type { ScrapeEndpointOptions } from './scrape-options';

/** The parts that a Kubernetes cluster has, each with metrics of its own. */
export const clusterParts = [
  'apiServer',
  'kubelet',
  'etcd',
  'dns',
  'controllerManager',
  'scheduler',
  'kubeProxy',
  'kubeStateMetrics',
  'nodeExporter',
] as const;

export type ClusterPart = (typeof clusterParts)[number];

/** One path of a part that is scraped. */
export interface ClusterEndpoint {
  readonly path: string;
  readonly options: ScrapeEndpointOptions;
}

/** Where a part of a cluster is found, and how it is scraped. */
export interface ClusterPartFacts {
  /** For a sentence: `the API server`. */
  readonly title: string;
  /** The label `job` that dashboards and rules for Kubernetes ask for. */
  readonly job: string;
  /** Namespace of its Service. @default - that of Prometheus, which it is installed beside */
  readonly namespace?: string;
  /** Labels of its Service. */
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Name of the Service's port. */
  readonly port: string;
  readonly scheme: 'http' | 'https';
  /** Labels and port of its pods, where a cluster has no Service in front of them. @default - the cluster has one */
  readonly pods?: { readonly labels: Readonly<Record<string, string>>; readonly port: number };
  readonly endpoints: readonly ClusterEndpoint[];
}

/** Where a platform has a part of the cluster, where that is not where {@link clusterFacts} says. */
export interface ClusterServiceFacts {
  /** Namespace of the part's Service. */
  readonly namespace?: string;
  /** Labels by which the Service is told from others. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the Service's port. */
  readonly port?: string;
  readonly scheme?: 'http' | 'https';
  /** How Prometheus identifies itself. */
  readonly scrape?: Pick<ScrapeEndpointOptions, 'bearerTokenFile' | 'tlsConfig'>;
}

/** The token and certificate authority that Kubernetes mounts into Prometheus' own pods. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';
const bearerTokenFile = `${serviceAccount}/token`;

/** Its certificate is signed by itself, and its address is that of a pod or node. */
export const selfSigned = { bearerTokenFile, tlsConfig: { insecureSkipVerify: true } } satisfies ScrapeEndpointOptions;

/**
 * The kubelet's series carry the labels of other pods, which must not be renamed, and `metrics_path` tells its endpoints
 * apart: rules and dashboards ask for it. Where discovery knows the node, it is the label `node` already.
 */
const ofKubelet: ScrapeEndpointOptions = {
  ...selfSigned,
  honorLabels: true,
  relabelings: [{ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path' }],
};

/**
 * Sources, unless a part says otherwise: prometheus-operator/kube-prometheus,
 * manifests/kubernetesControlPlane-serviceMonitor*.yaml; prometheus-community/helm-charts, charts/kube-prometheus-stack,
 * templates/exporters (Services, selectors) and values.yaml (ports, relabelings).
 */
export const clusterFacts: Readonly<Record<ClusterPart, ClusterPartFacts>> = {
  apiServer: {
    title: 'the API server',
    job: 'apiserver',
    // Kubernetes makes the Service `kubernetes` with these labels
    namespace: 'default',
    serviceLabels: { component: 'apiserver', provider: 'kubernetes' },
    port: 'https',
    scheme: 'https',
    endpoints: [
      {
        path: '/metrics',
        options: {
          bearerTokenFile,
          tlsConfig: { caFile: `${serviceAccount}/ca.crt`, serverName: 'kubernetes' },
          metricRelabelings: [
            {
              action: 'drop',
              sourceLabels: ['__name__', 'le'],
              regex:
                '(etcd_request|apiserver_request_slo|apiserver_request_sli|apiserver_request)_duration_seconds_bucket;' +
                '(0\\.15|0\\.2|0\\.3|0\\.35|0\\.4|0\\.45|0\\.6|0\\.7|0\\.8|0\\.9|1\\.25|1\\.5|1\\.75|2|3|3\\.5|4|4\\.5|6|7|8|9|15|20|40|45|50)(\\.0)?',
            },
          ],
        },
      },
    ],
  },
  kubelet: {
    title: 'the kubelet',
    job: 'kubelet',
    // prometheus-operator makes the Service and its endpoints: pkg/kubelet/controller.go, `syncService`
    namespace: 'kube-system',
    serviceLabels: { 'app.kubernetes.io/name': 'kubelet', 'k8s-app': 'kubelet' },
    port: 'https-metrics',
    scheme: 'https',
    endpoints: [
      {
        path: '/metrics',
        options: {
          ...ofKubelet,
          metricRelabelings: [
            {
              action: 'drop',
              sourceLabels: ['__name__', 'le'],
              regex: '(csi_operations|storage_operation_duration)_seconds_bucket;(0\\.25|2\\.5|15|25|120|600)(\\.0)?',
            },
          ],
        },
      },
      {
        path: '/metrics/cadvisor',
        options: {
          ...ofKubelet,
          // its timestamps are older than the scrape: without them series end when a container does
          honorTimestamps: false,
          metricRelabelings: [
            {
              action: 'drop',
              sourceLabels: ['__name__'],
              regex: 'container_(network_tcp_usage_total|network_udp_usage_total|tasks_state|cpu_load_average_10s)',
            },
            // of the system's services, which have no pod, what says little
            {
              action: 'drop',
              sourceLabels: ['__name__', 'pod', 'namespace'],
              regex: 'container_(spec_.*|file_descriptors|sockets|threads_max|threads|start_time_seconds|last_seen);;',
            },
            {
              action: 'drop',
              sourceLabels: ['__name__', 'container'],
              regex: 'container_blkio_device_usage_total;.+',
            },
          ],
        },
      },
      { path: '/metrics/probes', options: ofKubelet },
    ],
  },
  etcd: {
    title: 'etcd',
    job: 'etcd',
    namespace: 'kube-system',
    serviceLabels: { 'app.kubernetes.io/name': 'etcd' },
    port: 'http-metrics',
    scheme: 'http',
    // --listen-metrics-urls of kubeadm: kubernetes/kubernetes, cmd/kubeadm/app/phases/etcd/local.go
    pods: { labels: { component: 'etcd' }, port: 2381 },
    endpoints: [{ path: '/metrics', options: {} }],
  },
  dns: {
    title: 'the cluster DNS',
    job: 'kube-dns',
    namespace: 'kube-system',
    // CoreDNS keeps the names of its predecessor: kubernetes/kubernetes, cluster/addons/dns/coredns/coredns.yaml.base
    serviceLabels: { 'k8s-app': 'kube-dns' },
    port: 'metrics',
    scheme: 'http',
    endpoints: [{ path: '/metrics', options: {} }],
  },
  controllerManager: {
    title: 'the controller manager',
    job: 'kube-controller-manager',
    namespace: 'kube-system',
    serviceLabels: { 'app.kubernetes.io/name': 'kube-controller-manager' },
    port: 'https-metrics',
    scheme: 'https',
    pods: { labels: { component: 'kube-controller-manager' }, port: 10257 },
    endpoints: [
      {
        path: '/metrics',
        options: {
          ...selfSigned,
          metricRelabelings: [
            { action: 'drop', sourceLabels: ['__name__'], regex: 'etcd_(debugging|disk|request|server).*' },
          ],
        },
      },
    ],
  },
  scheduler: {
    title: 'the scheduler',
    job: 'kube-scheduler',
    namespace: 'kube-system',
    serviceLabels: { 'app.kubernetes.io/name': 'kube-scheduler' },
    port: 'https-metrics',
    scheme: 'https',
    pods: { labels: { component: 'kube-scheduler' }, port: 10259 },
    endpoints: [{ path: '/metrics', options: selfSigned }],
  },
  kubeProxy: {
    title: 'kube-proxy',
    job: 'kube-proxy',
    namespace: 'kube-system',
    serviceLabels: { 'app.kubernetes.io/name': 'kube-proxy' },
    port: 'http-metrics',
    scheme: 'http',
    pods: { labels: { 'k8s-app': 'kube-proxy' }, port: 10249 },
    endpoints: [{ path: '/metrics', options: {} }],
  },
  kubeStateMetrics: {
    title: 'kube-state-metrics',
    job: 'kube-state-metrics',
    // helm-charts, charts/kube-state-metrics: templates/service.yaml and _helpers.tpl
    serviceLabels: { 'app.kubernetes.io/name': 'kube-state-metrics' },
    port: 'http',
    scheme: 'http',
    endpoints: [
      {
        path: '/metrics',
        options: {
          honorLabels: true,
          // its series speak of other objects: where they name none, they must not get the names of its own pod
          // (kube-prometheus, manifests/kubeStateMetrics-serviceMonitor.yaml)
          relabelings: [{ action: 'labeldrop', regex: '(pod|service|endpoint|namespace)' }],
        },
      },
    ],
  },
  nodeExporter: {
    title: 'node exporter',
    job: 'node-exporter',
    // helm-charts, charts/prometheus-node-exporter: templates/_helpers.tpl, values.yaml (`service.portName`)
    serviceLabels: { 'app.kubernetes.io/name': 'prometheus-node-exporter' },
    port: 'metrics',
    scheme: 'http',
    endpoints: [
      {
        path: '/metrics',
        options: {
          // one series per node, whatever pod serves it (kube-prometheus, manifests/nodeExporter-serviceMonitor.yaml)
          relabelings: [{ sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'instance' }],
        },
      },
    ],
  },
};
