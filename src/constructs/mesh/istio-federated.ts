import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Finding, FindingLocation } from '../../findings';
import { Platform } from '../../platform';
import { canBeRendered, rendered, renderOnce } from '../objects';

interface Scraped {
  readonly params?: Readonly<Record<string, readonly string[]>>;
}

/** Says that requests are counted twice where the Prometheus that monitors proxies federates them as well. */
export function federatedAsWell(monitors: IConstruct, where: FindingLocation): Finding[] {
  const platform = Platform.of(monitors);
  return federations(monitors.node.root)
    .filter((object) => Platform.of(object) === platform)
    .map(({ apiVersion, kind, name }) => ({
      code: 'mesh/scraped-twice',
      severity: 'warning',
      where,
      related: [{ apiVersion, kind, name }],
      message: `${kind} ${name} copies what Istio counts from another Prometheus, and proxies are monitored as well: every request is counted twice`,
      fix: 'leave out sidecars, mergedMetrics and gateways here, or the federation',
    }));
}

/** Objects of the stack that copy series of Istio's proxies from a Prometheus. */
function federations(root: IConstruct): readonly ApiObject[] {
  return renderOnce(root, 'federations of Istio', () =>
    root.node
      .findAll()
      .filter((each): each is ApiObject => ApiObject.isApiObject(each))
      .filter(({ kind }) => kind === 'ScrapeConfig' || kind === 'ServiceMonitor' || kind === 'PodMonitor')
      .filter((object) => canBeRendered(object) && scrapesOf(object).some(copiesIstio)),
  );
}

function scrapesOf(object: ApiObject): Scraped[] {
  const { endpoints, podMetricsEndpoints, ...spec } = (rendered(object).spec ?? {}) as Scraped & {
    readonly endpoints?: readonly Scraped[];
    readonly podMetricsEndpoints?: readonly Scraped[];
  };
  return [spec, ...(endpoints ?? []), ...(podMetricsEndpoints ?? [])];
}

function copiesIstio({ params }: Scraped): boolean {
  const match = params?.['match[]'];
  return Array.isArray(match) && match.some((selector) => String(selector).includes('istio_'));
}
