import type { DurationLike } from '../promql';
import type { ScrapeOptions } from './scrape-options';

/** Kubernetes' label selector. `{}` selects everything; leaving a selector out means that it is unknown. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** A Prometheus server, in the field names of the Prometheus custom resource. */
export interface PrometheusServer {
  /** Name of the Prometheus object. */
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
  readonly serviceMonitorSelector?: LabelSelector;
  readonly serviceMonitorNamespaceSelector?: LabelSelector;
  readonly podMonitorSelector?: LabelSelector;
  readonly podMonitorNamespaceSelector?: LabelSelector;
  readonly probeSelector?: LabelSelector;
  readonly probeNamespaceSelector?: LabelSelector;
  readonly scrapeConfigSelector?: LabelSelector;
  readonly scrapeConfigNamespaceSelector?: LabelSelector;
  /** Which PrometheusRules are evaluated, by this server or by the ThanosRuler beside it. */
  readonly ruleSelector?: LabelSelector;
  readonly ruleNamespaceSelector?: LabelSelector;
  /** How often targets are scraped that do not say. @default - 30s, the operator's default */
  readonly scrapeInterval?: DurationLike;
  readonly scrapeTimeout?: DurationLike;
  readonly evaluationInterval?: DurationLike;
  /** Names of the scrape classes that monitors may ask for. @default - unknown, and not checked */
  readonly scrapeClasses?: readonly { readonly name: string; readonly default?: boolean }[];
  readonly enforcedNamespaceLabel?: string;
  readonly ignoreNamespaceSelectors?: boolean;
  readonly overrideHonorLabels?: boolean;
  readonly arbitraryFSAccessThroughSMs?: { readonly deny?: boolean };
  readonly serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
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

/** The facts about a cluster's monitoring. What is left out is unknown, not false. */
export interface PlatformProps {
  /** One Prometheus server or several. @default - unknown */
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
  readonly alertmanager?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly alertmanagerConfigSelector?: LabelSelector;
    readonly alertmanagerConfigNamespaceSelector?: LabelSelector;
    readonly alertmanagerConfigMatcherStrategy?: 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';
  };
  readonly grafana?: GrafanaFacts;
  readonly gitops?: {
    readonly tool: 'argocd' | 'flux';
    readonly tracking?: 'label' | 'annotation';
    readonly apply?: 'client' | 'server';
  };
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
  readonly mesh?: { readonly istio?: string; readonly mtls?: 'STRICT' | 'PERMISSIVE' | 'DISABLE' };
  /** Settings of every scrape, below those of an app and of an endpoint. */
  readonly scrape?: ScrapeOptions;
  readonly pods?: {
    /** Does the cluster choose the user of a container, as OpenShift does? Then we set none. @default - false */
    readonly assignsUserIds?: boolean;
  };
  /** Key of the label that carries an app's team. @default - `team` */
  readonly teamLabel?: string;
}
