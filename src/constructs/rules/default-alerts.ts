import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform, RelabelingRule } from '../../platform';
import type { DurationLike } from '../../promql';
import { definedFields } from '../objects';
import { ruleThatDrops, sampleLabels } from '../scrape/target-labels';
import { alertFindings, renderAlert } from './alert-rule';
import type { AlertRuleProps, AlertSeverity } from './rule-props';
import type { RuleSet } from './rule-set';

/** What can be changed of an alert that comes with an endpoint. */
export interface DefaultAlertOptions {
  readonly for?: DurationLike;
  readonly severity?: AlertSeverity;
  readonly summary?: string;
  readonly description?: string;
  readonly runbook?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The alerts that come with a metrics endpoint, by name: `false` switches one off, options change it. */
export interface DefaultAlerts {
  /** `up` is 0: Prometheus reaches the target no more. @default - after 5 minutes, severity warning */
  readonly targetDown?: false | DefaultAlertOptions;
  /** There is no `up` at all: the target is not discovered. @default - after 10 minutes, severity critical */
  readonly targetAbsent?: false | DefaultAlertOptions;
  /** The exporter runs, but what it watches does not answer. @default - after 2 minutes, severity critical */
  readonly exporterDown?: false | DefaultAlertOptions;
}

export interface EndpointToAlertOn {
  readonly declaredBy: Construct;
  /** Beginning of the alerts' names, in CamelCase: `CheckoutRedis`. */
  readonly prefix: string;
  /** What is scraped, for a sentence: `checkout` or `the redis exporter of checkout`. */
  readonly what: string;
  /** The labels that single out the endpoint's series. */
  readonly matchers: () => Readonly<Record<string, string>>;
  /** Metric of the exporter that is 0 while what it watches does not answer. */
  readonly upMetric?: string;
  /** Rules over the endpoint's samples, which `up` is not one of. */
  readonly metricRelabelings?: readonly RelabelingRule[];
}

const alertKinds = ['targetDown', 'targetAbsent', 'exporterDown'] as const satisfies readonly (keyof DefaultAlerts)[];
type AlertKind = (typeof alertKinds)[number];

/** Adds the default alerts of an endpoint to a set of rules. */
export function addDefaultAlerts(
  rules: RuleSet,
  endpoint: EndpointToAlertOn,
  chosen: false | DefaultAlerts | undefined,
  platform: Platform,
): void {
  if (chosen === false) return;
  const { declaredBy } = endpoint;
  const where = { construct: declaredBy.node.path };
  const unknown = Object.keys(chosen ?? {}).filter((name) => !alertKinds.includes(name as AlertKind));
  for (const name of unknown) addFinding(declaredBy, unknownAlert(name, where));
  let added = 0;
  for (const kind of alertKinds) {
    const options = chosen?.[kind];
    const defaults = alertOf(kind, endpoint, platform);
    if (options === false || defaults === undefined) continue;
    const { name, expr, ...texts } = defaults;
    const props = { ...texts, ...definedFields(options) };
    added++;
    rules.add({
      source: declaredBy,
      render: () => renderAlert(name, { ...props, expr: expr() }, platform, rules.alertLabels),
    });
    if (kind === 'exporterDown') addCheck(declaredBy, () => droppedMetricFindings(name, endpoint, where));
    if (options) addCheck(declaredBy, () => alertFindings(name, props, platform, where));
  }
  if (added > 0) addCheck(declaredBy, () => matcherFindings(endpoint, where));
}

function unknownAlert(name: string, where: FindingLocation): Finding {
  const near = nearMiss(name, alertKinds);
  return {
    code: 'rules/unknown-alert',
    severity: 'error',
    where,
    message: `alerts.${name} is none of the alerts that come with an endpoint: ${alertKinds.join(', ')}`,
    ...(near === undefined ? {} : { nearMiss: near }),
    fix: near === undefined ? 'remove it, or use an AlertRule' : `write '${near}'`,
  };
}

/** Relabeling may compute the labels by which an alert knows its endpoint: then it would fire for the targets of others. */
function matcherFindings({ matchers, what }: EndpointToAlertOn, where: FindingLocation): Finding[] {
  const known = Object.keys(matchers());
  if (known.includes('job')) return [];
  return [
    {
      code: 'rules/other-targets',
      severity: known.length === 0 ? 'error' : 'warning',
      where,
      message: `the alerts of ${what} match ${known.length === 0 ? 'every target' : `all targets of the same ${known.join(' and ')}`}: relabelings compute job`,
      fix: 'leave the label job alone in relabelings, or set alerts: false and write rules for the labels that you make',
    },
  ];
}

/** The alert is written all the same: a metric that comes back is watched again. */
function droppedMetricFindings(alert: string, endpoint: EndpointToAlertOn, where: FindingLocation): Finding[] {
  const { upMetric = '', metricRelabelings } = endpoint;
  const index = ruleThatDrops(upMetric, metricRelabelings);
  if (index === undefined) return [];
  return [
    {
      code: 'rules/dropped-metric',
      severity: 'warning',
      where,
      message: `the alert ${alert} can never fire: metricRelabelings[${index}] drops its metric ${upMetric}`,
      fix: `keep ${upMetric} in the regex, or set alerts: { exporterDown: false }`,
    },
  ];
}

type DefaultAlert = Omit<AlertRuleProps, 'expr'> & { readonly name: string; readonly expr: () => string };

function alertOf(kind: AlertKind, endpoint: EndpointToAlertOn, platform: Platform): DefaultAlert | undefined {
  const { prefix, what, matchers, upMetric, metricRelabelings } = endpoint;
  const selector = (metric: string, labels = matchers()) => `${metric}${labelMatchers(labels)}`;
  const enforced = platform.prometheusServers[0]?.enforcedNamespaceLabel;
  switch (kind) {
    case 'targetDown':
      return {
        name: `${prefix}TargetDown`,
        expr: () => `${selector('up')} == 0`,
        for: '5m',
        severity: 'warning',
        summary: `Prometheus cannot scrape ${what}`,
        description: 'Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.',
      };
    case 'targetAbsent':
      return {
        name: `${prefix}TargetAbsent`,
        expr: () => `absent(${selector('up')})`,
        for: '10m',
        severity: 'critical',
        summary: `Prometheus has no target for ${what}`,
        description: 'No pod is discovered: none runs, or the monitor selects none.',
      };
    case 'exporterDown':
      if (upMetric === undefined) return undefined;
      return {
        name: `${prefix}Down`,
        expr: () => `${selector(upMetric, sampleLabels(matchers(), metricRelabelings, enforced))} == 0`,
        for: '2m',
        severity: 'critical',
        summary: `What ${what} watches does not answer`,
        description: 'The exporter in pod {{ $labels.pod }} is scraped, but reports that it gets no answer.',
      };
  }
}

/** Matchers in the order given, each value quoted as PromQL reads it. */
export function labelMatchers(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return matchers.length === 0 ? '' : `{${matchers.join(', ')}}`;
}

/** PromQL reads the escapes of JSON. What a YAML file must not hold as it is, is escaped as well. */
function quoted(value: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}

/** `my-app` as the beginning of an alert's name: `MyApp`. */
export function camelCase(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
