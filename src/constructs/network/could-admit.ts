import type { ApiObject } from 'cdk8s';
import type { Platform, PrometheusServer } from '../../platform';
import { rendered } from '../objects';

/** A port to which Prometheus must get. */
export interface PortToReach {
  readonly namespace?: string;
  readonly port: number;
  readonly portName: string;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?: readonly unknown[] | null;
}

interface Peer {
  readonly namespaceSelector?: Selector | null;
  readonly podSelector?: Selector | null;
  readonly ipBlock?: unknown;
}

interface Rule {
  readonly from?: readonly Peer[] | null;
  readonly ports?: readonly { protocol?: string; port?: number | string; endPort?: number }[] | null;
}

type Labels = Readonly<Record<string, string>>;

/**
 * Can a policy let the platform's Prometheus reach a port? False only where that is certain: Prometheus may have more labels
 * than the platform knows, and an address block may be its own.
 */
export function couldAdmitPrometheus(policy: ApiObject, platform: Platform, target: PortToReach): boolean {
  const { ingress } = (rendered(policy).spec ?? {}) as { ingress?: readonly Rule[] | null };
  return (ingress ?? []).some(
    (rule) =>
      admitsPort(rule, target) &&
      platform.prometheusServers.some((server) => admitsPeer(rule, server, platform, target)),
  );
}

function admitsPort({ ports }: Rule, { port: wanted, portName }: PortToReach): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== 'TCP') return false;
    if (typeof port !== 'number') return port === undefined || port === portName;
    return wanted >= port && wanted <= (endPort ?? port);
  });
}

function admitsPeer({ from }: Rule, server: PrometheusServer, platform: Platform, target: PortToReach): boolean {
  if (!from || from.length === 0) return true;
  return from.some(({ namespaceSelector, podSelector, ipBlock }) => {
    if (ipBlock !== undefined) return true;
    const namespace = namespaceSelector
      ? couldMatch(namespaceSelector, namespaceLabelsOf(server, platform))
      : server.namespace === undefined || server.namespace === target.namespace;
    return namespace && couldMatch(podSelector ?? {}, server.podLabels ?? {});
  });
}

function namespaceLabelsOf({ namespace, namespaceLabels }: PrometheusServer, platform: Platform): Labels {
  if (namespace === undefined) return { ...namespaceLabels };
  const known = platform.facts.namespaces?.[namespace]?.labels;
  return { 'kubernetes.io/metadata.name': namespace, ...known, ...namespaceLabels };
}

/** A label that is not known to be there may be; one that is known has its value. */
function couldMatch({ matchLabels }: Selector, known: Labels): boolean {
  return Object.entries(matchLabels ?? {}).every(([key, value]) => known[key] === undefined || known[key] === value);
}
