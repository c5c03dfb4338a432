import { Construct } from 'constructs';
import type { Rule } from '../../../imports/prometheus-rule';
import { addCheck, Finding, FindingLocation, scopeFor } from '../../findings';
import { Platform } from '../../platform';
import { durationText } from '../../promql';
import { checkProps, reportProps } from '../objects';
import { durationFindings, expressionFindings, labelFindings } from './rule-checks';
import { AlertRuleProps, alertRuleShape } from './rule-props';
import { RuleSet } from './rule-set';
import { ruleVersionFindings } from './rule-versions';
import { runbookUrl } from './runbook-url';

/**
 * An alert; the id of the construct is its name. It joins the PrometheusRule of the app (or chart) that it is created
 * under, and carries the app's team.
 *
 * @example
 * new AlertRule(checkout, 'CheckoutErrors', {
 *   expr: 'rate(http_requests_total{code="5xx"}[5m]) > 1',
 *   for: '10m',
 *   severity: 'critical',
 *   summary: 'Checkout fails',
 * });
 */
export class AlertRule extends Construct {
  /** Name of the alert. */
  readonly alert: string;

  constructor(scope: Construct, id: string, given: AlertRuleProps) {
    super(scopeFor(scope, id, 'AlertRule'), id);
    const { props, problems } = checkProps(given, alertRuleShape);
    reportProps(this, problems);
    this.alert = id;
    const rules = RuleSet.of(scope);
    // what is no expression is reported below, and not by the schema again
    const written = { ...props, expr: typeof props.expr === 'string' ? props.expr : '' };
    rules.add({ source: this, render: () => renderAlert(id, written, Platform.of(this), rules.alertLabels) });
    const where = { construct: this.node.path };
    addCheck(this, () => [
      ...expressionFindings(props.expr, where, `the alert '${id}'`),
      ...rules.matcherFindings(props.expr, where),
      ...alertFindings(id, props, Platform.of(this), where),
    ]);
  }
}

/** An alert as the operator reads it. */
export function renderAlert(
  alert: string,
  props: AlertRuleProps,
  platform: Platform,
  setLabels: Readonly<Record<string, string>>,
): Rule {
  const { summary, description, runbook } = props;
  const page = runbook ?? runbookUrl(platform.facts.links?.runbooks, alert);
  return {
    alert,
    expr: props.expr,
    for: props.for === undefined ? undefined : durationText(props.for),
    keep_firing_for: props.keepFiringFor === undefined ? undefined : durationText(props.keepFiringFor),
    labels: { ...setLabels, severity: props.severity, ...props.labels },
    annotations: {
      summary,
      ...(description === undefined ? {} : { description }),
      ...(page === undefined ? {} : { runbook_url: page }),
      ...props.annotations,
    },
  };
}

/** What is wrong with an alert, its expression aside. */
export function alertFindings(
  alert: string,
  props: Omit<AlertRuleProps, 'expr'>,
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const { summary, description, runbook, keepFiringFor } = props;
  const missing = (['severity', 'summary'] as const)
    .filter((field) => typeof props[field] !== 'string' || props[field].trim() === '')
    .map((field): Finding => {
      const fix = field === 'severity' ? "give one, such as severity: 'warning'" : 'say in a sentence what happened';
      return {
        code: 'rules/incomplete',
        severity: 'error',
        where,
        message: `the alert '${alert}' has no ${field}`,
        fix,
      };
    });
  const texts = Object.entries({ summary, description, runbook_url: runbook }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return [
    ...missing,
    ...durationFindings('for', props.for, where),
    ...durationFindings('keepFiringFor', keepFiringFor, where),
    ...ruleVersionFindings({ keepFiringFor }, '', platform, where),
    ...labelFindings('label', typeof props.severity === 'string' ? { severity: props.severity } : {}, where),
    ...labelFindings('label', props.labels, where),
    ...labelFindings('annotation', Object.fromEntries(texts), where),
    ...labelFindings('annotation', props.annotations, where),
  ];
}
