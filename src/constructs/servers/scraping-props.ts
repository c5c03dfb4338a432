import type { ParentReference } from '../../../imports/kubernetes-core';
import type { RemoteWrite, ShardingStrategy } from '../../../imports/prometheus';
import type { Shape } from '../../findings';
import type { ByteSizeLike, LabelSelector, ObjectSelector, PrometheusServer, ScrapeClass } from '../../platform';
import type { DurationLike } from '../../promql';
import { objectOptions } from '../app/app-shapes';
import type { ObjectOptions, ShapeOf } from '../objects';
import { byteSizeRule, serverDuration, urlRule, wholeNumberFrom } from './quantities';
import {
  objectSelectorShape,
  selectorShape,
  ServerObjects,
  serverObjects,
  ServerProps,
  serverShape,
} from './server-props';

/** Where samples are sent as well, in the operator's field names. Credentials are references to Secrets. */
export type RemoteWriteOptions = Omit<RemoteWrite, 'bearerToken' | 'remoteTimeout'> & {
  /** @default - 30s */
  readonly remoteTimeout?: DurationLike;
};

/** Rights beside those to find Services, endpoints and pods. */
export interface AccessOptions {
  /** Nodes: for `attachMetadata.node` and for scrape configs of the role Node. @default - as scrape classes need it */
  readonly nodes?: boolean;
  /** Metrics of the kubelets, `nodes/metrics`. @default - false */
  readonly nodeMetrics?: boolean;
  /** Ingresses: for probes that take their targets from them. @default - true */
  readonly ingresses?: boolean;
  /**
   * `/metrics` and `/metrics/slis` of the API server, and of whatever asks it who may read metrics (kube-rbac-proxy).
   * @default - true where `namespaces` is `all`
   */
  readonly metricsUrls?: boolean;
}

export interface ScrapingServerObjects extends ServerObjects {
  readonly clusterRole?: ObjectOptions;
  readonly clusterRoleBinding?: ObjectOptions;
  /** The Role of each namespace. */
  readonly role?: ObjectOptions;
  /** The RoleBinding of each namespace. */
  readonly roleBinding?: ObjectOptions;
  readonly additionalScrapeConfigs?: ObjectOptions;
}

/** What holds for every scrape that does not say otherwise. */
type ScrapeDefaults = Pick<
  PrometheusServer,
  | 'sampleLimit'
  | 'targetLimit'
  | 'labelLimit'
  | 'labelNameLengthLimit'
  | 'labelValueLengthLimit'
  | 'keepDroppedTargets'
  | 'bodySizeLimit'
  | 'scrapeProtocols'
  | 'scrapeNativeHistograms'
  | 'scrapeClassicHistograms'
  | 'convertClassicHistogramsToNHCB'
  | 'nameValidationScheme'
  | 'nameEscapingScheme'
>;

/** What a Prometheus and a PrometheusAgent have in common, in the operator's field names. */
export interface ScrapingServerProps<Spec> extends ServerProps<Spec>, ScrapeDefaults {
  /**
   * Where targets, monitors, probes and rules are found, and so where the server may read: `all` gives it a ClusterRole, a
   * list a Role in each namespace. Its own namespace is always one of them.
   */
  readonly namespaces: 'all' | readonly string[];
  /** Which ServiceMonitors are taken; `none` takes none. @default - all in `namespaces`; the same goes for the other selectors */
  readonly serviceMonitorSelector?: ObjectSelector;
  readonly podMonitorSelector?: ObjectSelector;
  readonly probeSelector?: ObjectSelector;
  readonly scrapeConfigSelector?: ObjectSelector;
  /** Which namespaces monitors are taken from. @default - `namespaces`; the same goes for the other kinds */
  readonly serviceMonitorNamespaceSelector?: LabelSelector;
  readonly podMonitorNamespaceSelector?: LabelSelector;
  readonly probeNamespaceSelector?: LabelSelector;
  readonly scrapeConfigNamespaceSelector?: LabelSelector;
  readonly access?: AccessOptions;
  /** Statefulsets that share the targets among them, each with all replicas. @default - 1 */
  readonly shards?: number;
  readonly shardingStrategy?: ShardingStrategy;
  /** @default - 30s, the operator's default */
  readonly scrapeInterval?: DurationLike;
  /** At most `scrapeInterval`. @default - Prometheus' default, 10s */
  readonly scrapeTimeout?: DurationLike;
  /** Labels of everything that leaves the server: alerts, remote writes, Thanos. @default - none beside the operator's */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Settings that monitors ask for by name; one may be the default of all. */
  readonly scrapeClasses?: readonly ScrapeClass[];
  readonly remoteWrite?: readonly RemoteWriteOptions[];
  /** Scrape configs of Prometheus: a list, of which a Secret is made, or a Secret with such a list. */
  readonly additionalScrapeConfigs?:
    | readonly Readonly<Record<string, unknown>>[]
    | { readonly name: string; readonly key: string; readonly optional?: boolean };
  /** Label that carries the namespace of a monitor or rule, so that none can speak for another. @default - none */
  readonly enforcedNamespaceLabel?: string;
  /** Objects to which `enforcedNamespaceLabel` does not apply. */
  readonly excludedFromEnforcement?: readonly ParentReference[];
  /** Samples of a scrape beyond which the scrape fails, whatever a monitor says; the same goes for the other limits. */
  readonly enforcedSampleLimit?: number;
  readonly enforcedTargetLimit?: number;
  readonly enforcedLabelLimit?: number;
  readonly enforcedLabelNameLengthLimit?: number;
  readonly enforcedLabelValueLengthLimit?: number;
  readonly enforcedKeepDroppedTargets?: number;
  readonly enforcedBodySizeLimit?: ByteSizeLike;
  /** Monitors find targets in their own namespace only. @default - false */
  readonly ignoreNamespaceSelectors?: boolean;
  /** Labels of a target never replace those of the server. @default - false */
  readonly overrideHonorLabels?: boolean;
  /** Timestamps are those of the scrape, whatever a monitor says. @default - false */
  readonly overrideHonorTimestamps?: boolean;
  /** Refuse monitors that read files of the server. @default - they may */
  readonly arbitraryFSAccessThroughSMs?: { readonly deny?: boolean };
  /** @default - Endpoints, the operator's default; a monitor may choose for itself */
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
  /** Labels of pods to copy onto the series of all monitors. */
  readonly podTargetLabels?: readonly string[];
  /** Feature flags of the server. */
  readonly enableFeatures?: readonly string[];
  /** Address under which users reach the server: it stands in alerts. */
  readonly externalUrl?: string;
  /** @default - `/` */
  readonly routePrefix?: string;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat?: 'logfmt' | 'json';
  readonly objects?: ScrapingServerObjects;
}

