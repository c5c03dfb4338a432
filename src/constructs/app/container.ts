import type { SecretKeyReference } from '../../platform';

/** An environment variable: a value, or a key of a Secret by reference. */
export type EnvironmentValue = string | { readonly secret: SecretKeyReference };

/** CPU and memory in Kubernetes quantities. */
export interface ResourceOptions {
  /** What the scheduler reserves: `{ cpu: '10m', memory: '32Mi' }`. */
  readonly requests?: Readonly<Record<string, string>>;
  /** What the container may use at most: more CPU is throttled, more memory ends it. */
  readonly limits?: Readonly<Record<string, string>>;
}

/** Where a container sees a volume of its pod, as Kubernetes writes it. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

/** A port of a container, as Kubernetes writes it. */
export interface ContainerPort {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly hostPort?: number;
}

/** An environment variable, as Kubernetes writes it. */
export interface ContainerEnvironment {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** The fields of a container that we read and write; others pass through untouched. */
export interface ContainerManifest {
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly restartPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly ContainerEnvironment[];
  readonly ports?: readonly ContainerPort[];
  readonly resources?: ResourceOptions;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly VolumeMount[];
}

/** The ports of a container, each with the container's name. */
export function addressedPorts({ name, ports }: ContainerManifest): (ContainerPort & { readonly container: string })[] {
  return Array.isArray(ports) ? (ports as readonly ContainerPort[]).map((port) => ({ ...port, container: name })) : [];
}

/** Renders environment variables in the order of their names. */
export function environment(variables: Readonly<Record<string, EnvironmentValue>>): ContainerEnvironment[] {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      typeof value === 'string' ? { name, value } : { name, valueFrom: { secretKeyRef: { ...value.secret } } },
    );
}

/**
 * A security context that the `restricted` Pod Security Standard admits.
 * Source: kubernetes.io, "Pod Security Standards".
 */
export function restrictedSecurityContext(user?: number): Record<string, unknown> {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...(user === undefined ? {} : { runAsUser: user, runAsGroup: user }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Does an image lack a fixed version? `name`, `name:latest`; a digest is fixed. */
export function isFloatingImage(image: string): boolean {
  if (image.includes('@sha256:')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}
