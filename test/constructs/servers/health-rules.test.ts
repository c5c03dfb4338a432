import { JsonPatch } from 'cdk8s';
import {
  Alertmanager,
  MonitoringHealthAlerts,
  Platform,
  Prometheus,
  ThanosCompactor,
  ThanosQuery,
  ThanosRuler,
  ThanosStore,
} from '../../../src';
import { describeWithEngine } from '../../support/engines';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { KubernetesObject } from '../../support/stack';
import { bucket, faults, monitoringStack, theObject } from './monitoring-stack';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function everything(): KubernetesObject[] {
  const { objects, findings } = monitoringStack((chart, app) => {
    const alertmanager = new Alertmanager(chart, 'main', { replicas: 3 });
    const prometheus = new Prometheus(chart, 'k8s', {
      namespaces: 'all',
      alertmanagers: [alertmanager],
      thanos: { objectStorage: bucket },
      ruleSelector: { matchExpressions: [{ key: 'scope', operator: 'NotIn', values: ['global'] }] },
      remoteWrite: [{ url: 'https://metrics.example/api/v1/write' }],
    });
    Platform.provide(app, prometheus.asPlatform());
    const store = new ThanosStore(chart, 'thanos-store', { objectStorage: bucket });
    new ThanosCompactor(chart, 'thanos-compactor', { objectStorage: bucket });
    const query = new ThanosQuery(chart, 'thanos-query', { endpoints: [prometheus, store] });
    new ThanosRuler(chart, 'global', { queryEndpoints: [query], ruleSelector: { matchLabels: { scope: 'global' } } });
    new MonitoringHealthAlerts(chart, 'health', {
      prometheus: { job: 'infra' },
      alertmanager: { job: 'kps-alertmanager', namespace: 'infra' },
    });
  });
  expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  expectValidObjects(objects);
  return objects.filter(({ kind }) => kind === 'PrometheusRule');
}

const alertsOf = ({ spec }: KubernetesObject) => spec.groups[0].rules as Alert[];

describeWithEngine('promtool', (promtool) => {
  test('the alerts about the monitoring itself are rules that Prometheus takes', () => {
    const rules = everything();
    expect(rules.flatMap(alertsOf).length).toBeGreaterThan(60);
    expect(checkRules(promtool, rules)).toMatchObject({ ok: true });
  });
});

describe('the alerts about the monitoring itself', () => {
  test('watch the series of one server each, but for the one that fires always', () => {
    const alerts = everything().flatMap((object) => alertsOf(object).map((alert) => ({ object, ...alert })));
    const unbound = alerts.filter(({ expr }) => !expr.includes('job="'));
    expect(unbound.map(({ alert, expr }) => [alert, expr])).toEqual([['Watchdog', 'vector(1)']]);
    for (const { object, expr } of alerts) {
      const jobs = new Set([...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
      expect([object.metadata.name, ...jobs].length).toBeLessThanOrEqual(2);
    }
  });

  test('say in a sentence what happened', () => {
    for (const { labels, annotations } of everything().flatMap(alertsOf)) {
      expect(labels.severity).toMatch(/^(critical|warning|none)$/);
      expect(annotations.summary).toMatch(/^\S.*[^.]$/);
    }
  });

  test('are those of the operator and the watchdog where nothing else is said', () => {
    const { objects } = monitoringStack((chart) => void new MonitoringHealthAlerts(chart, 'health'));
    const alerts = alertsOf(theObject(objects, 'PrometheusRule', 'health'));
    expect(alerts.map(({ alert }) => alert)).toEqual([
      'PrometheusOperatorAbsent',
      'PrometheusOperatorListErrors',
      'PrometheusOperatorNotReady',
      'PrometheusOperatorReconcileErrors',
      'PrometheusOperatorRejectedResources',
      'PrometheusOperatorSyncFailed',
      'PrometheusOperatorWatchErrors',
      'Watchdog',
    ]);
    expect(alerts.find(({ alert }) => alert === 'PrometheusOperatorRejectedResources')?.expr).toBe(
      'min_over_time(prometheus_operator_managed_resources{job="prometheus-operator", state="rejected"}[5m]) > 0',
    );
  });

  test('are changed and switched off by their names, and carry the labels by which they are selected', () => {
    const { objects, findings } = monitoringStack((chart, app) => {
      Platform.provide(app, Platform.kubePrometheusStack({ release: 'kps' }));
      new MonitoringHealthAlerts(chart, 'health', {
        watchdog: false,
        operator: { job: 'kps-operator', namespace: 'infra' },
        alerts: {
          PrometheusOperatorRejectedResources: { severity: 'critical', for: '1m', labels: { team: 'platform' } },
          PrometheusOperatorListErrors: false,
        },
        name: 'monitoring-health',
        labels: { tier: 'platform' },
        patches: [JsonPatch.add('/spec/groups/0/interval', '1m')],
      });
    });
    expect(findings).toEqual([]);
    const { metadata, spec } = theObject(objects, 'PrometheusRule', 'monitoring-health');
    expect(metadata.labels).toEqual({ release: 'kps', tier: 'platform' });
    expect(spec.groups[0].interval).toBe('1m');
    const alerts = spec.groups[0].rules as Alert[];
    expect(alerts.map(({ alert }) => alert)).not.toContain('PrometheusOperatorListErrors');
    expect(alerts.map(({ alert }) => alert)).not.toContain('Watchdog');
    expect(alerts.find(({ alert }) => alert === 'PrometheusOperatorRejectedResources')).toMatchObject({
      expr: expect.stringContaining('{namespace="infra", job="kps-operator", state="rejected"}') as string,
      for: '1m',
      labels: { severity: 'critical', team: 'platform' },
    });
  });

  test('are none where their user wants none', () => {
    const { objects } = monitoringStack((chart) => {
      new Prometheus(chart, 'k8s', { namespaces: 'all', alerts: false });
      new Alertmanager(chart, 'main', { alerts: false });
    });
    expect(objects.filter(({ kind }) => kind === 'PrometheusRule')).toEqual([]);
  });

  test('are checked when they are changed', () => {
    const found = faults((chart) => {
      new MonitoringHealthAlerts(chart, 'health', { alerts: { Watchdog: { for: '5' as never }, Watchdogs: false } });
    });
    expect(found).toEqual([
      "error rules/duration: for: '5' is no Prometheus duration → write '5s'",
      expect.stringMatching(/^error rules\/unknown-alert: alerts\.Watchdogs .* → write 'Watchdog'$/),
    ]);
  });
});
