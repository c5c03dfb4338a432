import { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import type { TargetKind } from './relabeling-labels';
import type { ServiceMonitorOptions } from './scrape-policy';

/**
 * The version of Prometheus from which the operator writes a field: with an older one it is left out without an error.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go (`WithMinimumVersion`).
 */
const since: Partial<Record<keyof ServiceMonitorOptions, string>> = {
  honorTimestamps: '2.9',
  targetLimit: '2.21',
  followRedirects: '2.26',
  authorization: '2.26',
  labelLimit: '2.27',
  labelNameLengthLimit: '2.27',
  labelValueLengthLimit: '2.27',
  oauth2: '2.27',
  bodySizeLimit: '2.28',
  enableHttp2: '2.35',
  attachMetadata: '2.37',
  noProxy: '2.43',
  proxyFromEnvironment: '2.43',
  proxyConnectHeader: '2.43',
  nativeHistogramBucketLimit: '2.45',
  scrapeClassicHistograms: '2.45',
  keepDroppedTargets: '2.47',
  trackTimestampsStaleness: '2.48',
  scrapeProtocols: '2.49',
  nativeHistogramMinBucketFactor: '2.50',
  fallbackScrapeProtocol: '3.0',
  convertClassicHistogramsToNHCB: '3.0',
  scrapeNativeHistograms: '3.8',
};

/** The same for fields within fields, and for single values. */
const sinceWithin: readonly {
  readonly what: string;
  readonly first: string;
  readonly isUsed: (options: ServiceMonitorOptions) => boolean;
}[] = [
  {
    what: 'serviceDiscoveryRole EndpointSlice',
    first: '2.21',
    isUsed: (options) => options.serviceDiscoveryRole === 'EndpointSlice',
  },
  { what: 'tlsConfig.minVersion', first: '2.35', isUsed: ({ tlsConfig }) => tlsConfig?.minVersion !== undefined },
  { what: 'tlsConfig.maxVersion', first: '2.41', isUsed: ({ tlsConfig }) => tlsConfig?.maxVersion !== undefined },
  {
    what: 'the scrape protocol PrometheusText1.0.0',
    first: '3.0',
    isUsed: ({ scrapeProtocols }) => Array.isArray(scrapeProtocols) && scrapeProtocols.includes('PrometheusText1.0.0'),
  },
];

/** What discovery of pods could do earlier than discovery of pods behind a Service. */
const sinceForPods: typeof since = { attachMetadata: '2.35' };

/** Fields that the platform's Prometheus is too old for. */
export function versionFindings(
  options: ServiceMonitorOptions,
  platform: Platform,
  where: FindingLocation,
  targets: TargetKind = 'service',
): Finding[] {
  const version = platform.prometheusServers[0]?.version;
  const used = [
    ...Object.entries(targets === 'pod' ? { ...since, ...sinceForPods } : since)
      .filter(([field]) => options[field as keyof ServiceMonitorOptions] !== undefined)
      .map(([what, first]) => ({ what, first })),
    ...sinceWithin.filter(({ isUsed }) => isUsed(options)),
  ];
  return [
    ...leftOutFindings(used, platform, where),
    ...(version === undefined ? [] : rejected(options, version, where)),
  ];
}

/** What of that which is used is newer than the platform's Prometheus: the operator leaves it out. */
export function leftOutFindings(
  used: readonly { readonly what: string; readonly first: string }[],
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const version = platform.prometheusServers[0]?.version;
  if (version === undefined) return [];
  return used
    .filter(({ first }) => isOlder(version, first))
    .map(({ what, first }) => ({
      code: 'scrape/prometheus-version',
      severity: 'warning',
      where,
      message: `${what} needs Prometheus ${first}, the platform has ${version}: the operator leaves it out`,
      fix: `remove ${what}, or raise the platform's Prometheus`,
    }));
}

/** What makes the operator reject the whole monitor. Source: prometheus-operator, pkg/prometheus/resource_selector.go. */
function rejected({ selectorMechanism }: ServiceMonitorOptions, version: string, where: FindingLocation): Finding[] {
  if (selectorMechanism !== 'RoleSelector' || !isOlder(version, '2.17')) return [];
  return [
    {
      code: 'scrape/prometheus-version',
      severity: 'error',
      where,
      message: `selectorMechanism RoleSelector needs Prometheus 2.17, the platform has ${version}: the operator rejects the monitor`,
      fix: "remove selectorMechanism, or raise the platform's Prometheus",
    },
  ];
}

/** Is a version older than `major.minor`? What cannot be read is not. */
export function isOlder(version: string, first: string): boolean {
  const numbers = /^v?(\d+)\.(\d+)/.exec(version);
  const [major = 0, minor = 0] = first.split('.').map(Number);
  if (!numbers) return false;
  return Number(numbers[1]) < major || (Number(numbers[1]) === major && Number(numbers[2]) < minor);
}
