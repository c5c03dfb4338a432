import type { HealthAlert } from './health-alert';

/* What is watched of Thanos. Metrics: thanos-io/thanos, mixin/alerts/ and the code that registers them. */

const grpcErrors = 'grpc_code=~"Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded"';

function grpcFailing(component: string): HealthAlert {
  return {
    alert: `Thanos${component}GrpcErrors`,
    expr: (of) =>
      `sum by (namespace, job) (rate(${of('grpc_server_handled_total', grpcErrors)}[5m])) / sum by (namespace, job) (rate(${of('grpc_server_started_total')}[5m])) > 0.05`,
    for: '5m',
    severity: 'warning',
    summary: `Thanos ${component} fails to answer queries`,
    description: '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} fail.',
  };
}

function bucketFailing(component: string): HealthAlert {
  return {
    alert: `Thanos${component}BucketOperationsFailing`,
    expr: (of) =>
      `sum by (namespace, job) (rate(${of('thanos_objstore_bucket_operation_failures_total')}[5m])) / sum by (namespace, job) (rate(${of('thanos_objstore_bucket_operations_total')}[5m])) > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: `Thanos ${component} fails on its bucket`,
    description: '{{ $value | humanizePercentage }} of the operations of {{ $labels.job }} fail.',
  };
}

export const queryAlerts: readonly HealthAlert[] = [
  {
    alert: 'ThanosQueryErrors',
    expr: (of) =>
      `sum by (namespace, job) (rate(${of('http_requests_total', 'code=~"5..", handler=~"query|query_range"')}[5m])) / sum by (namespace, job) (rate(${of('http_requests_total', 'handler=~"query|query_range"')}[5m])) > 0.05`,
    for: '5m',
    severity: 'critical',
    summary: 'Queries of Thanos fail',
    description: '{{ $value | humanizePercentage }} of the queries to {{ $labels.job }} end in an error.',
  },
  {
    alert: 'ThanosQueryStoresFailing',
    expr: (of) =>
      `sum by (namespace, job) (rate(${of('thanos_query_endpoints_dns_failures_total')}[5m])) / sum by (namespace, job) (rate(${of('thanos_query_endpoints_dns_lookups_total')}[5m])) > 0.01`,
    for: '15m',
    severity: 'warning',
    summary: 'Thanos Query does not find all of its stores',
    description:
      '{{ $value | humanizePercentage }} of the look-ups of {{ $labels.job }} fail: answers may be incomplete.',
  },
];

export const storeAlerts: readonly HealthAlert[] = [grpcFailing('Store'), bucketFailing('Store')];

export const compactorAlerts: readonly HealthAlert[] = [
  {
    alert: 'ThanosCompactorHalted',
    expr: (of) => `${of('thanos_compact_halted')} == 1`,
    for: '5m',
    severity: 'critical',
    summary: 'Thanos Compactor has stopped: the bucket grows, and nothing is deleted',
    description: 'Pod {{ $labels.pod }} met a block that it cannot work on; its log names it.',
  },
  {
    alert: 'ThanosCompactorFailing',
    expr: (of) =>
      `sum by (namespace, job) (rate(${of('thanos_compact_group_compactions_failures_total')}[5m])) / sum by (namespace, job) (rate(${of('thanos_compact_group_compactions_total')}[5m])) > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: 'Thanos Compactor fails to compact',
    description: '{{ $value | humanizePercentage }} of the compactions of {{ $labels.job }} fail.',
  },
  {
    alert: 'ThanosCompactorNotRunning',
    expr: (of) =>
      `(time() - max by (namespace, job) (max_over_time(${of('thanos_objstore_bucket_last_successful_upload_time')}[1d])) > 86400) unless max by (namespace, job) (max_over_time(${of('thanos_objstore_bucket_last_successful_upload_time')}[1d])) == 0`,
    severity: 'warning',
    summary: 'Thanos Compactor has written nothing for a day',
    description: 'The last upload of {{ $labels.job }} was {{ $value | humanizeDuration }} ago.',
  },
  bucketFailing('Compactor'),
];

export const rulerAlerts: readonly HealthAlert[] = [
  {
    alert: 'ThanosRulerDown',
    expr: (of) => `${of('up')} == 0`,
    for: '5m',
    severity: 'critical',
    summary: 'A Thanos Ruler does not answer',
    description: 'Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.',
  },
  {
    alert: 'ThanosRulerConfigReloadFailed',
    expr: (of) => `max_over_time(${of('thanos_rule_config_last_reload_successful')}[5m]) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'Thanos Ruler runs on old rules',
    description: 'Pod {{ $labels.pod }} could not load its newest rules.',
  },
  {
    alert: 'ThanosRulerRuleFailures',
    expr: (of) => `increase(${of('prometheus_rule_evaluation_failures_total')}[5m]) > 0`,
    for: '15m',
    severity: 'critical',
    summary: 'Rules cannot be evaluated: their alerts would not fire',
    description: 'Pod {{ $labels.pod }} failed {{ printf "%.0f" $value }} times on {{ $labels.rule_group }}.',
  },
  {
    alert: 'ThanosRulerAlertsDropped',
    expr: (of) =>
      `increase(${of('thanos_alert_queue_alerts_dropped_total')}[5m]) > 0 or increase(${of('thanos_alert_sender_alerts_dropped_total')}[5m]) > 0`,
    for: '5m',
    severity: 'critical',
    summary: 'Alerts of Thanos Ruler do not reach an Alertmanager',
    description: 'Pod {{ $labels.pod }} dropped {{ printf "%.0f" $value }} alerts in 5 minutes.',
  },
];
