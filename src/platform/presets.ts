import { clusterParts, selfSigned } from './cluster-facts';
import type { LabelSelector, PlatformProps } from './platform-props';

/** The names of the presets, as a platform file gives them. */
export type PresetName = 'kube-prometheus-stack' | 'kube-prometheus' | 'openshift' | 'annotations' | 'cloud-platform';

/** What a preset takes beside facts. */
export const presetOptions: Record<PresetName, readonly ('release' | 'namespace')[]> = {
  'kube-prometheus-stack': ['release', 'namespace'],
  'kube-prometheus': [],
  openshift: [],
  annotations: ['namespace'],
  'cloud-platform': [],
};

const everything: LabelSelector = {};

/** The labels that prometheus-operator gives the pods of every server. Source: pkg/prometheus/server/operator.go. */
const operatorPodLabels = { 'app.kubernetes.io/name': 'prometheus' };

export interface KubePrometheusStackOptions extends PlatformProps {
  /** Name of the Helm release: the chart's Prometheus selects monitors and rules by `release: <name>`. */
  readonly release: string;
  /** Namespace of the release. @default - `monitoring` */
  readonly namespace?: string;
}

/**
 * The Helm chart kube-prometheus-stack with its default values.
 * Source: prometheus-community/helm-charts, charts/kube-prometheus-stack: values.yaml and templates/_helpers.tpl (names),
 * templates/prometheus/prometheus.yaml (selectors), values `grafana.sidecar.dashboards`.
 */
export function kubePrometheusStack({ release, namespace }: KubePrometheusStackOptions): PlatformProps {
  const { prometheus, alertmanager, ...facts } = stackOfAnyRelease(namespace);
  const chart = 'kube-prometheus-stack';
  const fullName = (release.includes(chart) ? release : `${release}-${chart}`).slice(0, 26).replace(/-$/, '');
  const byRelease: LabelSelector = { matchLabels: { release } };
  return {
    ...facts,
    prometheus: {
      name: `${fullName}-prometheus`,
      serviceAccountName: `${fullName}-prometheus`,
      serviceMonitorSelector: byRelease,
      podMonitorSelector: byRelease,
      probeSelector: byRelease,
      scrapeConfigSelector: byRelease,
      ruleSelector: byRelease,
      ...prometheus,
    },
    alertmanager: { name: `${fullName}-alertmanager`, ...alertmanager },
  };
}

/** What holds for every release of the chart: names and selectors follow from the release, and are unknown without it. */
function stackOfAnyRelease(namespace = 'monitoring'): PlatformProps {
  return {
    operator: { installed: true, namespaces: [] },
    prometheus: {
      namespace,
      podLabels: operatorPodLabels,
      serviceMonitorNamespaceSelector: everything,
      podMonitorNamespaceSelector: everything,
      probeNamespaceSelector: everything,
      scrapeConfigNamespaceSelector: everything,
      ruleNamespaceSelector: everything,
      // values leave both empty: the operator's defaults, pkg/apis/monitoring/v1/prometheus_types.go
      scrapeInterval: '30s',
      evaluationInterval: '30s',
    },
    // templates/alertmanager/alertmanager.yaml: `{}` where values give no selector; the strategy is the operator's default
    alertmanager: {
      namespace,
      alertmanagerConfigSelector: everything,
      alertmanagerConfigNamespaceSelector: everything,
      alertmanagerConfigMatcherStrategy: 'OnNamespace',
    },
    // values grafana.sidecar.dashboards: label, labelValue, searchNamespace
    grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', labelValue: '1', namespaces: 'ALL' },
    // values: every part of templates/exporters is enabled but kubeDns, which coreDns stands for
    clusterMonitors: clusterParts,
    // values prometheus-node-exporter.service.portName
    clusterServices: { nodeExporter: { port: 'http-metrics' } },
    // values prometheus.networkPolicy.enabled: false
    network: { defaultDeny: false },
  };
}

/**
 * The manifests of kube-prometheus: Prometheus `k8s` in `monitoring`, everything selected. Its Grafana mounts a fixed
 * list of dashboards, so how new ones get there is not known.
 * Source: prometheus-operator/kube-prometheus, manifests/prometheus-prometheus.yaml and grafana-deployment.yaml.
 */
