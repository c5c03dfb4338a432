import type { HealthAlert } from './health-alert';

/* What is watched of prometheus-operator. Metrics: prometheus-operator, pkg/operator/operator.go and pkg/k8s/listwatch. */

export const operatorAlerts: readonly HealthAlert[] = [
  {
    alert: 'PrometheusOperatorAbsent',
    expr: (of) => `absent(${of('up')} == 1)`,
    for: '10m',
    severity: 'critical',
    summary: 'prometheus-operator does not run, or is not scraped',
    description: 'Changes of monitors and rules have no effect until it is back.',
  },
  {
    alert: 'PrometheusOperatorNotReady',
    expr: (of) => `max_over_time(${of('prometheus_operator_ready')}[5m]) == 0`,
    for: '5m',
    severity: 'warning',
    summary: 'prometheus-operator is not ready',
    description: 'The controller {{ $labels.controller }} in {{ $labels.namespace }} does not work on its objects.',
  },
  {
    alert: 'PrometheusOperatorRejectedResources',
    expr: (of) => `min_over_time(${of('prometheus_operator_managed_resources', 'state="rejected"')}[5m]) > 0`,
    for: '5m',
    severity: 'warning',
    summary: 'Monitors or rules are invalid, and without effect',
    description:
      'The controller {{ $labels.controller }} rejected {{ printf "%.0f" $value }} objects of kind {{ $labels.resource }}; events of the objects say why.',
  },
  {
    alert: 'PrometheusOperatorReconcileErrors',
    expr: (of) =>
      ratio(
        of('prometheus_operator_reconcile_errors_total'),
        of('prometheus_operator_reconcile_operations_total'),
        0.1,
      ),
    for: '10m',
    severity: 'warning',
    summary: 'prometheus-operator cannot bring servers up to date',
    description: '{{ $value | humanizePercentage }} of the reconciliations of {{ $labels.controller }} fail.',
  },
  {
    alert: 'PrometheusOperatorSyncFailed',
    expr: (of) => `min_over_time(${of('prometheus_operator_syncs', 'status="failed"')}[5m]) > 0`,
    for: '10m',
    severity: 'warning',
    summary: 'prometheus-operator gave up on servers',
    description: 'The last reconciliation of {{ printf "%.0f" $value }} objects of {{ $labels.controller }} failed.',
  },
  {
    alert: 'PrometheusOperatorListErrors',
    expr: (of) =>
      ratio(
        of('prometheus_operator_list_operations_failed_total'),
        of('prometheus_operator_list_operations_total'),
        0.4,
      ),
    for: '15m',
    severity: 'warning',
    summary: 'prometheus-operator cannot list its objects',
    description: '{{ $value | humanizePercentage }} of the lists of {{ $labels.controller }} fail: see its rights.',
  },
  {
    alert: 'PrometheusOperatorWatchErrors',
    expr: (of) =>
      ratio(
        of('prometheus_operator_watch_operations_failed_total'),
        of('prometheus_operator_watch_operations_total'),
        0.4,
      ),
    for: '15m',
    severity: 'warning',
    summary: 'prometheus-operator does not see changes of its objects',
    description: '{{ $value | humanizePercentage }} of the watches of {{ $labels.controller }} fail: see its rights.',
  },
];

function ratio(failed: string, all: string, most: number): string {
  const rate = (series: string) => `sum by (namespace, controller) (rate(${series}[10m]))`;
  return `${rate(failed)} / ${rate(all)} > ${most}`;
}

/** Fires always: what no longer hears of it knows that the way from Prometheus to a person is broken. */
export const watchdogAlerts: readonly HealthAlert[] = [
  {
    alert: 'Watchdog',
    expr: () => 'vector(1)',
    severity: 'none',
    summary: 'Alerting works',
    description: 'This alert fires always. Route it to something that raises an alarm when it stops to arrive.',
  },
];
