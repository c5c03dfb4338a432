import { Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform, ProxyOptions, SecretOrConfigMap, TlsOptions } from '../../platform';
import { DurationLike, durationMilliseconds, durationProblem, durationText } from '../../promql';
import type { MetricsEndpoint } from './metrics-endpoint';
import { annotationFindings } from './annotation-checks';
import { matchFindings } from './federate-checks';
import { urlAsPath } from './url-as-path';
import { byteSizeText, serviceMonitorOptions } from './monitor-endpoint';
import { classSettlesServerName, enforcedLimitFindings } from './platform-limits';
import { relabelingFindings } from './relabeling-checks';
import type { TargetKind } from './relabeling-labels';
import type { OptionsOf, ScrapeMechanism, ServiceMonitorOptions } from './scrape-policy';
import { versionFindings } from './version-checks';

type Report = (code: `scrape/${string}`, message: string, fix: string, severity?: Finding['severity']) => void;

/** What is wrong with the address of an endpoint, as far as its scrape settings do not decide it. */
export function endpointFindings(endpoint: MetricsEndpoint, platform: Platform): Finding[] {
  const { findings, report } = collect({ construct: endpoint.declaredBy.node.path });
  checkPath(endpoint, report);
  checkHttps(endpoint, platform, report);
  return findings;
}

/**
 * What prometheus-operator or Prometheus would refuse in the scrape settings of an app: one bad endpoint rejects a whole
 * monitor.
 */
export function scrapeFindings(mechanism: ScrapeMechanism, platform: Platform, where: FindingLocation): Finding[] {
  switch (mechanism.kind) {
    case 'serviceMonitor':
      return [
        ...operatorFindings('a ServiceMonitor', platform, where),
        ...settingsFindings(mechanism.options, platform, where, 'service'),
      ];
    case 'podMonitor':
      return [
        ...operatorFindings('a PodMonitor', platform, where),
        ...podMonitorFindings(mechanism.options, where),
        ...settingsFindings(mechanism.options, platform, where, 'pod'),
      ];
    case 'federate':
      return [
        ...operatorFindings('a ServiceMonitor', platform, where),
        ...matchFindings(mechanism.options, where),
        ...settingsFindings(serviceMonitorOptions(mechanism), platform, where, 'service'),
      ];
    case 'annotations':
      return annotationFindings(mechanism.options, platform, where);
    default:
      return [];
  }
}

/** A custom resource of the operator does nothing where there is no operator. */
export function operatorFindings(what: string, platform: Platform, where: FindingLocation): Finding[] {
  if (platform.facts.operator?.installed !== false) return [];
  const reads =
    platform.facts.annotations === undefined ? '' : ': there, annotations are read (ScrapePolicy.annotations)';
  return [
    {
      code: 'scrape/no-operator',
      severity: 'error',
      where,
      message: `${what} is never read on the platform '${platform.name}', which has no prometheus-operator${reads}`,
      fix: 'choose a platform with the operator, or set operator.installed to true if it is there',
    },
  ];
}

/**
 * What is wrong with settings that all custom resources of the operator share.
 * Source: prometheus-operator, pkg/prometheus/resource_selector.go and pkg/apis/monitoring/v1.
 */
export function settingsFindings(
  options: ServiceMonitorOptions,
  platform: Platform,
  where: FindingLocation,
  targets: TargetKind,
): Finding[] {
  const { findings, report } = collect(where);
  checkTimes(options, platform, report);
  checkAuthentication(options, platform, report);
  checkTls('tlsConfig', options.tlsConfig, platform, report);
  checkTls('oauth2.tlsConfig', options.oauth2?.tlsConfig, platform, report);
  checkProxy('', options, report);
  if (options.oauth2) checkProxy('oauth2.', options.oauth2, report);
  checkLimits(options, report);
  checkScrapeClass(options, platform, report);
  checkChoices(options, report);
  return [
    ...findings,
    ...relabelingFindings('relabelings', options.relabelings, platform, where, options, targets),
    ...relabelingFindings('metricRelabelings', options.metricRelabelings, platform, where, options, targets),
    ...enforcedLimitFindings(options, platform, where),
    ...versionFindings(options, platform, where, targets),
  ];
}

