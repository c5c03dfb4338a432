import type { Storage } from '../../../imports/prometheus';
import type { Finding, FindingLocation, Shape } from '../../findings';
import { StorageSizeLike, storageSizeRule, storageSizeText } from './quantities';

/** Where a server keeps its data: on a volume per pod that outlives it, or in the pod. */
export type StorageOptions =
  | {
      /** Size of the volume of each pod. */
      readonly size: StorageSizeLike;
      /** @default - the cluster's default storage class */
      readonly storageClassName?: string;
      readonly emptyDir?: never;
    }
  | {
      /** Data goes with the pod. `sizeLimit` evicts a pod that needs more. */
      readonly emptyDir: { readonly sizeLimit?: StorageSizeLike };
      readonly size?: never;
      readonly storageClassName?: never;
    };

export const storageShape: Shape = {
  fields: {
    size: storageSizeRule,
    storageClassName: 'text',
    emptyDir: { fields: { sizeLimit: storageSizeRule } },
  },
};

/** Storage as the operator's custom resources write it. */
export function storageSpec(storage: StorageOptions | undefined): Storage | undefined {
  if (storage === undefined) return undefined;
  if (storage.emptyDir === undefined) return { volumeClaimTemplate: { spec: volumeClaimSpec(storage) } };
  const { sizeLimit } = storage.emptyDir;
  return { emptyDir: sizeLimit === undefined ? {} : { sizeLimit: storageSizeText(sizeLimit) } };
}

/** A storage that is neither a volume nor an empty folder. */
export function storageFindings(storage: StorageOptions | undefined, where: FindingLocation): Finding[] {
  if (storage === undefined || (storage.size === undefined) !== (storage.emptyDir === undefined)) return [];
  const given = storage.size === undefined ? 'neither size nor emptyDir' : 'both size and emptyDir';
  return [
    {
      code: 'servers/storage',
      severity: 'error',
      where,
      message: `the storage has ${given}`,
      fix: "give one: { size: '50Gi' } for a volume, { emptyDir: {} } for data that goes with the pod",
    },
  ];
}

/** The claim of a StatefulSet's volumes. */
export function volumeClaimSpec(storage: Extract<StorageOptions, { size: StorageSizeLike }>): {
  accessModes: string[];
  storageClassName?: string;
  resources: { requests: { storage: string } };
} {
  const { size, storageClassName } = storage;
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storageClassName === undefined ? {} : { storageClassName }),
    resources: { requests: { storage: storageSizeText(size ?? '1Gi') } },
  };
}
