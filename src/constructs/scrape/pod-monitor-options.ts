import type { ScrapeOptions, TlsConnectionOptions } from '../../platform';

/**
 * Settings of a scrape through a PodMonitor, in the field names of prometheus-operator. A PodMonitor reads no files of
 * Prometheus' container: `tlsConfig` and the way of authenticating name Secrets.
 */
export interface PodMonitorOptions extends Omit<ScrapeOptions, 'bearerTokenFile' | 'tlsConfig' | 'jobLabel'> {
  /** Find the container port by its name or by its number. @default - `name` */
  readonly port?: 'name' | 'number';
  /**
   * Label of the pod that becomes `job`.
   * @default - `job` is the name of the app, whatever labels its pods have
   */
  readonly jobLabel?: string;
  readonly tlsConfig?: TlsConnectionOptions;
  /**
   * Namespaces in which the monitor looks for pods.
   * @default - its own, where the app's pods are
   */
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
}
