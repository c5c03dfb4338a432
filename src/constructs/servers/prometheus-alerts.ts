import type { HealthAlert } from './health-alert';

/*
 * What is watched of a Prometheus. Metrics: prometheus/prometheus, documentation/prometheus-mixin and the code that
 * registers them (cmd/prometheus, notifier, rules, scrape, storage/remote).
 */

/** Alerts about every server that scrapes. */
export const scrapingAlerts: readonly HealthAlert[] = [
  {
    alert: 'PrometheusTargetDown',
    expr: (of) => `${of('up')} == 0`,
    for: '5m',
    severity: 'warning',
    summary: 'Prometheus cannot scrape itself',
    description: 'Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.',
  },
  {
    alert: 'PrometheusConfigReloadFailed',
    expr: (of) => `max_over_time(${of('prometheus_config_last_reload_successful')}[5m]) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'Prometheus runs on an old configuration',
    description: 'Pod {{ $labels.pod }} could not load its newest configuration: changes of monitors have no effect.',
  },
  {
    alert: 'PrometheusConfigReloaderFailing',
    expr: (of) => `max_over_time(${of('reloader_last_reload_successful')}[5m]) == 0`,
    for: '10m',
    severity: 'warning',
    summary: 'The configuration of Prometheus is not brought up to date',
    description: 'The config-reloader in pod {{ $labels.pod }} fails.',
  },
  {
    alert: 'PrometheusTargetSyncFailing',
    expr: (of) => `increase(${of('prometheus_target_sync_failed_total')}[30m]) > 0`,
    for: '5m',
    severity: 'critical',
    summary: 'Targets are not scraped because their labels are invalid',
    description: 'Pod {{ $labels.pod }} dropped {{ printf "%.0f" $value }} targets of {{ $labels.scrape_job }}.',
  },
  limitHit('Target', 'prometheus_target_scrape_pool_exceeded_target_limit_total', 'scrape jobs have more targets'),
  limitHit('Label', 'prometheus_target_scrape_pool_exceeded_label_limits_total', 'targets have more or longer labels'),
  limitHit('Sample', 'prometheus_target_scrapes_exceeded_sample_limit_total', 'targets expose more samples'),
  limitHit('BodySize', 'prometheus_target_scrapes_exceeded_body_size_limit_total', 'targets answer with more bytes'),
];

function limitHit(limit: string, metric: string, what: string): HealthAlert {
  return {
    alert: `Prometheus${limit}LimitHit`,
    expr: (of) => `increase(${of(metric)}[5m]) > 0`,
    for: '15m',
    severity: 'warning',
    summary: `Samples are lost: ${what} than their limit allows`,
    description: 'Pod {{ $labels.pod }} refused {{ printf "%.0f" $value }} times in 5 minutes.',
  };
}

/** Alerts about a server that evaluates rules. */
export const ruleAlerts: readonly HealthAlert[] = [
  {
    alert: 'PrometheusRuleFailures',
    expr: (of) => `increase(${of('prometheus_rule_evaluation_failures_total')}[5m]) > 0`,
    for: '15m',
    severity: 'critical',
    summary: 'Rules cannot be evaluated: their alerts would not fire',
    description: 'Pod {{ $labels.pod }} failed {{ printf "%.0f" $value }} times on {{ $labels.rule_group }}.',
  },
  {
    alert: 'PrometheusMissingRuleEvaluations',
    expr: (of) => `increase(${of('prometheus_rule_group_iterations_missed_total')}[5m]) > 0`,
    for: '15m',
    severity: 'warning',
    summary: 'Rules are evaluated less often than they should be',
    description: 'Pod {{ $labels.pod }} skipped {{ $labels.rule_group }}: its rules take longer than their interval.',
  },
];

/** Alerts about a server that has Alertmanagers. */
export const alertingAlerts: readonly HealthAlert[] = [
  {
    alert: 'PrometheusNotConnectedToAlertmanagers',
    expr: (of) => `max_over_time(${of('prometheus_notifications_alertmanagers_discovered')}[5m]) < 1`,
    for: '10m',
    severity: 'critical',
    summary: 'Prometheus finds no Alertmanager: nobody hears of its alerts',
    description: 'Pod {{ $labels.pod }} has discovered none.',
  },
  {
    alert: 'PrometheusNotificationsFailing',
    expr: (of) =>
      `rate(${of('prometheus_notifications_errors_total')}[5m]) / rate(${of('prometheus_notifications_sent_total')}[5m]) > 0.01`,
    for: '15m',
    severity: 'warning',
    summary: 'Alerts do not reach an Alertmanager',
    description:
      '{{ $value | humanizePercentage }} of the alerts that pod {{ $labels.pod }} sent to {{ $labels.alertmanager }} failed.',
  },
  {
    alert: 'PrometheusNotificationQueueFilling',
    // newer servers have a queue for each Alertmanager, and one capacity for all of them
    expr: (of) =>
      `predict_linear(${of('prometheus_notifications_queue_length')}[5m], 1800) > ignoring (alertmanager) group_left () min_over_time(${of('prometheus_notifications_queue_capacity')}[5m])`,
    for: '15m',
    severity: 'warning',
    summary: 'Alerts pile up in Prometheus, and will be dropped',
    description: 'The queue of pod {{ $labels.pod }} is full within 30 minutes.',
  },
];

/** Alerts about a server that writes to others. */
export const remoteWriteAlerts: readonly HealthAlert[] = [
  {
    alert: 'PrometheusRemoteWriteFailing',
    expr: (of) =>
      `rate(${of('prometheus_remote_storage_samples_failed_total')}[5m]) / rate(${of('prometheus_remote_storage_samples_total')}[5m]) > 0.01`,
    for: '15m',
    severity: 'critical',
    summary: 'Samples do not reach the remote storage',
    description:
      '{{ $value | humanizePercentage }} of the samples of pod {{ $labels.pod }} for {{ $labels.url }} are lost.',
  },
  {
    // newer servers tell both times for each queue, older ones the first for all queues together
    alert: 'PrometheusRemoteWriteBehind',
    expr: (of) => {
      const sent = `max_over_time(${of('prometheus_remote_storage_queue_highest_sent_timestamp_seconds')}[5m])`;
      const ofQueue = `max_over_time(${of('prometheus_remote_storage_queue_highest_timestamp_seconds')}[5m])`;
      const ofAll = `max_over_time(${of('prometheus_remote_storage_highest_timestamp_in_seconds')}[5m])`;
      return `(${ofQueue} - ${sent} or ${ofAll} - ignoring (remote_name, url) group_right () ${sent}) > 120`;
    },
    for: '15m',
    severity: 'critical',
    summary: 'The remote storage is behind',
    description: 'Pod {{ $labels.pod }} is {{ $value | humanizeDuration }} behind for {{ $labels.url }}.',
  },
];

/** Alerts about Thanos beside a Prometheus. */
export const sidecarAlerts: readonly HealthAlert[] = [
  {
    alert: 'ThanosSidecarBucketOperationsFailing',
    expr: (of) => `increase(${of('thanos_objstore_bucket_operation_failures_total')}[5m]) > 0`,
    for: '15m',
    severity: 'critical',
    summary: 'Blocks of Prometheus do not get into the bucket',
    description: 'The operation {{ $labels.operation }} of pod {{ $labels.pod }} fails.',
  },
  {
    alert: 'ThanosSidecarCannotReachPrometheus',
    expr: (of) => `max_over_time(${of('thanos_sidecar_prometheus_up')}[5m]) == 0`,
    for: '5m',
    severity: 'critical',
    summary: 'The Thanos sidecar gets no answer from its Prometheus',
    description: 'Queries of ThanosQuery miss what pod {{ $labels.pod }} holds.',
  },
];
