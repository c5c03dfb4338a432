import type { Construct } from 'constructs';
import type { ScrapeMechanism } from './scrape-policy';

/** One place to scrape. Service ports, monitors, policies, rules and dashboards derive from it. */
export interface MetricsEndpoint {
  /** The construct that declared it; findings about the endpoint name it. */
  readonly declaredBy: Construct;
  /** `''` for the app's own metrics, else the id of the exporter. */
  readonly exporter: string;
  /** Container that serves it; undefined for the app's own container. */
  readonly container?: string;
  /** Container port. */
  readonly port: number;
  readonly portName: string;
  readonly path: string;
  readonly scheme: 'http' | 'https';
  /** Does nothing but metrics live on the port? Then a policy may keep others away from it. */
  readonly dedicated: boolean;
  /** The layers of scrape settings, joined. */
  readonly scrape: ScrapeMechanism;
}

/** Is an endpoint found by annotations of its pods, or of a Service? */
export function annotatedOn({ scrape }: MetricsEndpoint): 'pods' | 'service' | undefined {
  if (scrape.kind !== 'annotations') return undefined;
  return scrape.options.on === 'service' ? 'service' : 'pods';
}

/** Is an endpoint found, or asked, through a Service? */
export function needsService(endpoint: MetricsEndpoint): boolean {
  const { kind } = endpoint.scrape;
  return kind === 'serviceMonitor' || kind === 'federate' || kind === 'probe' || annotatedOn(endpoint) === 'service';
}
