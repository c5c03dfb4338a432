import { nearMiss } from '../../findings';

/**
 * Labels that discovery of pods behind a Service offers to relabeling.
 * Source: prometheus, discovery/kubernetes/*.go (the constants of each role).
 */
const names: readonly string[] = [
  '__meta_kubernetes_namespace',
  ...['service', 'pod', 'endpoints', 'endpointslice', 'node'].map((role) => `__meta_kubernetes_${role}_name`),
  '__meta_kubernetes_endpoint_hostname',
  '__meta_kubernetes_endpoint_node_name',
  '__meta_kubernetes_endpoint_ready',
  '__meta_kubernetes_endpoint_port_name',
  '__meta_kubernetes_endpoint_port_protocol',
  '__meta_kubernetes_endpoint_address_target_kind',
  '__meta_kubernetes_endpoint_address_target_name',
  '__meta_kubernetes_endpointslice_address_target_kind',
  '__meta_kubernetes_endpointslice_address_target_name',
  '__meta_kubernetes_endpointslice_address_type',
  '__meta_kubernetes_endpointslice_endpoint_conditions_ready',
  '__meta_kubernetes_endpointslice_endpoint_conditions_serving',
  '__meta_kubernetes_endpointslice_endpoint_conditions_terminating',
  '__meta_kubernetes_endpointslice_endpoint_hostname',
  '__meta_kubernetes_endpointslice_endpoint_node_name',
  '__meta_kubernetes_endpointslice_endpoint_zone',
  '__meta_kubernetes_endpointslice_port',
  '__meta_kubernetes_endpointslice_port_app_protocol',
  '__meta_kubernetes_endpointslice_port_name',
  '__meta_kubernetes_endpointslice_port_protocol',
  '__meta_kubernetes_node_provider_id',
  '__meta_kubernetes_pod_container_id',
  '__meta_kubernetes_pod_container_image',
  '__meta_kubernetes_pod_container_init',
  '__meta_kubernetes_pod_container_name',
  '__meta_kubernetes_pod_container_port_name',
  '__meta_kubernetes_pod_container_port_number',
  '__meta_kubernetes_pod_container_port_protocol',
  '__meta_kubernetes_pod_controller_kind',
  '__meta_kubernetes_pod_controller_name',
  '__meta_kubernetes_pod_deployment_name',
  '__meta_kubernetes_pod_cronjob_name',
  '__meta_kubernetes_pod_job_name',
  '__meta_kubernetes_pod_host_ip',
  '__meta_kubernetes_pod_ip',
  '__meta_kubernetes_pod_node_name',
  '__meta_kubernetes_pod_phase',
  '__meta_kubernetes_pod_ready',
  '__meta_kubernetes_pod_uid',
  '__meta_kubernetes_service_cluster_ip',
  '__meta_kubernetes_service_loadbalancer_ip',
  '__meta_kubernetes_service_external_name',
  '__meta_kubernetes_service_port_name',
  '__meta_kubernetes_service_port_number',
  '__meta_kubernetes_service_port_protocol',
  '__meta_kubernetes_service_type',
];

/** Labels that go on with the name of a Kubernetes label, an annotation, a kind of address or condition. */
const prefixes: readonly string[] = [
  ...['label_', 'labelpresent_', 'annotation_', 'annotationpresent_'].flatMap((suffix) =>
    ['service', 'pod', 'endpoints', 'endpointslice', 'node', 'namespace'].map(
      (role) => `__meta_kubernetes_${role}_${suffix}`,
    ),
  ),
  '__meta_kubernetes_node_address_',
  '__meta_kubernetes_node_condition_',
  '__meta_kubernetes_endpointslice_endpoint_topology_',
];

/** Does discovery set a label? */
export function isMetaLabel(label: string): boolean {
  return names.includes(label) || prefixes.some((prefix) => label.startsWith(prefix) && label !== prefix);
}

/** Does only `attachMetadata: { node: true }` bring this label to the targets of a ServiceMonitor? */
export function isNodeLabel(label: string): boolean {
  return label.startsWith('__meta_kubernetes_node_');
}

/** Does a label come from a Service or its endpoints, which discovery of pods does not look at? */
export function isServiceLabel(label: string): boolean {
  return /^__meta_kubernetes_(service|endpoint|endpoints|endpointslice)_/.test(label);
}

const common = '__meta_kubernetes_';
const tails = names.map((name) => name.slice(common.length));
const roles = ['namespace', 'service', 'pod', 'endpoint', 'endpoints', 'endpointslice', 'node'];

/**
 * The label that a mistyped one most likely meant. Only what follows the common prefix is compared, role by role: in the
 * whole name the prefix would make everything look near.
 */
export function nearestMetaLabel(label: string): string | undefined {
  const tail = tailOf(label);
  const [first = '', ...others] = tail.split('_');
  const role = nearMiss(first, roles);
  const ofRole = role === undefined ? undefined : nearestOfRole(role, others);
  // A role that runs into the next word, or the wrong one of `endpoint` and `endpoints`: all but equal as a whole.
  const near = ofRole ?? nearMiss(tail, tails, 1);
  return near === undefined ? undefined : common + near;
}

/** What follows `__meta_kubernetes_`, where that itself may be mistyped. */
function tailOf(label: string): string {
  const [first = '', ...others] = label.replace(/^__meta_/, '').split('_');
  return nearMiss(first, ['kubernetes']) === undefined ? [first, ...others].join('_') : others.join('_');
}

function nearestOfRole(role: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return tails.includes(role) ? role : undefined;
  const rest = words.join('_');
  const fixed = tails.filter((tail) => tail.startsWith(`${role}_`)).map((tail) => tail.slice(role.length + 1));
  // A prefix is mistyped in one of its words: what follows as many words is kept as it is.
  const withName = prefixes
    .filter((prefix) => prefix.startsWith(`${common}${role}_`))
    .flatMap((prefix) => {
      const kind = prefix.slice(common.length + role.length + 1, -1);
      const count = kind.split('_').length;
      const given = words.slice(0, count).join('_');
      const name = words.slice(count).join('_');
      const isNear = nearMiss(given, [kind], Math.max(2, Math.floor(given.length / 3))) !== undefined;
      return isNear && name !== '' ? [`${kind}_${name}`] : [];
    });
  const near = nearMiss(rest, [...fixed, ...withName]);
  return near === undefined ? undefined : `${role}_${near}`;
}
