import { Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PrometheusSpec } from '../../../imports/prometheus';
import { addCheck, compareText } from '../../findings';
import type { LabelSelector, Platform, PrometheusServer } from '../../platform';
import { durationText } from '../../promql';
import { CheckedProps, definedFields, generateObject, renderOnce } from '../objects';
import { byteSizeText } from '../scrape/monitor-endpoint';
import { grantAccess } from './access-rights';
import { OperatorServer, ServerKind, ServerPort } from './operator-server';
import { scrapingFindings } from './scraping-checks';
import type { AccessOptions, ScrapingServerProps } from './scraping-props';

const kinds = ['serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig'] as const;
/** What a platform knows of a server by the same name. */
const asFacts = [
  'shards',
  'shardingStrategy',
  'externalLabels',
  'enforcedNamespaceLabel',
  'excludedFromEnforcement',
  'sampleLimit',
  'targetLimit',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'keepDroppedTargets',
  'scrapeProtocols',
  'scrapeNativeHistograms',
  'scrapeClassicHistograms',
  'convertClassicHistogramsToNHCB',
  'nameValidationScheme',
  'nameEscapingScheme',
  'enforcedSampleLimit',
  'enforcedTargetLimit',
  'enforcedLabelLimit',
  'enforcedLabelNameLengthLimit',
  'enforcedLabelValueLengthLimit',
  'enforcedKeepDroppedTargets',
  'ignoreNamespaceSelectors',
  'overrideHonorLabels',
  'overrideHonorTimestamps',
  'arbitraryFSAccessThroughSMs',
  'serviceDiscoveryRole',
  'podTargetLabels',
  'enableFeatures',
] as const satisfies readonly (keyof ScrapingServerProps<unknown> & keyof PrometheusServer)[];

const asGiven = [
  ...asFacts,
  'scrapeClasses',
  'externalUrl',
  'routePrefix',
  'logLevel',
  'logFormat',
] as const satisfies readonly (keyof ScrapingServerProps<unknown>)[];

export type Selectors = Pick<PrometheusServer, `${(typeof kinds)[number]}${'Selector' | 'NamespaceSelector'}`>;

/** A server that scrapes: a Prometheus or a PrometheusAgent. */
export abstract class ScrapingServer extends OperatorServer {
  /** The namespaces in which it finds targets and monitors. */
  readonly namespaces: 'all' | readonly string[];

  /** @internal What it may read beside Services, endpoints and pods. */
  readonly _access: Required<AccessOptions>;

  private readonly scrapingProps: ScrapingServerProps<object>;
  private readonly additionalScrapeConfigs?: PrometheusSpec['additionalScrapeConfigs'];

  /** @param alsoIn namespaces in which something is joined to the server, which it finds by its endpoints */
  protected constructor(
    scope: Construct,
    id: string,
    kind: ServerKind,
    checked: CheckedProps<ScrapingServerProps<object>>,
    alsoIn: readonly string[],
  ) {
    super(scope, id, kind, checked);
    this.scrapingProps = checked.props;
    const { props } = checked;
    const given: unknown = props.namespaces;
    const own = this.namespace === undefined ? [] : [this.namespace];
    const listed = Array.isArray(given) ? given.filter((name): name is string => typeof name === 'string') : [];
    this.namespaces = given === 'all' ? 'all' : distinct([...own, ...listed]);
    const found = this.namespaces === 'all' ? 'all' : distinct([...this.namespaces, ...alsoIn]);
    this._access = {
      nodes: (props.scrapeClasses ?? []).some(({ attachMetadata }) => attachMetadata?.node === true),
      nodeMetrics: false,
      ingresses: true,
      metricsUrls: this.namespaces === 'all',
      ...definedFields(props.access),
    };
    grantAccess(this, {
      name: `${kind.component}-${this.name}`,
      namespace: this.namespace,
      labels: this.labels,
      serviceAccountName: this.serviceAccountName,
      serviceDiscoveryRole: props.serviceDiscoveryRole,
      clusterName: [kind.component, this.namespace, this.name].filter((part) => part !== undefined).join('-'),
      namespaces: found,
      finds: kind.monitor === 'PodMonitor' ? 'pods' : 'services',
      access: this._access,
      objects: props.objects,
    });
    this.additionalScrapeConfigs = this.scrapeConfigSecret(`${kind.component}-${this.name}-additional-scrape-configs`);
    addCheck(this, () => scrapingFindings(props, this.where));
  }

