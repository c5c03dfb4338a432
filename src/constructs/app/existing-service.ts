import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Finding } from '../../findings';
import type { RelabelingRule } from '../../platform';
import { canBeRendered, Manifest, refine, rendered, renderedByMaker, renderOnce } from '../objects';
import { annotatedOn, type MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import type { ServiceElsewhere } from './attach-props';
import { addressedPorts, ContainerPort } from './container';
import { endpointsOf, nameEndpointPort, selectorlessFindings } from './endpoints-of-service';
import { hasPodTemplate, podLabelsOf, podTemplateOf, runningContainers } from './pod-template';
import type { Labels, PodsSource } from './pods-source';

/** A Service's fields, as far as we read them. */
interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Labels | null;
  readonly ports?: readonly ServicePortSpec[] | null;
}

interface ServicePortSpec {
  readonly name?: string;
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

/** Labels of chart and version change with each upgrade, and tell no Service from another. */
const passingLabels = new Set([
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'chart',
  'helm.sh/chart',
  'heritage',
]);

const ownLabel = 'cdk8s-monitoring/service';

/** The pods behind a Service that is in the code. */
export function podsBehind(service: ApiObject, portName: string): PodsSource {
  const given = () => renderedByMaker(service);
  const selector = () => specOf(given()).selector ?? {};
  const isAlone = () =>
    renderOnce(service, 'is alone', () => isTheOnlyOne(service, distinctive(given().metadata.labels)));
  if (service.kind === 'Service') {
    refine(service, (manifest) => withPortName(isAlone() ? manifest : withOwnLabel(manifest), portName));
    nameEndpointPort(
      service,
      portName,
      () => specOf(given()).selector,
      () => hasUnnamedPort(given()),
    );
  }
  const labels = () => rendered(service).metadata.labels ?? {};
  const ports = () => {
    const workloads = renderOnce(service, 'workloads', () => workloadsBehind(service, selector()));
    return portsOf(given()).map((port) => ({
      name: port.name ?? portName,
      containerPort: containerPortOf(port, workloads) ?? port.port ?? 0,
      protocol: port.protocol,
      servicePort: port.port,
    }));
  };
  return {
    what: `Service ${service.name}`,
    namespace: service.metadata.namespace,
    monitored: service,
    existingService: {
      object: service,
      name: service.name,
      labels,
      selector: () => ({ ...distinctive(labels()) }),
      hasOwnEndpoints: () => Object.keys(selector()).length === 0 && endpointsOf(service).length > 0,
    },
    workloadsBehind: () => workloadsBehind(service, selector()).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    manualFix: 'add it where the pods are made, or attach to the workload itself',
    canBeGuarded: () => {
      if (Object.keys(selector()).length === 0) return false;
      const workloads = workloadsBehind(service, selector());
      return portsOf(given()).every((port) => containerPortOf(port, workloads) !== undefined);
    },
    podSelector: selector,
    podLabels: selector,
    declaredPorts: ports,
    findings: (endpoints) => {
      if (!canBeRendered(service)) return [];
      const ofService = serviceFindings(service, rendered(service), endpoints);
      return ofService.length > 0
        ? ofService
        : unknownPortFindings(service, workloadsBehind(service, selector()), endpoints);
    },
  };
}

/** The pods behind a Service that is not in the code. */
export function podsBehindElsewhere(
  { name, namespace, labels, ports }: ServiceElsewhere,
  chartNamespace: string | undefined,
): PodsSource {
  const what = name === undefined ? `the Service with ${textOf(labels)}` : `Service ${name}`;
  return {
    what,
    namespace,
    objectsNamespace: chartNamespace,
    existingService: { name: name ?? '', labels: () => labels, selector: () => labels },
    manualFix: 'add it where the pods are made',
    canBeGuarded: () => false,
    podSelector: () => ({}),
    podLabels: () => ({}),
    declaredPorts: () =>
      Object.entries(ports).map(([portName, port]) => ({ name: portName, containerPort: port, servicePort: port })),
    findings: (endpoints) => [
      ...(Object.keys(labels).length > 0
        ? []
        : [
            {
              code: 'attach/no-labels' as const,
              severity: 'error' as const,
              message: `${name === undefined ? 'the existing Service' : what} is given without labels: a monitor selects Services by nothing else`,
              fix: 'give the labels that it has; where it has none, add one where it is made',
            },
          ]),
      ...(name !== undefined || !endpoints.some(isAskedByName)
        ? []
        : [
            {
              code: 'attach/no-name' as const,
              severity: 'error' as const,
              message: `${what} is given without its name, by which a prober asks it`,
              fix: 'give existingService.name, or the targets of the probe',
            },
          ]),
    ],
  };
}

function isAskedByName({ scrape }: MetricsEndpoint): boolean {
  return scrape.kind === 'probe' && scrape.options.targets === undefined;
}

/** A scrape whose `job` is the app's name, whatever the labels of the Service, and that looks into its namespace. */
export function throughExistingService(
  scrape: ScrapeMechanism,
  job: string,
  namespace: string | undefined,
  objectsNamespace: string | undefined,
): ScrapeMechanism {
  const isElsewhere = namespace !== undefined && namespace !== objectsNamespace;
  const inNamespace = isElsewhere ? { namespaceSelector: { matchNames: [namespace] } } : {};
  const withJob = (relabelings: readonly RelabelingRule[] = []) => ({
    relabelings: [{ targetLabel: 'job', replacement: job }, ...relabelings],
  });
  switch (scrape.kind) {
    case 'serviceMonitor': {
      const { options } = scrape;
      const pinned = options.jobLabel === undefined ? withJob(options.relabelings) : {};
      return { kind: scrape.kind, options: { ...inNamespace, ...options, ...pinned } };
    }
    case 'federate':
      return {
        kind: scrape.kind,
        options: { ...inNamespace, ...scrape.options, ...withJob(scrape.options.relabelings) },
      };
    case 'podMonitor':
      // the Service does not say how its pods call their ports
      return { kind: scrape.kind, options: { port: 'number', ...inNamespace, ...scrape.options } };
    default:
      return scrape;
  }
}

function specOf(manifest: Manifest): ServiceSpec {
  return (manifest.spec ?? {}) as ServiceSpec;
}

function portsOf(manifest: Manifest): readonly ServicePortSpec[] {
  const { ports } = specOf(manifest);
  return Array.isArray(ports) ? (ports as readonly ServicePortSpec[]).filter((port) => typeof port === 'object') : [];
}

function distinctive(labels: Labels | undefined): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !passingLabels.has(key)));
}

