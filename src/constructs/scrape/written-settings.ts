import type { ScrapeOptions } from '../../platform';
import { DurationLike, durationText } from '../../promql';
import { byteSizeText } from './monitor-endpoint';

/** How the values of some settings are written; all others are written as they are given. */
const writers = {
  interval: durationText,
  scrapeTimeout: durationText,
  bodySizeLimit: byteSizeText,
  nativeHistogramMinBucketFactor: String,
} satisfies { readonly [F in keyof ScrapeOptions]?: (value: NonNullable<ScrapeOptions[F]>) => string };

type Written<F extends keyof ScrapeOptions> = {
  readonly [G in F]?: G extends keyof typeof writers ? string : ScrapeOptions[G];
};

/** Settings in the values of the custom resources, under our own names; an empty list, which CRDs refuse, says nothing. */
export function writtenSettings<F extends keyof ScrapeOptions>(
  options: Pick<ScrapeOptions, F>,
  fields: readonly F[],
): Written<F> {
  const write = writers as { readonly [field: string]: ((value: never) => string) | undefined };
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = options[field];
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
      return [[field, write[field]?.(value as never) ?? value]];
    }),
  ) as Written<F>;
}

/** A discovery with its `refreshInterval` as text. */
export function withWrittenInterval<D extends object>(discovery: D & { readonly refreshInterval?: DurationLike }) {
  const { refreshInterval, ...rest } = discovery;
  return refreshInterval === undefined ? rest : { ...rest, refreshInterval: durationText(refreshInterval) };
}
