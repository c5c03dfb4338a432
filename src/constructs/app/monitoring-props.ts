import type { MeshOptions } from '../mesh/mesh-options';
import type { ObjectOptions } from '../objects';
import type { DefaultAlerts } from '../rules/default-alerts';
import type { PrometheusRuleOptions } from '../rules/rule-group';
import type { ScrapePolicy } from '../scrape/scrape-policy';
import type { ServiceOptions } from './app-service';

/** The app's own metrics. */
export interface MetricsOptions {
  /**
   * Container port that serves the metrics: its number, or its name, as `ports` or the container of an attached workload
   * declares it.
   * @default - the app's `port`; an attached workload must be told
   */
  readonly port?: number | string;
  /** Name of the port, where it is not one of the app's. @default - `metrics` */
  readonly portName?: string;
  /** @default - `/metrics`; `/federate` for a Prometheus that is federated, `/` for what is probed */
  readonly path?: string;
  /** @default - `http` */
  readonly scheme?: 'http' | 'https';
  /**
   * Does nothing but metrics live on the port? A dedicated port becomes reachable for Prometheus alone where the platform's
   * namespaces are open.
   * @default - true for a port that a new app declares for its metrics only, else false
   */
  readonly dedicated?: boolean;
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
}

/** Names, labels, annotations and patches of the objects that we generate; those of the Service stand in `service`. */
export interface GeneratedObjects {
  /** Of a new app; a workload that exists is patched where it is made. */
  readonly deployment?: ObjectOptions;
  readonly serviceMonitor?: ObjectOptions;
  readonly podMonitor?: ObjectOptions;
  readonly networkPolicy?: ObjectOptions;
  /** Admits the platform's prober to endpoints that are probed, where the pods are closed. */
  readonly proberNetworkPolicy?: ObjectOptions;
  /** `group` holds for all rules of the app. */
  readonly prometheusRule?: PrometheusRuleOptions;
  /** Of an app in a mesh, whose metrics ports take plain text. */
  readonly peerAuthentication?: ObjectOptions;
  /** Of an app in a mesh, that admits Prometheus. */
  readonly authorizationPolicy?: ObjectOptions;
}

/** How many processes answer on the app's port, and who adds up their metrics. */
export type ProcessOptions =
  | { readonly processes?: 'single'; readonly aggregation?: never }
  | {
      /**
       * A parent forks workers that share the port (gunicorn, unicorn, puma, php-fpm): each scrape hits another worker, and
       * every worker counts for itself.
       */
      readonly processes: 'prefork';
      /**
       * How the client library adds up the workers' metrics. `multi-process-directory`: the workers share files (the Python
       * and Ruby clients); a writable volume is mounted and `PROMETHEUS_MULTIPROC_DIR` names it. `in-process`: the library
       * or its server does it without files (prom-client's cluster registry, a shared memory store). Leaving it open is a
       * finding.
       */
      readonly aggregation?: 'multi-process-directory' | 'in-process';
    };

/** What can be said of every monitored app, a new one or one that exists. */
export interface MonitoringOptions {
  /**
   * Name of the app: its `job`, and the stem of all object names. Lower-case letters, digits and -, 63 at most (55 where the
   * workload exists, since its Service is called `<name>-metrics`).
   * @default - the id of the construct
   */
  readonly name?: string;
  /** The app's own metrics. @default - the app has none of its own, only exporters */
  readonly metrics?: MetricsOptions;
  /**
   * Scrape settings of all endpoints of the app, above those of the platform.
   * @default - a ServiceMonitor; annotations where the platform reads them and has no operator
   */
  readonly scrape?: ScrapePolicy;
  /**
   * Which of the platform's Prometheus servers scrapes the app, by the name of the Prometheus object.
   * @default - the one that the platform means, or the first
   */
  readonly prometheus?: string;
  /** Who owns the app: a label of every object and of every alert. */
  readonly team?: string;
  /** Labels of every object, and of the pods of a new app. A label of the same key replaces ours. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The Service in front of the app. @default - ClusterIP */
  readonly service?: 'none' | ServiceOptions;
  /**
   * Close everything but the scrape to the app's pods; what else must reach them needs policies of its own.
   * @default - false
   */
  readonly isolate?: boolean;
  /** The app's place in the mesh; `false` where its pods have no sidecar. @default - as the platform's `mesh` says */
  readonly mesh?: false | MeshOptions;
  readonly objects?: GeneratedObjects;
}
