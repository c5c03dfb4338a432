import type { DurationLike } from '../promql';
import type { MeshFacts } from './mesh-facts';
import type { ClusterPart, ClusterServiceFacts } from './cluster-facts';
import type { ScrapeOptions } from './scrape-options';
import type { ServerScraping } from './server-scraping';

/** Kubernetes' label selector. `{}` selects everything; leaving a selector out means that it is unknown. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/**
 * Which objects a Prometheus takes: those with these labels, or none. The operator takes none where the custom resource does
 * not have the field, or `null` in it; here, a field that is left out is unknown.
 * Source: prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go.
 */
export type ObjectSelector = LabelSelector | 'none';

/** A Prometheus server, in the field names of the Prometheus custom resource. A set of shards is one server. */
export interface PrometheusServer extends ServerScraping {
  /** Name of the Prometheus object, by which {@link Platform.forServer} knows it. */
  readonly name?: string;
  /** Namespace in which the server's pods run. */
  readonly namespace?: string;
  /** Version of Prometheus, such as `3.14.0`. */
  readonly version?: string;
  readonly serviceAccountName?: string;
  /** Labels of the server's pods, by which a NetworkPolicy admits them. @default - every pod of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
  /**
   * Labels of the server's namespace, by which a NetworkPolicy admits it.
   * @default - `kubernetes.io/metadata.name`, which Kubernetes sets on every namespace
   */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly serviceMonitorSelector?: ObjectSelector;
  readonly serviceMonitorNamespaceSelector?: LabelSelector;
  readonly podMonitorSelector?: ObjectSelector;
  readonly podMonitorNamespaceSelector?: LabelSelector;
  readonly probeSelector?: ObjectSelector;
  readonly probeNamespaceSelector?: LabelSelector;
  readonly scrapeConfigSelector?: ObjectSelector;
  readonly scrapeConfigNamespaceSelector?: LabelSelector;
  /** Which PrometheusRules are evaluated, by this server or by the ThanosRuler beside it. */
  readonly ruleSelector?: ObjectSelector;
  readonly ruleNamespaceSelector?: LabelSelector;
  /** How often targets are scraped that do not say. @default - 30s, the operator's default */
  readonly scrapeInterval?: DurationLike;
  readonly scrapeTimeout?: DurationLike;
  readonly evaluationInterval?: DurationLike;
  readonly externalLabels?: Readonly<Record<string, string>>;
}

/** How dashboards reach Grafana. */
export type GrafanaFacts =
  | {
      /** A sidecar of Grafana loads every ConfigMap that has a label. */
      readonly dashboards: 'sidecar';
      /** Key of the label. @default - `grafana_dashboard` */
      readonly label?: string;
      /** Value of the label. @default - `1` */
      readonly labelValue?: string;
      /** Namespaces that the sidecar looks into: its own, all, or a list. @default - unknown */
      readonly namespaces?: 'ALL' | readonly string[];
      /** Annotation that names the folder of a dashboard. @default - dashboards have no folder */
      readonly folderAnnotation?: string;
    }
  | {
      /** grafana-operator loads GrafanaDashboard objects. */
      readonly dashboards: 'operator';
      /** Which Grafana objects get the dashboards. */
      readonly instanceSelector: LabelSelector;
      /** Set where Grafana objects live in other namespaces than dashboards. @default - false */
      readonly allowCrossNamespaceImport?: boolean;
    };

/** How a job of Prometheus labels the targets that it finds by annotations. */
export interface AnnotationJob {
  /** Value of the label `job`. @default - unknown, or what `jobLabel` gives */
  readonly job?: string;
  /** Value of `job` for what asks to be scraped slowly. @default - that of `job` */
  readonly slowJob?: string;
  /** Label of the pod or Service whose value becomes `job`, as a monitor does it. @default - `job` is fixed */
  readonly jobLabel?: string;
  /** Does every label of the pod or Service become a label of its targets? @default - unknown: rules do not match on them */
  readonly labelmap?: boolean;
  /** Labels that name Kubernetes objects, such as `namespace`, `pod`, `service`, `node`. @default - `namespace` */
  readonly labels?: readonly string[];
}

