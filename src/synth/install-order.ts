/**
 * The order in which kinds are printed where no dependency says otherwise: what others need comes first, so that
 * `kubectl apply -f` of one file works at the first try. After Helm's `InstallOrder` (pkg/release/util/kind_sorter.go),
 * with custom resource definitions ahead. Kinds of other groups, which are mostly custom resources, come last.
 */
const installOrder = [
  'Namespace',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'storage.k8s.io/StorageClass',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'Service',
  'Endpoints',
  'discovery.k8s.io/EndpointSlice',
  'apps/DaemonSet',
  'Pod',
  'ReplicationController',
  'apps/ReplicaSet',
  'apps/Deployment',
  'apps/StatefulSet',
  'autoscaling/HorizontalPodAutoscaler',
  'batch/Job',
  'batch/CronJob',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/Ingress',
  'apiregistration.k8s.io/APIService',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
];

const rankOf = new Map(installOrder.map((kind, rank) => [kind, rank]));

/**
 * Place of a kind in the order of installation; all kinds that Kubernetes does not bring itself share the last place.
 *
 * @param group the API group, empty for the core group
 */
export function installRank(group: string, kind: string): number {
  return rankOf.get(group === '' ? kind : `${group}/${kind}`) ?? installOrder.length;
}
