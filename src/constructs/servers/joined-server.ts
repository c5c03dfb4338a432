import type { IConstruct } from 'constructs';
import type { NetworkPeer } from './network-peer';

/** A server of the stack that others are joined to. */
export interface JoinedServer extends IConstruct {
  /** @internal Lets a server that is joined to this one connect to it. */
  _admit(client: NetworkPeer): void;
}

/** What answers queries of Thanos over gRPC: a Prometheus with its sidecar, ThanosStore, ThanosRuler, ThanosQuery. */
export interface StoreServer extends JoinedServer {
  /** Where it is asked; undefined where it answers none. */
  readonly storeEndpoint: string | undefined;
}

/** What answers PromQL over HTTP: a Prometheus, or a ThanosQuery. */
export interface QueryServer extends JoinedServer {
  /** Address of the API inside the cluster. */
  readonly url: string;
}

/** Known by a member: there may be two copies of this package. */
export function isJoinedServer(value: unknown): value is JoinedServer {
  return typeof (value as Partial<JoinedServer> | null | undefined)?._admit === 'function';
}
