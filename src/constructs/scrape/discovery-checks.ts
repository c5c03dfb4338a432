import type { Finding, FindingLocation } from '../../findings';
import type { Platform, ScrapeOptions } from '../../platform';
import { DurationLike, durationProblem } from '../../promql';
import { settingsFindings } from './endpoint-checks';
import { discoveryFields, ScrapeConfigOptions, selectorRoles } from './scrape-config-options';
import { reporter, ScrapeReport } from './target-checks';
import { isOlder } from './version-checks';

type DiscoveryField = (typeof discoveryFields)[number];

/** A discovery as JavaScript may give it: every field may be there, with any value. */
type Discovery = Readonly<Record<string, unknown>>;

/** How Prometheus reaches a server that tells it the targets. */
const connectionFields = [
  'authorization',
  'basicAuth',
  'oauth2',
  'tlsConfig',
  'proxyUrl',
  'noProxy',
  'proxyFromEnvironment',
  'proxyConnectHeader',
] as const satisfies readonly (keyof ScrapeOptions)[];

/**
 * What prometheus-operator would refuse in discoveries of targets.
 * Source: prometheus-operator, pkg/prometheus/resource_selector.go, and the CRD of ScrapeConfig.
 */
export function discoveryFindings(options: ScrapeConfigOptions, platform: Platform, where: FindingLocation): Finding[] {
  return discoveryFields.flatMap((field) =>
    ((options[field] ?? []) as readonly object[]).flatMap((given, index) => {
      const discovery = given as Discovery;
      const place = `${field}[${index}]`;
      const { findings, report } = reporter(where);
      checkRefresh(place, discovery, report);
      checks[field]?.(place, discovery, report);
      checkVersions(place, field, discovery, platform, report);
      const connection = Object.fromEntries(
        connectionFields.filter((name) => discovery[name] !== undefined).map((name) => [name, discovery[name]]),
      );
      return [
        ...findings,
        ...settingsFindings(connection, platform, where, 'any').map((finding) => within(place, finding)),
      ];
    }),
  );
}

function within(place: string, finding: Finding): Finding {
  return { ...finding, message: `${place}: ${finding.message}` };
}

function checkRefresh(place: string, { refreshInterval }: Discovery, report: ScrapeReport): void {
  if (refreshInterval === undefined) return;
  const problem = durationProblem(refreshInterval as DurationLike);
  if (problem) report('scrape/duration', `${place}.refreshInterval: ${problem.message}`, problem.fix);
}

type Check = (place: string, discovery: Discovery, report: ScrapeReport) => void;

const checks: { readonly [F in DiscoveryField]?: Check } = {
  httpSDConfigs: checkUrl('url'),
  puppetDBSDConfigs: checkUrl('url'),
  eurekaSDConfigs: checkUrl('server'),
  kumaSDConfigs: checkUrl('server'),
  nomadSDConfigs: checkUrl('server'),
  dnsSDConfigs: checkDns,
  fileSDConfigs: checkFiles,
  kubernetesSDConfigs: checkKubernetes,
  azureSDConfigs: checkAzure,
};

function checkUrl(field: string): Check {
  return (place, discovery, report) => {
    const url = discovery[field];
    if (typeof url === 'string' && /^https?:\/\/.+$/.test(url)) return;
    const shown = url === undefined ? 'is missing' : `${JSON.stringify(url)} is no address with http:// or https://`;
    const isBare = typeof url === 'string' && url !== '' && !url.includes('://');
    report(
      'scrape/discovery',
      `${place}.${field} ${shown}`,
      isBare ? `write 'http://${url}' or 'https://${url}'` : "write it as 'https://host/path'",
    );
  };
}

function checkDns(place: string, { names, type, port }: Discovery, report: ScrapeReport): void {
  if (!Array.isArray(names) || names.length === 0) {
    report('scrape/discovery', `${place}.names is empty`, "name what to look up, such as '_metrics._tcp.db.example'");
  }
  if (type === undefined || type === 'SRV' || port !== undefined) return;
  report(
    'scrape/discovery',
    `${place}.port is missing: records of type ${String(type)} name none`,
    'give the port, or use SRV records',
  );
}

/** Source: the pattern of `files` in the CRD. */
function checkFiles(place: string, { files }: Discovery, report: ScrapeReport): void {
  if (!Array.isArray(files) || files.length === 0) {
    report('scrape/discovery', `${place}.files is empty`, "name a file, such as '/etc/targets/*.json'");
    return;
  }
  (files as readonly unknown[]).forEach((file, index) => {
    if (typeof file === 'string' && /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(file)) return;
    report(
      'scrape/discovery',
      `${place}.files[${index}] ${JSON.stringify(file)} is no JSON or YAML file that Prometheus would read`,
      'end it in .json, .yml or .yaml, with * in the last part of the path only',
    );
  });
}

