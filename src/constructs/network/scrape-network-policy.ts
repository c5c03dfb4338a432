import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { compareText } from '../../findings';
import type { Platform, PrometheusServer } from '../../platform';
import { generateObject, ObjectOptions } from '../objects';

export interface ScrapeNetworkPolicyProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  readonly podSelector: () => Readonly<Record<string, string>>;
  /** Container ports that Prometheus may reach, and nobody else by this policy. */
  readonly metricsPorts: () => readonly number[];
  /**
   * Does everything else stay as open as it was? A policy closes what it does not admit, so where namespaces are open it
   * has to admit all other ports.
   */
  readonly keepRestOpen: () => boolean;
}

/** A rule that admits connections, as Kubernetes writes it. */
interface IngressRule {
  readonly from?: readonly unknown[];
  readonly ports: readonly { readonly protocol: string; readonly port: number; readonly endPort?: number }[];
}

/** Admits the platform's Prometheus to the metrics ports of an app's pods. */
export function scrapeNetworkPolicy(scope: Construct, id: string, props: ScrapeNetworkPolicyProps): ApiObject {
  const { name, namespace, labels, options, platform, podSelector, metricsPorts, keepRestOpen } = props;
  return generateObject(scope, id, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name,
    namespace,
    labels,
    options,
    content: () => {
      const ports = [...new Set(metricsPorts())].sort((a, b) => a - b);
      const scrape: IngressRule = {
        from: prometheusPeers(platform),
        ports: ports.map((port) => ({ protocol: 'TCP', port })),
      };
      return {
        spec: {
          podSelector: { matchLabels: { ...podSelector() } },
          policyTypes: ['Ingress'],
          ingress: keepRestOpen() ? [scrape, everythingBut(ports)] : [scrape],
        },
      };
    },
  });
}

/** Can a policy name the platform's Prometheus? */
export function knowsPrometheusPeer(platform: Platform): boolean {
  return prometheusPeers(platform).length > 0;
}

/**
 * Prometheus' pods as peers: by a label of their namespace, and by their own labels where those are known. The operator
 * labels the pods of its servers. Source: prometheus-operator, pkg/prometheus/server/operator.go, `makeSelectorLabels`.
 */
function prometheusPeers(platform: Platform): unknown[] {
  const peers = platform.prometheusServers.flatMap((server) => peerOf(server));
  const distinct = new Map(peers.map((peer) => [JSON.stringify(peer), peer]));
  return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, peer]) => peer);
}

function peerOf({ namespace, namespaceLabels, podLabels }: PrometheusServer): unknown[] {
  const labels =
    namespaceLabels ?? (namespace === undefined ? undefined : { 'kubernetes.io/metadata.name': namespace });
  if (labels === undefined) return [];
  return [
    {
      namespaceSelector: { matchLabels: labels },
      ...(podLabels === undefined ? {} : { podSelector: { matchLabels: podLabels } }),
    },
  ];
}

/** Every port of every protocol but some TCP ports, for everybody: undeclared ports keep working. */
function everythingBut(ports: readonly number[]): IngressRule {
  const ranges: { protocol: string; port: number; endPort?: number }[] = [];
  let first = 1;
  for (const port of [...ports, 65536]) {
    if (port > first) ranges.push(range('TCP', first, port - 1));
    first = port + 1;
  }
  return { ports: [...ranges, range('UDP', 1, 65535), range('SCTP', 1, 65535)] };
}

function range(protocol: string, port: number, endPort: number): { protocol: string; port: number; endPort?: number } {
  return port === endPort ? { protocol, port } : { protocol, port, endPort };
}