/** Which annotations a Prometheus discovers targets by, and what it makes of them. */
export interface AnnotationFacts {
  /** @default - `prometheus.io` */
  readonly prefix?: string;
  /** The job that reads annotations of pods. @default - how it labels targets is unknown */
  readonly pods?: AnnotationJob;
  /** The job that reads annotations of Services. @default - how it labels targets is unknown */
  readonly services?: AnnotationJob;
}

/** The facts about a cluster's monitoring. What is left out is unknown, not false. */
export interface PlatformProps {
  /**
   * One Prometheus server or several. Of several, the first one decides labels and defaults, and all are admitted by network
   * policies; `Platform.forServer` says which one is meant.
   * @default - unknown
   */
  readonly prometheus?: PrometheusServer | readonly PrometheusServer[];
  /** Is prometheus-operator there, what does it watch, and on which Kubernetes? */
  readonly operator?: {
    /** false where annotations or static configuration are all there is. @default - true */
    readonly installed?: boolean;
    readonly version?: string;
    /** Namespaces that the operator watches; empty means all. */
    readonly namespaces?: readonly string[];
    readonly kubernetesVersion?: string;
  };
  /** Discovery of targets by annotations. @default - unknown: nothing is known to read them */
  readonly annotations?: AnnotationFacts;
  /** How rules reach a Prometheus without the operator. @default - unknown: rules are ConfigMaps, and whether they are read is open */
  readonly rules?: {
    /**
     * Labels of the ConfigMaps whose rule files Prometheus reads, such as those that a sidecar asks for; `{}` where each
     * ConfigMap is mounted by its name.
     */
    readonly configMapLabels?: Readonly<Record<string, string>>;
  };
  readonly alertmanager?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly alertmanagerConfigSelector?: ObjectSelector;
    readonly alertmanagerConfigNamespaceSelector?: LabelSelector;
    readonly alertmanagerConfigMatcherStrategy?: 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';
  };
  readonly grafana?: GrafanaFacts;
  /** What applies the output to the cluster. @default - unknown: nothing is added for it */
  readonly gitops?: {
    readonly tool: 'argocd' | 'flux';
    /** How Argo CD knows its objects: by label it overwrites `app.kubernetes.io/instance`. @default - unknown */
    readonly tracking?: 'label' | 'annotation';
    /** Does Argo CD apply everything on the server? Flux always does. @default - `client` */
    readonly apply?: 'client' | 'server';
  };
  /**
   * Parts of the cluster that the platform itself scrapes, with monitors that it brings along. Give `[]` where they are
   * switched off.
   * @default - unknown
   */
  readonly clusterMonitors?: readonly ClusterPart[];
  /** Where parts of the cluster are, by name. @default - where most clusters have them, see `clusterFacts` */
  readonly clusterServices?: Readonly<Partial<Record<ClusterPart, ClusterServiceFacts>>>;
  readonly network?: {
    /** Do namespaces deny ingress unless a policy admits it? @default - unknown: no NetworkPolicy is made */
    readonly defaultDeny?: boolean;
  };
  /** Labels of namespaces, by name. */
  readonly namespaces?: Readonly<Record<string, { readonly labels?: Readonly<Record<string, string>> }>>;
  readonly links?: {
    /** Base address of runbooks: an alert without a runbook of its own gets `<runbooks>/<alert name>`. */
    readonly runbooks?: string;
    readonly grafana?: string;
  };
  /** The service mesh that the apps are in. @default - none is known */
  readonly mesh?: MeshFacts;
  /** The program that probes ask where they name no other, such as blackbox exporter. @default - each probe names its own */
  readonly prober?: {
    /** Where it listens: `host` or `host:port`, such as `blackbox-exporter.monitoring.svc:9115`. */
    readonly url: string;
    /** @default - http */
    readonly scheme?: 'http' | 'https';
    /** @default - `/probe` */
    readonly path?: string;
    /** Namespace of its pods, by which a NetworkPolicy admits them. @default - unknown: no NetworkPolicy is made for probes */
    readonly namespace?: string;
    /** Labels of its pods. @default - every pod of the namespace */
    readonly podLabels?: Readonly<Record<string, string>>;
  };
  /** Settings of every scrape, below those of an app and of an endpoint. */
  readonly scrape?: ScrapeOptions;
  readonly pods?: {
    /** Does the cluster choose the user of a container, as OpenShift does? Then we set none. @default - false */
    readonly assignsUserIds?: boolean;
  };
  /** Key of the label that carries an app's team. @default - `team` */
  readonly teamLabel?: string;
}
