import { Alertmanager, MonitoringHealthAlerts, Platform, Prometheus, ThanosCompactor, ThanosRuler } from '../../../src';
import { describeWithEngine } from '../../support/engines';
import { AlertCase, testAlerts } from '../../support/promtool';
import { KubernetesObject } from '../../support/stack';
import { bucket, monitoringStack } from './monitoring-stack';

function healthRules(): KubernetesObject[] {
  const { objects } = monitoringStack((chart, app) => {
    const alertmanager = new Alertmanager(chart, 'main', { replicas: 3 });
    const prometheus = new Prometheus(chart, 'k8s', {
      namespaces: 'all',
      alertmanagers: [alertmanager],
      remoteWrite: [{ url: 'https://metrics.example/api/v1/write' }],
      thanos: { objectStorage: bucket },
    });
    Platform.provide(app, prometheus.asPlatform());
    new ThanosCompactor(chart, 'compactor', { objectStorage: bucket });
    new ThanosRuler(chart, 'global', { queryEndpoints: [prometheus.url], ruleSelector: { matchLabels: { a: 'b' } } });
    new MonitoringHealthAlerts(chart, 'health');
  });
  return objects.filter(({ kind }) => kind === 'PrometheusRule');
}

const of = (job: string, more = '') => `{namespace="monitoring", job="${job}", pod="${job}-0"${more}}`;
const prometheus = of('prometheus-k8s');
const alertmanager = of('alertmanager-main');
const compactor = of('compactor', ', endpoint="metrics"');
const operator = (more = '') => of('prometheus-operator', more);

