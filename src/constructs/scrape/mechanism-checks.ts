import type { Finding } from '../../findings';
import type { Platform } from '../../platform';
import { lostFields } from './layers';
import type { MetricsEndpoint } from './metrics-endpoint';
import { probeFindings } from './probe-checks';
import type { ScrapeMechanism, ScrapePolicy } from './scrape-policy';

/** The path of an endpoint that does not say it. */
export function endpointPath({ kind, options }: ScrapeMechanism): string {
  switch (kind) {
    case 'federate':
      return options.path ?? '/federate';
    case 'probe':
      return options.path ?? '/';
    default:
      return '/metrics';
  }
}

/** What cannot be said of the endpoint of an app in the way in which it is scraped. */
export function mechanismFindings(
  endpoint: MetricsEndpoint,
  ofApp: ScrapePolicy | undefined,
  platform: Platform,
): Finding[] {
  const { kind, options } = endpoint.scrape;
  const where = { construct: endpoint.declaredBy.node.path };
  if (kind === 'scrapeConfig') {
    return [
      {
        code: 'scrape/endpoint-mechanism',
        severity: 'error',
        where,
        message: 'a ScrapeConfig names its targets itself, and the targets of an endpoint are the pods of its app',
        fix: 'use ScrapePolicy.podMonitor() here; a ScrapeJob takes a ScrapeConfig for what is outside the stack',
      },
    ];
  }
  if (kind === 'federate' && (options.targets !== undefined || options.scheme !== undefined)) {
    const given = (['targets', 'scheme'] as const).filter((field) => options[field] !== undefined).join(' and ');
    return [
      {
        code: 'scrape/endpoint-mechanism',
        severity: 'error',
        where,
        message: `${given} of a federation are for a ScrapeJob: an endpoint is the target itself, with a scheme of its own`,
        fix: `leave out ${given}, or federate another Prometheus by a ScrapeJob`,
      },
    ];
  }
  const ofProbe = kind === 'probe' ? probeFindings(options, platform, where, true) : [];
  const lost = lostFields(kind, ofApp);
  if (lost.length === 0 || kind === 'none') return ofProbe;
  return [
    ...ofProbe,
    {
      code: 'scrape/lost-setting',
      severity: 'info',
      where,
      message: `${lost.join(', ')} of the app cannot be said of an endpoint that is found by ${inWords[kind]}`,
      fix: 'nothing, if that is meant; else scrape it as the app is scraped',
    },
  ];
}

const inWords: Readonly<Record<Exclude<ScrapeMechanism['kind'], 'none'>, string>> = {
  serviceMonitor: 'a ServiceMonitor',
  podMonitor: 'a PodMonitor',
  annotations: 'annotations',
  probe: 'a Probe',
  scrapeConfig: 'a ScrapeConfig',
  federate: 'its federation endpoint',
};
