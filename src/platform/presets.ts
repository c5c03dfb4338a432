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
      scrapeInterval: '30s',
    },
    alertmanager: { namespace },
    grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', labelValue: '1', namespaces: 'ALL' },
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
      scrapeInterval: '30s',
    },
    alertmanager: { name: 'main', namespace: 'monitoring' },
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
      scrapeClasses: [{ name: 'global-config', default: true }],
      enforcedNamespaceLabel: 'namespace',
      ignoreNamespaceSelectors: true,
      overrideHonorLabels: true,
      arbitraryFSAccessThroughSMs: { deny: true },
      serviceDiscoveryRole: 'EndpointSlice',
    },
    alertmanager: { name: 'main', namespace: 'openshift-monitoring' },
    network: { defaultDeny: false },
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
 * Source: prometheus-community/helm-charts, charts/prometheus/values.yaml (`scrape_interval: 1m`, pod labels).
 */
export function annotationDiscovery({ namespace = 'monitoring' }: AnnotationDiscoveryOptions): PlatformProps {
  return {
    operator: { installed: false },
    prometheus: {
      namespace,
      podLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
      scrapeInterval: '1m',
    },
    network: { defaultDeny: false },
  };
}

/**
 * The Ministry of Justice's Cloud Platform: kube-prometheus-stack in `monitoring`, which selects every monitor and rule;
 * namespaces refuse connections from outside, and policies admit namespaces labelled `component: monitoring`.
 * Source: user-guide.cloud-platform.service.justice.gov.uk, "Getting application metrics into Prometheus".
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
    grafana: { dashboards: 'sidecar', label: 'grafana_dashboard', namespaces: 'ALL' },
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
