import { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import type { AnnotationOptions } from './annotation-options';
import { annotatedOn, MetricsEndpoint } from './metrics-endpoint';

/** What is written before the `/` of each annotation. */
export function annotationPrefix({ facts }: Platform): string {
  return facts.annotations?.prefix ?? 'prometheus.io';
}

/** The annotations by which a Prometheus finds and scrapes an endpoint. */
export function scrapeAnnotations(endpoint: MetricsEndpoint, platform: Platform): Record<string, string> {
  const { params, slow } = endpoint.scrape.options as AnnotationOptions;
  const prefix = annotationPrefix(platform);
  return {
    [`${prefix}/scrape`]: 'true',
    ...(slow === true ? { [`${prefix}/scrape-slow`]: 'true' } : {}),
    [`${prefix}/port`]: String(endpoint.port),
    [`${prefix}/path`]: endpoint.path,
    ...(endpoint.scheme === 'https' ? { [`${prefix}/scheme`]: 'https' } : {}),
    ...Object.fromEntries(
      Object.entries(params ?? {}).map(([name, values]) => [`${prefix}/param_${name}`, String(values?.[0])]),
    ),
  };
}

/** A pod has room for the annotations of one endpoint. */
export function sharedPodFindings(endpoints: readonly MetricsEndpoint[]): Finding[] {
  const [first, ...others] = endpoints.filter((endpoint) => annotatedOn(endpoint) === 'pods');
  return others.map((endpoint) => ({
    code: 'scrape/annotation-ports',
    severity: 'error',
    where: { construct: endpoint.declaredBy.node.path },
    message:
      `the annotations of a pod hold one port, which is ${first?.port} already: ` +
      `${endpoint.port} would never be scraped`,
    fix: "scrape one of them with ScrapePolicy.annotations({ on: 'service' }), which gives it a Service of its own, or with a monitor",
  }));
}

/** Annotations that are there already, and say something else. */
export function takenAnnotationFindings(
  what: string,
  present: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  where: FindingLocation,
): Finding[] {
  return Object.entries(wanted)
    .filter(([key, value]) => present[key] !== undefined && present[key] !== value)
    .map(([key, value]) => ({
      code: 'workload/annotation-taken',
      severity: 'error',
      where,
      message: `the annotation ${key} of ${what} shall be '${value}', and '${present[key]}' is there already`,
      fix: `remove ${key} where it is set, or let both agree`,
    }));
}
