import type { Finding, FindingLocation } from '../../findings';
import type { Platform, ScrapeMonitorOptions, ServerScraping, TlsOptions } from '../../platform';
import { byteSizeOf } from '../../platform/byte-size';
import { byteSizeText } from './monitor-endpoint';

/** The limits of a scrape, each with the limit of the platform that it cannot exceed. */
const enforcedBy = {
  sampleLimit: 'enforcedSampleLimit',
  targetLimit: 'enforcedTargetLimit',
  labelLimit: 'enforcedLabelLimit',
  labelNameLengthLimit: 'enforcedLabelNameLengthLimit',
  labelValueLengthLimit: 'enforcedLabelValueLengthLimit',
  keepDroppedTargets: 'enforcedKeepDroppedTargets',
  bodySizeLimit: 'enforcedBodySizeLimit',
} as const satisfies Partial<Record<keyof ScrapeMonitorOptions, keyof ServerScraping>>;

/**
 * Limits of a monitor that the platform's own override: the smaller of the two holds, and 0 is no limit.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `getLimit` and `getLowerByteSize`.
 */
export function enforcedLimitFindings(
  options: Pick<ScrapeMonitorOptions, keyof typeof enforcedBy>,
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const server = platform.prometheusServers[0] ?? {};
  return (Object.keys(enforcedBy) as (keyof typeof enforcedBy)[]).flatMap((name): Finding[] => {
    const enforcedName = enforcedBy[name];
    const [own, enforced] = [options[name], server[enforcedName]];
    const [asked, most] = [amountOf(own), amountOf(enforced)];
    if (own === undefined || enforced === undefined || asked === undefined || !most) return [];
    if (asked > 0 && asked <= most) return [];
    const text = textOf(own);
    const limit = textOf(enforced);
    return [
      {
        code: 'scrape/enforced-limit',
        severity: 'warning',
        where,
        message: `${name} ${text} ${asked === 0 ? 'is no limit, and' : 'is above'} the platform's ${enforcedName} ${limit}${asked === 0 ? ' holds' : ', which holds'}`,
        fix: `write ${limit} or less, or raise the limit of the platform's Prometheus`,
      },
    ];
  });
}

/** Does the scrape class of a monitor say whose certificate is right? One's own `tlsConfig` inherits file paths only. */
export function classSettlesServerName(
  options: { readonly scrapeClass?: string; readonly tlsConfig?: TlsOptions },
  platform: Platform,
): boolean {
  if (options.tlsConfig != null) return false;
  const tlsConfig = platform.scrapeClassOf(options)?.tlsConfig;
  // a class that is asked for, and known by its name only, may hold anything
  if (tlsConfig === undefined) return options.scrapeClass !== undefined;
  return tlsConfig.serverName !== undefined || tlsConfig.insecureSkipVerify === true;
}

function amountOf(limit: unknown): number | undefined {
  return typeof limit === 'number' ? limit : byteSizeOf(limit);
}

function textOf(limit: NonNullable<ScrapeMonitorOptions[keyof typeof enforcedBy]>): string {
  return typeof limit === 'number' ? String(limit) : byteSizeText(limit);
}
