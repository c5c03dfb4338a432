import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { generateObject, ObjectOptions, rendered } from '../objects';

/** How the app is reached inside the cluster. */
export interface ServiceOptions extends ObjectOptions {
  /** @default - ClusterIP */
  readonly type?: 'ClusterIP' | 'NodePort' | 'headless';
  /** Port of the Service for the app's first port. @default - the container port */
  readonly port?: number;
}

/** A port of a Service, as Kubernetes writes it. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  readonly protocol: 'TCP';
}

export interface AppServiceProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ServiceOptions;
  readonly selector: () => Readonly<Record<string, string>>;
  readonly ports: () => readonly ServicePort[];
}

/** A Service with labels of its own: without them no ServiceMonitor could select it. */
export function appService(scope: Construct, id: string, props: AppServiceProps): ApiObject {
  const { name, namespace, labels, options, selector, ports } = props;
  return generateObject(scope, id, {
    apiVersion: 'v1',
    kind: 'Service',
    name,
    namespace,
    labels,
    options,
    content: () => ({
      spec: {
        ...(options?.type === 'headless' ? { clusterIP: 'None' } : { type: options?.type ?? 'ClusterIP' }),
        ports: ports(),
        selector: { ...selector() },
      },
    }),
  });
}

/** The port that a Service names first, as its clients and as its pods know it. */
export function firstPortOf(service: ApiObject): { port: number; targetPort: number | string } | undefined {
  const { ports } = (rendered(service).spec ?? {}) as { ports?: { port?: unknown; targetPort?: unknown }[] | null };
  const { port, targetPort = port } = (Array.isArray(ports) ? ports[0] : undefined) ?? {};
  if (typeof port !== 'number' || (typeof targetPort !== 'number' && typeof targetPort !== 'string')) return undefined;
  return { port, targetPort };
}
