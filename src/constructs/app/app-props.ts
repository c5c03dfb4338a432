import type * as kplus from 'cdk8s-plus-28';
import type { EnvironmentValue } from './container';
import type { MonitoringOptions, ProcessOptions } from './monitoring-props';

/** A new app. */
export type MonitoredAppProps = MonitoringOptions &
  ProcessOptions & {
    /** Image with a fixed version or digest: without one, or with `latest`, there is a warning. */
    readonly image: string;
    /** @default - Always, as cdk8s-plus sets it */
    readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
    /** @default - 2, as cdk8s-plus sets it, or what an autoscaler decides */
    readonly replicas?: number;
    /** The port that the app listens on. @default - the app answers no requests */
    readonly port?: number;
    /** Name of `port`. @default - `http` */
    readonly portName?: string;
    /** Further ports of the app, by name. */
    readonly ports?: Readonly<Record<string, number>>;
    /** Environment variables: text, or `{ secret: { name, key } }`. */
    readonly env?: Readonly<Record<string, EnvironmentValue>>;
    /** Replaces the entry point of the image. */
    readonly command?: readonly string[];
    /** Arguments of the entry point. */
    readonly args?: readonly string[];
    /** CPU and memory. @default - none: what an app needs is for its team to say */
    readonly resources?: kplus.ContainerResources;
    /**
     * Is a pod ready for requests? cdk8s-plus takes port 80 where a probe names no port:
     * `kplus.Probe.fromHttpGet('/ready', { port: 5000 })`. @default - none
     */
    readonly readiness?: kplus.Probe;
    /** Is the app alive, or to be started again? @default - none */
    readonly liveness?: kplus.Probe;
    /** Has the app started? The other probes wait for it. @default - none */
    readonly startup?: kplus.Probe;
    /**
     * Security of the app's container, over defaults that the `restricted` Pod Security Standard admits.
     * @default - no root, a read-only root file system, no capabilities, no privilege escalation, seccomp's RuntimeDefault
     */
    readonly securityContext?: kplus.ContainerSecurityContextProps;
    /** Folders that the app may write into: an empty volume each, as the root file system is read-only. */
    readonly writableFolders?: readonly string[];
  };