function checkKubernetes(place: string, discovery: Discovery, report: ScrapeReport): void {
  const { role, selectors, apiServer, namespaces, attachMetadata } = discovery;
  const allowed: readonly string[] | undefined = selectorRoles[role as keyof typeof selectorRoles];
  if (allowed === undefined) {
    const roles = Object.keys(selectorRoles).join(', ');
    report('scrape/discovery', `${place}.role is ${JSON.stringify(role)}`, `give one of ${roles}`);
    return;
  }
  const seen = new Set<unknown>();
  for (const [index, selector] of (Array.isArray(selectors) ? (selectors as readonly Discovery[]) : []).entries()) {
    const of = `${place}.selectors[${index}]`;
    if (!allowed.includes(String(selector?.role))) {
      const message = `${of}.role is ${JSON.stringify(selector?.role)}: the role ${String(role)} reads ${allowed.join(', ')}`;
      report('scrape/discovery', message, `select by ${allowed.join(' or ')}`);
    } else if (seen.has(selector.role)) {
      const message = `${of} is the second of the role ${String(selector.role)} in selectors`;
      report('scrape/discovery', message, 'join them in one');
    }
    seen.add(selector?.role);
  }
  if (apiServer !== undefined && (namespaces as Discovery | null | undefined)?.ownNamespace === true) {
    report(
      'scrape/discovery',
      `${place} has both apiServer and namespaces.ownNamespace: Prometheus has no namespace in another cluster`,
      'name the namespaces',
    );
  }
  if (attachMetadata !== undefined && !['Pod', 'Endpoints', 'EndpointSlice'].includes(String(role))) {
    report(
      'scrape/discovery',
      `${place}.attachMetadata has no effect on the role ${String(role)}`,
      'remove it',
      'warning',
    );
  }
}

/** OAuth is what Prometheus uses where nothing is said. */
function checkAzure(place: string, discovery: Discovery, report: ScrapeReport): void {
  if ((discovery.authenticationMethod ?? 'OAuth') !== 'OAuth') return;
  for (const field of ['tenantID', 'clientID', 'clientSecret']) {
    if (discovery[field] !== undefined && discovery[field] !== '') continue;
    report(
      'scrape/discovery',
      `${place}.${field} is missing, which OAuth needs`,
      'give it, or set authenticationMethod to another one',
    );
  }
}

interface VersionOfField {
  readonly in: DiscoveryField;
  readonly field: string;
  /** The value that needs it. @default - any */
  readonly value?: string;
  readonly first: string;
}

/** What makes the operator reject the ScrapeConfig for an older Prometheus. */
const since: readonly VersionOfField[] = [
  { in: 'kubernetesSDConfigs', field: 'role', value: 'EndpointSlice', first: '2.21' },
  { in: 'consulSDConfigs', field: 'namespace', first: '2.28' },
  { in: 'consulSDConfigs', field: 'pathPrefix', first: '2.45' },
  { in: 'consulSDConfigs', field: 'filter', first: '3.0' },
  { in: 'consulSDConfigs', field: 'healthFilter', first: '3.11' },
  { in: 'azureSDConfigs', field: 'resourceGroup', first: '2.35' },
  { in: 'azureSDConfigs', field: 'authenticationMethod', value: 'SDK', first: '2.52' },
  { in: 'azureSDConfigs', field: 'authenticationMethod', value: 'WorkloadIdentity', first: '3.11' },
  { in: 'kumaSDConfigs', field: 'clientID', first: '2.50' },
  { in: 'dockerSDConfigs', field: 'matchFirstNetwork', first: '2.54' },
  { in: 'openstackSDConfigs', field: 'role', value: 'LoadBalancer', first: '3.2' },
  { in: 'hetznerSDConfigs', field: 'labelSelector', first: '3.5' },
];

function checkVersions(
  place: string,
  list: DiscoveryField,
  discovery: Discovery,
  platform: Platform,
  report: ScrapeReport,
): void {
  const version = platform.prometheusServers[0]?.version;
  if (version === undefined) return;
  for (const { in: of, field, value, first } of since) {
    const given = discovery[field];
    if (of !== list || given === undefined || (value !== undefined && given !== value)) continue;
    if (!isOlder(version, first)) continue;
    report(
      'scrape/prometheus-version',
      `${place}.${field}${value === undefined ? '' : ` ${value}`} needs Prometheus ${first}, the platform has ${version}: the operator rejects the ScrapeConfig`,
      `remove it, or raise the platform's Prometheus`,
    );
  }
}
