import type {
  AzureSDConfig,
  ConsulSDConfig,
  DigitalOceanSDConfig,
  DnsSDConfig as DnsSDConfigSpec,
  DockerSDConfig,
  DockerSwarmSDConfig,
  Ec2SDConfig,
  EurekaSDConfig,
  FileSDConfig as FileSDConfigSpec,
  GceSDConfig,
  HetznerSDConfig,
  HttpSDConfig as HttpSDConfigSpec,
  IonosSDConfig,
  KubernetesSDConfig as KubernetesSDConfigSpec,
  KumaSDConfig,
  LightSailSDConfig,
  LinodeSDConfig,
  NomadSDConfig,
  OpenstackSDConfig,
  OvhcloudSDConfig,
  PuppetDBSDConfig,
  ScalewaySDConfig,
} from '../../../imports/scrape-config';
import type { AuthenticationOptions, ProxyOptions, ScrapeOptions, TlsConnectionOptions } from '../../platform';
import type { DurationLike } from '../../promql';
import { sharedFields } from './shared-fields';

/** What a ScrapeConfig takes of the settings that all ways of scraping share. */
export const commonScrapeConfigFields = [
  'interval',
  'scrapeTimeout',
  'params',
  'honorLabels',
  'honorTimestamps',
  'trackTimestampsStaleness',
  'relabelings',
  'metricRelabelings',
  'enableHttp2',
  'authorization',
  'basicAuth',
  'oauth2',
  'proxyUrl',
  'noProxy',
  'proxyFromEnvironment',
  'proxyConnectHeader',
  ...sharedFields,
  'bodySizeLimit',
] as const satisfies readonly (keyof ScrapeOptions)[];

