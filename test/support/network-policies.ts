import type { KubernetesObject } from './stack';

type Labels = Readonly<Record<string, string>>;

export interface Pod {
  readonly namespace: string;
  readonly namespaceLabels?: Labels;
  readonly labels: Labels;
}

export interface Connection {
  readonly from: Pod;
  readonly to: Pod;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

interface Selector {
  readonly matchLabels?: Labels;
}

interface Rule {
  readonly from?: readonly { readonly namespaceSelector?: Selector; readonly podSelector?: Selector }[];
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number; readonly endPort?: number }[];
}

/**
 * Do NetworkPolicies admit a connection? A pod that no policy selects for ingress is open; one that is selected gets what
 * any of the policies admits, and nothing else. Written from kubernetes.io, "Network Policies"; matchLabels and numbered
 * ports only, which is all that the tests need.
 */
export function admits(policies: readonly KubernetesObject[], connection: Connection): boolean {
  const selecting = policies.filter(
    ({ kind, metadata, spec }) =>
      kind === 'NetworkPolicy' &&
      metadata.namespace === connection.to.namespace &&
      (spec.policyTypes ?? ['Ingress']).includes('Ingress') &&
      matches(spec.podSelector, connection.to.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ metadata, spec }) =>
    ((spec.ingress ?? []) as Rule[]).some((rule) => admitsBy(rule, connection, metadata.namespace ?? '')),
  );
}

function admitsBy({ from, ports }: Rule, connection: Connection, namespaceOfPolicy: string): boolean {
  const { protocol = 'TCP', port } = connection;
  const portFits =
    ports === undefined ||
    ports.some(
      (rule) =>
        (rule.protocol ?? 'TCP') === protocol &&
        (rule.port === undefined || (port >= rule.port && port <= (rule.endPort ?? rule.port))),
    );
  return portFits && (from === undefined || from.some((peer) => isPeer(peer, connection.from, namespaceOfPolicy)));
}

function isPeer(
  { namespaceSelector, podSelector }: NonNullable<Rule['from']>[number],
  pod: Pod,
  namespaceOfPolicy: string,
): boolean {
  const namespaceLabels = { 'kubernetes.io/metadata.name': pod.namespace, ...pod.namespaceLabels };
  const inNamespace = namespaceSelector
    ? matches(namespaceSelector, namespaceLabels)
    : pod.namespace === namespaceOfPolicy;
  return inNamespace && matches(podSelector ?? {}, pod.labels);
}

function matches({ matchLabels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
