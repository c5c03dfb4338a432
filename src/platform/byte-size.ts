import type { Size } from 'cdk8s';

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/**
 * A size in bytes, from cdk8s' `Size` or the operator's spelling; undefined for what is none. The operator reads `KB` and
 * `KiB` alike, as 1024 bytes.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `getLowerByteSize` (ParseBase2Bytes).
 */
export function byteSizeOf(size: unknown): number | undefined {
  const kibibytes = (size as Partial<Size> | null | undefined)?.toKibibytes;
  if (typeof kibibytes === 'function') return kibibytes.call(size) * 1024;
  if (size === '0') return 0;
  const [, number, unit = ''] = (typeof size === 'string' && /^(\d*\.?\d+)([KMGTPE]?)i?B$/.exec(size)) || [];
  return number === undefined ? undefined : Number(number) * 1024 ** units.indexOf(unit);
}
