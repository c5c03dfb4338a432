import { Size } from 'cdk8s';
import { described, ShapeRule } from '../../findings';
import type { ByteSizeLike } from '../../platform';
import { durationRule } from '../../promql';
import { byteSizeText } from '../scrape/monitor-endpoint';

/** Storage of a volume: cdk8s' `Size.gibibytes(50)` or Kubernetes' spelling, `'50Gi'`. */
export type StorageSizeLike = Size | `${number}${'' | 'k' | 'M' | 'G' | 'T' | 'P' | 'Ki' | 'Mi' | 'Gi' | 'Ti' | 'Pi'}`;

/** Kubernetes' spelling of the size of a volume: `50Gi`. */
export function storageSizeText(size: StorageSizeLike): string {
  if (!(size instanceof Size)) return String(size);
  const mebibytes = size.toKibibytes() / 1024;
  if (!Number.isInteger(mebibytes)) return `${size.toKibibytes()}Ki`;
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

const steps = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Bytes of `50Gi` or `45GiB`; undefined where it is no size. Prometheus counts `GB` by 1024, Kubernetes `G` by 1000. */
export function bytesOf(text: string): number | undefined {
  const [, amount, unit = '', binary, bytes] = /^(\d+(?:\.\d+)?)([kKMGTPE]?)(i?)(B?)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const base = binary === 'i' || bytes === 'B' ? 1024 : 1000;
  return Number(amount) * base ** steps.findIndex((step) => step.toLowerCase() === unit.toLowerCase());
}

/** A duration of Prometheus. */
export const serverDuration = durationRule('servers/duration');

/** A size in bytes, as the operator's CRDs spell it. */
export const byteSizeRule: ShapeRule = {
  code: 'servers/size',
  problem: (value, place) =>
    /^(0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$/.test(byteSizeText(value as ByteSizeLike))
      ? undefined
      : { message: `${place} is ${described(value)}, which is no size in bytes`, fix: "write it as '45GiB'" },
};

/** The size of a volume, as Kubernetes spells it. */
export const storageSizeRule: ShapeRule = {
  code: 'servers/size',
  // there is a size, if a wrong one
  instead: () => '1Gi',
  problem: (value, place) =>
    (typeof value === 'string' || value instanceof Size) &&
    /^\d+(\.\d+)?([kMGTP]|[KMGTP]i)?$/.test(storageSizeText(value as StorageSizeLike))
      ? undefined
      : { message: `${place} is ${described(value)}, which is no size of a volume`, fix: "write it as '50Gi'" },
};

/** A count of pods or of samples. */
export function wholeNumberFrom(least: number): ShapeRule {
  return {
    code: 'servers/count',
    problem: (value, place) =>
      Number.isSafeInteger(value) && (value as number) >= least
        ? undefined
        : {
            message: `${place} is ${described(value)}, expected a whole number from ${least}`,
            fix: `give a whole number from ${least}, or leave it out`,
          },
  };
}

/** A version that the operator can read: it decides by it which fields it writes, and refuses `latest`. */
export const versionRule: ShapeRule = {
  code: 'servers/version',
  problem: (value, place) =>
    typeof value === 'string' && /^v?\d+(\.\d+){0,2}([-+][0-9A-Za-z.+-]+)?$/.test(value)
      ? undefined
      : {
          message: `${place} is ${described(value)}, which is no version that the operator can read`,
          fix: "write a version such as '3.13.1'",
        },
};

/** The address of an HTTP server. */
export const urlRule: ShapeRule = {
  code: 'servers/url',
  required: true,
  problem: (value, place) =>
    typeof value === 'string' && /^https?:\/\/[^/\s]+/.test(value) && URL.canParse(value)
      ? undefined
      : {
          message: `${place} is ${described(value)}, expected an address that begins with http:// or https://`,
          fix: "write it as 'https://metrics.example/api/v1/write'",
        },
};
