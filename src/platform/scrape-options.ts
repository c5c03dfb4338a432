import type { Size } from 'cdk8s';
import type { DurationLike } from '../promql';

/** A size in bytes: cdk8s' `Size.mebibytes(10)` or the operator's spelling, `'10MiB'` or `'500KB'`. */
export type ByteSizeLike = Size | '0' | `${number}${'' | 'K' | 'M' | 'G' | 'T' | 'P' | 'E'}${'' | 'i'}B`;

/** A key of a Secret in the monitor's own namespace. Secrets are never given by value. */
export interface SecretKeyReference {
  /** Name of the Secret. */
  readonly name: string;
  readonly key: string;
  /** May the Secret or its key be missing? @default - false */
  readonly optional?: boolean;
}

/** A key of a ConfigMap in the monitor's own namespace. */
export type ConfigMapKeyReference = SecretKeyReference;

/** A value that is no secret by itself (a certificate, a client id), in a Secret or in a ConfigMap. */
export type SecretOrConfigMap =
  | { readonly secret: SecretKeyReference; readonly configMap?: never }
  | { readonly configMap: ConfigMapKeyReference; readonly secret?: never };

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** TLS of a connection that Prometheus opens. */
export interface TlsConnectionOptions {
  /** Certificate authority that signed the target's certificate. */
  readonly ca?: SecretOrConfigMap;
  /** Client certificate; needs `keySecret` (or `keyFile`). */
  readonly cert?: SecretOrConfigMap;
  /** Key of the client certificate. */
  readonly keySecret?: SecretKeyReference;
  /** Name that the target's certificate must carry. Pods are dialled by address, so most certificates need it. */
  readonly serverName?: string;
  /** Accept any certificate. @default - false */
  readonly insecureSkipVerify?: boolean;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
}

