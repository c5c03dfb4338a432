import type { ScrapeEndpointOptions, ScrapeMonitorOptions, ScrapeOptions } from '../../platform';
import { definedFields } from '../objects';

/** Settings of a scrape through a ServiceMonitor, in the field names of prometheus-operator. */
export interface ServiceMonitorOptions extends ScrapeOptions {
  /** Labels of the Service to copy onto its targets' series. */
  readonly targetLabels?: readonly string[];
  /** Where targets are discovered. @default - what the Prometheus object says */
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
  /**
   * Scrape the container port itself, by its number or by its name, so that it need not be a port of the Service.
   * @default - the Service port of the endpoint
   */
  readonly targetPort?: 'number' | 'name';
  /**
   * Namespaces in which the monitor looks for the Service.
   * @default - its own, where our Service is
   */
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
}

/** What finds the targets, and how they are scraped. */
export type ScrapeMechanism = { readonly kind: 'serviceMonitor'; readonly options: ServiceMonitorOptions };

/**
 * How metrics are scraped. A policy can stand at the platform (`scrape`), at an app and at an endpoint; the nearer one
 * wins field by field, and a way of authenticating or a proxy replaces the one below as a whole.
 *
 * @example
 * ScrapePolicy.serviceMonitor({ interval: Duration.seconds(15), sampleLimit: 5000 });
 */
export class ScrapePolicy {
  /** prometheus-operator finds the pods through a Service. */
  static serviceMonitor(options: ServiceMonitorOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'serviceMonitor', options });
  }

  private constructor(readonly mechanism: ScrapeMechanism) {}
}

/** The fields that exclude one another: a layer that sets one of a group hides the whole group below. */
const groups: readonly (readonly (keyof ScrapeEndpointOptions)[])[] = [
  ['authorization', 'basicAuth', 'oauth2', 'bearerTokenSecret', 'bearerTokenFile'],
  ['proxyUrl', 'noProxy', 'proxyFromEnvironment', 'proxyConnectHeader'],
];

/** Joins the layers of a scrape, from the platform to the endpoint. */
export function layeredMechanism(
  platform: ScrapeOptions | undefined,
  ...policies: readonly (ScrapePolicy | undefined)[]
): ScrapeMechanism {
  let options: Record<string, unknown> = { ...platform };
  for (const policy of policies) {
    const layer = definedFields(policy?.mechanism.options);
    const hidden = groups.filter((group) => group.some((field) => field in layer)).flat();
    options = Object.fromEntries(Object.entries(options).filter(([field]) => !hidden.includes(field as never)));
    Object.assign(options, layer);
  }
  return { kind: 'serviceMonitor', options: options as ServiceMonitorOptions };
}

/** The fields that stand once in a monitor, not at each endpoint. */
export const monitorFields = [
  'jobLabel',
  'targetLabels',
  'podTargetLabels',
  'selectorMechanism',
  'sampleLimit',
  'targetLimit',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'keepDroppedTargets',
  'bodySizeLimit',
  'scrapeProtocols',
  'fallbackScrapeProtocol',
  'scrapeNativeHistograms',
  'scrapeClassicHistograms',
  'nativeHistogramBucketLimit',
  'nativeHistogramMinBucketFactor',
  'convertClassicHistogramsToNHCB',
  'attachMetadata',
  'scrapeClass',
  'serviceDiscoveryRole',
  'namespaceSelector',
] as const satisfies readonly (keyof ScrapeMonitorOptions | keyof ServiceMonitorOptions)[];