/** Does no other Service of the stack in that namespace have the labels, too? Charts like to give them all the same. */
function isTheOnlyOne(service: ApiObject, labels: Labels): boolean {
  if (Object.keys(labels).length === 0) return false;
  return !neighbours(service, ({ kind }) => kind === 'Service').some((other) => {
    const others = renderedByMaker(other).metadata.labels ?? {};
    return Object.entries(labels).every(([key, value]) => others[key] === value);
  });
}

/** The other objects of the stack in the namespace of an object. */
function neighbours(object: ApiObject, fits: (other: ApiObject) => boolean): ApiObject[] {
  return object.node.root.node
    .findAll()
    .filter((each: IConstruct): each is ApiObject => ApiObject.isApiObject(each) && each !== object && fits(each))
    .filter((each) => each.metadata.namespace === object.metadata.namespace);
}

function withOwnLabel(manifest: Manifest): Manifest {
  const labels = { [ownLabel]: manifest.metadata.name ?? '', ...manifest.metadata.labels };
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}

/** Only the one port of a Service may have no name, and a monitor asks for ports by name. */
function withPortName(manifest: Manifest, name: string): Manifest {
  if (!hasUnnamedPort(manifest)) return manifest;
  return { ...manifest, spec: { ...specOf(manifest), ports: portsOf(manifest).map((port) => ({ ...port, name })) } };
}

function hasUnnamedPort(manifest: Manifest): boolean {
  const ports = portsOf(manifest);
  return ports.length === 1 && ports[0]?.name === undefined;
}

function workloadsBehind(service: ApiObject, selector: Labels): readonly Manifest[] {
  if (Object.keys(selector).length === 0) return [];
  return neighbours(service, ({ kind }) => hasPodTemplate(kind))
    .map((workload) => renderedByMaker(workload))
    .filter((manifest) => {
      const labels = podLabelsOf(manifest);
      return Object.entries(selector).every(([key, value]) => labels[key] === value);
    });
}

/** The number of the container port behind a Service port; a name leads to it only where the workload is in the stack. */
function containerPortOf(
  { port, targetPort = port }: ServicePortSpec,
  workloads: readonly Manifest[],
): number | undefined {
  if (typeof targetPort !== 'string') return targetPort;
  return workloads
    .flatMap((workload) => runningContainers(podTemplateOf(workload)).flatMap(addressedPorts))
    .find(({ name }: ContainerPort) => name === targetPort)?.containerPort;
}

function serviceFindings(
  service: ApiObject,
  manifest: Manifest,
  endpoints: readonly MetricsEndpoint[],
): Omit<Finding, 'where'>[] {
  const what = `Service ${service.name}`;
  if (service.kind !== 'Service') {
    return [
      {
        code: 'attach/service-kind',
        severity: 'error',
        message: `existingService is ${service.kind} ${service.name} (${service.node.path}), which is no Service`,
        fix: hasPodTemplate(service.kind) ? 'give it as workload' : 'give a Service',
      },
    ];
  }
  const { type, selector } = specOf(manifest);
  if (type === 'ExternalName') {
    return [
      {
        code: 'attach/external-name',
        severity: 'error',
        message: `${what} is of type ExternalName: it has no endpoints, so a monitor finds nothing behind it`,
        fix: 'scrape the host itself: a ScrapeJob with ScrapePolicy.scrapeConfig',
      },
    ];
  }
  if (Object.keys(selector ?? {}).length > 0) return [];
  const portNames = portsOf(manifest).map(({ name }) => name ?? '');
  return selectorlessFindings(service, portNames, endpoints);
}

/** What finds the pods past the Service needs the number of their port, and a Service may say its name alone. */
function unknownPortFindings(
  service: ApiObject,
  workloads: readonly Manifest[],
  endpoints: readonly MetricsEndpoint[],
): Omit<Finding, 'where'>[] {
  const unknown = portsOf(renderedByMaker(service)).filter((port) => containerPortOf(port, workloads) === undefined);
  return endpoints.flatMap((endpoint) => {
    const byPods = endpoint.scrape.kind === 'podMonitor';
    const port = unknown.find((each) => each.port === endpoint.port);
    if (port === undefined || !(byPods || annotatedOn(endpoint) === 'service')) return [];
    const fix = 'write the number as targetPort of the Service, or attach to the workload itself';
    return {
      code: 'attach/unknown-port' as const,
      severity: 'error' as const,
      message: `port ${port.port} of Service ${service.name} leads to '${port.targetPort}', and which number that is in its pods is not known`,
      fix: byPods ? `find them through the Service: ScrapePolicy.serviceMonitor(); or ${fix}` : fix,
    };
  });
}

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(',');
}
