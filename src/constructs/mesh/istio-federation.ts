import type { RelabelingRule } from '../../platform';
import type { FederateOptions } from '../scrape/federate-options';
import { ScrapePolicy } from '../scrape/scrape-policy';

export interface IstioFederationOptions extends Omit<FederateOptions, 'match'> {
  /**
   * `all`: what Istio counts, for every pod. `aggregated`: what recording rules in Istio's Prometheus make of it for each
   * workload, as `workload:istio_…`; it comes without the prefix, so that dashboards find it.
   * @default - `all`
   */
  readonly series?: 'all' | 'aggregated';
  /** @default - what `series` says */
  readonly match?: FederateOptions['match'];
}

const controlPlane = '{__name__=~"pilot_.*|citadel_.*|galley_.*"}';
const matches = {
  all: ['{__name__=~"istio_.*"}', controlPlane],
  aggregated: ['{__name__=~"workload:istio_.*"}', controlPlane],
} as const satisfies Record<string, FederateOptions['match']>;

const withoutPrefix: RelabelingRule = {
  sourceLabels: ['__name__'],
  regex: 'workload:(.*)',
  targetLabel: '__name__',
};

/**
 * Copies the series of the mesh from Istio's own Prometheus, with the labels that they have there. The other way to have them
 * is to scrape the proxies directly: `IstioMonitors`. Both at once would count every request twice.
 * Source: istio.io, "Observability Best Practices", Prometheus for production-scale monitoring.
 *
 * @example
 * new ScrapeJob(chart, 'istio', { scrape: istioFederation({ targets: ['prometheus.istio-system.svc:9090'] }) });
 */
export function istioFederation(options: IstioFederationOptions): ScrapePolicy {
  const { series = 'all', match: given, metricRelabelings = [], ...others } = options ?? {};
  const match = given ?? matches[series] ?? matches.all;
  const rules = series === 'aggregated' ? [withoutPrefix, ...metricRelabelings] : metricRelabelings;
  return ScrapePolicy.federate({
    honorLabels: true,
    ...others,
    match,
    // what is none of the two is looked at with the other settings
    ...(Object.hasOwn(matches, series) ? {} : { series }),
    ...(rules.length === 0 ? {} : { metricRelabelings: rules }),
  });
}
