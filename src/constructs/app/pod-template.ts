import type { ContainerManifest, ContainerEnvironment, ContainerPort, VolumeMount } from './container';
import type { Manifest } from '../objects';

/** The fields of a pod template that we read and write; others pass through untouched. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly [field: string]: unknown };
  readonly spec?: PodSpec;
}

export interface PodSpec {
  readonly containers?: readonly ContainerManifest[];
  readonly initContainers?: readonly ContainerManifest[];
  readonly volumes?: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly hostNetwork?: boolean;
  readonly [field: string]: unknown;
}

/** What monitoring adds to the pods of a workload. */
export interface PodAdditions {
  /** Name of the container that serves the app's own metrics; the first one when it is left out. */
  readonly container?: string;
  readonly ports: readonly Required<Pick<ContainerPort, 'name' | 'containerPort'>>[];
  readonly env: readonly ContainerEnvironment[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly volumes: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly sidecars: readonly ContainerManifest[];
  /** Init containers that restart always: they start before the app and outlive it. */
  readonly nativeSidecars: readonly ContainerManifest[];
}

const kindsWithTemplate = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Does a kind of object run pods from a template that we can read? */
export function hasPodTemplate(kind: string): boolean {
  return kindsWithTemplate.has(kind);
}

interface WorkloadSpec {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> | null } | null;
  readonly template?: PodTemplate | null;
}

export function podTemplateOf(manifest: Manifest): PodTemplate {
  return (manifest.spec as WorkloadSpec | undefined)?.template ?? {};
}

export function podLabelsOf(manifest: Manifest): Readonly<Record<string, string>> {
  return podTemplateOf(manifest).metadata?.labels ?? {};
}

/** The labels by which the workload itself finds its pods; those of its pods where it has none, only expressions. */
export function podSelectorOf(manifest: Manifest): Readonly<Record<string, string>> {
  const matchLabels = (manifest.spec as WorkloadSpec | undefined)?.selector?.matchLabels ?? {};
  return Object.keys(matchLabels).length > 0 ? matchLabels : podLabelsOf(manifest);
}

/** The items of what should be a list of objects: what else stands there is for the schema to complain of. */
function itemsOf<T extends object>(list: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]).filter((item) => typeof item === 'object' && item !== null) : [];
}

/** Can we add to a list? Not if it is something else: then it stays as it is. */
function isListOrMissing(list: unknown): boolean {
  return list === undefined || list === null || Array.isArray(list);
}

/** The containers of the pod proper. */
export function containersOf(template: PodTemplate): readonly ContainerManifest[] {
  return itemsOf(template.spec?.containers);
}

/** All containers that run beside the app, native sidecars included. */
export function runningContainers(template: PodTemplate): ContainerManifest[] {
  const native = itemsOf(template.spec?.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containersOf(template), ...native];
}

/** Every container of a pod: their names must differ. */
export function allContainers(template: PodTemplate): ContainerManifest[] {
  return [...containersOf(template), ...itemsOf(template.spec?.initContainers)];
}

/** The container that serves the app's own metrics. */
export function appContainerOf(template: PodTemplate, name?: string): ContainerManifest | undefined {
  const containers = containersOf(template);
  return name === undefined ? containers[0] : containers.find((container) => container.name === name);
}

/** Adds to a workload what is not there yet: doing it twice changes nothing more. */
export function withPodAdditions(manifest: Manifest, additions: PodAdditions): Manifest {
  const template = podTemplateOf(manifest);
  const spec = template.spec ?? {};
  if (!isListOrMissing(spec.containers)) return manifest;
  const own = appContainerOf(template, additions.container);
  const containers = (spec.containers ?? []).map((container) =>
    own !== undefined && container === own ? withContainerAdditions(container, additions) : container,
  );
  const newSpec: PodSpec = {
    ...spec,
    containers: joinByName(containers, additions.sidecars),
    ...joined('initContainers', spec.initContainers, additions.nativeSidecars),
    ...joined('volumes', spec.volumes, additions.volumes),
  };
  return { ...manifest, spec: { ...(manifest.spec as object), template: { ...template, spec: newSpec } } };
}

function withContainerAdditions(container: ContainerManifest, additions: PodAdditions): ContainerManifest {
  const mounted = new Set(itemsOf(container.volumeMounts).map(({ mountPath }) => mountPath));
  const mounts = additions.volumeMounts.filter(({ mountPath }) => !mounted.has(mountPath));
  return {
    ...container,
    ...(isListOrMissing(container.ports) ? nonEmpty('ports', withPorts(container.ports ?? [], additions.ports)) : {}),
    ...joined('env', container.env, additions.env),
    ...(isListOrMissing(container.volumeMounts)
      ? nonEmpty('volumeMounts', [...(container.volumeMounts ?? []), ...mounts])
      : {}),
  };
}

/** A port that the container declares already keeps its name, and gets ours where it has none. */
function withPorts(declared: readonly ContainerPort[], ports: PodAdditions['ports']): readonly ContainerPort[] {
  const declares = (port: ContainerPort | null, number: number) => port?.containerPort === number && isTcp(port);
  const named = declared.map((port) => {
    const ours = ports.find(({ containerPort }) => declares(port, containerPort));
    return ours && port.name === undefined ? { ...port, name: ours.name } : port;
  });
  return [...named, ...ports.filter(({ containerPort }) => !declared.some((port) => declares(port, containerPort)))];
}

function isTcp({ protocol }: ContainerPort): boolean {
  return protocol === undefined || protocol === 'TCP';
}

/** Items whose name is taken already are left as they are. */
function joinByName<T extends { readonly name: string }>(present: readonly T[], added: readonly T[]): T[] {
  const names = new Set(itemsOf(present).map(({ name }) => name));
  return [...present, ...added.filter(({ name }) => !names.has(name))];
}

function joined<K extends string, T extends { readonly name: string }>(
  key: K,
  present: readonly T[] | undefined,
  added: readonly T[],
): { [key in K]?: readonly T[] } {
  return isListOrMissing(present) ? nonEmpty(key, joinByName(present ?? [], added)) : {};
}

function nonEmpty<K extends string, T>(key: K, items: readonly T[]): { [key in K]?: readonly T[] } {
  return items.length === 0 ? {} : ({ [key]: items } as { [key in K]: readonly T[] });
}
