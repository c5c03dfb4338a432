import { described, Finding, FindingLocation } from '../../findings';
import { durationMilliseconds, durationText } from '../../promql';
import { metadataProblem, dnsLabelFault } from '../../kubernetes/metadata-rules';
import type { ScrapingServerProps } from './scraping-props';

type Fault = Pick<Finding, 'code' | 'severity' | 'message' | 'fix'>;

/** What is wrong with a server that scrapes, beyond the form of single props. */
export function scrapingFindings(props: ScrapingServerProps<object>, where: FindingLocation): Finding[] {
  const faults: readonly Fault[] = [
    ...namespaceFaults(props.namespaces),
    ...timeoutFaults(props),
    ...scrapeClassFaults(props),
    ...remoteWriteFaults(props),
    ...scrapeConfigFaults(props),
    ...selectorFaults(props),
  ];
  return faults.map((fault) => ({ ...fault, where }));
}

function error(code: Finding['code'], message: string, fix: string): Fault {
  return { code, severity: 'error', message, fix };
}

function namespaceFaults(namespaces: unknown): Fault[] {
  if (namespaces === 'all') return [];
  if (!Array.isArray(namespaces)) {
    return [
      error(
        'servers/namespaces',
        `namespaces is ${described(namespaces)}, expected 'all' or a list of names`,
        typeof namespaces === 'string'
          ? `write ['${namespaces}']`
          : "say where targets are: 'all' gives the server a ClusterRole, a list a Role in each namespace",
      ),
    ];
  }
  return (namespaces as readonly unknown[]).flatMap((name) => {
    const fault = typeof name === 'string' ? dnsLabelFault(name) : undefined;
    if (typeof name === 'string' && fault === undefined) return [];
    const problem =
      fault === undefined
        ? { message: `namespaces has ${described(name)}, expected the name of a namespace` }
        : metadataProblem(`the namespace '${String(name)}'`, fault);
    const fix = name === '*' ? "write namespaces: 'all'" : 'write the name of a namespace';
    return [error('servers/namespaces', problem.message, fix)];
  });
}

/** The operator refuses a Prometheus whose timeout is above its interval. Source: pkg/prometheus/server/operator.go. */
function timeoutFaults({ scrapeInterval = '30s', scrapeTimeout }: ScrapingServerProps<object>): Fault[] {
  if (scrapeTimeout === undefined) return [];
  const [interval, timeout] = [durationMilliseconds(scrapeInterval), durationMilliseconds(scrapeTimeout)];
  if (interval === undefined || timeout === undefined || timeout <= interval) return [];
  const message = `scrapeTimeout ${durationText(scrapeTimeout)} is above scrapeInterval ${durationText(scrapeInterval)}`;
  return [error('servers/scrape-timeout', message, 'lower scrapeTimeout, or raise scrapeInterval')];
}

/** Source: prometheus-operator, pkg/prometheus/promcfg.go: `multiple default scrape classes defined`. */
function scrapeClassFaults({ scrapeClasses = [] }: ScrapingServerProps<object>): Fault[] {
  const defaults = scrapeClasses.filter((scrapeClass) => scrapeClass.default === true);
  if (defaults.length < 2) return [];
  const message = `scrapeClasses has ${defaults.length} defaults: ${defaults.map(({ name }) => name).join(', ')}`;
  return [error('servers/scrape-class', message, 'leave default: true at one of them')];
}

/** Source: prometheus-operator, pkg/prometheus/server/operator.go, `unmanagedConfiguration`. */
function selectorFaults(props: ScrapingServerProps<object>): Fault[] {
  const selectors = ['serviceMonitorSelector', 'podMonitorSelector', 'probeSelector', 'scrapeConfigSelector'] as const;
  if (selectors.some((selector) => props[selector] !== 'none')) return [];
  return [
    {
      code: 'servers/unmanaged',
      severity: 'warning',
      message: `${selectors.join(', ')} are all 'none': the operator then writes no configuration, and leaves it to its user`,
      fix: 'select something, or keep the configuration in a Secret of the name that the operator expects',
    },
  ];
}

const authentications = ['authorization', 'azureAd', 'basicAuth', 'bearerTokenFile', 'oauth2', 'sigv4'] as const;

/** Source: Prometheus, config/config.go (`RemoteWriteConfig`): one way of authenticating, a name once. */
function remoteWriteFaults({ remoteWrite = [] }: ScrapingServerProps<object>): Fault[] {
  const names = remoteWrite.flatMap(({ name }) => name ?? []);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return [
    ...remoteWrite.flatMap((target, index) => {
      const ways = authentications.filter((field) => target[field] !== undefined);
      if (ways.length < 2) return [];
      return [
        error(
          'servers/remote-write',
          `remoteWrite[${index}] has ${ways.length} ways of authenticating: ${ways.join(', ')}`,
          'keep one of them',
        ),
      ];
    }),
    ...(twice === undefined
      ? []
      : [error('servers/remote-write', `remoteWrite has the name '${twice}' twice`, 'give each a name of its own')]),
  ];
}

const secretFields = /^(password|credentials|bearer_token|client_secret|secret_key|api_token|key)$/;

/** A list of scrape configs becomes a Secret in the repository: what it holds is for everybody to read. */
function scrapeConfigFaults({ additionalScrapeConfigs: configs }: ScrapingServerProps<object>): Fault[] {
  if (!Array.isArray(configs)) {
    const reference = configs as { name?: string; key?: string } | undefined;
    if (reference === undefined || (reference.name && reference.key)) return [];
    const missing = reference.name ? 'key' : 'name';
    return [
      error(
        'servers/secret',
        `additionalScrapeConfigs has no ${missing}, so the operator finds no scrape configs`,
        "write { name: 'additional-scrape-configs', key: 'scrape-configs.yaml' }",
      ),
    ];
  }
  return secretsIn(configs, 'additionalScrapeConfigs').map((path) => ({
    code: 'servers/plain-secret',
    severity: 'warning',
    message: `${path} holds a secret in plain text, which would be committed with the YAML`,
    fix: 'keep these scrape configs in a Secret that is made elsewhere, and refer to it: { name, key }',
  }));
}

function secretsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    secretFields.test(key) && typeof child === 'string' && child !== ''
      ? [`${path}.${key}`]
      : secretsIn(child, `${path}.${key}`),
  );
}