/** TLS of a scrape. `*File` are paths in Prometheus' own container, which many platforms forbid. */
export interface TlsOptions extends TlsConnectionOptions {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Through a proxy. `noProxy` and `proxyConnectHeader` need a proxy; the environment excludes the other two. */
export interface ProxyOptions {
  readonly proxyUrl?: string;
  readonly noProxy?: string;
  readonly proxyFromEnvironment?: boolean;
  readonly proxyConnectHeader?: Readonly<Record<string, readonly SecretKeyReference[]>>;
}

export interface OAuth2Options extends ProxyOptions {
  readonly clientId: SecretOrConfigMap;
  readonly clientSecret: SecretKeyReference;
  readonly tokenUrl: string;
  readonly scopes?: readonly string[];
  readonly endpointParams?: Readonly<Record<string, string>>;
  readonly tlsConfig?: TlsConnectionOptions;
}

/** How Prometheus identifies itself to a target: one of them at most. */
export interface AuthenticationOptions {
  readonly authorization?: {
    /** @default - Bearer */
    readonly type?: string;
    readonly credentials: SecretKeyReference;
  };
  readonly basicAuth?: { readonly username?: SecretKeyReference; readonly password?: SecretKeyReference };
  readonly oauth2?: OAuth2Options;
  /** @deprecated in prometheus-operator: use `authorization`. */
  readonly bearerTokenSecret?: SecretKeyReference;
  /** @deprecated in prometheus-operator: use `authorization`. A path in Prometheus' own container. */
  readonly bearerTokenFile?: string;
}

/**
 * A relabeling rule, with the fields that its action reads and no others, as Prometheus checks it.
 * Source: prometheus-operator, pkg/prometheus/validation/validator.go.
 */
export type RelabelingRule =
  | {
      readonly action?: 'replace';
      readonly sourceLabels?: readonly string[];
      readonly separator?: string;
      readonly regex?: string;
      readonly replacement?: string;
      readonly targetLabel: string;
      readonly modulus?: never;
    }
  | {
      readonly action: 'keep' | 'drop';
      readonly sourceLabels: readonly string[];
      readonly separator?: string;
      readonly regex?: string;
      readonly targetLabel?: never;
      readonly replacement?: never;
      readonly modulus?: never;
    }
  | {
      readonly action: 'hashmod';
      readonly sourceLabels: readonly string[];
      readonly separator?: string;
      readonly modulus: number;
      readonly targetLabel: string;
      readonly regex?: never;
      readonly replacement?: never;
    }
  | {
      readonly action: 'labelmap';
      readonly regex: string;
      readonly replacement?: string;
      readonly sourceLabels?: never;
      readonly separator?: never;
      readonly targetLabel?: never;
      readonly modulus?: never;
    }
  | {
      readonly action: 'labeldrop' | 'labelkeep';
      readonly regex: string;
      readonly sourceLabels?: never;
      readonly separator?: never;
      readonly targetLabel?: never;
      readonly replacement?: never;
      readonly modulus?: never;
    }
  | {
      readonly action: 'lowercase' | 'uppercase';
      readonly sourceLabels: readonly string[];
      readonly separator?: string;
      readonly targetLabel: string;
      readonly regex?: never;
      readonly replacement?: never;
      readonly modulus?: never;
    }
  | {
      readonly action: 'keepequal' | 'dropequal';
      readonly sourceLabels: readonly string[];
      readonly targetLabel: string;
      readonly separator?: never;
      readonly regex?: never;
      readonly replacement?: never;
      readonly modulus?: never;
    };

export type ScrapeProtocol =
  'PrometheusProto' | 'OpenMetricsText0.0.1' | 'OpenMetricsText1.0.0' | 'PrometheusText0.0.4' | 'PrometheusText1.0.0';

/** Settings of one scrape, in the operator's vocabulary: fields of an endpoint of a monitor. */
export interface ScrapeEndpointOptions extends AuthenticationOptions, ProxyOptions {
  /** How often. @default - the platform's scrape interval */
  readonly interval?: DurationLike;
  /** How long a scrape may take; not above the interval. @default - Prometheus' own, 10s */
  readonly scrapeTimeout?: DurationLike;
  /** Query parameters. */
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** Keep the target's own labels where they collide with those of the scrape. @default - false: they become `exported_…` */
  readonly honorLabels?: boolean;
  /** Keep the target's own timestamps. @default - true */
  readonly honorTimestamps?: boolean;
  readonly trackTimestampsStaleness?: boolean;
  /** Rules over the target's labels, before the scrape. */
  readonly relabelings?: readonly RelabelingRule[];
  /** Rules over every sample, after the scrape. */
  readonly metricRelabelings?: readonly RelabelingRule[];
  /** Leave out pods that have ended. @default - true */
  readonly filterRunning?: boolean;
  readonly followRedirects?: boolean;
  readonly enableHttp2?: boolean;
  readonly tlsConfig?: TlsOptions;
}

/** Settings that hold for all endpoints of a monitor. An endpoint that differs in one gets a monitor of its own. */
export interface ScrapeMonitorOptions {
  /** Label of the Service (or pod) that becomes `job`. @default - `app.kubernetes.io/name` */
  readonly jobLabel?: string;
  /** Labels of the pod to copy onto its series. */
  readonly podTargetLabels?: readonly string[];
  readonly selectorMechanism?: 'RelabelConfig' | 'RoleSelector';
  /** More samples than this fail a scrape. @default - no limit but the platform's */
  readonly sampleLimit?: number;
  readonly targetLimit?: number;
  readonly labelLimit?: number;
  readonly labelNameLengthLimit?: number;
  readonly labelValueLengthLimit?: number;
  readonly keepDroppedTargets?: number;
  /** A larger exposition fails the scrape. */
  readonly bodySizeLimit?: ByteSizeLike;
  readonly scrapeProtocols?: readonly ScrapeProtocol[];
  /** What to assume of a target that sends no content type (Prometheus 3 refuses it otherwise). */
  readonly fallbackScrapeProtocol?: ScrapeProtocol;
  readonly scrapeNativeHistograms?: boolean;
  readonly scrapeClassicHistograms?: boolean;
  readonly nativeHistogramBucketLimit?: number;
  /** A Kubernetes quantity, such as `1.1`. */
  readonly nativeHistogramMinBucketFactor?: number | string;
  readonly convertClassicHistogramsToNHCB?: boolean;
  readonly attachMetadata?: { readonly node?: boolean };
  /** Name of a scrape class of the platform. */
  readonly scrapeClass?: string;
}

/** Everything that can be said of a scrape, whatever finds its targets. */
export interface ScrapeOptions extends ScrapeEndpointOptions, ScrapeMonitorOptions {}
