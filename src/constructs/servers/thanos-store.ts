import { Construct } from 'constructs';
import { checkProps, ShapeOf } from '../objects';
import { wholeNumberFrom } from './quantities';
import { SecretReference, secretReference } from './secret-reference';
import { StorageOptions, storageShape } from './storage';
import { storeAlerts } from './thanos-alerts';
import { ThanosComponent, ThanosComponentProps, thanosShape } from './thanos-component';

export interface ThanosStoreProps extends ThanosComponentProps {
  /** Configuration of the bucket, as Thanos reads it. */
  readonly objectStorage: SecretReference;
  /** @default - 1 */
  readonly replicas?: number;
  /** Where it keeps what it knows of the bucket; it can be fetched again. @default - in the pod */
  readonly storage?: StorageOptions;
  /** The oldest samples that it answers with, such as `-90d`. @default - all */
  readonly minTime?: string;
  /** The newest samples that it answers with, such as `-2h`. @default - all */
  readonly maxTime?: string;
}

const shape: ShapeOf<ThanosStoreProps> = {
  ...thanosShape,
  objectStorage: { ...secretReference, required: true },
  replicas: wholeNumberFrom(0),
  storage: storageShape,
  minTime: 'text',
  maxTime: 'text',
};

/**
 * Thanos Store: it answers queries from the bucket. Give it to a ThanosQuery as an endpoint.
 *
 * @example
 * new ThanosStore(monitoring, 'thanos-store', {
 *   objectStorage: { secret: { name: 'object-storage', key: 'thanos.yaml' } },
 *   storage: { size: '20Gi' },
 * });
 */
export class ThanosStore extends ThanosComponent {
  constructor(scope: Construct, id: string, given: ThanosStoreProps) {
    const checked = checkProps(given, shape);
    const { objectStorage, replicas = 1, storage, minTime, maxTime } = checked.props;
    super(scope, id, 'ThanosStore', checked, {
      kind: 'StatefulSet',
      command: 'store',
      replicas,
      args: () => [
        ...(minTime === undefined ? [] : [`--min-time=${minTime}`]),
        ...(maxTime === undefined ? [] : [`--max-time=${maxTime}`]),
      ],
      hasGrpc: true,
      objectStorage,
      storage,
      alerts: storeAlerts,
    });
  }

  /** Where ThanosQuery asks it: every replica. */
  get storeEndpoint(): string {
    return `dnssrv+_grpc._tcp.${this.hostName}`;
  }
}
