import type { ScrapeMonitorOptions } from '../../platform';

/** The settings of a scrape as a whole that every custom resource with targets knows. */
export const sharedFields = [
  'sampleLimit',
  'targetLimit',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'keepDroppedTargets',
  'scrapeProtocols',
  'fallbackScrapeProtocol',
  'scrapeNativeHistograms',
  'scrapeClassicHistograms',
  'nativeHistogramBucketLimit',
  'nativeHistogramMinBucketFactor',
  'convertClassicHistogramsToNHCB',
  'scrapeClass',
] as const satisfies readonly (keyof ScrapeMonitorOptions)[];
