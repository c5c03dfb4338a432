import type { ContainerManifest } from './container';
import type { Manifest } from '../objects';

/** The fields of a pod template that we read and write; others pass through untouched. */
export interface PodTemplate {
  readonly metadata?: PodMetadata | null;
  readonly spec?: PodSpec;
}

export interface PodMetadata {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly [field: string]: unknown;
}

export interface PodSpec {
  readonly containers?: readonly ContainerManifest[];
  readonly initContainers?: readonly ContainerManifest[];
  readonly volumes?: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly hostNetwork?: boolean;
  readonly [field: string]: unknown;
}

/**
 * Where each kind of object holds the template of its pods, below the object itself; a Pod is one.
 * Source: the API reference of Kubernetes, workload resources.
 */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** The kinds that can be attached to, for sentences. */
export const kindsWithPods: readonly string[] = Object.keys(templatePaths);

/** Does a kind of object run pods from a template that we can read? */
export function hasPodTemplate(kind: string): boolean {
  return Object.hasOwn(templatePaths, kind);
}

/** Does a kind of object run pods that come to an end, once all their containers have? */
export function runsToCompletion(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

/** Does nothing select the pods of a kind of object by labels that they must therefore have? */
export function canBeUnlabelled(kind: string): boolean {
  return kind === 'Pod' || runsToCompletion(kind);
}

export function podTemplateOf(manifest: Manifest): PodTemplate {
  const path = templatePaths[manifest.kind];
  if (path === undefined) return {};
  return (path.reduce<unknown>((value, key) => (value as Fields | null | undefined)?.[key], manifest) ?? {}) as object;
}

type Fields = Readonly<Record<string, unknown>>;

/** The object with another template of its pods. */
export function withPodTemplate(manifest: Manifest, template: PodTemplate): Manifest {
  return withField(manifest, templatePaths[manifest.kind] ?? [], { ...template }) as unknown as Manifest;
}

function withField(object: object, [key, ...rest]: readonly string[], value: Fields): Fields {
  if (key === undefined) return { ...object, ...value };
  const inner = ((object as Fields)[key] ?? {}) as Fields;
  return { ...object, [key]: withField(inner, rest, value) };
}

export function podLabelsOf(manifest: Manifest): Readonly<Record<string, string>> {
  return podTemplateOf(manifest).metadata?.labels ?? {};
}

/** The labels by which the workload itself finds its pods; those of its pods where it has none, only expressions. */
export function podSelectorOf(manifest: Manifest): Readonly<Record<string, string>> {
  const { selector } = (manifest.spec ?? {}) as {
    selector?: { readonly matchLabels?: Readonly<Record<string, string>> | null } | null;
  };
  const matchLabels = selector?.matchLabels ?? {};
  return Object.keys(matchLabels).length > 0 ? matchLabels : podLabelsOf(manifest);
}

/** The items of what should be a list of objects: what else stands there is for the schema to complain of. */
export function itemsOf<T extends object>(list: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]).filter((item) => typeof item === 'object' && item !== null) : [];
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
