import type { LabelSelector, Platform } from '../../src/platform';
import type { KubernetesObject } from './stack';

/* A small model of what Prometheus discovers, written from kubernetes.io and from prometheus-operator's documentation. */

type Labels = Readonly<Record<string, string>>;

interface Pod {
  readonly namespace?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly ports: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly owner: string;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

type DiscoveryRole = 'Endpoints' | 'EndpointSlice';

/**
 * What a Prometheus of the platform would scrape of a namespace full of objects, as `<kind that finds it>: <address><path>`.
 * A pod's address is `<kind>/<name of its workload>:<port>`.
 */
export function foundTargets(objects: readonly KubernetesObject[], platform: Platform): string[] {
  const hasOperator = platform.facts.operator?.installed !== false;
  const readsAnnotations = platform.facts.annotations !== undefined || platform.facts.operator?.installed !== true;
  return [
    ...(hasOperator ? objects.filter((object) => isSelected(object, platform)) : []).flatMap((object) =>
      targetsOf(object, objects, platform).map((target) => `${object.kind}: ${target}`),
    ),
    ...(readsAnnotations ? annotatedTargets(objects) : []),
  ];
}

/** The kinds that ask a Prometheus to scrape, with the name of the selector by which it finds them. */
export const selectorOfKind = {
  ServiceMonitor: 'serviceMonitorSelector',
  PodMonitor: 'podMonitorSelector',
  Probe: 'probeSelector',
  ScrapeConfig: 'scrapeConfigSelector',
} as const;

/** Does the Prometheus read the monitoring object? One without a selector that is known is taken to. */
function isSelected({ kind, metadata }: KubernetesObject, platform: Platform): boolean {
  const name = selectorOfKind[kind as keyof typeof selectorOfKind];
  if (name === undefined) return false;
  const selector = platform.prometheusServers[0]?.[name];
  if (selector === 'none') return false;
  return selector === undefined || fits(selector, metadata.labels ?? {});
}

function targetsOf(monitor: KubernetesObject, objects: readonly KubernetesObject[], platform: Platform): string[] {
  const { kind, spec } = monitor;
  switch (kind) {
    case 'ServiceMonitor': {
      const role = spec.serviceDiscoveryRole ?? platform.prometheusServers[0]?.serviceDiscoveryRole ?? 'Endpoints';
      const services = selectedBy(monitor, objects, platform).filter((object) => object.kind === 'Service');
      return services.flatMap((service) =>
        (spec.endpoints as { port?: string; path?: string }[]).flatMap(({ port, path = '' }) =>
          addressesOf(service, ({ name }) => port !== undefined && name === port, objects, role).map(
            (address) => address + path,
          ),
        ),
      );
    }
    case 'PodMonitor': {
      const spaces = namespacesOf(monitor, platform);
      const pods = podsIn(objects).filter(
        ({ labels, namespace }) => fits(spec.selector, labels) && (spaces === 'any' || spaces.includes(namespace)),
      );
      return pods.flatMap(({ owner, ports }) =>
        (spec.podMetricsEndpoints as { port?: string; portNumber?: number; path?: string }[]).flatMap((endpoint) =>
          ports
            .filter(({ name, containerPort }) =>
              endpoint.port === undefined ? containerPort === endpoint.portNumber : name === endpoint.port,
            )
            .map(({ containerPort }) => `${owner}:${containerPort}${endpoint.path ?? ''}`),
        ),
      );
    }
    case 'Probe':
      return (spec.targets.staticConfig.static as string[]).flatMap((url) => probedAddresses(url, objects));
    default:
      return (spec.staticConfigs as { targets: string[] }[]).flatMap(({ targets }) =>
        targets.map((target) => `${target}${spec.metricsPath ?? ''}`),
      );
  }
}

function namespacesOf({ metadata, spec }: KubernetesObject, platform: Platform): 'any' | (string | undefined)[] {
  const { any, matchNames } = (spec.namespaceSelector ?? {}) as { any?: boolean; matchNames?: string[] };
  if (platform.prometheusServers[0]?.ignoreNamespaceSelectors) return [metadata.namespace];
  return any ? 'any' : (matchNames ?? [metadata.namespace]);
}

function selectedBy(
  monitor: KubernetesObject,
  objects: readonly KubernetesObject[],
  platform: Platform,
): KubernetesObject[] {
  const spaces = namespacesOf(monitor, platform);
  return objects.filter(
    ({ metadata }) =>
      fits(monitor.spec.selector, metadata.labels ?? {}) && (spaces === 'any' || spaces.includes(metadata.namespace)),
  );
}

/** Where the ports of a Service lead: to pods by its selector, else to its own endpoints. */
function addressesOf(
  { metadata, spec }: KubernetesObject,
  isMeant: (port: ServicePort) => boolean,
  objects: readonly KubernetesObject[],
  role: DiscoveryRole,
): string[] {
  const ports = (spec.ports as ServicePort[]).filter(isMeant);
  if (Object.keys(spec.selector ?? {}).length > 0) {
    const pods = podsIn(objects).filter(
      ({ namespace, labels }) => namespace === metadata.namespace && fits({ matchLabels: spec.selector }, labels),
    );
    return pods.flatMap((pod) =>
      ports.flatMap(({ port, targetPort = port }) =>
        pod.ports
          .filter(({ name, containerPort }) => [name, containerPort].includes(targetPort))
          .map(({ containerPort }) => `${pod.owner}:${containerPort}`),
      ),
    );
  }
  // Kubernetes mirrors Endpoints into slices, and not the other way
  return objects
    .filter(
      (object) =>
        object.metadata.namespace === metadata.namespace &&
        ((object.kind === 'Endpoints' && object.metadata.name === metadata.name) ||
          (role === 'EndpointSlice' &&
            object.kind === 'EndpointSlice' &&
            object.metadata.labels?.['kubernetes.io/service-name'] === metadata.name)),
    )
    .flatMap((object) => ownAddresses(object, ports));
}

function ownAddresses(endpoints: KubernetesObject, ports: readonly ServicePort[]): string[] {
  interface Subset {
    readonly addresses?: readonly { readonly ip: string }[];
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  }
  const given = endpoints as unknown as {
    subsets?: readonly Subset[];
    endpoints?: readonly { readonly addresses: readonly string[] }[];
    ports?: Subset['ports'];
  };
  const ofSlice = {
    addresses: given.endpoints?.flatMap(({ addresses }) => addresses.map((ip) => ({ ip }))),
    ports: given.ports,
  };
  return [...(given.subsets ?? []), ofSlice].flatMap(({ addresses = [], ports: own = [] }) =>
    addresses.flatMap(({ ip }) =>
      own.filter(({ name }) => ports.some((port) => port.name === name)).map(({ port }) => `${ip}:${port}`),
    ),
  );
}

function probedAddresses(url: string, objects: readonly KubernetesObject[]): string[] {
  const [, name, namespace, port, path = ''] = /^https?:\/\/([^.]+)\.([^.]+)\.svc:(\d+)(\/.*)?$/.exec(url) ?? [];
  if (name === undefined) return [url.replace(/^https?:\/\//, '')];
  return objects
    .filter(({ kind, metadata }) => kind === 'Service' && metadata.name === name && metadata.namespace === namespace)
    .flatMap((service) => addressesOf(service, (each) => each.port === Number(port), objects, 'EndpointSlice'))
    .map((address) => address + path);
}

function annotatedTargets(objects: readonly KubernetesObject[]): string[] {
  const pods = podsIn(objects).flatMap(({ owner, annotations }) =>
    annotations['prometheus.io/scrape'] === 'true'
      ? [`pod annotations: ${owner}:${annotations['prometheus.io/port']}${annotations['prometheus.io/path'] ?? ''}`]
      : [],
  );
  const services = objects.flatMap((object) => {
    const annotations = object.metadata.annotations ?? {};
    if (object.kind !== 'Service' || annotations['prometheus.io/scrape'] !== 'true') return [];
    // the annotation replaces the port of every address behind the Service
    const hosts = addressesOf(object, () => true, objects, 'Endpoints').map((address) => address.replace(/:\d+$/, ''));
    const rest = `${annotations['prometheus.io/port']}${annotations['prometheus.io/path'] ?? ''}`;
    return [...new Set(hosts)].map((host) => `Service annotations: ${host}:${rest}`);
  });
  return [...pods, ...services];
}

/** The pods that the workloads among the objects make. */
function podsIn(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((object) => {
    const template =
      object.kind === 'Pod' ? object : (object.spec?.jobTemplate?.spec?.template ?? object.spec?.template);
    if (template?.spec?.containers === undefined) return [];
    const containers = template.spec.containers as { ports?: Pod['ports'] }[];
    return {
      namespace: object.metadata.namespace,
      labels: template.metadata?.labels ?? {},
      annotations: template.metadata?.annotations ?? {},
      ports: containers.flatMap(({ ports = [] }) => ports),
      owner: `${object.kind}/${object.metadata.name}`,
    };
  });
}

function fits({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isListed = value !== undefined && values.includes(value);
      return operator === 'In' ? isListed : !isListed;
    })
  );
}
