import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PrometheusRuleSpec, Rule } from '../../../imports/prometheus-rule';
import { addCheck, compareText, Finding, nearMiss } from '../../findings';
import { Platform } from '../../platform';
import { definedFields, generateObject, ObjectOptions, withoutHelmActions } from '../objects';
import { alertFindings, renderAlert } from '../rules/alert-rule';
import { DefaultAlertOptions, labelMatchers } from '../rules/default-alerts';
import type { HealthAlert, SelectorOf, WatchedJob } from './health-alert';
import { selectedWhenRendered } from './selected-object';

/** Changes of alerts by their names: `false` switches one off, options change it. */
export type HealthAlertChanges = Readonly<Record<string, false | DefaultAlertOptions>>;

export interface HealthRulesProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly watched: () => readonly WatchedJob[];
  readonly changes?: HealthAlertChanges;
  readonly options?: ObjectOptions;
  /** The platform whose rules these are; it may become known after the rules are declared. */
  readonly platform: () => Platform;
}

/** A PrometheusRule with the alerts about parts of the monitoring, each over the series of one of them. */
export function healthRules(scope: Construct, id: string, props: HealthRulesProps): ApiObject {
  const { name, namespace, labels, options, platform } = props;
  const rules = () =>
    props
      .watched()
      .flatMap(({ alerts, matchers }) => alerts.flatMap((alert) => rendered(alert, selectorOf(matchers()), props)))
      .sort((a, b) => compareText(sortKey(a), sortKey(b)));
  const object = generateObject(scope, id, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    name,
    namespace,
    labels,
    options,
    content: (): { spec: PrometheusRuleSpec } => ({
      spec: { groups: [{ name, rules: rules().map((rule) => forHelm(rule, scope)) }] },
    }),
  });
  addCheck(scope, () => changeFindings(scope, props));
  return selectedWhenRendered(object, 'ruleSelector', platform);
}

function rendered({ alert, expr, ...texts }: HealthAlert, of: SelectorOf, props: HealthRulesProps): Rule[] {
  const change = changeOf(alert, props);
  if (change === false) return [];
  return [renderAlert(alert, { ...texts, ...definedFields(change), expr: expr(of) }, props.platform(), {})];
}

function changeOf(alert: string, { changes }: HealthRulesProps): false | DefaultAlertOptions | undefined {
  return changes !== undefined && Object.hasOwn(changes, alert) ? changes[alert] : undefined;
}

function selectorOf(labels: Readonly<Record<string, string>>): SelectorOf {
  return (metric, matchers) => {
    const all = labelMatchers(labels);
    if (matchers === undefined) return metric + all;
    return `${metric}{${[all.slice(1, -1), matchers].filter((part) => part !== '').join(', ')}}`;
  };
}

function sortKey({ alert, expr }: Rule): string {
  return `${alert ?? ''}\u0000${String(expr)}`;
}

/** Annotations are templates of Prometheus; in a Helm chart they have to get past Helm. */
function forHelm({ annotations, ...rule }: Rule, scope: Construct): Rule {
  const texts = Object.entries(annotations ?? {}).map(([key, text]) => [key, withoutHelmActions(text, scope)]);
  return { ...rule, annotations: Object.fromEntries(texts) as Record<string, string> };
}

function changeFindings(scope: Construct, props: HealthRulesProps): Finding[] {
  const where = { construct: scope.node.path };
  const alerts = props.watched().flatMap((job) => job.alerts);
  const known = [...new Set(alerts.map(({ alert }) => alert))];
  return Object.entries(props.changes ?? {}).flatMap(([name, change]): Finding[] => {
    const changed = alerts.find(({ alert }) => alert === name);
    if (changed === undefined) {
      const near = nearMiss(name, known);
      return [
        {
          code: 'rules/unknown-alert',
          severity: 'error',
          where,
          message: `alerts.${name} is none of the alerts that come with it: ${known.join(', ')}`,
          ...(near === undefined ? {} : { nearMiss: near }),
          fix: near === undefined ? 'remove it, or use an AlertRule' : `write '${near}'`,
        },
      ];
    }
    if (change === false) return [];
    const { expr: _, alert: __, ...texts } = changed;
    return alertFindings(name, { ...texts, ...definedFields(change) }, props.platform(), where);
  });
}
