import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform, RelabelingRule } from '../../platform';
import { joinAlerts, MonitoringDefaults } from '../defaults/monitoring-defaults';
import { definedFields } from '../objects';
import { ruleThatDrops, sampleLabels } from '../scrape/target-labels';
import { alertFindings, renderAlert } from './alert-rule';
import type { DefaultAlertOptions, DefaultAlerts } from './default-alert-props';
import { labelMatchers } from './label-matchers';
import type { AlertRuleProps } from './rule-props';
import type { RuleSet } from './rule-set';

export type { DefaultAlertOptions, DefaultAlerts } from './default-alert-props';
export { labelMatchers } from './label-matchers';

/** Alerts of what runs only now and then: between two runs there is nothing to scrape, unless the user wants to know. */
export function withoutAbsence(alerts: false | DefaultAlerts | undefined): false | DefaultAlerts {
  return alerts === false ? false : { targetAbsent: false, ...alerts };
}

export interface EndpointToAlertOn {
  readonly declaredBy: Construct;
  /** Beginning of the alerts' names, in CamelCase: `CheckoutRedis`. */
  readonly prefix: string;
  /** What is scraped, for a sentence: `checkout` or `the redis exporter of checkout`. */
  readonly what: string;
  /** The labels that single out the endpoint's series. */
  readonly matchers: () => Readonly<Record<string, string>>;
  /** Labels that say nothing of the endpoint, such as a job that finds the targets of all apps. @default - none */
  readonly sharedLabels?: () => readonly string[];
  /** Does a prober ask it? Then `up` is that of the prober. @default - Prometheus itself does */
  readonly isProbed?: boolean;
  /** Metric of the exporter that is 0 while what it watches does not answer. */
  readonly upMetric?: string;
  /** Metric of the exporter that is above 0 while what it watches does not answer, where it has no such `upMetric`. */
  readonly errorMetric?: string;
  /** Rules over the endpoint's samples, which `up` is not one of. */
  readonly metricRelabelings?: readonly RelabelingRule[];
}

const alertKinds = ['targetDown', 'targetAbsent', 'exporterDown'] as const satisfies readonly (keyof DefaultAlerts)[];
type AlertKind = (typeof alertKinds)[number];

/** An alert that comes with something that is scraped, and may be switched off or changed. */
export interface AlertToChoose extends Omit<AlertRuleProps, 'expr'> {
  readonly name: string;
  readonly expr: () => string;
  /** The metric of the samples that it needs; `up` is none. */
  readonly metric?: string;
}

/** What alerts are about, as far as adding them needs it. */
export type AlertSubject = Pick<
  EndpointToAlertOn,
  'declaredBy' | 'what' | 'matchers' | 'metricRelabelings' | 'sharedLabels'
>;

/** Adds the default alerts of an endpoint to a set of rules. */
export function addDefaultAlerts(
  rules: RuleSet,
  endpoint: EndpointToAlertOn,
  chosen: false | DefaultAlerts | undefined,
  platform: Platform,
): void {
  const alerts = alertKinds.map((kind) => [kind, alertOf(kind, endpoint, platform)] as const);
  addChosenAlerts(rules, endpoint, alerts, chosen, platform);
}

/** Adds alerts to a set of rules, each by the kind under which a user switches it off or changes it. */
export function addChosenAlerts<Kind extends string>(
  rules: RuleSet,
  subject: AlertSubject,
  alerts: readonly (readonly [Kind, AlertToChoose | undefined])[],
  own: false | { readonly [K in Kind]?: false | DefaultAlertOptions } | undefined,
  platform: Platform,
): void {
  const { declaredBy } = subject;
  const chosen = joinAlerts(joinAlerts(shardsChoice(alerts, platform), teamsChoice(declaredBy, alerts)), own);
  if (chosen === false) return;
  const where = { construct: declaredBy.node.path };
  const kinds = alerts.map(([kind]) => kind);
  const unknown = Object.keys(chosen ?? {}).filter((name) => !kinds.includes(name as Kind));
  for (const name of unknown) addFinding(declaredBy, unknownAlert(name, kinds, where));
  let added = 0;
  for (const [kind, alert] of alerts) {
    const options: false | DefaultAlertOptions | undefined = chosen?.[kind];
    if (options === false || alert === undefined) continue;
    const { name, expr, metric, ...texts } = alert;
    const props = { ...texts, ...definedFields(options) };
    added++;
    rules.add({
      source: declaredBy,
      render: () => renderAlert(name, { ...props, expr: expr() }, platform, rules.alertLabels),
    });
    if (metric !== undefined) addCheck(declaredBy, () => droppedMetricFindings(kind, alert, subject, where));
    if (options) addCheck(declaredBy, () => alertFindings(name, props, platform, where));
  }
  if (added > 0) addCheck(declaredBy, () => matcherFindings(subject, platform, where));
}

/** What the team has chosen for these kinds of alerts. */
function teamsChoice<Kind extends string>(
  declaredBy: Construct,
  alerts: readonly (readonly [Kind, unknown])[],
): false | { readonly [K in Kind]?: false | DefaultAlertOptions } | undefined {
  const { alerts: chosen } = MonitoringDefaults.of(declaredBy);
  if (typeof chosen !== 'object') return chosen;
  const kinds: readonly string[] = alerts.map(([kind]) => kind);
  const entries = Object.entries(chosen).filter(([kind]) => kinds.includes(kind));
  return Object.fromEntries(entries) as { readonly [K in Kind]?: false | DefaultAlertOptions };
}

