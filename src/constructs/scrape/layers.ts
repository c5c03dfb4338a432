import type { Platform, ScrapeEndpointOptions, ScrapeMonitorOptions, ScrapeOptions } from '../../platform';
import { definedFields } from '../objects';
import { commonProbeFields } from './probe-options';
import { commonScrapeConfigFields } from './scrape-config-options';
import type { OptionsOf, ScrapeMechanism, ScrapePolicy } from './scrape-policy';
import { sharedFields } from './shared-fields';

type Kind = ScrapeMechanism['kind'];

/** The fields that stand once in a monitor, not at each endpoint. */
export const monitorFields = [
  'jobLabel',
  'targetLabels',
  'podTargetLabels',
  'selectorMechanism',
  ...sharedFields,
  'bodySizeLimit',
  'attachMetadata',
  'serviceDiscoveryRole',
  'namespaceSelector',
] as const satisfies readonly (keyof ScrapeMonitorOptions | keyof OptionsOf<'serviceMonitor'>)[];

const endpointFields = [
  'interval',
  'scrapeTimeout',
  'params',
  'honorLabels',
  'honorTimestamps',
  'trackTimestampsStaleness',
  'relabelings',
  'metricRelabelings',
  'filterRunning',
  'followRedirects',
  'enableHttp2',
  'tlsConfig',
  'authorization',
  'basicAuth',
  'oauth2',
  'bearerTokenSecret',
  'bearerTokenFile',
  'proxyUrl',
  'noProxy',
  'proxyFromEnvironment',
  'proxyConnectHeader',
] as const satisfies readonly (keyof ScrapeEndpointOptions)[];

const ofMonitors: readonly string[] = [...endpointFields, ...monitorFields];
const without = (...fields: readonly string[]) => ofMonitors.filter((field) => !fields.includes(field));

/** What each way of scraping takes over from layers that speak of another one. */
const inherited: Readonly<Record<Kind, readonly string[]>> = {
  serviceMonitor: ofMonitors,
  // labels of a Service mean nothing to it, and a jobLabel of Services would pin another job on pods
  podMonitor: without('bearerTokenFile', 'targetLabels', 'serviceDiscoveryRole', 'jobLabel'),
  federate: without(
    ...(['bearerTokenSecret', 'bearerTokenFile', 'jobLabel', 'targetLabels', 'podTargetLabels'] as const),
    ...(['selectorMechanism', 'attachMetadata', 'filterRunning', 'namespaceSelector'] as const),
  ),
  probe: [...commonProbeFields, 'tlsConfig'],
  scrapeConfig: [...commonScrapeConfigFields, 'tlsConfig'],
  annotations: ['params'],
  none: [],
};

/** The fields that exclude one another: a layer that sets one of a group hides the whole group below. */
const groups: readonly (readonly (keyof ScrapeEndpointOptions)[])[] = [
  ['authorization', 'basicAuth', 'oauth2', 'bearerTokenSecret', 'bearerTokenFile'],
  ['proxyUrl', 'noProxy', 'proxyFromEnvironment', 'proxyConnectHeader'],
];

/** What finds the targets where no policy says: annotations where nothing else is read, else a ServiceMonitor. */
export function defaultKind({ facts }: Platform): Kind {
  return facts.operator?.installed === false && facts.annotations !== undefined ? 'annotations' : 'serviceMonitor';
}

/** Joins the layers of a scrape, from the platform to the endpoint. The nearest policy decides what finds the targets. */
export function layeredMechanism(
  platform: Platform,
  ...policies: readonly (ScrapePolicy | undefined)[]
): ScrapeMechanism {
  const nearest = policies.filter((policy) => policy !== undefined).at(-1);
  return mechanismOf(nearest?.mechanism.kind ?? defaultKind(platform), platform, ...policies);
}

/** What the layers say of a scrape, if its targets are found in a given way. */
export function mechanismOf(
  kind: Kind,
  platform: Platform,
  ...policies: readonly (ScrapePolicy | undefined)[]
): ScrapeMechanism {
  let options: Record<string, unknown> = inheritedFields(kind, platform.facts.scrape);
  for (const policy of policies) {
    if (policy === undefined) continue;
    const { kind: ofLayer, options: given } = policy.mechanism;
    const layer = ofLayer === kind ? definedFields(given) : inheritedFields(kind, given);
    const hidden = groups.filter((group) => group.some((field) => field in layer)).flat();
    options = Object.fromEntries(Object.entries(options).filter(([field]) => !hidden.includes(field as never)));
    Object.assign(options, layer);
  }
  return { kind, options } as ScrapeMechanism;
}

/** The settings of a policy that an endpoint found in another way cannot have. */
export function lostFields(kind: Kind, policy: ScrapePolicy | undefined): string[] {
  if (policy === undefined || policy.mechanism.kind === kind) return [];
  return Object.keys(definedFields(policy.mechanism.options)).filter(
    (field) => ofMonitors.includes(field) && !inherited[kind].includes(field),
  );
}

function inheritedFields(kind: Kind, options: object | undefined): Record<string, unknown> {
  const given = definedFields(options as ScrapeOptions | undefined);
  return Object.fromEntries(Object.entries(given).filter(([field]) => inherited[kind].includes(field)));
}
