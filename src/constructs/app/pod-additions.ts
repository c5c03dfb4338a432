import { described, Finding } from '../../findings';
import type { Manifest } from '../objects';
import type { ContainerManifest, ContainerEnvironment, ContainerPort, VolumeMount } from './container';
import {
  appContainerOf,
  itemsOf,
  PodMetadata,
  PodSpec,
  podTemplateOf,
  runsToCompletion,
  withPodTemplate,
} from './pod-template';

/** A part of an environment variable that others may have a part in, such as `JAVA_TOOL_OPTIONS`. */
export interface JoinedEnvironment {
  readonly name: string;
  readonly value: string;
  /** Between what is there and what is added. */
  readonly separator: string;
}

/** What monitoring adds to the pods of a workload. */
export interface PodAdditions {
  /** Name of the container that serves the app's own metrics; the first one when it is left out. */
  readonly container?: string;
  readonly ports: readonly Required<Pick<ContainerPort, 'name' | 'containerPort'>>[];
  readonly env: readonly ContainerEnvironment[];
  /** Variables of the app's container that are added to, not replaced. */
  readonly envJoin: readonly JoinedEnvironment[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly volumes: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly sidecars: readonly ContainerManifest[];
  /** Init containers that restart always: they start before the app and outlive it. */
  readonly nativeSidecars: readonly ContainerManifest[];
  /** Containers that end before the app starts. */
  readonly initContainers: readonly ContainerManifest[];
  /** A label or an annotation that the pods have already stays as it is. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
}

/** Can we add to a list? Not if it is something else: then it stays as it is. */
function isListOrMissing(list: unknown): boolean {
  return list === undefined || list === null || Array.isArray(list);
}

/** Several additions as one; of two that say the same of one thing, the first counts. */
export function joinedAdditions(additions: readonly Partial<PodAdditions>[]): Omit<PodAdditions, 'container'> {
  const all = <K extends ListKey>(key: K) =>
    additions.flatMap((each) => [...(each[key] ?? [])]) as PodAdditions[K][0][];
  const first = (key: 'podLabels' | 'podAnnotations') =>
    Object.assign({}, ...additions.map((each) => each[key] ?? {}).reverse()) as Record<string, string>;
  return {
    ports: all('ports'),
    env: all('env'),
    envJoin: all('envJoin'),
    volumeMounts: all('volumeMounts'),
    volumes: all('volumes'),
    sidecars: all('sidecars'),
    nativeSidecars: all('nativeSidecars'),
    initContainers: all('initContainers'),
    podLabels: first('podLabels'),
    podAnnotations: first('podAnnotations'),
  };
}

type ListKey = Exclude<keyof PodAdditions, 'container' | 'podLabels' | 'podAnnotations'>;

/** Adds to a workload what is not there yet: doing it twice changes nothing more. */
export function withPodAdditions(manifest: Manifest, given: PodAdditions): Manifest {
  const additions = runsToCompletion(manifest.kind) ? withNativeSidecars(given) : given;
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
    ...joined('initContainers', spec.initContainers, [...additions.initContainers, ...additions.nativeSidecars]),
    ...joined('volumes', spec.volumes, additions.volumes),
  };
  const { labels, annotations } = template.metadata ?? {};
  const metadata: PodMetadata = {
    ...template.metadata,
    ...joinedMap('labels', additions.podLabels, labels),
    ...joinedMap('annotations', additions.podAnnotations, annotations),
  };
  const hasMetadata = Object.keys(metadata).length > 0;
  return withPodTemplate(manifest, { ...template, ...(hasMetadata ? { metadata } : {}), spec: newSpec });
}

/** Why additions cannot be made to pods as they are given; all of what can be made is. */
export function additionProblems(
  manifest: Manifest,
  additions: readonly Partial<PodAdditions>[],
  container?: string,
): Omit<Finding, 'where'>[] {
  const { metadata } = podTemplateOf(manifest);
  const { env } = appContainerOf(podTemplateOf(manifest), container) ?? {};
  return [
    ...takenKeys(
      'label',
      metadata?.labels,
      additions.map(({ podLabels }) => podLabels),
    ),
    ...takenKeys(
      'annotation',
      metadata?.annotations,
      additions.map(({ podAnnotations }) => podAnnotations),
    ),
    ...additions
      .flatMap(({ envJoin }) => envJoin ?? [])
      .flatMap(({ name, value }) => {
        const present = itemsOf(env).find((variable) => variable.name === name);
        if (present?.valueFrom === undefined) return [];
        return {
          code: 'workload/environment-taken' as const,
          severity: 'error' as const,
          message: `${name} of the container comes from elsewhere (valueFrom), so '${value}' cannot be added to it`,
          fix: `write ${name} as text where the workload is made, or add '${value}' to its source and leave ours out`,
        };
      }),
  ];
}

const takenCodes = { label: 'workload/label-taken', annotation: 'workload/annotation-taken' } as const;

function takenKeys(
  what: 'label' | 'annotation',
  present: Readonly<Record<string, string>> | null | undefined,
  added: readonly (Readonly<Record<string, string>> | undefined)[],
): Omit<Finding, 'where'>[] {
  const taken = new Map(Object.entries(present ?? {}).map(([key, value]) => [key, { value, by: 'the pods have' }]));
  return added.flatMap((entries) =>
    Object.entries(entries ?? {}).flatMap(([key, value]) => {
      const other = taken.get(key);
      if (other === undefined) taken.set(key, { value, by: 'monitoring sets' });
      if (other === undefined || other.value === value) return [];
      return {
        code: takenCodes[what],
        severity: 'error' as const,
        message: `the ${what} ${key} of the pods shall be '${value}', and ${other.by} ${describedValue(other.value)} there`,
        fix: `remove ${key} where the pods are made, or let both agree`,
      };
    }),
  );
}

function describedValue(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : described(value);
}

/** A sidecar beside the containers of a Job would keep its pods from ever coming to an end. */
function withNativeSidecars(additions: PodAdditions): PodAdditions {
  const native = additions.sidecars.map((sidecar) => ({ ...sidecar, restartPolicy: 'Always' }));
  return { ...additions, sidecars: [], nativeSidecars: [...native, ...additions.nativeSidecars] };
}

function withContainerAdditions(container: ContainerManifest, additions: PodAdditions): ContainerManifest {
  const mounted = new Set(itemsOf(container.volumeMounts).map(({ mountPath }) => mountPath));
  const mounts = additions.volumeMounts.filter(({ mountPath }) => !mounted.has(mountPath));
  return {
    ...container,
    ...(isListOrMissing(container.ports) ? nonEmpty('ports', withPorts(container.ports ?? [], additions.ports)) : {}),
    ...(isListOrMissing(container.env)
      ? nonEmpty('env', withJoins(joinByName(container.env ?? [], additions.env), additions.envJoin))
      : {}),
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

/** Variables with our parts at their ends; one that holds a part already, or comes from elsewhere, stays as it is. */
function withJoins(
  variables: readonly ContainerEnvironment[],
  joins: readonly JoinedEnvironment[],
): readonly ContainerEnvironment[] {
  return joins.reduce((all, { name, value, separator }) => {
    if (!itemsOf(all).some((variable) => variable.name === name)) return [...all, { name, value }];
    return all.map((variable) => {
      if (variable?.name !== name || variable.valueFrom !== undefined) return variable;
      const present = variable.value ?? '';
      if (`${separator}${present}${separator}`.includes(`${separator}${value}${separator}`)) return variable;
      return { ...variable, value: present === '' ? value : `${present}${separator}${value}` };
    });
  }, variables);
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

function joinedMap(
  key: 'labels' | 'annotations',
  added: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>> | null | undefined,
): PodMetadata {
  return Object.keys(added).length === 0 ? {} : { [key]: { ...added, ...present } };
}
