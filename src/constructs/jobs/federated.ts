import type { Finding, FindingLocation, Shape } from '../../findings';
import type { ShapeOf } from '../objects';
import { matchFindings } from '../scrape/federate-checks';
import type { FederateOptions } from '../scrape/federate-options';
import { scrapeConfigShape } from '../scrape/scrape-config-checks';
import { commonScrapeConfigFields, ScrapeConfigOptions } from '../scrape/scrape-config-options';

const { path, scheme, tlsConfig } = scrapeConfigShape;
const commonShape = Object.fromEntries(commonScrapeConfigFields.map((field) => [field, scrapeConfigShape[field]]));

/** Only `istioFederation` knows it, and hands on what it does not know. */
const seriesOfIstio: Readonly<Record<'series', Shape>> = { series: { oneOf: ['all', 'aggregated'] } };

/** What the settings of a federation look like, for those whom no compiler tells; `match` is looked at more closely elsewhere. */
export const federateShape: ShapeOf<FederateOptions> = {
  ...(commonShape as Pick<typeof scrapeConfigShape, (typeof commonScrapeConfigFields)[number]>),
  path,
  scheme,
  tlsConfig,
  followRedirects: 'boolean',
  serviceDiscoveryRole: { oneOf: ['Endpoints', 'EndpointSlice'] },
  match: 'anything',
  targets: { list: 'text' },
  ...seriesOfIstio,
};

/**
 * Federation of another Prometheus by its address, as a ScrapeConfig.
 * Source: https://prometheus.io/docs/prometheus/latest/federation/
 */
export function federatedBy(given: FederateOptions): ScrapeConfigOptions {
  const { match, targets, followRedirects, serviceDiscoveryRole, ...options } = given;
  return {
    path: '/federate',
    honorLabels: true,
    ...options,
    params: { ...options.params, 'match[]': Array.isArray(match) ? match : [] },
    staticConfigs: targets === undefined ? [] : [{ targets }],
  };
}

/** What is wrong with a federation by address beside what is wrong with its ScrapeConfig. */
export function federateFindings(options: Partial<FederateOptions>, where: FindingLocation): Finding[] {
  const lost = (['followRedirects', 'serviceDiscoveryRole'] as const).filter((field) => options[field] !== undefined);
  return [
    ...matchFindings(options, where),
    ...lost.map((field): Finding => {
      const message = `${field} has no effect: a ScrapeJob federates by a ScrapeConfig, which has no such field`;
      return { code: 'scrape/lost-setting', severity: 'warning', where, message, fix: 'leave it out' };
    }),
  ];
}
