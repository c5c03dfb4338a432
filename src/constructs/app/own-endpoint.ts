import type { EndpointDeclaration } from './endpoint-declaration';
import type { MetricsOptions } from './monitoring-props';
import type { MonitoredWorkload } from './monitored-workload';

/** What a new app and an attached one say alike of their own metrics. */
export function ownEndpoint(
  app: MonitoredWorkload,
  { path, scheme, scrape, alerts, serviceMonitor, podMonitor, probe }: MetricsOptions,
): Omit<EndpointDeclaration, 'port' | 'portName' | 'dedicated'> {
  const address = { path, scheme: scheme ?? ('http' as const) };
  return { declaredBy: app, exporter: '', ...address, policy: scrape, alerts, serviceMonitor, podMonitor, probe };
}

export const noPort = { message: 'the metrics have no port, and the app declares none', fix: 'give metrics.port' };