/** A PodMonitor takes no paths in Prometheus' container, which a layer below may give. */
function podMonitorFindings({ port, tlsConfig }: OptionsOf<'podMonitor'>, where: FindingLocation): Finding[] {
  const { findings, report } = collect(where);
  for (const field of ['caFile', 'certFile', 'keyFile'] as const) {
    if ((tlsConfig as TlsOptions | null | undefined)?.[field] === undefined) continue;
    const instead = { caFile: 'ca', certFile: 'cert', keyFile: 'keySecret' }[field];
    report('scrape/file-access', `tlsConfig.${field} names a file, which a PodMonitor cannot`, `use ${instead}`);
  }
  if (port !== undefined && port !== 'number' && port !== 'name') {
    report(
      'scrape/target-port',
      `port is ${JSON.stringify(port)}, expected 'name' or 'number': which port it is follows from the endpoint`,
      `write '${typeof port === 'number' ? 'number' : 'name'}'`,
    );
  }
  return findings;
}

function collect(where: FindingLocation): { findings: Finding[]; report: Report } {
  const findings: Finding[] = [];
  const report: Report = (code, message, fix, severity = 'error') =>
    void findings.push({ code, severity, where, message, fix });
  return { findings, report };
}

function checkPath({ path, scheme }: MetricsEndpoint, report: Report): void {
  if (typeof path !== 'string') {
    report('scrape/path', `the path is ${JSON.stringify(path)}`, "give it as a string, such as '/metrics'");
    return;
  }
  const url = urlAsPath(path, 'params of the scrape policy');
  if (url !== undefined) report('scrape/path', url.message, url.fix);
  else if (!path.startsWith('/')) {
    report('scrape/path', `the path '${path}' does not begin with /`, `write '/${path}'`);
  }
  if (url === undefined && path.includes('?')) {
    const query = path.slice(path.indexOf('?') + 1);
    report(
      'scrape/path',
      `the path '${path}' has a query, which Prometheus would escape`,
      `give it as params of the scrape policy: '${query}'`,
    );
  }
  if (scheme !== 'http' && scheme !== 'https') {
    report('scrape/scheme', `the scheme '${String(scheme)}' is neither http nor https`, "write 'http' or 'https'");
  }
}

/** How far back a query looks for a sample. Source: prometheus, cmd/prometheus/main.go, `query.lookback-delta`. */
const lookback = 5 * 60_000;

function checkTimes({ interval, scrapeTimeout }: ServiceMonitorOptions, platform: Platform, report: Report): void {
  const check = (name: string, duration: DurationLike | undefined) => {
    const problem = duration === undefined ? undefined : durationProblem(duration);
    if (problem) report('scrape/duration', `${name}: ${problem.message}`, problem.fix);
  };
  check('interval', interval);
  check('scrapeTimeout', scrapeTimeout);
  const period = interval ?? platform.prometheusServers[0]?.scrapeInterval ?? '30s';
  const longest = durationMilliseconds(period);
  if (longest !== undefined && longest > lookback) {
    report(
      'scrape/interval',
      `the interval ${durationText(period)}${interval === undefined ? ' of the platform' : ''} is above 5m, after which Prometheus no longer finds the last sample: alerts come and go`,
      'shorten it to 2m or less, so that one scrape may fail',
      'warning',
    );
  }
  const timeout = scrapeTimeout === undefined ? undefined : durationMilliseconds(scrapeTimeout);
  if (timeout !== undefined && longest !== undefined && timeout > longest) {
    report(
      'scrape/timeout',
      `the scrapeTimeout ${durationText(scrapeTimeout ?? '0')} is above the interval ${durationText(period)}` +
        (interval === undefined ? ' of the platform' : ''),
      'lower the timeout, or raise the interval',
    );
  }
}

