import type { Finding, FindingLocation } from '../../findings';
import { type Platform, selectorOfKind } from '../../platform';
import type { MetricsEndpoint } from './metrics-endpoint';
import type { ScrapeMechanism } from './scrape-policy';

/** The kind of the object by which the endpoint of an app is found, if it is by one. */
const kindOf: Readonly<Partial<Record<ScrapeMechanism['kind'], string>>> = {
  serviceMonitor: 'ServiceMonitor',
  podMonitor: 'PodMonitor',
  federate: 'ServiceMonitor',
  probe: 'Probe',
};

/** What is open about the objects that are made for the endpoints of an app, once for each kind of them. */
export function unknownSelectorsOf(
  endpoints: readonly Pick<MetricsEndpoint, 'scrape'>[],
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const kinds = new Set(endpoints.flatMap(({ scrape }) => kindOf[scrape.kind] ?? []));
  return [...kinds].flatMap((kind) => unknownSelectorFindings(kind, platform, where));
}

/** A Prometheus is known, and which objects of a kind it selects is not. Where nothing is known, the app says so already. */
export function unknownSelectorFindings(kind: string, platform: Platform, where: FindingLocation): Finding[] {
  const selector = selectorOfKind[kind];
  const { prometheusServers: servers, facts, name } = platform;
  if (selector === undefined || servers.length === 0 || facts.operator?.installed === false) return [];
  if (servers.some((server) => server[selector] !== undefined)) return [];
  return [
    {
      code: 'scrape/unknown-selector',
      severity: 'info',
      where,
      message: `the platform '${name}' does not say which ${kind}s its Prometheus selects: ours carry no label for it`,
      fix: `set prometheus.${selector} on the platform, {} where it selects all of them`,
    },
  ];
}
