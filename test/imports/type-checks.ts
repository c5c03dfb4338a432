// Compiled by imports.test.ts and by the linter: each `@ts-expect-error` fails where there is no error.
import type { Alertmanager } from '../../imports/alertmanager';
import type { AlertmanagerConfig } from '../../imports/alertmanager-config';
import type { AuthorizationPolicy } from '../../imports/authorization-policy';
import type { Grafana } from '../../imports/grafana';
import type { GrafanaDashboard } from '../../imports/grafana-dashboard';
import type { GrafanaFolder } from '../../imports/grafana-folder';
import type { Container, ObjectMeta } from '../../imports/kubernetes-core';
import type { PeerAuthentication } from '../../imports/peer-authentication';
import type { PodMonitor } from '../../imports/pod-monitor';
import type { Probe } from '../../imports/probe';
import type { Prometheus } from '../../imports/prometheus';
import type { PrometheusAgent } from '../../imports/prometheus-agent';
import type { PrometheusRule, Rule } from '../../imports/prometheus-rule';
import type { ScrapeConfig } from '../../imports/scrape-config';
import type { Endpoint, Relabeling, ServiceMonitor } from '../../imports/service-monitor';
import type { ThanosRuler } from '../../imports/thanos-ruler';

export type CustomResource =
  | Alertmanager
  | AlertmanagerConfig
  | AuthorizationPolicy
  | Grafana
  | GrafanaDashboard
  | GrafanaFolder
  | PeerAuthentication
  | PodMonitor
  | Probe
  | Prometheus
  | PrometheusAgent
  | PrometheusRule
  | ScrapeConfig
  | ServiceMonitor
  | ThanosRuler;

const metadata: ObjectMeta = { name: 'checkout', labels: { app: 'checkout' } };

export const valid: readonly CustomResource[] = [
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata,
    spec: {
      selector: { matchLabels: { app: 'checkout' } },
      endpoints: [{ targetPort: 9187, scheme: 'https', params: { format: ['text'] } }, { targetPort: 'metrics' }],
    },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata,
    spec: { groups: [{ name: 'checkout', query_offset: '1m', rules: [{ record: 'one', expr: 1 }] }] },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    metadata,
    // Nested routes have no schema: the definition cannot refer to itself.
    spec: { route: { receiver: 'team', routes: [{ receiver: 'other', anything: true }] } },
  },
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata,
    spec: { portLevelMtls: { '9090': { mode: 'PERMISSIVE' } } },
  },
];

export const container: Container = { name: 'checkout', ports: [{ containerPort: 9090 }] };

// @ts-expect-error: a value that is not in the enum
export const badEnum: Relabeling = { action: 'keeep' };

// @ts-expect-error: a field that does not exist
export const unknownField: Endpoint = { intervall: '30s' };

// @ts-expect-error: wire names are exact, as the API server takes them
export const wrongCase: Endpoint = { proxyURL: 'http://proxy.example' };

// @ts-expect-error: a required field is missing
export const missingField: Rule = { alert: 'Down' };

// @ts-expect-error: a number where text is expected
export const wrongType: Endpoint = { port: 9090 };

// @ts-expect-error: the version belongs to the kind
export const wrongVersion: ServiceMonitor['apiVersion'] = 'monitoring.coreos.com/v1alpha1';

export function changed(endpoint: Endpoint): void {
  // @ts-expect-error: what has been composed is not changed in place
  endpoint.port = 'other';
}
