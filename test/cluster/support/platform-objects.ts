import type { Platform, PrometheusServer } from '../../../src/platform';
import { ClusterObject, list } from './cluster';

/** A Prometheus server with the names that it has on the cluster. */
export interface ServerOnCluster {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccountName: string;
  readonly facts: PrometheusServer;
}

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const read = ['get', 'list', 'watch'];
const targets: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
];
const ingresses: PolicyRule = { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read };
const chart: Grants = {
  everywhere: [...targets, ingresses, { apiGroups: [''], resources: ['nodes', 'nodes/metrics'], verbs: read }],
};

interface Grants {
  /** Rules of a ClusterRole that is bound in the whole cluster. */
  readonly everywhere: readonly PolicyRule[];
  /** Rules of a Role in each namespace that the platform's owner has listed: those of the stacks. */
  readonly inNamespaces?: readonly PolicyRule[];
}

/**
 * What each platform lets its Prometheus read. Sources: prometheus-community/helm-charts,
 * charts/kube-prometheus-stack/templates/prometheus/clusterrole.yaml and charts/prometheus/templates/clusterrole.yaml;
 * prometheus-operator/kube-prometheus, manifests/prometheus-clusterRole.yaml and prometheus-roleSpecificNamespaces.yaml;
 * openshift/cluster-monitoring-operator, assets/prometheus-user-workload/cluster-role.yaml.
 */
const grants: Readonly<Record<string, Grants>> = {
  'kube-prometheus-stack': chart,
  'cloud-platform': chart,
  annotations: chart,
  'kube-prometheus': {
    everywhere: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
    inNamespaces: [...targets, ingresses],
  },
  openshift: {
    everywhere: [...targets, { apiGroups: [''], resources: ['namespaces', 'nodes/metrics'], verbs: ['get'] }],
  },
};

/** The servers of a platform; what the platform does not say of them gets a name that is as good as any. */
export function serversOf(platform: Platform): readonly ServerOnCluster[] {
  if (platform.prometheusServers.length === 0) throw new Error(`the platform ${platform.name} has no Prometheus`);
  return platform.prometheusServers.map((facts) => {
    const { name = 'prometheus', namespace = 'monitoring' } = facts;
    return { name, namespace, serviceAccountName: facts.serviceAccountName ?? `prometheus-${name}`, facts };
  });
}

/** Facts about a server that are no fields of the Prometheus custom resource; all others are, by the same name. */
const besideTheSpec = new Set(['name', 'namespace', 'podLabels', 'namespaceLabels']);

/** The platform on a cluster, as its facts say: for each server namespace, account with its rights, and Prometheus object. */
export function platformObjects(platform: Platform, stackNamespaces: readonly string[]): ClusterObject[] {
  return serversOf(platform).flatMap((server) => objectsOfServer(server, platform, stackNamespaces));
}

function objectsOfServer(
  { name, namespace, serviceAccountName, facts }: ServerOnCluster,
  platform: Platform,
  stackNamespaces: readonly string[],
): ClusterObject[] {
  const { everywhere, inNamespaces } = grants[platform.name] ?? chart;
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccountName, namespace }];
  const objects: ClusterObject[] = [
    namespaceObject(namespace, facts.namespaceLabels),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccountName, namespace } },
    ...roleAndBinding('Cluster', serviceAccountName, everywhere, subjects),
  ];
  for (const stackNamespace of inNamespaces === undefined ? [] : stackNamespaces) {
    objects.push(...roleAndBinding('', serviceAccountName, inNamespaces ?? [], subjects, stackNamespace));
  }
  if (platform.facts.operator?.installed !== false) {
    // 'none' is a field that the custom resource does not have
    const spec = Object.entries(facts).filter(([fact, value]) => !besideTheSpec.has(fact) && value !== 'none');
    objects.push({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name, namespace },
      spec: { ...Object.fromEntries(spec), serviceAccountName },
    });
  }
  return objects;
}

/** Which facts of a platform are not true of what the operator has made of them. */
export async function untrueFacts(platform: Platform): Promise<string[]> {
  return (await Promise.all(serversOf(platform).map(untrueFactsOf))).flat();
}

async function untrueFactsOf({ name, namespace, facts }: ServerOnCluster): Promise<string[]> {
  const labels = Object.entries(facts.podLabels ?? {});
  const pods = await list(`/api/v1/namespaces/${namespace}/pods`);
  const ofServer = pods.filter(({ metadata }) => metadata.name.startsWith(`prometheus-${name}-`));
  if (ofServer.length === 0) return [`the operator has made no pod of Prometheus ${namespace}/${name}`];
  return labels
    .filter(([key, value]) => ofServer.some(({ metadata }) => metadata.labels?.[key] !== value))
    .map(([key, value]) => `the pods of Prometheus ${namespace}/${name} do not have the label ${key}: ${value}`);
}

/** Whether the operator has made an object, given as `Kind namespace/name`, for the Prometheus of a platform. */
export function isMadeOf(object: string, platform: Platform): boolean {
  const [, place = ''] = object.split(' ');
  return serversOf(platform)
    .flatMap(({ name, namespace }) => [`${namespace}/prometheus-${name}`, `${namespace}/prometheus-operated`])
    .some((own) => place.startsWith(own));
}

/** A namespace; one of a stack refuses pods below the restricted standard, and warns of their workloads. */
export function namespaceObject(name: string, labels: Readonly<Record<string, string>> = {}): ClusterObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export const restricted = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

function roleAndBinding(
  reach: 'Cluster' | '',
  name: string,
  rules: readonly PolicyRule[],
  subjects: readonly object[],
  namespace?: string,
): ClusterObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: `${reach}Role`, name };
  const metadata = { name, namespace };
  return [
    { apiVersion, kind: `${reach}Role`, metadata, rules },
    { apiVersion, kind: `${reach}RoleBinding`, metadata, roleRef, subjects },
  ];
}