/** Targets that are written down. */
export interface StaticTargets {
  /** `host:port` each. A target without a port gets that of the scheme, 80 or 443. */
  readonly targets: readonly string[];
  /** Labels of the series of these targets. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** How Prometheus reaches a server that tells it the targets: one way of authenticating at most. */
interface DiscoveryConnection
  extends Omit<AuthenticationOptions, 'bearerTokenSecret' | 'bearerTokenFile'>, ProxyOptions {
  readonly tlsConfig?: TlsConnectionOptions;
  readonly followRedirects?: boolean;
  readonly enableHTTP2?: boolean;
}

/** Targets from a web server that answers with a list in Prometheus' JSON format. */
export interface HttpDiscovery extends DiscoveryConnection, Pick<HttpSDConfigSpec, 'url'> {
  readonly refreshInterval?: DurationLike;
}

/** Targets from DNS: records of type SRV name their port, those of the other types need `port`. */
export type DnsDiscovery = Pick<DnsSDConfigSpec, 'names'> & { readonly refreshInterval?: DurationLike } & (
    | { readonly type?: 'SRV'; readonly port?: number }
    | { readonly type: Exclude<DnsSDConfigSpec['type'], 'SRV' | undefined>; readonly port: number }
  );

type KubernetesRole = KubernetesSDConfigSpec['role'];

/** The roles whose objects a role reads, and so may select by. Source: prometheus, discovery/kubernetes/kubernetes.go. */
export const selectorRoles = {
  Pod: ['Pod'],
  Service: ['Service'],
  Endpoints: ['Pod', 'Service', 'Endpoints'],
  EndpointSlice: ['Pod', 'Service', 'EndpointSlice'],
  Node: ['Node'],
  Ingress: ['Ingress'],
} as const satisfies Readonly<Record<KubernetesRole, readonly KubernetesRole[]>>;

type Discovered<Role extends KubernetesRole> = DiscoveryConnection & {
  readonly role: Role;
  readonly selectors?: readonly {
    readonly role: (typeof selectorRoles)[Role][number];
    readonly label?: string;
    readonly field?: string;
  }[];
  readonly attachMetadata?: { readonly node?: boolean };
};

/** Targets from the API of a Kubernetes cluster: the own one, or another one by its address. */
export type KubernetesDiscovery = { [Role in KubernetesRole]: Discovered<Role> }[KubernetesRole] &
  (
    | {
        readonly apiServer?: never;
        readonly namespaces?: { readonly names?: readonly string[]; readonly ownNamespace?: boolean };
      }
    | {
        /** Address of the API server. @default - the cluster that Prometheus runs in */
        readonly apiServer: string;
        readonly namespaces?: { readonly names?: readonly string[]; readonly ownNamespace?: false };
      }
  );

/** Targets from files in Prometheus' own container. */
export interface FileDiscovery extends Pick<FileSDConfigSpec, 'files'> {
  readonly refreshInterval?: DurationLike;
}

/** Where the targets come from, each list in the field names of the ScrapeConfig custom resource. */
export interface ScrapeConfigTargets {
  readonly staticConfigs?: readonly StaticTargets[];
  readonly httpSDConfigs?: readonly HttpDiscovery[];
  readonly dnsSDConfigs?: readonly DnsDiscovery[];
  readonly kubernetesSDConfigs?: readonly KubernetesDiscovery[];
  readonly fileSDConfigs?: readonly FileDiscovery[];
  readonly azureSDConfigs?: readonly AzureSDConfig[];
  readonly consulSDConfigs?: readonly ConsulSDConfig[];
  readonly digitalOceanSDConfigs?: readonly DigitalOceanSDConfig[];
  readonly dockerSDConfigs?: readonly DockerSDConfig[];
  readonly dockerSwarmSDConfigs?: readonly DockerSwarmSDConfig[];
  readonly ec2SDConfigs?: readonly Ec2SDConfig[];
  readonly eurekaSDConfigs?: readonly EurekaSDConfig[];
  readonly gceSDConfigs?: readonly GceSDConfig[];
  readonly hetznerSDConfigs?: readonly HetznerSDConfig[];
  readonly ionosSDConfigs?: readonly IonosSDConfig[];
  readonly kumaSDConfigs?: readonly KumaSDConfig[];
  readonly lightSailSDConfigs?: readonly LightSailSDConfig[];
  readonly linodeSDConfigs?: readonly LinodeSDConfig[];
  readonly nomadSDConfigs?: readonly NomadSDConfig[];
  readonly openstackSDConfigs?: readonly OpenstackSDConfig[];
  readonly ovhcloudSDConfigs?: readonly OvhcloudSDConfig[];
  readonly puppetDBSDConfigs?: readonly PuppetDBSDConfig[];
  readonly scalewaySDConfigs?: readonly ScalewaySDConfig[];
}

/** Every list of targets that Prometheus discovers. */
export const discoveryFields = [
  'httpSDConfigs',
  'dnsSDConfigs',
  'kubernetesSDConfigs',
  'fileSDConfigs',
  'azureSDConfigs',
  'consulSDConfigs',
  'digitalOceanSDConfigs',
  'dockerSDConfigs',
  'dockerSwarmSDConfigs',
  'ec2SDConfigs',
  'eurekaSDConfigs',
  'gceSDConfigs',
  'hetznerSDConfigs',
  'ionosSDConfigs',
  'kumaSDConfigs',
  'lightSailSDConfigs',
  'linodeSDConfigs',
  'nomadSDConfigs',
  'openstackSDConfigs',
  'ovhcloudSDConfigs',
  'puppetDBSDConfigs',
  'scalewaySDConfigs',
] as const satisfies readonly Exclude<keyof ScrapeConfigTargets, 'staticConfigs'>[];

/** Settings of a ScrapeConfig: targets that are no pods of the stack, from a list or from a discovery of Prometheus. */
export interface ScrapeConfigOptions
  extends ScrapeConfigTargets, Pick<ScrapeOptions, (typeof commonScrapeConfigFields)[number]> {
  /** Path of the metrics. @default - `/metrics` */
  readonly path?: string;
  /** @default - http */
  readonly scheme?: 'http' | 'https';
  readonly tlsConfig?: TlsConnectionOptions;
  /** May targets compress what they send? @default - true, Prometheus' own */
  readonly enableCompression?: boolean;
  /** Which names of metrics and labels are taken. @default - what the Prometheus object says */
  readonly nameValidationScheme?: 'UTF8' | 'Legacy';
  /** How names beyond letters, digits and _ are asked for. @default - what the Prometheus object says */
  readonly nameEscapingScheme?: 'AllowUTF8' | 'Underscores' | 'Dots' | 'Values';
}