export function kubePrometheus(): PlatformProps {
  return {
    operator: { installed: true, namespaces: [] },
    prometheus: {
      name: 'k8s',
      namespace: 'monitoring',
      serviceAccountName: 'prometheus-k8s',
      podLabels: { ...operatorPodLabels, 'app.kubernetes.io/instance': 'k8s' },
      serviceMonitorSelector: everything,
      serviceMonitorNamespaceSelector: everything,
      podMonitorSelector: everything,
      podMonitorNamespaceSelector: everything,
      probeSelector: everything,
      probeNamespaceSelector: everything,
      scrapeConfigSelector: everything,
      scrapeConfigNamespaceSelector: everything,
      ruleSelector: everything,
      ruleNamespaceSelector: everything,
      // prometheus-roleSpecificNamespaces.yaml lets it list EndpointSlices and no Endpoints: docs/endpoints-migration.md
      serviceDiscoveryRole: 'EndpointSlice',
      // not set in the manifest: the operator's defaults
      scrapeInterval: '30s',
      evaluationInterval: '30s',
    },
    // alertmanager-alertmanager.yaml, which has no alertmanagerConfigSelector
    alertmanager: {
      name: 'main',
      namespace: 'monitoring',
      alertmanagerConfigSelector: 'none',
      alertmanagerConfigMatcherStrategy: 'OnNamespace',
    },
    // kubernetesControlPlane-serviceMonitor*.yaml, kubeStateMetrics- and nodeExporter-serviceMonitor.yaml
    clusterMonitors: [
      'apiServer',
      'kubelet',
      'dns',
      'controllerManager',
      'scheduler',
      'kubeStateMetrics',
      'nodeExporter',
    ],
    // kubeStateMetrics-service.yaml and nodeExporter-service.yaml: both behind kube-rbac-proxy
    clusterServices: {
      kubeStateMetrics: { namespace: 'monitoring', port: 'https-main', scheme: 'https', scrape: selfSigned },
      nodeExporter: {
        namespace: 'monitoring',
        labels: { 'app.kubernetes.io/name': 'node-exporter' },
        port: 'https',
        scheme: 'https',
        scrape: selfSigned,
      },
    },
    // blackboxExporter-service.yaml: the port that asks for no token; blackboxExporter-deployment.yaml
    prober: {
      url: 'blackbox-exporter.monitoring.svc:19115',
      namespace: 'monitoring',
      podLabels: { 'app.kubernetes.io/name': 'blackbox-exporter' },
    },
    // *-networkPolicy.yaml close the stack's own pods only
    network: { defaultDeny: false },
  };
}

/**
 * OpenShift's monitoring for user-defined projects. Rules without the label
 * `openshift.io/prometheus-rule-evaluation-scope` are evaluated by its ThanosRuler. The cluster chooses user ids.
 * Source: openshift/cluster-monitoring-operator, assets/prometheus-user-workload/prometheus.yaml.
 */
export function openShift(): PlatformProps {
  const notOptedOut = { key: 'openshift.io/user-monitoring', operator: 'NotIn', values: ['false'] } as const;
  const objects: LabelSelector = { matchExpressions: [notOptedOut] };
  const userProjects: LabelSelector = {
    matchExpressions: [{ key: 'openshift.io/cluster-monitoring', operator: 'NotIn', values: ['true'] }, notOptedOut],
  };
  return {
    operator: { installed: true },
    prometheus: {
      name: 'user-workload',
      namespace: 'openshift-user-workload-monitoring',
      serviceAccountName: 'prometheus-user-workload',
      podLabels: { ...operatorPodLabels, 'app.kubernetes.io/instance': 'user-workload' },
      serviceMonitorSelector: objects,
      serviceMonitorNamespaceSelector: userProjects,
      podMonitorSelector: objects,
      podMonitorNamespaceSelector: userProjects,
      probeSelector: objects,
      probeNamespaceSelector: userProjects,
      ruleSelector: objects,
      ruleNamespaceSelector: userProjects,
      scrapeInterval: '30s',
      scrapeClasses: [{ name: 'global-config', default: true, fallbackScrapeProtocol: 'PrometheusText1.0.0' }],
      enforcedNamespaceLabel: 'namespace',
      ignoreNamespaceSelectors: true,
      overrideHonorLabels: true,
      overrideHonorTimestamps: true,
      enableFeatures: ['extra-scrape-metrics', 'delayed-compaction', 'use-uncached-io'],
      arbitraryFSAccessThroughSMs: { deny: true },
      serviceDiscoveryRole: 'EndpointSlice',
      // null, and scrapeConfigNamespaceSelector too
      scrapeConfigSelector: 'none',
    },
    alertmanager: { name: 'main', namespace: 'openshift-monitoring' },
    // its own Prometheus `k8s` scrapes them: assets/control-plane, kube-state-metrics, node-exporter, and each cluster operator
    clusterMonitors: clusterParts,
    network: { defaultDeny: false },
    // the SecurityContextConstraint `restricted-v2` gives each namespace its own range
    pods: { assignsUserIds: true },
  };
}

