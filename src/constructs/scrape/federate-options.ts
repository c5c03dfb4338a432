import type { ScrapeOptions } from '../../platform';

/** Fields that only a monitor of pods or of a Service knows: a Prometheus that is federated may be neither. */
type OfMonitorsAlone =
  | 'jobLabel'
  | 'podTargetLabels'
  | 'selectorMechanism'
  | 'attachMetadata'
  | 'filterRunning'
  | 'bearerTokenSecret'
  | 'bearerTokenFile';

/** Settings of a scrape that copies series of another Prometheus. Source: https://prometheus.io/docs/prometheus/latest/federation/ */
export interface FederateOptions extends Omit<ScrapeOptions, OfMonitorsAlone> {
  /** Which series to copy: selectors such as `'{job="istiod"}'` or `'istio_requests_total'`; what any of them selects comes. */
  readonly match: readonly [string, ...string[]];
  /** Keep the labels that the other Prometheus gave. @default - true */
  readonly honorLabels?: boolean;
  /** Where the other Prometheus serves its series. @default - the endpoint's path where it names one, else `/federate` */
  readonly path?: string;
  /** Where an endpoint is discovered; a `ScrapeJob` discovers nothing. @default - what the Prometheus object says */
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
  /** Addresses `host:port` of the other Prometheus. Only for a `ScrapeJob`: an endpoint is a target by itself. */
  readonly targets?: readonly string[];
  /** @default - that of the endpoint, and http in a `ScrapeJob` */
  readonly scheme?: 'http' | 'https';
}
