import type { HealthAlert } from './health-alert';

/* What is watched of an Alertmanager. Metrics: prometheus/alertmanager, notify/notify.go, cluster/cluster.go, config/. */

export const alertmanagerAlerts: readonly HealthAlert[] = [
  {
    alert: 'AlertmanagerDown',
    expr: (of) => `${of('up')} == 0`,
    for: '5m',
    severity: 'critical',
    summary: 'An Alertmanager does not answer',
    description: 'Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.',
  },
  {
    alert: 'AlertmanagerAbsent',
    expr: (of) => `absent(${of('up')})`,
    for: '10m',
    severity: 'critical',
    summary: 'There is no Alertmanager',
    description: 'No pod is discovered: none runs, or the monitor selects none.',
  },
  {
    alert: 'AlertmanagerConfigReloadFailed',
    expr: (of) => `max_over_time(${of('alertmanager_config_last_reload_successful')}[5m]) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'Alertmanager runs on an old configuration',
    description: 'Pod {{ $labels.pod }} could not load its newest configuration: changes of routes have no effect.',
  },
  {
    alert: 'AlertmanagerConfigReloaderFailing',
    expr: (of) => `max_over_time(${of('reloader_last_reload_successful')}[5m]) == 0`,
    for: '10m',
    severity: 'warning',
    summary: 'The configuration of Alertmanager is not brought up to date',
    description: 'The config-reloader in pod {{ $labels.pod }} fails.',
  },
  {
    alert: 'AlertmanagerNotificationsFailing',
    expr: (of) =>
      `rate(${of('alertmanager_notifications_failed_total')}[15m]) / ignoring (reason) group_left () rate(${of('alertmanager_notifications_total')}[15m]) > 0.01`,
    for: '5m',
    severity: 'warning',
    summary: 'Notifications do not get out',
    description:
      '{{ $value | humanizePercentage }} of the notifications of pod {{ $labels.pod }} to {{ $labels.integration }} fail ({{ $labels.reason }}).',
  },
];

/** Alerts about Alertmanagers that share their work. */
export const alertmanagerClusterAlerts: readonly HealthAlert[] = [
  {
    alert: 'AlertmanagerMembersMissing',
    expr: (of) => {
      const members = `max_over_time(${of('alertmanager_cluster_members')}[5m])`;
      return `${members} < on (namespace, job) group_left () count by (namespace, job) (${members})`;
    },
    for: '15m',
    severity: 'critical',
    summary: 'Alertmanagers do not see each other: notifications go out more than once',
    description: 'Pod {{ $labels.pod }} sees {{ $value }} members of its cluster.',
  },
];