function checkAuthentication(options: ServiceMonitorOptions, platform: Platform, report: Report): void {
  const methods = (['authorization', 'basicAuth', 'oauth2', 'bearerTokenSecret', 'bearerTokenFile'] as const).filter(
    (method) => options[method] !== undefined,
  );
  if (methods.length > 1) {
    report('scrape/authentication', `${methods.join(' and ')} exclude one another`, 'keep one of them');
  }
  const { authorization, oauth2 } = options;
  if (String(authorization?.type).trim().toLowerCase() === 'basic') {
    report('scrape/authentication', "authorization has the type 'Basic'", 'use basicAuth');
  }
  if (authorization !== undefined && authorization?.credentials == null) {
    report('scrape/authentication', 'authorization has no credentials', 'name the key of a Secret in credentials');
  }
  if (oauth2 !== undefined) {
    if (!oauth2?.tokenUrl)
      report('scrape/authentication', 'oauth2 has no tokenUrl', 'give the address of the token endpoint');
    checkReference('oauth2.clientId', oauth2?.clientId, 'scrape/authentication', report);
  }
  if (options.bearerTokenFile !== undefined) checkFileAccess('bearerTokenFile', platform, report);
}

function checkFileAccess(what: string, platform: Platform, report: Report): void {
  if (!platform.prometheusServers[0]?.arbitraryFSAccessThroughSMs?.deny) return;
  report('scrape/file-access', `${what} names a file, which the platform's Prometheus refuses`, 'use a Secret');
}

function checkTls(name: string, tls: TlsOptions | undefined, platform: Platform, report: Report): void {
  if (tls == null) return;
  const both = (a: keyof TlsOptions, b: keyof TlsOptions) => {
    if (tls[a] !== undefined && tls[b] !== undefined) {
      report('scrape/tls', `${name} has both ${a} and ${b}`, `keep one of ${a} and ${b}`);
    }
  };
  both('ca', 'caFile');
  both('cert', 'certFile');
  both('keySecret', 'keyFile');
  for (const field of ['ca', 'cert'] as const) {
    if (tls[field] !== undefined) checkReference(`${name}.${field}`, tls[field], 'scrape/tls', report);
  }
  const hasCertificate = tls.cert !== undefined || tls.certFile !== undefined;
  const hasKey = tls.keySecret !== undefined || tls.keyFile !== undefined;
  if (hasCertificate && !hasKey) report('scrape/tls', `${name} has a certificate without its key`, 'add keySecret');
  if (hasKey && !hasCertificate) report('scrape/tls', `${name} has a key without its certificate`, 'add cert');
  if (tls.minVersion !== undefined && tls.maxVersion !== undefined && tls.minVersion > tls.maxVersion) {
    report(
      'scrape/tls',
      `${name} has minVersion ${tls.minVersion} above maxVersion ${tls.maxVersion}`,
      'exchange them',
    );
  }
  for (const field of ['caFile', 'certFile', 'keyFile'] as const) {
    if (tls[field] !== undefined) checkFileAccess(`${name}.${field}`, platform, report);
  }
}

function checkReference(name: string, reference: SecretOrConfigMap, code: `scrape/${string}`, report: Report): void {
  const given = (['secret', 'configMap'] as const).filter((kind) => reference?.[kind] != null);
  if (given.length !== 1) report(code, `${name} needs one of secret and configMap, has ${given.length}`, 'give one');
}

function checkProxy(prefix: string, options: ProxyOptions, report: Report): void {
  const { proxyUrl, noProxy, proxyFromEnvironment, proxyConnectHeader } = options;
  if (proxyUrl !== undefined && !/^(http|https|socks5):\/\/.+$/.test(proxyUrl)) {
    report('scrape/proxy', `${prefix}proxyUrl '${proxyUrl}' is no address`, "write it as 'http://host:port'");
  }
  if (proxyFromEnvironment && (proxyUrl !== undefined || noProxy !== undefined)) {
    report('scrape/proxy', `${prefix}proxyFromEnvironment excludes proxyUrl and noProxy`, 'keep one way');
  }
  if (noProxy !== undefined && proxyUrl === undefined && !proxyFromEnvironment) {
    report('scrape/proxy', `${prefix}noProxy needs proxyUrl`, 'add proxyUrl, or remove noProxy');
  }
  if (proxyConnectHeader !== undefined && proxyUrl === undefined && !proxyFromEnvironment) {
    report('scrape/proxy', `${prefix}proxyConnectHeader needs a proxy`, 'add proxyUrl or proxyFromEnvironment');
  }
  for (const [header, values] of Object.entries(proxyConnectHeader ?? {})) {
    if (Array.isArray(values) && values.length > 0) continue;
    report(
      'scrape/proxy',
      `${prefix}proxyConnectHeader.${header} names no Secret`,
      'name the key of a Secret, or remove it',
    );
  }
}

