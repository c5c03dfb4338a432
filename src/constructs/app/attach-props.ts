import type { ApiObject, Include } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ServiceOptions } from './app-service';
import type { GeneratedObjects, MonitoringOptions, ProcessOptions } from './monitoring-props';

/**
 * An object among those that an `Include`, a `Helm` chart or any other construct holds, by what is known of it: as much as
 * leaves one. The order in which a chart renders its objects does not matter.
 */
export interface ObjectIn<Kind extends string = string> {
  /** The construct that holds the object. */
  readonly in: IConstruct;
  /** @default - any kind that fits */
  readonly kind?: Kind;
  /** `metadata.name`. @default - any name */
  readonly name?: string;
  /** `metadata.namespace`. @default - any namespace */
  readonly namespace?: string;
}

/** The kinds of Kubernetes whose objects run pods. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job' | 'CronJob' | 'Pod';

/**
 * A workload that exists: one of cdk8s-plus (of any version), an ApiObject, or one of those that an `Include` or a `Helm`
 * chart renders, which may be given as a whole where it has only one workload.
 */
export type ExistingWorkload =
  ApiObject | (IConstruct & { readonly podMetadata: object }) | Include | ObjectIn<WorkloadKind>;

/** A Service that is not in the code. */
export interface ServiceElsewhere {
  /** @default - unknown, which only messages and addresses need */
  readonly name?: string;
  /** @default - the namespace of the chart */
  readonly namespace?: string;
  /** Labels that this Service has, and no other in its namespace. */
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of the Service by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A Service that exists: in the code as one of cdk8s-plus, as an ApiObject or in an `Include` or `Helm` chart; or elsewhere. */
export type ExistingService =
  | ApiObject
  | (IConstruct & { readonly clusterIP?: string; bind(port: number): void })
  | Omit<ObjectIn, 'kind'>
  | ServiceElsewhere;

/** Pods that somebody else makes: an operator, of a custom resource. */
export interface ExistingPods {
  /** Labels that these pods have, and no others in their namespace. */
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of the containers by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The custom resource that the pods are made of. @default - it is not in the code */
  readonly madeBy?: ApiObject;
  /** @default - that of `madeBy`, or of the chart */
  readonly namespace?: string;
}

/** What can be said of everything that is attached to. */
export type AttachOptions = Omit<MonitoringOptions, 'objects' | 'service'> & {
  readonly objects?: Omit<GeneratedObjects, 'deployment'>;
};

/** Monitoring of a workload that exists: its pods get the ports and containers that monitoring needs. */
export type AttachToWorkload = AttachOptions &
  ProcessOptions & {
    readonly workload: ExistingWorkload;
    readonly existingService?: never;
    readonly pods?: never;
    /** Name of the container that serves the metrics. @default - the first one */
    readonly container?: string;
    /** The Service in front of the metrics ports. @default - ClusterIP, called `<name>-metrics` */
    readonly service?: 'none' | ServiceOptions;
  };

/** Monitoring through a Service that exists: no Service is made, and no pods are changed. */
export type AttachToService = AttachOptions & {
  readonly existingService: ExistingService;
  readonly workload?: never;
  readonly pods?: never;
  readonly container?: never;
  readonly service?: never;
  readonly processes?: never;
  readonly aggregation?: never;
};

/** Monitoring of pods that somebody else makes: a Service in front of their metrics ports is made, the pods are not changed. */
export type AttachToPods = AttachOptions & {
  readonly pods: ExistingPods;
  readonly workload?: never;
  readonly existingService?: never;
  readonly container?: never;
  /** The Service in front of the metrics ports. @default - ClusterIP, called `<name>-metrics` */
  readonly service?: 'none' | ServiceOptions;
  readonly processes?: never;
  readonly aggregation?: never;
};

/** Monitoring of what exists: a workload, a Service, or pods that somebody else makes. */
export type AttachProps = AttachToWorkload | AttachToService | AttachToPods;
