import type { DefaultAlerts } from '../rules/default-alert-props';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { ScrapePolicy } from '../scrape/scrape-policy';
import type { EndpointObjects } from './app-to-derive-from';
import type { PodsSource } from './pods-source';

/** An endpoint as an app or exporter declares it. */
export interface EndpointDeclaration extends Omit<MetricsEndpoint, 'scrape' | 'port' | 'path'>, EndpointObjects {
  /** Container port; a function where it can be known only when the workload is complete. */
  readonly port: number | (() => number);
  /** @default - what is usual for the way in which it is scraped: `/metrics` */
  readonly path?: string;
  readonly policy?: ScrapePolicy;
  readonly alerts?: false | DefaultAlerts;
  readonly upMetric?: string;
  readonly errorMetric?: string;
}

/** What a subclass tells of the workload and of the Service in front of it. */
export interface WorkloadFacts {
  readonly pods: PodsSource;
  /** Container of the app; the first one when it is left out. */
  readonly container?: string;
  /** Ports of the app itself, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Name of the Service. */
  readonly serviceName: string;
  /** Labels of the Service beside those of the app, by which a monitor tells it from others. */
  readonly serviceLabels: Readonly<Record<string, string>>;
}
