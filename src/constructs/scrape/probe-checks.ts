import { isIP } from 'node:net';
import type { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import type { ShapeOf } from '../objects';
import { operatorFindings, settingsFindings } from './endpoint-checks';
import { proberOf } from './probe';
import { commonProbeFields, ProbeOptions } from './probe-options';
import { checkAddresses, checkTargetLabels, reporter, ScrapeReport } from './target-checks';

type CommonField = (typeof commonProbeFields)[number];

/** What probe settings look like, for those whom no compiler tells. The shared ones are looked at more closely elsewhere. */
export const probeShape: ShapeOf<ProbeOptions> = {
  ...(Object.fromEntries(commonProbeFields.map((field) => [field, 'anything'])) as Record<CommonField, 'anything'>),
  params: { map: { list: 'text' } },
  relabelings: { list: 'anything' },
  metricRelabelings: { list: 'anything' },
  module: 'text',
  prober: {
    fields: {
      url: 'text',
      scheme: { oneOf: ['http', 'https'] },
      path: 'text',
      proxyUrl: 'text',
      noProxy: 'text',
      proxyFromEnvironment: 'boolean',
      proxyConnectHeader: { map: { list: { map: 'anything' } } },
    },
  },
  targets: {
    fields: {
      static: { list: 'text' },
      labels: { map: 'text' },
      ingress: {
        fields: {
          selector: {
            fields: { matchLabels: { map: 'text' }, matchExpressions: { list: { map: 'anything' } } },
          },
          namespaceSelector: { fields: { any: 'boolean', matchNames: { list: 'text' } } },
        },
      },
    },
  },
  path: 'text',
  tlsConfig: { map: 'anything' },
};

/**
 * What prometheus-operator would refuse in a Probe, and what it would leave out.
 *
 * @param hasDefaultTarget is there an app whose Service is probed where the settings name nothing?
 * Source: prometheus-operator, pkg/prometheus/resource_selector.go, `checkProbe`, and promcfg.go, `generateProbeConfig`.
 */
export function probeFindings(
  options: ProbeOptions,
  platform: Platform,
  where: FindingLocation,
  hasDefaultTarget: boolean,
): Finding[] {
  const { findings, report } = reporter(where);
  checkProber(options, platform, report);
  checkParams(options, report);
  checkTargets(options, hasDefaultTarget, platform, report);
  const { module, prober, targets, path, ...common } = options;
  const { proxyUrl, noProxy, proxyFromEnvironment, proxyConnectHeader } = prober ?? {};
  const proxy = { proxyUrl, noProxy, proxyFromEnvironment, proxyConnectHeader };
  return [
    ...operatorFindings('a Probe', platform, where),
    ...findings,
    ...settingsFindings({ ...common, ...proxy }, platform, where, 'any'),
  ];
}

function checkProber(options: ProbeOptions, platform: Platform, report: ScrapeReport): void {
  const prober = proberOf(options, platform);
  if (prober === undefined) {
    report(
      'scrape/prober',
      'the probe has no prober.url, and the platform names no prober',
      "set prober: { url: 'blackbox-exporter.monitoring.svc:9115' } on the platform, or prober.url here",
    );
    return;
  }
  const { url, path = '/probe' } = prober;
  checkProberUrl(url, path, report);
  if (path.includes('?')) {
    report('scrape/prober', `prober.path '${path}' has a query, which Prometheus would escape`, 'give it as params');
  } else if (!path.startsWith('/')) {
    report('scrape/prober', `prober.path '${path}' does not begin with /`, `write '/${path}'`);
  }
}

function checkProberUrl(url: string, path: string, report: ScrapeReport): void {
  if (isHostAndPort(url)) return;
  const [, scheme, host = '', rest = ''] = /^(?:(https?):\/\/)?([^/]*)(\/.*)?$/i.exec(url) ?? [];
  const isRepeated = rest.replace(/\/$/, '') === path.replace(/\/$/, '');
  const correction = [
    `url: '${host}'`,
    ...(scheme === undefined ? [] : [`scheme: '${scheme.toLowerCase()}'`]),
    ...(rest === '' || rest === '/' || isRepeated ? [] : [`path: '${rest}'`]),
  ];
  const problem = isRepeated && rest !== '' ? `has the path '${rest}', which stands in prober.path as well` : undefined;
  report(
    'scrape/prober',
    `prober.url '${url}' ${problem ?? 'is no host or host:port'}`,
    isHostAndPort(host) ? `write ${correction.join(', ')}` : "write it as 'blackbox-exporter.monitoring.svc:9115'",
  );
}

/** As the operator sees it: a name of DNS or an address, and a port. */
function isHostAndPort(text: string): boolean {
  if (isIP(text) > 0) return true;
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  const isHost =
    bracketed === undefined
      ? name !== undefined &&
        name.length <= 253 &&
        /^[a-zA-Z0-9_][\w-]{0,62}(\.[a-zA-Z0-9_][\w-]{0,62})*\.?$/.test(name)
      : isIP(bracketed) === 6 && port !== undefined;
  return isHost && (port === undefined || (Number(port) >= 1 && Number(port) <= 65535));
}

function checkParams({ module, params }: ProbeOptions, report: ScrapeReport): void {
  if (module !== undefined && params?.module !== undefined) {
    const given = params.module.join(', ');
    report(
      'scrape/probe-params',
      `the module is given twice: module '${module}', params.module '${given}'`,
      'keep module',
    );
  }
  if (params?.target !== undefined) {
    report(
      'scrape/probe-params',
      'params.target has no effect: each target of the probe takes its place',
      'give it in targets.static',
    );
  }
  for (const [name, values] of Object.entries(params ?? {})) {
    if (values.length === 0) report('scrape/probe-params', `params.${name} has no values`, 'give one, or remove it');
  }
}

function checkTargets(
  { targets, path }: ProbeOptions,
  hasDefaultTarget: boolean,
  platform: Platform,
  report: ScrapeReport,
): void {
  if (targets === undefined) {
    if (!hasDefaultTarget) {
      report(
        'scrape/no-targets',
        'the probe has no targets, and no app with a Service around it',
        "give targets: { static: ['https://shop.example'] }, or create it under a MonitoredApp",
      );
    }
    if (path !== undefined && !path.startsWith('/')) {
      report('scrape/path', `the path '${path}' does not begin with /`, `write '/${path}'`);
    }
    return;
  }
  if (path !== undefined) {
    report('scrape/path', `the path '${path}' has no effect beside targets`, 'write it in each target');
  }
  // types end where JavaScript begins
  const {
    static: addresses,
    labels,
    ingress,
  } = targets as {
    static?: readonly string[];
    labels?: Readonly<Record<string, string>>;
    ingress?: object;
  };
  if (addresses !== undefined && ingress !== undefined) {
    report('scrape/target', 'targets has both static and ingress, of which ingress has no effect', 'make two probes');
  }
  if (ingress === undefined) {
    // Prometheus takes two equal targets for one
    checkAddresses('targets.static', addresses ?? [], report, 'warning');
    for (const [index, address] of (addresses ?? []).entries()) {
      const [, scheme, rest] = /^(https?)(?:\/\/|:\/(?!\/))(.*)$/i.exec(address) ?? [];
      if (scheme === undefined) continue;
      report('scrape/target', `targets.static[${index}] '${address}' is no URL`, `write '${scheme}://${rest}'`);
    }
    checkTargetLabels('targets.labels', labels, platform, report);
  }
}
