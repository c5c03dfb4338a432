import type { ClusterPart } from '../../platform';
import type { ObjectOptions } from '../objects';
import type { DefaultAlerts } from '../rules/default-alerts';
import type { PrometheusRuleOptions } from '../rules/rule-group';
import type { ServiceMonitorOptions } from '../scrape/scrape-policy';

/** Where the Service of a part is, where it is not where it usually is. */
export interface ClusterServiceLocation {
  /** @default - that of the part, see docs/cluster-monitors.md */
  readonly namespace?: string;
  /** Labels by which the Service is told from others. @default - those of the part */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the Service's port. @default - that of the part */
  readonly port?: string;
}

/** What can be said of every part of a cluster. */
export interface ClusterPartOptions {
  readonly service?: ClusterServiceLocation;
  /** @default - that of the part */
  readonly scheme?: 'http' | 'https';
  /**
   * Settings of the scrape, above those of the part and the platform, field by field. `relabelings` come after those of the
   * part; `metricRelabelings` take the place of those that drop its costly series.
   */
  readonly scrape?: Omit<ServiceMonitorOptions, 'targetPort' | 'namespaceSelector' | 'jobLabel'>;
  /** @default - both, with their defaults */
  readonly alerts?: false | ClusterPartAlerts;
  /** Name, labels, annotations and patches of the ServiceMonitor. */
  readonly serviceMonitor?: ObjectOptions;
}

/** The alerts of a part: `false` switches one off, options change it. */
export type ClusterPartAlerts = Pick<DefaultAlerts, 'targetDown' | 'targetAbsent'>;

export interface KubeletOptions extends ClusterPartOptions {
  /** Scrape the resource usage of containers, at `/metrics/cadvisor`. @default - true */
  readonly cAdvisor?: boolean;
  /** Scrape how the probes of containers end, at `/metrics/probes`. @default - true */
  readonly probes?: boolean;
}

/** A part that runs as pods which no Service of the cluster selects. */
export interface ControlPlaneOptions extends ClusterPartOptions {
  /**
   * The headless Service by which the part's pods are found.
   * @default - true: one is made in the part's namespace; `false`: there is one already, see `service`
   */
  readonly makeService?: boolean | MadeServiceOptions;
}

export interface MadeServiceOptions extends ObjectOptions {
  /** Labels of the part's pods. @default - those that kubeadm gives them */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Port on which the part serves its metrics. @default - that of the part */
  readonly port?: number;
}

/** Parts that a cluster has no Service for. */
export type ControlPlanePart = Extract<ClusterPart, 'etcd' | 'controllerManager' | 'scheduler' | 'kubeProxy'>;

type OptionsOfPart<Part extends ClusterPart> = Part extends 'kubelet'
  ? KubeletOptions
  : Part extends ControlPlanePart
    ? ControlPlaneOptions
    : ClusterPartOptions;

/** Each part by name: `false` leaves it out, options change it. @default - all but `kubeProxy` */
export type ClusterPartChoice = { readonly [Part in ClusterPart]?: boolean | OptionsOfPart<Part> };

export interface ClusterMonitorsProps extends ClusterPartChoice {
  /** Stem of all object names: `<name>-kubelet`. @default - the id of the construct */
  readonly name?: string;
  /** Labels of every object. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name, labels, annotations and patches of the PrometheusRule that holds the alerts. */
  readonly prometheusRule?: PrometheusRuleOptions;
}
