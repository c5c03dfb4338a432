import type { ScrapeOptions } from '../../platform';
import type { AnnotationOptions } from './annotation-options';
import type { FederateOptions } from './federate-options';
import type { PodMonitorOptions } from './pod-monitor-options';
import type { ProbeOptions } from './probe-options';
import type { ScrapeConfigOptions } from './scrape-config-options';

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

/** An endpoint that something else scrapes. */
export interface NoScrapeOptions {
  /** Why, for the reader of the code: `'the mesh merges it into its own metrics'`. */
  readonly reason?: string;
}

/** What finds the targets, and how they are scraped. */
export type ScrapeMechanism =
  | { readonly kind: 'serviceMonitor'; readonly options: ServiceMonitorOptions }
  | { readonly kind: 'podMonitor'; readonly options: PodMonitorOptions }
  | { readonly kind: 'annotations'; readonly options: AnnotationOptions }
  | { readonly kind: 'probe'; readonly options: ProbeOptions }
  | { readonly kind: 'scrapeConfig'; readonly options: ScrapeConfigOptions }
  | { readonly kind: 'federate'; readonly options: FederateOptions }
  | { readonly kind: 'none'; readonly options: NoScrapeOptions };

/** The options of one way to be scraped. */
export type OptionsOf<Kind extends ScrapeMechanism['kind']> = Extract<ScrapeMechanism, { kind: Kind }>['options'];

/**
 * How metrics are scraped. A policy can stand at the platform (`scrape`), at an app and at an endpoint; the nearer one
 * wins field by field, and a way of authenticating or a proxy replaces the one below as a whole. The nearest policy decides
 * what finds the targets.
 *
 * @example
 * ScrapePolicy.serviceMonitor({ interval: Duration.seconds(15), sampleLimit: 5000 });
 */
export class ScrapePolicy {
  /** prometheus-operator finds the pods through a Service. */
  static serviceMonitor(options: ServiceMonitorOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'serviceMonitor', options });
  }

  /** prometheus-operator finds the pods themselves: no Service is needed. */
  static podMonitor(options: PodMonitorOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'podMonitor', options });
  }

  /** A Prometheus finds pods or Services by their `prometheus.io/*` annotations. */
  static annotations(options: AnnotationOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'annotations', options });
  }

  /** A prober, such as blackbox exporter, asks the targets from outside and reports how that went. */
  static probe(options: ProbeOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'probe', options });
  }

  /** Targets that are no pods of the stack: from a list, or from a discovery of Prometheus. For a `ScrapeJob`. */
  static scrapeConfig(options: ScrapeConfigOptions): ScrapePolicy {
    return new ScrapePolicy({ kind: 'scrapeConfig', options });
  }

  /**
   * The target is another Prometheus, and the series that `match` selects are copied from it.
   *
   * @example
   * ScrapePolicy.federate({ match: ['{__name__=~"istio_.*"}'] });
   */
  static federate(options: FederateOptions): ScrapePolicy {
    return new ScrapePolicy({ kind: 'federate', options });
  }

  /** Something else scrapes the endpoint: it keeps its port, its policy and its alerts, and nothing is made to find it. */
  static none(options: NoScrapeOptions = {}): ScrapePolicy {
    return new ScrapePolicy({ kind: 'none', options });
  }

  private constructor(readonly mechanism: ScrapeMechanism) {}
}