/**
 * Each shard evaluates all rules over the targets that are its own, and on every other one they are absent: the alert exists
 * only where it is asked for. Source: prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go, `shards`.
 */
function shardsChoice<Kind extends string>(
  alerts: readonly (readonly [Kind, unknown])[],
  platform: Platform,
): { readonly [K in Kind]?: false | DefaultAlertOptions } | undefined {
  const isSharded = (platform.prometheusServers[0]?.shards ?? 1) > 1;
  if (!isSharded || !alerts.some(([kind]) => kind === 'targetAbsent')) return undefined;
  return { targetAbsent: false } as { readonly [K in Kind]?: false | DefaultAlertOptions };
}

function unknownAlert(name: string, kinds: readonly string[], where: FindingLocation): Finding {
  const near = nearMiss(name, kinds);
  return {
    code: 'rules/unknown-alert',
    severity: 'error',
    where,
    message: `alerts.${name} is none of the alerts that come with an endpoint: ${kinds.join(', ')}`,
    ...(near === undefined ? {} : { nearMiss: near }),
    fix: near === undefined ? 'remove it, or use an AlertRule' : `write '${near}'`,
  };
}

/** Relabeling may compute the labels by which an alert knows its endpoint: then it would fire for the targets of others. */
function matcherFindings(
  { matchers, what, sharedLabels }: AlertSubject,
  { facts }: Platform,
  where: FindingLocation,
): Finding[] {
  const known = Object.keys(matchers());
  const shared = sharedLabels?.() ?? [];
  const vague = ['namespace', 'endpoint', ...shared];
  if (known.some((label) => !vague.includes(label))) return [];
  if (shared.length > 0) {
    // where nobody reads annotations, that is said already
    const isRead = facts.annotations !== undefined || facts.operator?.installed !== true;
    return isRead ? [sharedJobFinding(what, known, where)] : [];
  }
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

function sharedJobFinding(what: string, known: readonly string[], where: FindingLocation): Finding {
  return {
    code: 'rules/other-targets',
    severity: 'warning',
    where,
    message: `the alerts of ${what} match all targets of the same ${known.join(' and ') || 'Prometheus'}: it is not known how discovery by annotations labels them`,
    fix: 'set annotations.pods and annotations.services on the platform, or alerts: false',
  };
}

/** The alert is written all the same: a metric that comes back is watched again. */
function droppedMetricFindings(
  kind: string,
  { name, metric = '' }: AlertToChoose,
  { metricRelabelings }: AlertSubject,
  where: FindingLocation,
): Finding[] {
  const index = ruleThatDrops(metric, metricRelabelings);
  if (index === undefined) return [];
  return [
    {
      code: 'rules/dropped-metric',
      severity: 'warning',
      where,
      message: `the alert ${name} can never fire: metricRelabelings[${index}] drops its metric ${metric}`,
      fix: `keep ${metric} in the regex, or set alerts: { ${kind}: false }`,
    },
  ];
}

function alertOf(kind: AlertKind, endpoint: EndpointToAlertOn, platform: Platform): AlertToChoose | undefined {
  const { prefix, what, matchers, isProbed = false, errorMetric, metricRelabelings } = endpoint;
  const upMetric = isProbed ? 'probe_success' : endpoint.upMetric;
  const selector = (metric: string, labels = matchers()) => `${metric}${labelMatchers(labels)}`;
  const enforced = platform.prometheusServers[0]?.enforcedNamespaceLabel;
  switch (kind) {
    case 'targetDown':
      return {
        name: `${prefix}TargetDown`,
        expr: () => `${selector('up')} == 0`,
        for: '5m',
        severity: 'warning',
        summary: isProbed ? `The prober of ${what} does not answer` : `Prometheus cannot scrape ${what}`,
        description: isProbed
          ? 'Prometheus gets no answer about {{ $labels.instance }}: how the target is, is not known.'
          : 'Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.',
      };
    case 'targetAbsent':
      return {
        name: `${prefix}TargetAbsent`,
        expr: () => `absent(${selector('up')})`,
        for: '10m',
        severity: 'critical',
        summary: `Prometheus has no target for ${what}`,
        description: isProbed
          ? 'Prometheus does not select the Probe.'
          : 'No pod is discovered: none runs, or the monitor selects none.',
      };
    case 'exporterDown': {
      const metric = upMetric ?? errorMetric;
      if (metric === undefined) return undefined;
      const comparison = upMetric === undefined ? '> 0' : '== 0';
      return {
        name: `${prefix}Down`,
        metric,
        expr: () => `${selector(metric, sampleLabels(matchers(), metricRelabelings, enforced))} ${comparison}`,
        for: '2m',
        severity: 'critical',
        summary: isProbed ? `A probe of ${what} fails` : `What ${what} watches does not answer`,
        description: isProbed
          ? '{{ $labels.instance }} does not answer as the module of the prober expects.'
          : 'The exporter in pod {{ $labels.pod }} is scraped, but reports that it gets no answer.',
      };
    }
  }
}

/** `my-app` as the beginning of an alert's name: `MyApp`. */
export function camelCase(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
