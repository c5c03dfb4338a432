import { Construct } from 'constructs';
import { addFinding, described } from '../../findings';
import { checkProps, ShapeOf } from '../objects';
import { isJoinedServer, StoreServer } from './joined-server';
import { wholeNumberFrom } from './quantities';
import { queryAlerts } from './thanos-alerts';
import { ThanosComponent, ThanosComponentProps, thanosShape } from './thanos-component';

export interface ThanosQueryProps extends ThanosComponentProps {
  /**
   * What it asks: Prometheus with its Thanos sidecar, ThanosStore, ThanosRuler, another ThanosQuery, or addresses such as
   * `dnssrv+_grpc._tcp.store.other.svc`.
   */
  readonly endpoints: readonly (StoreServer | string)[];
  /** @default - 1 */
  readonly replicas?: number;
  /**
   * Labels in which replicas of one server differ: of series that differ in nothing else one is shown.
   * @default - `prometheus_replica` and `thanos_ruler_replica`, which the operator sets
   */
  readonly replicaLabels?: readonly string[];
}

const shape: ShapeOf<ThanosQueryProps> = {
  ...thanosShape,
  endpoints: { list: 'anything' },
  replicas: wholeNumberFrom(0),
  replicaLabels: { list: 'text' },
};

/**
 * Thanos Query: one query over many Prometheus servers and their buckets. It is admitted by what it asks.
 *
 * @example
 * const query = new ThanosQuery(monitoring, 'thanos-query', { endpoints: [prometheus, store] });
 */
export class ThanosQuery extends ThanosComponent {
  constructor(scope: Construct, id: string, given: ThanosQueryProps) {
    const checked = checkProps(given, shape);
    const { endpoints = [], replicas = 1 } = checked.props;
    const { replicaLabels = ['prometheus_replica', 'thanos_ruler_replica'] } = checked.props;
    super(scope, id, 'ThanosQuery', checked, {
      kind: 'Deployment',
      command: 'query',
      replicas,
      args: () => [
        ...replicaLabels.map((label) => `--query.replica-label=${label}`),
        ...endpoints.flatMap(addressOf).map((address) => `--endpoint=${address}`),
      ],
      hasGrpc: true,
      alerts: queryAlerts,
    });
    for (const endpoint of endpoints) {
      if (isJoinedServer(endpoint)) endpoint._admit(this._peer);
    }
    this.checkEndpoints(endpoints);
  }

  /** Address of the HTTP API inside the cluster, which is that of Prometheus. */
  get url(): string {
    return `http://${this.hostName}:10902`;
  }

  /** Where another ThanosQuery asks it. */
  get storeEndpoint(): string {
    return `dnssrv+_grpc._tcp.${this.hostName}`;
  }

  private checkEndpoints(endpoints: readonly (StoreServer | string)[]): void {
    const report = (message: string, fix: string) =>
      addFinding(this, {
        code: 'servers/store-endpoints',
        severity: 'error',
        where: { construct: this.node.path },
        message,
        fix,
      });
    const example = 'give a Prometheus with thanos, a ThanosStore, or an address';
    if (endpoints.length === 0) report('endpoints is empty: there is nothing that could answer', example);
    endpoints.forEach((endpoint, index) => {
      if (addressOf(endpoint).length > 0) return;
      if (isJoinedServer(endpoint)) {
        const fix = 'set thanos: {} where it is a Prometheus, which answers by its sidecar';
        report(`endpoints[${index}] (${endpoint.node.path}) answers no queries of Thanos`, fix);
        return;
      }
      report(`endpoints[${index}] is ${described(endpoint)}, which answers no queries over gRPC`, example);
    });
  }
}

function addressOf(endpoint: StoreServer | string): string[] {
  if (typeof endpoint === 'string') return endpoint.trim() === '' ? [] : [endpoint];
  return isJoinedServer(endpoint) ? [endpoint.storeEndpoint ?? []].flat() : [];
}
