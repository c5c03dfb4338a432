import { apiPort, ClusterObject } from './cluster';
import type { ExpectedTargets } from './targets';

/** A part of a cluster that runs in pods. */
interface Part {
  readonly job: string;
  /** Of its pods, and of the Service that its installer makes. */
  readonly labels: Readonly<Record<string, string>>;
  readonly portName: string;
  readonly port: number;
  readonly scheme?: 'https';
  /** @default - `kube-system` */
  readonly namespace?: string;
  /** The stack makes the Service. */
  readonly service?: string;
  /** Labels of its series are about others: those of the target itself are not to be mistaken for them. */
  readonly isAboutOthers?: boolean;
  /** @default - the address of the pod */
  readonly instance?: string;
}

const parts = (monitoring: string): readonly Part[] => [
  {
    job: 'etcd',
    labels: { component: 'etcd' },
    portName: 'http-metrics',
    port: 2381,
    service: 'cluster-etcd',
  },
  {
    job: 'kube-controller-manager',
    labels: { component: 'kube-controller-manager' },
    portName: 'https-metrics',
    port: 10257,
    scheme: 'https',
    service: 'cluster-kube-controller-manager',
  },
  {
    job: 'kube-scheduler',
    labels: { component: 'kube-scheduler' },
    portName: 'https-metrics',
    port: 10259,
    scheme: 'https',
    service: 'cluster-kube-scheduler',
  },
  { job: 'kube-dns', labels: { 'k8s-app': 'kube-dns' }, portName: 'metrics', port: 9153 },
  {
    job: 'kube-state-metrics',
    labels: { 'app.kubernetes.io/name': 'kube-state-metrics' },
    portName: 'http',
    port: 8080,
    namespace: monitoring,
    isAboutOthers: true,
  },
  {
    job: 'node-exporter',
    labels: { 'app.kubernetes.io/name': 'prometheus-node-exporter' },
    portName: 'metrics',
    port: 9100,
    namespace: monitoring,
    // dashboards ask for the name of the node
    instance: 'node',
  },
];

/** What a cluster has beside what runs here: its parts as pods, and the address of its API server. */
export function clusterObjects(monitoring: string): readonly ClusterObject[] {
  const ofParts = parts(monitoring).flatMap(({ job: name, labels, namespace = 'kube-system', ...part }) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name,
            image: `registry.example/${name}:1.0.0`,
            ports: [{ name: 'metrics', containerPort: part.port }],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { selector: labels, ports: [{ name: part.portName, port: part.port }] },
    };
    return part.service === undefined ? [pod, service] : [pod];
  });
  return [
    ...ofParts,
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kubernetes', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ name: 'https', port: apiPort }] }],
    },
  ];
}

/** What `ClusterMonitors` finds then: the API server and the kubelets' Service are real. */
export function clusterTargets(monitoring: string): readonly ExpectedTargets[] {
  const ofParts = parts(monitoring).map(({ namespace = 'kube-system', ...part }) => {
    const { job, portName, port, scheme, service = job, instance } = part;
    const own: Record<string, string> = part.isAboutOthers ? {} : { namespace, endpoint: portName, service };
    return { scheme, port, labels: { job, container: job, ...own, ...(instance === undefined ? {} : { instance }) } };
  });
  const onNode = { address: '10.1.0.1', scheme: 'https' as const };
  const kubelet = { namespace: 'kube-system', job: 'kubelet', endpoint: 'https-metrics', service: 'kubelet' };
  return [
    ...ofParts,
    {
      ...onNode,
      port: apiPort,
      isReal: true,
      labels: { namespace: 'default', job: 'apiserver', endpoint: 'https', service: 'kubernetes' },
    },
    ...['/metrics', '/metrics/cadvisor', '/metrics/probes'].map((path) => ({
      ...onNode,
      port: 10250,
      path,
      labels: { ...kubelet, node: 'node', metrics_path: path },
    })),
  ];
}
