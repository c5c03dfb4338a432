import type { LabelSelector, ProxyOptions, ScrapeOptions, TlsConnectionOptions } from '../../platform';
import { sharedFields } from './shared-fields';

/** What a Probe takes of the settings that all ways of scraping share. */
export const commonProbeFields = [
  'interval',
  'scrapeTimeout',
  'params',
  'relabelings',
  'metricRelabelings',
  'followRedirects',
  'enableHttp2',
  'authorization',
  'basicAuth',
  'oauth2',
  'bearerTokenSecret',
  ...sharedFields,
] as const satisfies readonly (keyof ScrapeOptions)[];

/** The program that asks the targets, such as blackbox exporter. */
export interface ProberOptions extends ProxyOptions {
  /**
   * Where the prober listens: `host` or `host:port`, without scheme and path.
   * @default - that of the platform's `prober`
   */
  readonly url?: string;
  /** @default - that of the platform's `prober`, else http */
  readonly scheme?: 'http' | 'https';
  /** @default - that of the platform's `prober`, else `/probe` */
  readonly path?: string;
}

/** What is probed: a list of addresses, or every host of the Ingresses that a selector finds. */
export type ProbeTargets =
  | {
      /** Addresses as the prober's module reads them: `https://shop.example`, or `db.example:5432` for tcp. */
      readonly static: readonly string[];
      /** Labels of the series of all these targets. */
      readonly labels?: Readonly<Record<string, string>>;
      readonly ingress?: never;
    }
  | {
      readonly ingress: {
        /** Labels of the Ingresses. */
        readonly selector: LabelSelector;
        /** @default - the Probe's own namespace */
        readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
      };
      readonly static?: never;
      readonly labels?: never;
    };

/** Settings of a Probe: Prometheus asks a prober, which asks the target and reports how that went. */
export interface ProbeOptions extends Pick<ScrapeOptions, (typeof commonProbeFields)[number]> {
  /** Module of the prober, such as blackbox exporter's `http_2xx`. @default - the prober's own */
  readonly module?: string;
  /** @default - the prober of the platform */
  readonly prober?: ProberOptions;
  /** @default - under an app: the app's own Service */
  readonly targets?: ProbeTargets;
  /** Path to ask of the app's own Service, where `targets` is left out. @default - `/` */
  readonly path?: string;
  /** TLS between Prometheus and the prober; that of the target is set in the prober's module. */
  readonly tlsConfig?: TlsConnectionOptions;
}
