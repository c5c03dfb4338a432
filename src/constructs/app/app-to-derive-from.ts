import type { Construct } from 'constructs';
import type { Platform } from '../../platform';
import type { ObjectOptions } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import type { MonitoringOptions } from './monitoring-props';
import type { PodsSource } from './pods-source';

/** An app, as far as its objects derive from it. */
export interface AppToDeriveFrom {
  readonly construct: Construct;
  readonly name: string;
  /** Namespace of the objects: seldom another than that of the pods. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly options: MonitoringOptions;
  readonly pods: PodsSource;
  /** Ports of the app itself, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly serviceName: string;
  /** Labels of the Service beside those of the app, by which a monitor tells it from others. */
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Scrape settings of the app, below those of an endpoint, for an endpoint that is found in a given way. */
  scrapeAs(kind: ScrapeMechanism['kind']): ScrapeMechanism;
  endpoints(): readonly MetricsEndpoint[];
  /** Ports beside those of the endpoints that Prometheus has to reach, such as that of a mesh. */
  portsBesideEndpoints(): readonly number[];
  portNameOf(endpoint: MetricsEndpoint): string;
}

/** Names, labels, annotations and patches of objects that are made for one endpoint alone. */
export interface EndpointObjects {
  readonly serviceMonitor?: ObjectOptions;
  readonly podMonitor?: ObjectOptions;
  readonly probe?: ObjectOptions;
  readonly service?: ObjectOptions;
}