function checkHttps({ scheme, scrape }: MetricsEndpoint, platform: Platform, report: Report): void {
  // elsewhere nobody can name the host, or somebody else does the asking
  if (scrape.kind !== 'serviceMonitor' && scrape.kind !== 'podMonitor' && scrape.kind !== 'federate') return;
  const { tlsConfig } = scrape.options;
  if (scheme !== 'https' || classSettlesServerName(scrape.options, platform)) return;
  if (tlsConfig?.serverName !== undefined || tlsConfig?.insecureSkipVerify) return;
  report(
    'scrape/tls-server-name',
    'https without tlsConfig.serverName: Prometheus dials the address of the pod, which few certificates carry',
    'name the host of the certificate in tlsConfig.serverName',
    'warning',
  );
}

const limits = [
  'sampleLimit',
  'targetLimit',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'keepDroppedTargets',
  'nativeHistogramBucketLimit',
] as const satisfies readonly (keyof ServiceMonitorOptions)[];

function checkLimits(options: ServiceMonitorOptions, report: Report): void {
  for (const name of limits) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      report('scrape/limit', `${name} ${String(value)} is no whole number from 0`, 'give a whole number');
    }
  }
  const { bodySizeLimit } = options;
  if (bodySizeLimit !== undefined && !/^(0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$/.test(byteSizeText(bodySizeLimit))) {
    report('scrape/limit', `bodySizeLimit '${byteSizeText(bodySizeLimit)}' is no size in bytes`, "write it as '10MiB'");
  }
}

function checkScrapeClass({ scrapeClass }: ServiceMonitorOptions, platform: Platform, report: Report): void {
  const known = platform.prometheusServers[0]?.scrapeClasses?.map(({ name }) => name);
  if (scrapeClass === undefined || known === undefined || known.includes(scrapeClass)) return;
  const near = nearMiss(String(scrapeClass), known);
  report(
    'scrape/scrape-class',
    `the platform has no scrape class '${scrapeClass}', only ${known.join(', ') || 'none'}`,
    near === undefined ? 'use one of the platform, or add it there' : `write '${near}'`,
  );
}

function checkChoices({ targetPort }: ServiceMonitorOptions, report: Report): void {
  if (targetPort === undefined || targetPort === 'number' || targetPort === 'name') return;
  report(
    'scrape/target-port',
    `targetPort is ${JSON.stringify(targetPort)}, expected 'number' or 'name': which port it is follows from the endpoint`,
    `write '${typeof targetPort === 'number' ? 'number' : 'name'}'`,
  );
}

/** A monitor looks for the app's Service, or for its pods, which are in the app's namespace. */
export function namespaceSelectorFindings(
  { kind, options }: ScrapeMechanism,
  namespace: string | undefined,
  where: FindingLocation,
): Finding[] {
  if (kind !== 'serviceMonitor' && kind !== 'podMonitor') return [];
  const { namespaceSelector } = options;
  const names = namespaceSelector?.any ? undefined : namespaceSelector?.matchNames;
  if (!Array.isArray(names) || namespace === undefined || names.includes(namespace)) return [];
  const what = kind === 'podMonitor' ? "the app's pods are" : "the app's Service is";
  return [
    {
      code: 'scrape/namespace-selector',
      severity: 'error',
      where,
      message: `namespaceSelector looks into ${names.join(', ') || 'no namespace'}, and ${what} in '${namespace}'`,
      fix: `add '${namespace}' to matchNames, or leave out namespaceSelector`,
    },
  ];
}
