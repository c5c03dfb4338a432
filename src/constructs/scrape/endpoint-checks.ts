import { Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform, ProxyOptions, SecretOrConfigMap, TlsOptions } from '../../platform';
import { DurationLike, durationMilliseconds, durationProblem, durationText } from '../../promql';
import type { MetricsEndpoint } from './metrics-endpoint';
import { byteSizeText } from './monitor-endpoint';
import { relabelingFindings } from './relabeling-checks';
import type { ScrapeMechanism, ServiceMonitorOptions } from './scrape-policy';
import { versionFindings } from './version-checks';

type Report = (code: `scrape/${string}`, message: string, fix: string, severity?: Finding['severity']) => void;

/** What is wrong with the address of an endpoint, as far as its scrape settings do not decide it. */
export function endpointFindings(endpoint: MetricsEndpoint): Finding[] {
  const { findings, report } = collect({ construct: endpoint.declaredBy.node.path });
  checkPath(endpoint, report);
  checkHttps(endpoint, report);
  return findings;
}

/**
 * What prometheus-operator or Prometheus would refuse in scrape settings: one bad endpoint rejects a whole monitor.
 * Source: prometheus-operator, pkg/prometheus/resource_selector.go and pkg/apis/monitoring/v1.
 */
export function scrapeFindings({ options }: ScrapeMechanism, platform: Platform, where: FindingLocation): Finding[] {
  const { findings, report } = collect(where);
  checkOperator(platform, report);
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
    ...relabelingFindings('relabelings', options.relabelings, platform, where, options),
    ...relabelingFindings('metricRelabelings', options.metricRelabelings, platform, where, options),
    ...versionFindings(options, platform, where),
  ];
}

function collect(where: FindingLocation): { findings: Finding[]; report: Report } {
  const findings: Finding[] = [];
  const report: Report = (code, message, fix, severity = 'error') =>
    void findings.push({ code, severity, where, message, fix });
  return { findings, report };
}

function checkOperator(platform: Platform, report: Report): void {
  if (platform.facts.operator?.installed !== false) return;
  report(
    'scrape/no-operator',
    `a ServiceMonitor is never read on the platform '${platform.name}', which has no prometheus-operator`,
    'choose a platform with the operator, or set operator.installed to true if it is there',
  );
}

function checkPath({ path, scheme }: MetricsEndpoint, report: Report): void {
  if (typeof path !== 'string') {
    report('scrape/path', `the path is ${JSON.stringify(path)}`, "give it as a string, such as '/metrics'");
    return;
  }
  if (!path.startsWith('/')) report('scrape/path', `the path '${path}' does not begin with /`, `write '/${path}'`);
  if (path.includes('?')) {
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

function checkTimes({ interval, scrapeTimeout }: ServiceMonitorOptions, platform: Platform, report: Report): void {
  const check = (name: string, duration: DurationLike | undefined) => {
    const problem = duration === undefined ? undefined : durationProblem(duration);
    if (problem) report('scrape/duration', `${name}: ${problem.message}`, problem.fix);
  };
  check('interval', interval);
  check('scrapeTimeout', scrapeTimeout);
  const period = interval ?? platform.prometheusServers[0]?.scrapeInterval ?? '30s';
  const longest = durationMilliseconds(period);
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

function checkHttps({ scheme, scrape }: MetricsEndpoint, report: Report): void {
  const { tlsConfig, scrapeClass } = scrape.options;
  if (scheme !== 'https' || scrapeClass !== undefined) return;
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

/** A monitor looks for the app's Service, which is in the app's namespace. */
export function namespaceSelectorFindings(
  { options: { namespaceSelector } }: ScrapeMechanism,
  namespace: string | undefined,
  where: FindingLocation,
): Finding[] {
  const names = namespaceSelector?.any ? undefined : namespaceSelector?.matchNames;
  if (!Array.isArray(names) || namespace === undefined || names.includes(namespace)) return [];
  return [
    {
      code: 'scrape/namespace-selector',
      severity: 'error',
      where,
      message: `namespaceSelector looks into ${names.join(', ') || 'no namespace'}, and the app's Service is in '${namespace}'`,
      fix: `add '${namespace}' to matchNames, or leave out namespaceSelector`,
    },
  ];
}
