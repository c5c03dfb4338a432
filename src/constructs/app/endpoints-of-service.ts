import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type Finding, nearMiss } from '../../findings';
import { Manifest, refine, rendered } from '../objects';
import { Platform } from '../../platform';
import { annotatedOn, type MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { Labels } from './pods-source';

/** Which Service an EndpointSlice belongs to. Source: kubernetes.io, "EndpointSlices". */
const serviceNameLabel = 'kubernetes.io/service-name';

interface NamedPort {
  readonly name?: string;
  readonly port?: number;
}

/** The fields of an Endpoints and of an EndpointSlice that we read. */
interface EndpointsManifest extends Manifest {
  readonly subsets?: readonly { readonly ports?: readonly NamedPort[] }[];
  readonly ports?: readonly NamedPort[];
}

/** The Endpoints and EndpointSlices of the stack in the namespace of a Service. */
function allEndpoints(service: ApiObject): ApiObject[] {
  return service.node.root.node
    .findAll()
    .filter((each: IConstruct): each is ApiObject => ApiObject.isApiObject(each))
    .filter(({ kind }) => kind === 'Endpoints' || kind === 'EndpointSlice')
    .filter(({ metadata }) => metadata.namespace === service.metadata.namespace);
}

function belongsTo(service: ApiObject, endpoints: ApiObject): boolean {
  return endpoints.kind === 'Endpoints'
    ? endpoints.name === service.name
    : endpoints.metadata.getLabel(serviceNameLabel) === service.name;
}

/** The Endpoints and EndpointSlices of the stack that belong to a Service. */
export function endpointsOf(service: ApiObject): ApiObject[] {
  return allEndpoints(service).filter((each) => belongsTo(service, each));
}

/** Where a Service without selector gets a name for its one port, its endpoints need it too. */
export function nameEndpointPort(
  service: ApiObject,
  name: string,
  selector: () => Labels | null | undefined,
  isUnnamed: () => boolean,
): void {
  for (const endpoints of endpointsOf(service)) {
    refine(endpoints, (manifest: EndpointsManifest) => {
      if (!isUnnamed() || Object.keys(selector() ?? {}).length > 0) return manifest;
      const named = (ports: readonly NamedPort[] | undefined) => ports?.map((port) => ({ ...port, name }));
      return endpoints.kind === 'Endpoints'
        ? { ...manifest, subsets: manifest.subsets?.map((subset) => ({ ...subset, ports: named(subset.ports) })) }
        : { ...manifest, ports: named(manifest.ports) };
    });
  }
}

/** Are there endpoints that Prometheus can find behind a Service without selector? */
export function selectorlessFindings(
  service: ApiObject,
  portNames: readonly string[],
  scraped: readonly MetricsEndpoint[],
): Omit<Finding, 'where'>[] {
  const all = allEndpoints(service);
  const own = all.filter((each) => belongsTo(service, each));
  if (own.length === 0) return [noEndpoints(service, all)];
  const unseen = scraped.find(looksForEndpoints);
  if (unseen && own.every(({ kind }) => kind === 'EndpointSlice')) return [onlySlices(service, unseen)];
  return own.flatMap((endpoints) => {
    const { subsets = [], ports = [] } = rendered(endpoints) as EndpointsManifest;
    const found = [...subsets.flatMap((subset) => subset.ports ?? []), ...ports].map(({ name }) => name ?? '');
    const missing = portNames.filter((name) => !found.includes(name));
    if (missing.length === 0) return [];
    return {
      code: 'attach/endpoints' as const,
      severity: 'error' as const,
      message: `${endpoints.kind} ${endpoints.name} has no port ${missing.map((name) => `'${name}'`).join(', ')}, which Service ${service.name} declares; it has ${found.map((name) => `'${name}'`).join(', ') || 'none'}`,
      fix: `name the ports of Service and ${endpoints.kind} alike`,
    };
  });
}

/** A monitor does, unless it or the Prometheus says otherwise; jobs that read annotations of Services have the role `endpoints`. */
function looksForEndpoints(endpoint: MetricsEndpoint): boolean {
  const { scrape, declaredBy } = endpoint;
  if (annotatedOn(endpoint) === 'service') return true;
  if (scrape.kind !== 'serviceMonitor' && scrape.kind !== 'federate') return false;
  return (
    (scrape.options.serviceDiscoveryRole ?? Platform.of(declaredBy).prometheusServers[0]?.serviceDiscoveryRole) !==
    'EndpointSlice'
  );
}

/** Kubernetes mirrors Endpoints into slices, and not the other way; operator: `serviceDiscoveryRole` of a Prometheus. */
function onlySlices(service: ApiObject, { scrape }: MetricsEndpoint): Omit<Finding, 'where'> {
  return {
    code: 'attach/endpoint-slice',
    severity: 'warning',
    message: `Service ${service.name} has EndpointSlices and no Endpoints, which is where Prometheus looks unless told otherwise`,
    fix:
      scrape.kind === 'serviceMonitor' || scrape.kind === 'federate'
        ? `add serviceDiscoveryRole: 'EndpointSlice' to ScrapePolicy.${scrape.kind}`
        : `add Endpoints ${service.name}, which Kubernetes mirrors into slices`,
  };
}

function noEndpoints(service: ApiObject, all: readonly ApiObject[]): Omit<Finding, 'where'> {
  const stem = `Service ${service.name} has no selector, and no Endpoints or EndpointSlice of the stack belongs to it`;
  const unlabelled = all.find(
    ({ kind, name, metadata }) =>
      kind === 'EndpointSlice' && metadata.getLabel(serviceNameLabel) === undefined && name.startsWith(service.name),
  );
  if (unlabelled) {
    return {
      code: 'attach/endpoints',
      severity: 'error',
      message: `${stem}: EndpointSlice ${unlabelled.name} has no label ${serviceNameLabel}`,
      fix: `give it the label ${serviceNameLabel}: ${service.name}`,
    };
  }
  const names = all.map((each) =>
    each.kind === 'Endpoints' ? each.name : ((each.metadata.getLabel(serviceNameLabel) ?? '') as string),
  );
  const near = nearMiss(service.name, names);
  return {
    code: 'attach/endpoints',
    severity: near === undefined ? 'info' : 'error',
    message: stem,
    ...(near === undefined ? {} : { nearMiss: near }),
    fix:
      near === undefined
        ? 'nothing, where somebody else makes them; else add an EndpointSlice with the label ' + serviceNameLabel
        : `let the names agree: Endpoints are called like their Service, an EndpointSlice has the label ${serviceNameLabel}`,
  };
}
