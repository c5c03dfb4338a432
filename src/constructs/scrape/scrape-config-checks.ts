import type { Finding, FindingLocation } from '../../findings';
import type { Platform, ScrapeOptions } from '../../platform';
import type { ShapeOf } from '../objects';
import { discoveryFindings } from './discovery-checks';
import { operatorFindings, settingsFindings } from './endpoint-checks';
import { commonScrapeConfigFields, discoveryFields, ScrapeConfigOptions } from './scrape-config-options';
import { checkHosts } from './static-target-checks';
import { urlAsPath } from './url-as-path';
import { checkAddresses, checkTargetLabels, reporter, ScrapeReport } from './target-checks';
import { isOlder, leftOutFindings } from './version-checks';

type CommonField = (typeof commonScrapeConfigFields)[number];
type DiscoveryField = (typeof discoveryFields)[number];

/** What these settings look like, for those whom no compiler tells. The shared ones are looked at more closely elsewhere. */
export const scrapeConfigShape: ShapeOf<ScrapeConfigOptions> = {
  ...(Object.fromEntries(commonScrapeConfigFields.map((field) => [field, 'anything'])) as Record<
    CommonField,
    'anything'
  >),
  ...(Object.fromEntries(discoveryFields.map((field) => [field, { list: { map: 'anything' } }])) as Record<
    DiscoveryField,
    { list: { map: 'anything' } }
  >),
  params: { map: { list: 'text' } },
  relabelings: { list: 'anything' },
  metricRelabelings: { list: 'anything' },
  staticConfigs: { list: { fields: { targets: { list: 'text' }, labels: { map: 'text' } } } },
  path: 'text',
  scheme: { oneOf: ['http', 'https'] },
  tlsConfig: { map: 'anything' },
  enableCompression: 'boolean',
  nameValidationScheme: { oneOf: ['UTF8', 'Legacy'] },
  nameEscapingScheme: { oneOf: ['AllowUTF8', 'Underscores', 'Dots', 'Values'] },
};

/** Since when the operator writes the fields that only a ScrapeConfig has. Source: pkg/prometheus/promcfg.go. */
const since = {
  enableCompression: '2.49',
  nameValidationScheme: '3.0',
  nameEscapingScheme: '3.4',
} as const satisfies { readonly [F in keyof ScrapeConfigOptions]?: string };

/**
 * What prometheus-operator would refuse in a ScrapeConfig, and what it would leave out.
 *
 * @param writtenAs by which policy: targets of a federation stand in `targets`
 * Source: prometheus-operator, pkg/prometheus/resource_selector.go, `checkScrapeConfig`.
 */
export function scrapeConfigFindings(
  options: ScrapeConfigOptions,
  platform: Platform,
  where: FindingLocation,
  writtenAs: 'scrapeConfig' | 'federate' = 'scrapeConfig',
): Finding[] {
  const { findings, report } = reporter(where);
  checkTargets(options, platform, report, writtenAs === 'federate');
  checkPath(options, report);
  checkPrometheus(platform, report);
  const used = Object.entries(since)
    .filter(([field]) => options[field as keyof typeof since] !== undefined)
    .map(([what, first]) => ({ what, first }));
  return [
    ...operatorFindings('a ScrapeConfig', platform, where),
    ...unreadFindings(platform, where),
    ...findings,
    ...discoveryFindings(options, platform, where),
    ...settingsFindings(sharedSettings(options), platform, where, 'any'),
    ...leftOutFindings(used, platform, where),
  ];
}

/** Source: prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go: a selector that is null selects nothing. */
function unreadFindings(platform: Platform, where: FindingLocation): Finding[] {
  if (!platform.selectsNone('scrapeConfigSelector')) return [];
  return [
    {
      code: 'scrape/no-scrape-configs',
      severity: 'error',
      where,
      message: `no Prometheus of the platform '${platform.name}' reads ScrapeConfigs`,
      fix: 'attach to a Service with Endpoints of its own (existingService), use ScrapePolicy.probe, or give the platform the scrapeConfigSelector of the Prometheus that does',
    },
  ];
}

function sharedSettings(options: ScrapeConfigOptions): ScrapeOptions {
  const fields: readonly string[] = [...commonScrapeConfigFields, 'tlsConfig'];
  return Object.fromEntries(Object.entries(options).filter(([field]) => fields.includes(field)));
}

function checkTargets(
  options: ScrapeConfigOptions,
  platform: Platform,
  report: ScrapeReport,
  isFederation: boolean,
): void {
  const { staticConfigs = [] } = options;
  const discoveries = discoveryFields.filter((field) => (options[field]?.length ?? 0) > 0);
  if (isFederation && staticConfigs.length === 0) {
    report(
      'scrape/no-targets',
      'the federation has no targets',
      "give the addresses of the other Prometheus: targets: ['prometheus.istio-system.svc:9090']",
    );
    return;
  }
  if (staticConfigs.length + discoveries.length === 0) {
    report(
      'scrape/no-targets',
      'the ScrapeConfig has no targets: neither staticConfigs nor a discovery',
      "give staticConfigs: [{ targets: ['host:9100'] }], or one of the *SDConfigs",
    );
  }
  staticConfigs.forEach(({ targets = [], labels }, index) => {
    const place = `staticConfigs[${index}]`;
    const ofTargets = isFederation ? 'targets' : `${place}.targets`;
    checkAddresses(ofTargets, targets, report);
    checkHosts(ofTargets, targets, options, report);
    checkTargetLabels(`${place}.labels`, labels, platform, report);
    if (labels?.namespace !== undefined && discoveries.length > 0) {
      report(
        'scrape/target-label',
        `${place}.labels.namespace has no effect beside ${discoveries.join(' and ')}: all targets get the namespace of the object`,
        'give the static targets a ScrapeJob of their own',
      );
    }
  });
}

function checkPath({ path }: ScrapeConfigOptions, report: ScrapeReport): void {
  if (path === undefined) return;
  const url = urlAsPath(path, 'params');
  if (url !== undefined) return report('scrape/path', url.message, url.fix);
  if (!path.startsWith('/')) report('scrape/path', `the path '${path}' does not begin with /`, `write '/${path}'`);
  if (path.includes('?')) {
    const query = path.slice(path.indexOf('?') + 1);
    report(
      'scrape/path',
      `the path '${path}' has a query, which Prometheus would escape`,
      `give it as params: '${query}'`,
    );
  }
}

/** The operator looks at the versions that kinds of discovery need even where a ScrapeConfig uses none of them. */
function checkPrometheus(platform: Platform, report: ScrapeReport): void {
  const version = platform.prometheusServers[0]?.version;
  if (version === undefined || !isOlder(version, '2.40')) return;
  report(
    'scrape/prometheus-version',
    `the operator rejects every ScrapeConfig for a Prometheus older than 2.40, the platform has ${version}`,
    "raise the platform's Prometheus",
    'warning',
  );
}
