import type { IConstruct } from 'constructs';
import { compareText, Finding } from '../../findings';
import type { ClusterPart, Platform } from '../../platform';
import { ScrapingServer } from '../servers/scraping-server';

/** A part of the cluster, and where its targets are found. */
export interface PartToRead {
  readonly part: ClusterPart;
  readonly title: string;
  readonly namespace: string;
  /** Does Prometheus identify itself, so that its rights decide? */
  readonly isAuthorized: boolean;
}

/**
 * What the platform's Prometheus may not read of the parts, where it is a construct of the stack.
 * Source: kubernetes.io, "Kubelet authentication/authorization" (`nodes/metrics`); prometheus-operator/kube-prometheus,
 * manifests/prometheus-clusterRole.yaml and prometheus-roleSpecificNamespaces.yaml.
 */
export function accessFindings(
  parts: readonly PartToRead[],
  root: IConstruct,
  platform: Platform,
  place: string,
): Finding[] {
  const server = serverOfStack(root, platform);
  if (server === undefined || parts.length === 0) return [];
  const { namespaces, _access: access } = server;
  const hidden = namespaces === 'all' ? [] : parts.filter(({ namespace }) => !namespaces.includes(namespace));
  const kubelet = access.nodeMetrics ? [] : parts.filter(({ part }) => part === 'kubelet');
  const others = access.metricsUrls ? [] : parts.filter((each) => each.part !== 'kubelet' && each.isAuthorized);
  const fields = [
    ...(kubelet.length > 0 ? ['nodeMetrics: true'] : []),
    ...(others.length > 0 ? ['metricsUrls: true'] : []),
  ];
  const names = [...new Set(hidden.map(({ namespace }) => namespace))].sort(compareText);
  const fixes = [
    ...(fields.length > 0 ? [`access: { ${fields.join(', ')} }`] : []),
    ...(names.length > 0 ? [`${names.map((name) => `'${name}'`).join(', ')} in namespaces`] : []),
  ];
  if (fixes.length === 0) return [];
  const faulty = [...new Set([...hidden, ...kubelet, ...others].map(({ title }) => title))];
  return [
    {
      code: 'cluster/access',
      severity: 'error',
      where: { construct: place },
      message: `the Prometheus ${server.node.path} may not read ${faulty.join(', ')}`,
      fix: `give it ${fixes.join(', and ')}`,
    },
  ];
}

/** The platform's first server, which the monitors are for. */
function serverOfStack(root: IConstruct, platform: Platform): ScrapingServer | undefined {
  const { name, namespace } = platform.prometheusServers[0] ?? {};
  if (name === undefined || namespace === undefined) return undefined;
  return root.node
    .findAll()
    .filter((each): each is ScrapingServer => each instanceof ScrapingServer)
    .find((each) => each.name === name && each.namespace === namespace);
}
