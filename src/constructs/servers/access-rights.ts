import type { Construct } from 'constructs';
import { compareText } from '../../findings';
import { generateObject, Manifest, ObjectOptions, refine } from '../objects';
import type { AccessOptions, ScrapingServerObjects } from './scraping-props';

/** A rule of a Role, as Kubernetes writes it. */
interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface AccessRightsProps {
  /** Name of the Roles. */
  readonly name: string;
  /** Name of the ClusterRole, which no server of another namespace may have. */
  readonly clusterName: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccountName: string;
  /** @default - unknown: each monitor may choose, so both kinds of endpoints are needed */
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
  /** Where targets are found: everywhere, or in these namespaces. */
  readonly namespaces: 'all' | readonly string[];
  /** What is found beside pods; a server that reads PodMonitors only needs nothing else. */
  readonly finds: 'services' | 'pods';
  readonly access: Required<AccessOptions>;
  readonly objects?: ScrapingServerObjects;
}

const rbac = 'rbac.authorization.k8s.io';
const read = ['get', 'list', 'watch'];

/**
 * What Prometheus may read, and no more: Services, endpoints and pods where it finds targets, and what `access` adds.
 * Source: prometheus-operator, Documentation/platform/rbac.md; prometheus, discovery/kubernetes (what each role lists).
 */
export function grantAccess(scope: Construct, props: AccessRightsProps): void {
  const { name, clusterName, namespaces, access, objects } = props;
  const ofCluster = [...(namespaces === 'all' ? discoveryRules(props) : []), ...clusterRules(access)];
  if (ofCluster.length > 0) {
    const role = { kind: 'ClusterRole' as const, id: '', name: clusterName, options: objects?.clusterRole };
    grant(scope, props, { ...role, binding: objects?.clusterRoleBinding, rules: ofCluster });
  }
  if (namespaces === 'all') return;
  for (const namespace of [...namespaces].sort(compareText)) {
    const role = { kind: 'Role' as const, id: `-${namespace}`, name, namespace, options: objects?.role };
    grant(scope, props, { ...role, binding: objects?.roleBinding, rules: discoveryRules(props) });
  }
}

interface Grant {
  readonly kind: 'ClusterRole' | 'Role';
  /** What is put behind the ids of the objects. */
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly options?: ObjectOptions;
  readonly binding?: ObjectOptions;
  readonly rules: readonly PolicyRule[];
}

/** A role, and what binds it to the server's account. */
function grant(
  scope: Construct,
  props: AccessRightsProps,
  { kind, id, options, binding, rules, ...role }: Grant,
): void {
  const common = { ...role, apiVersion: `${rbac}/v1`, labels: props.labels };
  const subject = { kind: 'ServiceAccount', name: props.serviceAccountName, namespace: props.namespace };
  const objects = [
    generateObject(scope, `${kind}${id}`, { ...common, kind, options, content: () => ({ rules }) }),
    generateObject(scope, `${kind}Binding${id}`, {
      ...common,
      kind: `${kind}Binding`,
      options: binding,
      content: () => ({
        roleRef: { apiGroup: rbac, kind, name: options?.name ?? role.name },
        subjects: [subject],
      }),
    }),
  ];
  if (kind === 'ClusterRole') objects.forEach((object) => refine(object, withoutNamespace));
}

/** cdk8s gives every object the namespace of its chart. */
function withoutNamespace(manifest: Manifest): Manifest {
  const { namespace: _, ...metadata } = manifest.metadata;
  return { ...manifest, metadata };
}

function discoveryRules({ finds, serviceDiscoveryRole, access }: AccessRightsProps): PolicyRule[] {
  if (finds === 'pods') return [{ apiGroups: [''], resources: ['pods'], verbs: read }];
  const endpoints = serviceDiscoveryRole === 'EndpointSlice' ? [] : ['endpoints'];
  const hasSlices = serviceDiscoveryRole !== 'Endpoints';
  return [
    { apiGroups: [''], resources: ['services', ...endpoints, 'pods'], verbs: read },
    ...(hasSlices ? [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read }] : []),
    ...(access.ingresses ? [{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read }] : []),
  ];
}

function clusterRules({ nodes, nodeMetrics, metricsUrls }: Required<AccessOptions>): PolicyRule[] {
  return [
    ...(nodes ? [{ apiGroups: [''], resources: ['nodes'], verbs: read }] : []),
    ...(nodeMetrics ? [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }] : []),
    ...(metricsUrls ? [{ nonResourceURLs: ['/metrics', '/metrics/slis'], verbs: ['get'] }] : []),
  ];
}
