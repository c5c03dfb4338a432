import type { AuthenticationOptions, ByteSizeLike, RelabelingRule, ScrapeProtocol, TlsOptions } from './scrape-options';

/**
 * Settings that Prometheus' owner has ready for monitors, by name.
 * Source: prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go, `ScrapeClass`.
 */
export interface ScrapeClass {
  readonly name: string;
  /** Does it hold for monitors that name no class? One class at most can. @default - false */
  readonly default?: boolean;
  readonly fallbackScrapeProtocol?: ScrapeProtocol;
  /** For monitors without a `tlsConfig` of their own; those that have one inherit file paths only. */
  readonly tlsConfig?: TlsOptions;
  readonly authorization?: Partial<NonNullable<AuthenticationOptions['authorization']>> & {
    /** A path in Prometheus' own container. */
    readonly credentialsFile?: string;
  };
  /** Before those of a monitor. */
  readonly relabelings?: readonly RelabelingRule[];
  /** Before those of a monitor. */
  readonly metricRelabelings?: readonly RelabelingRule[];
  readonly attachMetadata?: { readonly node?: boolean };
}

/** Limits of every scrape that has none of its own. A scrape above one of them fails as a whole. */
export interface DefaultLimits {
  readonly sampleLimit?: number;
  readonly targetLimit?: number;
  readonly labelLimit?: number;
  readonly labelNameLengthLimit?: number;
  readonly labelValueLengthLimit?: number;
  readonly keepDroppedTargets?: number;
  readonly bodySizeLimit?: ByteSizeLike;
}

/** Limits that no monitor can raise: the smaller of the two holds; 0 is none. */
export interface EnforcedLimits {
  readonly enforcedSampleLimit?: number;
  readonly enforcedTargetLimit?: number;
  readonly enforcedLabelLimit?: number;
  readonly enforcedLabelNameLengthLimit?: number;
  readonly enforcedLabelValueLengthLimit?: number;
  readonly enforcedKeepDroppedTargets?: number;
  readonly enforcedBodySizeLimit?: ByteSizeLike;
}

/** How a Prometheus server scrapes, in the field names of the Prometheus custom resource. */
export interface ServerScraping extends DefaultLimits, EnforcedLimits {
  /** Scrape classes that monitors may ask for. @default - unknown, and not checked */
  readonly scrapeClasses?: readonly ScrapeClass[];
  readonly scrapeProtocols?: readonly ScrapeProtocol[];
  /** Over how many servers targets are spread. To a NetworkPolicy and to monitors they are one server. @default - 1 */
  readonly shards?: number;
  readonly shardingStrategy?: {
    readonly mode?: 'Address' | 'Topology';
    readonly topology?: { readonly externalLabelName?: string; readonly values?: readonly string[] };
  };
  /** Labels of pods that are copied onto the series of every monitor. */
  readonly podTargetLabels?: readonly string[];
  /** The label that is set to a monitor's namespace on its series, and in the expressions of rules. */
  readonly enforcedNamespaceLabel?: string;
  /** Objects without that label. An entry without `name` is the whole namespace. */
  readonly excludedFromEnforcement?: readonly {
    readonly group?: string;
    readonly resource: 'prometheusrules' | 'servicemonitors' | 'podmonitors' | 'probes' | 'scrapeconfigs';
    readonly namespace: string;
    readonly name?: string;
  }[];
  readonly ignoreNamespaceSelectors?: boolean;
  readonly overrideHonorLabels?: boolean;
  readonly overrideHonorTimestamps?: boolean;
  readonly arbitraryFSAccessThroughSMs?: { readonly deny?: boolean };
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
  readonly enableFeatures?: readonly string[];
  readonly nameValidationScheme?: 'UTF8' | 'Legacy';
  readonly nameEscapingScheme?: 'AllowUTF8' | 'Underscores' | 'Dots' | 'Values';
  readonly scrapeNativeHistograms?: boolean;
  readonly scrapeClassicHistograms?: boolean;
  readonly convertClassicHistogramsToNHCB?: boolean;
}