/** Series by the minute, for an hour and a half; `_` is a minute without a sample. */
const cases: readonly (AlertCase & { readonly title: string })[] = [
  {
    title: 'the watchdog, always',
    alert: 'Watchdog',
    fires: {},
  },
  {
    title: 'a Prometheus that cannot be scraped, not one that misses a scrape',
    alert: 'PrometheusTargetDown',
    fires: { [`up${prometheus}`]: '0x90' },
    isSilent: { [`up${prometheus}`]: '1x30 0 1x60' },
  },
  {
    title: 'a configuration that Prometheus refuses',
    alert: 'PrometheusConfigReloadFailed',
    fires: { [`prometheus_config_last_reload_successful${prometheus}`]: '0x90' },
    isSilent: { [`prometheus_config_last_reload_successful${prometheus}`]: '1x90' },
  },
  {
    title: 'rules that cannot be evaluated',
    alert: 'PrometheusRuleFailures',
    fires: { [`prometheus_rule_evaluation_failures_total${prometheus}`]: '0+1x90' },
    isSilent: { [`prometheus_rule_evaluation_failures_total${prometheus}`]: '7x90' },
  },
  {
    title: 'a Prometheus that knows no Alertmanager',
    alert: 'PrometheusNotConnectedToAlertmanagers',
    fires: { [`prometheus_notifications_alertmanagers_discovered${prometheus}`]: '0x90' },
    isSilent: { [`prometheus_notifications_alertmanagers_discovered${prometheus}`]: '3x90' },
  },
  {
    title: 'alerts that do not reach an Alertmanager',
    alert: 'PrometheusNotificationsFailing',
    fires: {
      [`prometheus_notifications_errors_total${of('prometheus-k8s', ', alertmanager="a"')}`]: '0+1x90',
      [`prometheus_notifications_sent_total${of('prometheus-k8s', ', alertmanager="a"')}`]: '0+10x90',
    },
    isSilent: {
      [`prometheus_notifications_errors_total${of('prometheus-k8s', ', alertmanager="a"')}`]: '0x90',
      [`prometheus_notifications_sent_total${of('prometheus-k8s', ', alertmanager="a"')}`]: '0+10x90',
    },
  },
  {
    title: 'a queue of alerts that grows, in a server with a queue for each Alertmanager',
    alert: 'PrometheusNotificationQueueFilling',
    fires: {
      [`prometheus_notifications_queue_length${of('prometheus-k8s', ', alertmanager="a"')}`]: '0+115x90',
      [`prometheus_notifications_queue_capacity${prometheus}`]: '10000x90',
    },
    isSilent: {
      [`prometheus_notifications_queue_length${of('prometheus-k8s', ', alertmanager="a"')}`]: '5x90',
      [`prometheus_notifications_queue_capacity${prometheus}`]: '10000x90',
    },
  },
  {
    title: 'samples that do not reach the remote storage',
    alert: 'PrometheusRemoteWriteFailing',
    fires: {
      [`prometheus_remote_storage_samples_failed_total${of('prometheus-k8s', ', url="u"')}`]: '0+5x90',
      [`prometheus_remote_storage_samples_total${of('prometheus-k8s', ', url="u"')}`]: '0+115x90',
    },
    isSilent: {
      [`prometheus_remote_storage_samples_failed_total${of('prometheus-k8s', ', url="u"')}`]: '0x90',
      [`prometheus_remote_storage_samples_total${of('prometheus-k8s', ', url="u"')}`]: '0+115x90',
    },
  },
  {
    title: 'a remote storage that falls behind',
    alert: 'PrometheusRemoteWriteBehind',
    fires: {
      [`prometheus_remote_storage_highest_timestamp_in_seconds${prometheus}`]: '1000+60x90',
      [`prometheus_remote_storage_queue_highest_timestamp_seconds${of('prometheus-k8s', ', remote_name="r", url="u"')}`]:
        '1000+60x90',
      [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds${of('prometheus-k8s', ', remote_name="r", url="u"')}`]:
        '1000x90',
    },
    isSilent: {
      [`prometheus_remote_storage_highest_timestamp_in_seconds${prometheus}`]: '1000+60x90',
      [`prometheus_remote_storage_queue_highest_timestamp_seconds${of('prometheus-k8s', ', remote_name="r", url="u"')}`]:
        '1000+60x90',
      [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds${of('prometheus-k8s', ', remote_name="r", url="u"')}`]:
        '1000+60x90',
    },
  },
  {
    title: 'no Alertmanager at all',
    alert: 'AlertmanagerAbsent',
    fires: { 'up{job="other"}': '1x90' },
    isSilent: { [`up${alertmanager}`]: '1x90' },
  },
  {
    title: 'notifications that do not get out, by the integration and not only by its reason',
    alert: 'AlertmanagerNotificationsFailing',
    fires: {
      [`alertmanager_notifications_failed_total${of('alertmanager-main', ', integration="slack", reason="serverError"')}`]:
        '0+1x90',
      [`alertmanager_notifications_total${of('alertmanager-main', ', integration="slack"')}`]: '0+4x90',
    },
    isSilent: {
      [`alertmanager_notifications_failed_total${of('alertmanager-main', ', integration="slack", reason="serverError"')}`]:
        '0x90',
      [`alertmanager_notifications_total${of('alertmanager-main', ', integration="slack"')}`]: '0+4x90',
    },
  },
  {
    title: 'an Alertmanager that does not see the others',
    alert: 'AlertmanagerMembersMissing',
    fires: {
      'alertmanager_cluster_members{namespace="monitoring", job="alertmanager-main", pod="a"}': '1x90',
      'alertmanager_cluster_members{namespace="monitoring", job="alertmanager-main", pod="b"}': '2x90',
    },
    isSilent: {
      'alertmanager_cluster_members{namespace="monitoring", job="alertmanager-main", pod="a"}': '2x90',
      'alertmanager_cluster_members{namespace="monitoring", job="alertmanager-main", pod="b"}': '2x90',
    },
  },
  {
    title: 'an operator that is gone, and one that is down',
    alert: 'PrometheusOperatorAbsent',
    fires: { [`up${operator()}`]: '0x90' },
    isSilent: { [`up${operator()}`]: '1x90' },
  },
  {
    title: 'objects that the operator rejects',
    alert: 'PrometheusOperatorRejectedResources',
    fires: {
      [`prometheus_operator_managed_resources${operator(', state="rejected", resource="ServiceMonitor"')}`]: '1x90',
    },
    isSilent: {
      [`prometheus_operator_managed_resources${operator(', state="selected", resource="ServiceMonitor"')}`]: '9x90',
      [`prometheus_operator_managed_resources${operator(', state="rejected", resource="ServiceMonitor"')}`]: '0x90',
    },
  },
  {
    title: 'an operator that cannot bring servers up to date',
    alert: 'PrometheusOperatorReconcileErrors',
    fires: {
      [`prometheus_operator_reconcile_errors_total${operator(', controller="prometheus"')}`]: '0+2x90',
      [`prometheus_operator_reconcile_operations_total${operator(', controller="prometheus"')}`]: '0+10x90',
    },
    isSilent: {
      [`prometheus_operator_reconcile_errors_total${operator(', controller="prometheus"')}`]: '0x90',
      [`prometheus_operator_reconcile_operations_total${operator(', controller="prometheus"')}`]: '0+10x90',
    },
  },
  {
    title: 'a compactor that has stopped',
    alert: 'ThanosCompactorHalted',
    fires: { [`thanos_compact_halted${compactor}`]: '1x90' },
    isSilent: { [`thanos_compact_halted${compactor}`]: '0x90' },
  },
  {
    title: 'a sidecar without its Prometheus',
    alert: 'ThanosSidecarCannotReachPrometheus',
    fires: { [`thanos_sidecar_prometheus_up${of('prometheus-k8s-thanos-sidecar')}`]: '0x90' },
    isSilent: { [`thanos_sidecar_prometheus_up${of('prometheus-k8s-thanos-sidecar')}`]: '1x90' },
  },
  {
    title: 'alerts that a ruler drops',
    alert: 'ThanosRulerAlertsDropped',
    fires: { [`thanos_alert_sender_alerts_dropped_total${of('thanos-ruler-global')}`]: '0+1x90' },
    isSilent: { [`thanos_alert_sender_alerts_dropped_total${of('thanos-ruler-global')}`]: '3x90' },
  },
];

describeWithEngine('promtool', (promtool) => {
  const rules = healthRules();

  test.each(cases)('says $title', (each) => {
    // what promtool says of a failure is what a person needs to see
    const { ok, output } = testAlerts(promtool, rules, each);
    expect(ok ? '' : output).toBe('');
  });

  test('and a case that is wrong is seen', () => {
    const [, down] = cases;
    const turned = { ...down!, fires: down!.isSilent!, isSilent: down!.fires };
    expect(testAlerts(promtool, rules, turned)).toMatchObject({ ok: false });
  });
});