export interface AnnotationDiscoveryOptions extends PlatformProps {
  /** Namespace of Prometheus. @default - `monitoring` */
  readonly namespace?: string;
}

/**
 * A Prometheus without the operator that scrapes what carries `prometheus.io/*` annotations, as the Helm chart
 * `prometheus` installs it.
 * Source: prometheus-community/helm-charts, charts/prometheus/values.yaml (`server.global`, pod labels, and the jobs
 * `kubernetes-pods` and `kubernetes-service-endpoints` with their `-slow` twins).
 */
export function annotationDiscovery({ namespace = 'monitoring' }: AnnotationDiscoveryOptions): PlatformProps {
  return {
    operator: { installed: false },
    prometheus: {
      namespace,
      podLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
      scrapeInterval: '1m',
      scrapeTimeout: '10s',
      evaluationInterval: '1m',
    },
    annotations: {
      prefix: 'prometheus.io',
      pods: {
        job: 'kubernetes-pods',
        slowJob: 'kubernetes-pods-slow',
        labelmap: true,
        labels: ['namespace', 'pod'],
      },
      services: {
        job: 'kubernetes-service-endpoints',
        slowJob: 'kubernetes-service-endpoints-slow',
        labelmap: true,
        labels: ['namespace', 'service', 'node'],
      },
    },
    // jobs kubernetes-apiservers, kubernetes-nodes and kubernetes-nodes-cadvisor; the exporters carry annotations
    clusterMonitors: ['apiServer', 'kubelet', 'kubeStateMetrics', 'nodeExporter'],
    network: { defaultDeny: false },
  };
}

/**
 * The Ministry of Justice's Cloud Platform: kube-prometheus-stack in `monitoring`, which selects every monitor and rule;
 * namespaces refuse connections from outside, and policies admit namespaces labelled `component: monitoring`.
 * Probes and ScrapeConfigs are selected by the label of its release, which is not public: they are left unknown.
 * Source: ministryofjustice/cloud-platform-user-guide, source/documentation/monitoring-an-app/application-metrics.html.md.erb
 * (namespace, its label, the policy) and prometheus.html.md.erb (dashboards); cloud-platform-terraform-monitoring,
 * templates/prometheus-operator-eks.yaml.tpl (selectors, sidecar, parts of the cluster).
 */
export function cloudPlatform(): PlatformProps {
  return {
    operator: { installed: true, namespaces: [] },
    prometheus: {
      namespace: 'monitoring',
      namespaceLabels: { component: 'monitoring' },
      serviceMonitorSelector: everything,
      serviceMonitorNamespaceSelector: everything,
      podMonitorSelector: everything,
      podMonitorNamespaceSelector: everything,
      ruleSelector: everything,
      ruleNamespaceSelector: everything,
      scrapeInterval: '30s',
    },
    alertmanager: { namespace: 'monitoring' },
    // labelValue is empty there: the sidecar takes any value
    grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', namespaces: 'ALL' },
    // of the chart's parts, etcd, scheduler, controller manager and kube-proxy are switched off: Amazon runs them
    clusterMonitors: ['apiServer', 'kubelet', 'dns', 'kubeStateMetrics', 'nodeExporter'],
    network: { defaultDeny: true },
    namespaces: { monitoring: { labels: { component: 'monitoring' } } },
  };
}

/** The facts of a preset by name; without a release, what follows from it is unknown. */
export function presetFacts(preset: PresetName | undefined, release?: string, namespace?: string): PlatformProps {
  switch (preset) {
    case 'kube-prometheus-stack':
      return release === undefined ? stackOfAnyRelease(namespace) : kubePrometheusStack({ release, namespace });
    case 'kube-prometheus':
      return kubePrometheus();
    case 'openshift':
      return openShift();
    case 'annotations':
      return annotationDiscovery({ namespace });
    case 'cloud-platform':
      return cloudPlatform();
    case undefined:
      return {};
  }
}
