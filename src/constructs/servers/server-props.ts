import type { ResourceRequirements, Toleration } from '../../../imports/kubernetes-core';
import type { Shape } from '../../findings';
import { objectOptions } from '../app/app-shapes';
import type { ObjectOptions, ShapeOf } from '../objects';
import { labelProblem } from '../objects';
import type { HealthAlertChanges } from './health-rules';
import { NetworkPolicyChoice, networkPolicyShape } from './network-peer';
import { versionRule, wholeNumberFrom } from './quantities';
import { StorageOptions, storageShape } from './storage';

/** Names, labels, annotations and patches of the objects that come with a server. */
export interface ServerObjects {
  /** The custom resource itself; its name is a prop of the server. */
  readonly server?: Omit<ObjectOptions, 'name'>;
  readonly serviceAccount?: ObjectOptions;
  readonly service?: ObjectOptions;
  /** The ServiceMonitor of the server itself; a PodMonitor where a server reads nothing else. */
  readonly serviceMonitor?: ObjectOptions;
  readonly networkPolicy?: ObjectOptions;
  readonly podDisruptionBudget?: ObjectOptions;
  readonly prometheusRule?: ObjectOptions;
}

/** What all servers that prometheus-operator runs have in common, in its field names. */
export interface ServerProps<Spec> {
  /** Name of the custom resource: the operator calls pods after it. @default - the id of the construct */
  readonly name?: string;
  /** Version of the image, such as `3.13.1`. @default - the newest that the operator knows, which an upgrade of it raises */
  readonly version?: string;
  /** Image with its version, where it does not come from quay.io; `version` then says which version it is. */
  readonly image?: string;
  /** Pods that do the same work, for availability. @default - 1, the operator's default */
  readonly replicas?: number;
  /** CPU and memory of the server's container. @default - none */
  readonly resources?: ResourceRequirements;
  /** Where data is kept. @default - in the pod, and lost with it */
  readonly storage?: StorageOptions;
  /** Labels of every object that is made here. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels and annotations of the pods, beside those of the operator. */
  readonly podMetadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName?: string;
  /**
   * Put replicas onto different nodes where there are enough.
   * @default - true
   */
  readonly spreadOverNodes?: boolean;
  /** Who may connect. `false` makes no NetworkPolicy. @default - pods of the server's namespace, and what is joined to it */
  readonly networkPolicy?: NetworkPolicyChoice;
  /** Alerts about this server, by name: `false` switches one off, or all. @default - all of them */
  readonly alerts?: false | HealthAlertChanges;
  /**
   * Any further field of the custom resource's spec, as the operator names it. A field that has a prop counts as that prop;
   * where both are given, the prop stands.
   */
  readonly spec?: Partial<Spec>;
  readonly objects?: ServerObjects;
}

const text: Shape = { map: 'text' };

const { name: _, ...withoutName } = objectOptions;

/** Fields of `objects`, for servers that make more of them. */
export const serverObjects: Record<keyof ServerObjects, Shape> = {
  server: { fields: withoutName },
  serviceAccount: { fields: objectOptions },
  service: { fields: objectOptions },
  serviceMonitor: { fields: objectOptions },
  networkPolicy: { fields: objectOptions },
  podDisruptionBudget: { fields: objectOptions },
  prometheusRule: { fields: objectOptions },
};

export const selectorShape: Shape = {
  fields: { matchLabels: { map: 'text' }, matchExpressions: { list: { map: 'anything' } } },
};

/** Which objects a server takes: `'none'` is what the operator makes of a field that is not there. */
export const objectSelectorShape: Shape = { either: [selectorShape, { oneOf: ['none'] }] };

export const labelMap: Shape = {
  map: { code: 'props/label', problem: (value, _place, key) => labelProblem(key, value) },
};

export const resourcesShape: Shape = {
  fields: { requests: { map: 'anything' }, limits: { map: 'anything' }, claims: 'anything' },
};

export const serverShape: ShapeOf<ServerProps<unknown>> = {
  name: 'text',
  version: versionRule,
  image: 'text',
  replicas: wholeNumberFrom(0),
  resources: resourcesShape,
  storage: storageShape,
  labels: labelMap,
  podMetadata: { fields: { labels: labelMap, annotations: text } },
  nodeSelector: text,
  tolerations: { list: 'anything' },
  priorityClassName: 'text',
  spreadOverNodes: 'boolean',
  networkPolicy: networkPolicyShape,
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  spec: { map: 'anything' },
  objects: { fields: serverObjects },
};
