import type { Group } from '../../../imports/prometheus-rule';
import { described, Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import { DurationLike, durationText } from '../../promql';
import { definedFields, ObjectOptions, ShapeOf } from '../objects';
import { durationFindings, labelFindings } from './rule-checks';
import { ruleVersionFindings } from './rule-versions';

/** What holds for all rules of a PrometheusRule: they are one group, evaluated one after the other. */
export interface RuleGroupOptions {
  /** How often the rules are evaluated. @default - as the Prometheus object says (`evaluationInterval`) */
  readonly interval?: DurationLike;
  /**
   * How far in the past the rules ask, for series that arrive late (Prometheus 2.53).
   * @default - as the Prometheus object says (`ruleQueryOffset`)
   */
  readonly queryOffset?: DurationLike;
  /**
   * Most alerts, or recorded series, that one rule may make; with more, all results of the rule are dropped (Prometheus 2.31).
   * @default - no limit
   */
  readonly limit?: number;
  /**
   * What a Thanos Ruler does with the answer of which a part is missing: fail the rule, or go on with the rest. Prometheus
   * does not know it.
   * @default - abort
   */
  readonly partialResponseStrategy?: 'abort' | 'warn';
  /** Labels of every result of the group, below those of the rule itself (Prometheus 3.0). */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Name, labels, annotations and patches of a PrometheusRule, and what holds for its group. */
export interface PrometheusRuleOptions extends ObjectOptions {
  readonly group?: RuleGroupOptions;
}

export const ruleGroupShape: ShapeOf<RuleGroupOptions> = {
  // what rule-checks.ts looks at, more closely than a shape could, may be anything here
  interval: 'anything',
  queryOffset: 'anything',
  labels: 'anything',
  limit: {
    problem: (value, place) =>
      Number.isSafeInteger(value) && (value as number) >= 0
        ? undefined
        : {
            message: `${place} is ${described(value)}, expected a whole number from 0, where 0 is no limit`,
            fix: 'give how many alerts or series one rule may make, or leave it out',
          },
  },
  partialResponseStrategy: { oneOf: ['abort', 'warn'] },
};

/** The fields of a group, its name and rules aside, as the operator reads them. */
export function groupFields(options: RuleGroupOptions | undefined): Omit<Group, 'name' | 'rules'> {
  const { interval, queryOffset, limit, partialResponseStrategy, labels } = options ?? {};
  return definedFields({
    interval: interval === undefined ? undefined : durationText(interval),
    query_offset: queryOffset === undefined ? undefined : durationText(queryOffset),
    limit,
    partial_response_strategy: partialResponseStrategy,
    labels,
  });
}

/** What is wrong with a group. */
export function groupFindings(
  options: RuleGroupOptions | undefined,
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const { interval, queryOffset, limit, labels } = options ?? {};
  return [
    ...durationFindings('group.interval', interval, where),
    ...durationFindings('group.queryOffset', queryOffset, where),
    ...labelFindings('label', labels, where),
    ...ruleVersionFindings({ queryOffset, limit, labels }, 'group.', platform, where),
  ];
}
