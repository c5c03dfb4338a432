import { Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Alertmanager,
  GrafanaDataSource,
  MonitoringHealthAlerts,
  Platform,
  Prometheus,
  ThanosCompactor,
  ThanosQuery,
  ThanosStore,
} from '../../src';

export interface MonitoringProps {
  /** How long Prometheus itself keeps samples; Thanos keeps them for a year. */
  readonly retention: Duration;
  readonly replicas: number;
}

/** Prometheus with its Alertmanager and long-term storage; everything of `scope` is monitored by it. */
export function monitoring(scope: Construct, { retention, replicas }: MonitoringProps): void {
  const chart = new Chart(scope, 'monitoring', { namespace: 'monitoring' });
  // made by the team that owns the bucket; only its name stands here
  const objectStorage = { secret: { name: 'object-storage', key: 'thanos.yaml' } };

  const alertmanager = new Alertmanager(chart, 'main', { replicas, storage: { size: '1Gi' } });
  const prometheus = new Prometheus(chart, 'apps', {
    version: '3.15.0',
    namespaces: ['shop', 'streaming'],
    replicas,
    retention,
    storage: { size: '50Gi' },
    alertmanagers: [alertmanager],
    thanos: { version: '0.42.2', objectStorage },
  });
  Platform.provide(scope, prometheus.asPlatform().with(Platform.of(scope).facts));

  const store = new ThanosStore(chart, 'thanos-store', { objectStorage, storage: { size: '20Gi' } });
  const query = new ThanosQuery(chart, 'thanos-query', { endpoints: [prometheus, store], replicas });
  new ThanosCompactor(chart, 'thanos-compactor', { objectStorage, storage: { size: '100Gi' } });
  new GrafanaDataSource(chart, 'metrics', { server: query, isDefault: true });
  new MonitoringHealthAlerts(chart, 'health');
}
