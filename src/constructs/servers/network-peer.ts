import type { Shape } from '../../findings';
import type { LabelSelector, Platform } from '../../platform';

/** Who may connect, as a NetworkPolicy names it. */
export interface NetworkPeer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** Who may connect beside those that are admitted anyway; `false` makes no NetworkPolicy. */
export type NetworkPolicyChoice = false | { readonly clients: readonly NetworkPeer[] };

export const networkPolicyShape: Shape = {
  either: [{ fields: { clients: { list: { map: 'anything' } } } }, 'boolean'],
};

/** The clients of a choice. To JavaScript, `true` and `{}` are what happens anyway. */
export function clientsOf(
  choice: boolean | Partial<Exclude<NetworkPolicyChoice, false>> | undefined,
): readonly NetworkPeer[] {
  return (typeof choice === 'object' ? choice.clients : undefined) ?? [];
}

/** Pods of a namespace by their labels. */
export function podsOf(namespace: string | undefined, podLabels: Readonly<Record<string, string>>): NetworkPeer {
  return {
    ...(namespace === undefined
      ? {}
      : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
    podSelector: { matchLabels: podLabels },
  };
}

/** Who may connect to a server: the pods of its namespace, what is joined to it, what scrapes it, and whom its user names. */
export function peersOf(server: {
  readonly namespace?: string;
  readonly platform: Platform;
  readonly joined: readonly NetworkPeer[];
  readonly clients: readonly NetworkPeer[];
}): NetworkPeer[] {
  const { namespace, platform, joined, clients } = server;
  const scrapers = platform.prometheusServers
    .filter((prometheus) => prometheus.namespace !== undefined)
    .map((prometheus) => podsOf(prometheus.namespace, prometheus.podLabels ?? {}));
  const own = JSON.stringify(podsOf(namespace, {}).namespaceSelector);
  const others = [...joined, ...scrapers].filter((peer) => JSON.stringify(peer.namespaceSelector) !== own);
  const peers: NetworkPeer[] = [{ podSelector: {} }, ...others, ...clients];
  return [...new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values()];
}