  /** The server as the facts of a platform: what a Prometheus object says, and the operator's defaults. */
  get facts(): PrometheusServer {
    const { version, scrapeClasses, scrapeInterval, scrapeTimeout, bodySizeLimit, enforcedBodySizeLimit } =
      this.scrapingProps;
    return definedFields({
      name: this.name,
      namespace: this.namespace,
      version: version?.replace(/^v/, ''),
      serviceAccountName: this.serviceAccountName,
      podLabels: this.podLabels,
      ...this.selectors(),
      scrapeInterval: scrapeInterval ?? '30s',
      scrapeTimeout,
      scrapeClasses: scrapeClasses ?? [],
      bodySizeLimit,
      enforcedBodySizeLimit,
      ...Object.fromEntries(asFacts.map((field) => [field, this.scrapingProps[field]])),
    });
  }

  /** It scrapes itself, whatever other servers the stack's platform has. */
  protected override get platform(): Platform {
    return renderOnce(this, 'platform', () => super.platform.with({ prometheus: this.facts }));
  }

  protected override spec(): object {
    const { scrapeInterval, scrapeTimeout, bodySizeLimit, enforcedBodySizeLimit, remoteWrite } = this.scrapingProps;
    return {
      ...Object.fromEntries(asGiven.map((field) => [field, this.scrapingProps[field]])),
      ...withoutNone(this.selectors()),
      scrapeInterval: scrapeInterval === undefined ? undefined : durationText(scrapeInterval),
      scrapeTimeout: scrapeTimeout === undefined ? undefined : durationText(scrapeTimeout),
      bodySizeLimit: bodySizeLimit === undefined ? undefined : byteSizeText(bodySizeLimit),
      enforcedBodySizeLimit: enforcedBodySizeLimit === undefined ? undefined : byteSizeText(enforcedBodySizeLimit),
      additionalScrapeConfigs: this.additionalScrapeConfigs,
      remoteWrite: remoteWrite?.map(({ remoteTimeout, ...target }) => ({
        ...target,
        ...(remoteTimeout === undefined ? {} : { remoteTimeout: durationText(remoteTimeout) }),
      })),
    };
  }

  protected override ports(): readonly ServerPort[] {
    return [
      { name: 'web', port: 9090, metricsPath: `${this.path}/metrics` },
      { name: 'reloader-web', port: 8080, metricsPath: '/metrics' },
    ];
  }

  /** Replicas answer differently, since each has samples of its own: a session stays with one. */
  protected override serviceSpec(): Readonly<Record<string, unknown>> {
    return { type: 'ClusterIP', sessionAffinity: 'ClientIP' };
  }

  /** Address of the server's HTTP API inside the cluster. */
  get url(): string {
    return `http://${this.hostName()}:9090${this.path}`;
  }

  /** What selects namespaces that are in `namespaces`. */
  protected namespaceSelector(): LabelSelector {
    if (this.namespaces === 'all') return {};
    return {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...this.namespaces] }],
    };
  }

  /** What it selects, as facts: `none` is a field that is left out of the custom resource. */
  protected selectors(): Selectors {
    const props = this.scrapingProps;
    return Object.fromEntries(
      kinds.flatMap((kind) => [
        [`${kind}Selector`, props[`${kind}Selector`] ?? {}],
        [`${kind}NamespaceSelector`, props[`${kind}NamespaceSelector`] ?? this.namespaceSelector()],
      ]),
    ) as Selectors;
  }

  /** What stands before the paths of the server's pages. */
  private get path(): string {
    return (this.scrapingProps.routePrefix ?? '').replace(/\/+$/, '');
  }

  private scrapeConfigSecret(name: string): PrometheusSpec['additionalScrapeConfigs'] {
    const { additionalScrapeConfigs: configs, objects } = this.scrapingProps;
    if (!isList(configs)) return configs?.name && configs.key ? configs : undefined;
    const key = 'scrape-configs.yaml';
    const secret = generateObject(this, 'AdditionalScrapeConfigs', {
      ...{ apiVersion: 'v1', kind: 'Secret', name, namespace: this.namespace, labels: this.labels },
      options: objects?.additionalScrapeConfigs,
      content: () => ({ stringData: { [key]: Yaml.stringify(configs) } }),
    });
    return { name: secret.name, key };
  }
}

/** Unlike Array.isArray, it knows lists that nobody may change. */
function isList<T>(value: readonly T[] | object | undefined): value is readonly T[] {
  return Array.isArray(value);
}

/** The operator takes no objects of a kind where the custom resource has no selector for it. */
export function withoutNone<T extends object>(selectors: T): { readonly [K in keyof T]: Exclude<T[K], 'none'> } {
  const set = Object.entries(selectors).filter(([, selector]) => selector !== 'none');
  return Object.fromEntries(set) as { readonly [K in keyof T]: Exclude<T[K], 'none'> };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}
