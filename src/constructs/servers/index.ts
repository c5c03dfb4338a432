export { Alertmanager, type AlertmanagerConfigMatcherStrategy, type AlertmanagerProps } from './alertmanager';
export { GrafanaDataSource, type GrafanaDataSourceProps } from './grafana-data-source';
export type { HealthAlertChanges } from './health-rules';
export type { JoinedServer, QueryServer, StoreServer } from './joined-server';
export { type JobLabels, MonitoringHealthAlerts, type MonitoringHealthAlertsProps } from './monitoring-health-alerts';
export type { NetworkPeer, NetworkPolicyChoice } from './network-peer';
export { OperatorServer } from './operator-server';
export { Prometheus } from './prometheus';
export { PrometheusAgent, type PrometheusAgentProps } from './prometheus-agent';
export type {
  ExternalAlertmanager,
  PrometheusObjects,
  PrometheusProps,
  ThanosSidecarOptions,
} from './prometheus-props';
export type { StorageSizeLike } from './quantities';
export type { AccessOptions, RemoteWriteOptions, ScrapingServerObjects, ScrapingServerProps } from './scraping-props';
export { ScrapingServer } from './scraping-server';
export type { SecretReference } from './secret-reference';
export type { ServerObjects, ServerProps } from './server-props';
export type { StorageOptions } from './storage';
export { ThanosCompactor, type ThanosCompactorProps } from './thanos-compactor';
export { ThanosComponent, type ThanosComponentProps, type ThanosObjects } from './thanos-component';
export { ThanosQuery, type ThanosQueryProps } from './thanos-query';
export { ThanosRuler, type ThanosRulerProps } from './thanos-ruler';
export { ThanosStore, type ThanosStoreProps } from './thanos-store';
