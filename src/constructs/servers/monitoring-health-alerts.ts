import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { scopeFor, Shape } from '../../findings';
import { Platform } from '../../platform';
import { objectOptions } from '../app/app-shapes';
import { checkProps, definedFields, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import { alertmanagerAlerts } from './alertmanager-alerts';
import type { HealthAlert, WatchedJob } from './health-alert';
import { HealthAlertChanges, healthRules } from './health-rules';
import { operatorAlerts, watchdogAlerts } from './operator-alerts';
import { alertingAlerts, remoteWriteAlerts, ruleAlerts, scrapingAlerts } from './prometheus-alerts';

/** The series of a part of the monitoring, by their labels. */
export interface JobLabels {
  readonly job: string;
  /** @default - in any namespace */
  readonly namespace?: string;
}

/** Which parts of the monitoring are watched. */
export interface MonitoringHealthAlertsProps extends ObjectOptions {
  /** An alert that fires always, for a dead man's switch. @default - true */
  readonly watchdog?: boolean;
  /** prometheus-operator. @default - the job `prometheus-operator`, as kube-prometheus calls it */
  readonly operator?: false | JobLabels;
  /** A Prometheus that is not in the code: one that is brings its own alerts. @default - none */
  readonly prometheus?: JobLabels;
  /** An Alertmanager that is not in the code: one that is brings its own alerts. @default - none */
  readonly alertmanager?: JobLabels;
  /** Changes of alerts by their names: `false` switches one off. @default - all of them */
  readonly alerts?: HealthAlertChanges;
}

const jobLabels: Shape = { fields: { job: 'text', namespace: 'text' } };

const shape: ShapeOf<MonitoringHealthAlertsProps> = {
  ...objectOptions,
  watchdog: 'boolean',
  operator: { either: [jobLabels, 'boolean'] },
  prometheus: jobLabels,
  alertmanager: jobLabels,
  alerts: { map: 'anything' },
};

/**
 * Alerts about the monitoring itself: that alerting works at all, that prometheus-operator takes what it is given, and that
 * servers that somebody else runs are in order.
 *
 * @example
 * new MonitoringHealthAlerts(monitoring, 'health', {
 *   alertmanager: { job: 'kps-alertmanager', namespace: 'monitoring' },
 *   alerts: { PrometheusOperatorRejectedResources: { severity: 'critical' } },
 * });
 */
export class MonitoringHealthAlerts extends Construct {
  /** The PrometheusRule. */
  readonly object: ApiObject;

  constructor(scope: Construct, id: string, given: MonitoringHealthAlertsProps = {}) {
    super(scopeFor(scope, id, 'MonitoringHealthAlerts'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    const { alerts: changes, name, labels, annotations, patches } = props;
    this.object = healthRules(this, 'PrometheusRule', {
      name: toObjectName(id, 253),
      namespace: Chart.of(this).namespace,
      labels: {},
      watched: () => watchedOf(props),
      changes,
      options: { name, labels, annotations, patches },
      platform: () => Platform.of(this),
    });
  }
}

function watchedOf({ watchdog = true, operator, prometheus, alertmanager }: MonitoringHealthAlertsProps): WatchedJob[] {
  const job = (alerts: readonly HealthAlert[], { namespace, job: name }: JobLabels): WatchedJob => ({
    alerts,
    matchers: () => definedFields({ namespace, job: name }) as Record<string, string>,
  });
  const ofPrometheus = [...scrapingAlerts, ...ruleAlerts, ...alertingAlerts, ...remoteWriteAlerts];
  return [
    ...(watchdog ? [{ alerts: watchdogAlerts, matchers: () => ({}) }] : []),
    ...(operator === false ? [] : [job(operatorAlerts, { job: 'prometheus-operator', ...operator })]),
    ...(prometheus === undefined ? [] : [job(ofPrometheus, prometheus)]),
    ...(alertmanager === undefined ? [] : [job(alertmanagerAlerts, alertmanager)]),
  ];
}
