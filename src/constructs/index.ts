export type { ServiceOptions } from './app/app-service';
export type { EnvironmentValue, ResourceOptions, VolumeMount } from './app/container';
export type { MonitoredAppProps } from './app/app-props';
export type {
  AttachOptions,
  AttachProps,
  AttachToPods,
  AttachToService,
  AttachToWorkload,
  ExistingPods,
  ExistingService,
  ExistingWorkload,
  ObjectIn,
  ServiceElsewhere,
  WorkloadKind,
} from './app/attach-props';
export { MonitoredApp } from './app/monitored-app';
export { MonitoredWorkload } from './app/monitored-workload';
export type { GeneratedObjects, MetricsOptions, MonitoringOptions, ProcessOptions } from './app/monitoring-props';
export {
  type ChecklistStep,
  type ChecklistVerdict,
  MetricsChecklist,
  type MetricsChecklistProps,
} from './checklist/metrics-checklist';
export { ClusterMonitors } from './cluster/cluster-monitors';
export type {
  ClusterMonitorsProps,
  ClusterPartAlerts,
  ClusterPartOptions,
  ClusterServiceLocation,
  ControlPlaneOptions,
  KubeletOptions,
  MadeServiceOptions,
} from './cluster/cluster-props';
export type { DashboardJson } from './dashboards/dashboard-json';
export { GrafanaDashboard, type GrafanaDashboardProps } from './dashboards/grafana-dashboard';
export { MonitoringDefaults, type MonitoringDefaultsProps } from './defaults/monitoring-defaults';
export type { ExporterOptions, ExporterProps } from './exporters/exporter';
export { ExporterSidecar } from './exporters/exporter-sidecar';
export * from './exporters/exporters';
export { ArgoApplication, type ArgoApplicationProps } from './gitops/argo-application';
export { FluxGitRepository, type FluxGitRepositoryProps } from './gitops/flux-git-repository';
export { FluxKustomization, type FluxKustomizationProps, type FluxSource } from './gitops/flux-kustomization';
export { ScrapeJob } from './jobs/scrape-job';
export type { ScrapeJobAlerts, ScrapeJobProps } from './jobs/scrape-job-props';
export type { JmxAlerts } from './exporters/jmx-alerts';
export { JmxAgent, type JmxAgentProps } from './exporters/jmx-agent';
export type { JmxConfig, JmxRule } from './exporters/jmx-config';
export { istioFederation, type IstioFederationOptions } from './mesh/istio-federation';
export type { IstioAlerts } from './mesh/istio-alerts';
export { IstioMonitors, type IstioMonitorOptions, type IstioMonitorsProps } from './mesh/istio-monitors';
export {
  meshCertificates,
  type MeshCertificatesOptions,
  meshTlsConfig,
  type PrometheusWithCertificates,
  type RawTlsConfig,
} from './mesh/mesh-certificates';
export type { MeshOptions } from './mesh/mesh-options';
export type { ObjectOptions } from './objects';
export { AlertRule } from './rules/alert-rule';
export type { DefaultAlertOptions, DefaultAlerts } from './rules/default-alerts';
export { PrometheusRule } from './rules/prometheus-rule';
export { RecordingRule } from './rules/recording-rule';
export type { PrometheusRuleOptions, RuleGroupOptions } from './rules/rule-group';
export type { AlertRuleProps, AlertSeverity, RecordingRuleProps } from './rules/rule-props';
export type { MetricsEndpoint } from './scrape/metrics-endpoint';
export type { ProbeOptions, ProberOptions, ProbeTargets } from './scrape/probe-options';
export type {
  DnsDiscovery,
  FileDiscovery,
  HttpDiscovery,
  KubernetesDiscovery,
  ScrapeConfigOptions,
  ScrapeConfigTargets,
  StaticTargets,
} from './scrape/scrape-config-options';
export {
  type AnnotationScrapeConfig,
  annotationScrapeConfigs,
  annotationScrapeFacts,
  type RawRelabelConfig,
} from './scrape/annotation-scrape-configs';
export type { AnnotationOptions } from './scrape/annotation-options';
export type { FederateOptions } from './scrape/federate-options';
export type { PodMonitorOptions } from './scrape/pod-monitor-options';
export {
  type NoScrapeOptions,
  type ScrapeMechanism,
  ScrapePolicy,
  type ServiceMonitorOptions,
} from './scrape/scrape-policy';
export * from './servers';