const limit = wholeNumberFrom(0);

const remoteWrite: Shape = {
  fields: {
    url: urlRule,
    remoteTimeout: serverDuration,
    authorization: 'anything',
    azureAd: 'anything',
    basicAuth: 'anything',
    bearerTokenFile: 'text',
    enableHTTP2: 'boolean',
    followRedirects: 'boolean',
    headers: { map: 'text' },
    messageVersion: { oneOf: ['V1.0', 'V2.0'] },
    metadataConfig: 'anything',
    name: 'text',
    noProxy: 'text',
    oauth2: 'anything',
    proxyConnectHeader: 'anything',
    proxyFromEnvironment: 'boolean',
    proxyUrl: 'text',
    queueConfig: 'anything',
    roundRobinDNS: 'boolean',
    sendExemplars: 'boolean',
    sendNativeHistograms: 'boolean',
    sigv4: 'anything',
    tlsConfig: 'anything',
    writeRelabelConfigs: { list: { map: 'anything' } },
  } satisfies ShapeOf<RemoteWriteOptions>,
};

export const scrapingServerObjects: Record<keyof ScrapingServerObjects, Shape> = {
  ...serverObjects,
  clusterRole: { fields: objectOptions },
  clusterRoleBinding: { fields: objectOptions },
  role: { fields: objectOptions },
  roleBinding: { fields: objectOptions },
  additionalScrapeConfigs: { fields: objectOptions },
};

export const scrapingServerShape: ShapeOf<ScrapingServerProps<unknown>> = {
  ...serverShape,
  // what it may be is looked at by its own check, which knows what is meant
  namespaces: 'anything',
  serviceMonitorSelector: objectSelectorShape,
  podMonitorSelector: objectSelectorShape,
  probeSelector: objectSelectorShape,
  scrapeConfigSelector: objectSelectorShape,
  serviceMonitorNamespaceSelector: selectorShape,
  podMonitorNamespaceSelector: selectorShape,
  probeNamespaceSelector: selectorShape,
  scrapeConfigNamespaceSelector: selectorShape,
  access: { fields: { nodes: 'boolean', nodeMetrics: 'boolean', ingresses: 'boolean', metricsUrls: 'boolean' } },
  shards: wholeNumberFrom(1),
  shardingStrategy: { map: 'anything' },
  scrapeInterval: serverDuration,
  scrapeTimeout: serverDuration,
  externalLabels: { map: 'text' },
  scrapeClasses: { list: { map: 'anything' } },
  remoteWrite: { list: remoteWrite },
  additionalScrapeConfigs: {
    either: [{ list: { map: 'anything' } }, { fields: { name: 'text', key: 'text', optional: 'boolean' } }],
  },
  enforcedNamespaceLabel: 'text',
  excludedFromEnforcement: { list: { map: 'anything' } },
  sampleLimit: limit,
  targetLimit: limit,
  labelLimit: limit,
  labelNameLengthLimit: limit,
  labelValueLengthLimit: limit,
  keepDroppedTargets: limit,
  bodySizeLimit: byteSizeRule,
  scrapeProtocols: { list: 'text' },
  scrapeNativeHistograms: 'boolean',
  scrapeClassicHistograms: 'boolean',
  convertClassicHistogramsToNHCB: 'boolean',
  nameValidationScheme: { oneOf: ['UTF8', 'Legacy'] },
  nameEscapingScheme: { oneOf: ['AllowUTF8', 'Underscores', 'Dots', 'Values'] },
  enforcedSampleLimit: limit,
  enforcedTargetLimit: limit,
  enforcedLabelLimit: limit,
  enforcedLabelNameLengthLimit: limit,
  enforcedLabelValueLengthLimit: limit,
  enforcedKeepDroppedTargets: limit,
  enforcedBodySizeLimit: byteSizeRule,
  ignoreNamespaceSelectors: 'boolean',
  overrideHonorLabels: 'boolean',
  overrideHonorTimestamps: 'boolean',
  arbitraryFSAccessThroughSMs: { fields: { deny: 'boolean' } },
  serviceDiscoveryRole: { oneOf: ['Endpoints', 'EndpointSlice'] },
  podTargetLabels: { list: 'text' },
  enableFeatures: { list: 'text' },
  externalUrl: 'text',
  routePrefix: 'text',
  logLevel: { oneOf: ['debug', 'info', 'warn', 'error'] },
  logFormat: { oneOf: ['logfmt', 'json'] },
  objects: { fields: scrapingServerObjects },
};
