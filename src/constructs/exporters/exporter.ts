import type { EnvironmentValue, ResourceOptions, VolumeMount } from '../app/container';
import type { ObjectOptions } from '../objects';
import type { DefaultAlerts } from '../rules/default-alerts';
import type { ScrapePolicy } from '../scrape/scrape-policy';

/** What can be said of every exporter. */
export interface ExporterOptions {
  /** @default - the version that this release of the library was tested with */
  readonly image?: string;
  /** @default - IfNotPresent */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Name of the container. @default - `<id>-exporter` */
  readonly containerName?: string;
  /** Name of the metrics port. @default - `<id>-metrics`, or the id alone where both do not fit into 15 characters */
  readonly portName?: string;
  /**
   * Run as a native sidecar: an init container that starts before the app and ends after it (Kubernetes 1.29).
   * @default - false: a container beside the app
   */
  readonly native?: boolean;
  /** @default - requests of 10m CPU and 32Mi memory, and a memory limit of 64Mi */
  readonly resources?: ResourceOptions;
  /** Environment variables beside those of the exporter. */
  readonly env?: Readonly<Record<string, EnvironmentValue>>;
  /** Arguments after those of the exporter. */
  readonly args?: readonly string[];
  /** Scrape settings of this endpoint, above those of the app. */
  readonly scrape?: ScrapePolicy;
  /** Alerts of this endpoint. @default - all of them, with their defaults */
  readonly alerts?: false | DefaultAlerts;
  /**
   * A ServiceMonitor for this endpoint alone, with this name, labels and patches.
   * @default - the app's, or one of its own where a setting differs that stands once in a monitor
   */
  readonly serviceMonitor?: ObjectOptions;
  /** The same of a PodMonitor, where the scrape policy asks for one. */
  readonly podMonitor?: ObjectOptions;
  /** Name, labels and patches of the Probe, where the scrape policy asks for one. */
  readonly probe?: ObjectOptions;
  /** Name, labels and patches of the Service of this exporter, where the scrape policy puts annotations on Services. */
  readonly service?: ObjectOptions;
  /**
   * User id of the process: images that name their user instead of numbering it do not start under `runAsNonRoot` without.
   * @default - 65534 (nobody) for the ready-made ones, the image's own for others; none where the cluster assigns ids
   */
  readonly runAsUser?: number;
}

/** An exporter: a container that turns what a program knows of itself into metrics. */
export interface ExporterProps extends ExporterOptions {
  readonly image: string;
  /** Port that it listens on. */
  readonly port: number;
  /** @default - `/metrics` */
  readonly path?: string;
  /** @default - `http` */
  readonly scheme?: 'http' | 'https';
  readonly command?: readonly string[];
  /** Metric that is 0 while what the exporter watches does not answer: an alert is made of it. @default - none */
  readonly upMetric?: string;
  /** Metric that is above 0 while what the exporter watches does not answer, where there is no `upMetric`. @default - none */
  readonly errorMetric?: string;
  /** Files for the exporter in a folder of its own, from a ConfigMap `<app>-<id>`. @default - none */
  readonly configFiles?: {
    readonly mountPath: string;
    /** Content by name. */
    readonly files: Readonly<Record<string, string>>;
    /** Name, labels and patches of the ConfigMap. */
    readonly configMap?: ObjectOptions;
  };
  /** Volumes of the pod that it mounts, by name. */
  readonly volumeMounts?: readonly VolumeMount[];
}
