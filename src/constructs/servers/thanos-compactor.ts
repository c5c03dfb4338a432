import { Construct } from 'constructs';
import { DurationLike, durationText } from '../../promql';
import { checkProps, ShapeOf } from '../objects';
import { serverDuration } from './quantities';
import { SecretReference, secretReference } from './secret-reference';
import { StorageOptions, storageShape } from './storage';
import { compactorAlerts } from './thanos-alerts';
import { ThanosComponent, ThanosComponentProps, thanosShape } from './thanos-component';

export interface ThanosCompactorProps extends ThanosComponentProps {
  /** Configuration of the bucket, as Thanos reads it. */
  readonly objectStorage: SecretReference;
  /** Where blocks are worked on: about 100 GiB for a large bucket. @default - in the pod */
  readonly storage?: StorageOptions;
  /** How long samples are kept as they were scraped. @default - for ever */
  readonly retentionResolutionRaw?: DurationLike;
  /** How long one sample of 5 minutes is kept. @default - for ever */
  readonly retentionResolution5m?: DurationLike;
  /** How long one sample of an hour is kept. @default - for ever */
  readonly retentionResolution1h?: DurationLike;
}

const shape: ShapeOf<ThanosCompactorProps> = {
  ...thanosShape,
  objectStorage: { ...secretReference, required: true },
  storage: storageShape,
  retentionResolutionRaw: serverDuration,
  retentionResolution5m: serverDuration,
  retentionResolution1h: serverDuration,
};

/**
 * Thanos Compactor: it joins and thins out the blocks of a bucket, and deletes what is too old. There is one pod: two
 * compactors of one bucket would destroy blocks.
 *
 * @example
 * new ThanosCompactor(monitoring, 'thanos-compactor', {
 *   objectStorage: { secret: { name: 'object-storage', key: 'thanos.yaml' } },
 *   storage: { size: '100Gi' },
 *   retentionResolutionRaw: '90d',
 * });
 */
export class ThanosCompactor extends ThanosComponent {
  constructor(scope: Construct, id: string, given: ThanosCompactorProps) {
    const checked = checkProps(given, shape);
    const { objectStorage, storage, ...props } = checked.props;
    const retention = (resolution: string, duration: DurationLike | undefined) =>
      duration === undefined ? [] : [`--retention.resolution-${resolution}=${durationText(duration)}`];
    super(scope, id, 'ThanosCompactor', checked, {
      kind: 'StatefulSet',
      command: 'compact',
      replicas: 1,
      args: () => [
        '--wait',
        ...retention('raw', props.retentionResolutionRaw),
        ...retention('5m', props.retentionResolution5m),
        ...retention('1h', props.retentionResolution1h),
      ],
      hasGrpc: false,
      objectStorage,
      storage,
      alerts: compactorAlerts,
    });
  }
}
