import { Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform, RelabelingRule } from '../../platform';
import { regularExpressionProblem } from '../../promql';
import { labelJudge, ListName, Report, TargetKind } from './relabeling-labels';
import type { ServiceMonitorOptions } from './scrape-policy';
import { isOlder } from './version-checks';

type Action = NonNullable<RelabelingRule['action']>;
type Field = 'sourceLabels' | 'separator' | 'regex' | 'replacement' | 'targetLabel' | 'modulus';

/**
 * The fields that an action needs, and those that it may have.
 * Source: prometheus-operator, pkg/prometheus/validation/validator.go; prometheus, model/relabel/relabel.go.
 */
const fieldsOf: Record<Action, { readonly needs: readonly Field[]; readonly takes: readonly Field[] }> = {
  replace: { needs: ['targetLabel'], takes: ['sourceLabels', 'separator', 'regex', 'replacement'] },
  keep: { needs: ['sourceLabels'], takes: ['separator', 'regex'] },
  drop: { needs: ['sourceLabels'], takes: ['separator', 'regex'] },
  hashmod: { needs: ['sourceLabels', 'targetLabel', 'modulus'], takes: ['separator'] },
  labelmap: { needs: ['regex'], takes: ['replacement'] },
  labeldrop: { needs: ['regex'], takes: [] },
  labelkeep: { needs: ['regex'], takes: [] },
  lowercase: { needs: ['sourceLabels', 'targetLabel'], takes: ['separator'] },
  uppercase: { needs: ['sourceLabels', 'targetLabel'], takes: ['separator'] },
  keepequal: { needs: ['sourceLabels', 'targetLabel'], takes: [] },
  dropequal: { needs: ['sourceLabels', 'targetLabel'], takes: [] },
};

/** The version of Prometheus that brought an action: the operator rejects a monitor that uses it on an older one. */
const since: Partial<Record<Action, string>> = {
  lowercase: '2.36',
  uppercase: '2.36',
  keepequal: '2.41',
  dropequal: '2.41',
};

/** What is wrong with the rules of one list. Labels are judged as far as the settings of the scrape are given. */
export function relabelingFindings(
  list: ListName,
  rules: readonly RelabelingRule[] | undefined,
  platform: Platform,
  where: FindingLocation,
  options?: ServiceMonitorOptions,
  targets: TargetKind = 'service',
): Finding[] {
  if (rules === undefined) return [];
  const findings: Finding[] = [];
  const reportAt =
    (place: string): Report =>
    (message, fix, near, severity = 'error') =>
      void findings.push({
        code: 'scrape/relabeling',
        severity,
        where,
        message: `${place}${message}`,
        ...(near === undefined ? {} : { nearMiss: near }),
        fix,
      });
  if (!Array.isArray(rules)) {
    reportAt(list)(' is no list', 'give a list of rules');
    return findings;
  }
  const judgeLabels = labelJudge(list, platform, options, targets);
  (rules as readonly unknown[]).forEach((rule, index) => {
    const report = reportAt(`${list}[${index}]`);
    if (isRule(rule)) {
      checkRule(rule, platform, report);
      judgeLabels(rule, actionOf(rule), report);
    } else
      report(` is ${JSON.stringify(rule)}, not a rule`, "give a map, such as { action: 'labeldrop', regex: 'pod' }");
  });
  return findings;
}

function isRule(value: unknown): value is RelabelingRule {
  return typeof value === 'object' && value !== null;
}

function checkRule(rule: RelabelingRule, platform: Platform, report: Report): void {
  const action = actionOf(rule);
  if (action === undefined) {
    const known = Object.keys(fieldsOf);
    const near = nearMiss(String(rule.action), known);
    const fix = near === undefined ? `use one of ${known.join(', ')}` : `write '${near}'`;
    report(` has the action '${String(rule.action)}', which Prometheus does not know`, fix, near);
    return;
  }
  checkFields(rule, action, report);
  checkVersion(rule, action, platform, report);
  if (typeof rule.regex === 'string') {
    const invalid = regularExpressionProblem(rule.regex);
    if (invalid !== undefined) {
      report(
        `: the regex '${rule.regex}' is not valid in RE2: ${invalid}`,
        'mend it; RE2 has no lookaround and no backreferences',
      );
    }
  }
}

/** The action of a rule as Prometheus writes it (the operator takes `LabelDrop` as well), undefined for an unknown one. */
export function actionOf({ action }: RelabelingRule): Action | undefined {
  const name = String(action ?? 'replace').toLowerCase();
  return Object.hasOwn(fieldsOf, name) ? (name as Action) : undefined;
}

function checkFields(rule: RelabelingRule, action: Action, report: Report): void {
  const { needs, takes } = fieldsOf[action];
  for (const name of needs) {
    const value: unknown = rule[name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      report(`: the action ${action} needs ${name}`, `add ${name}`);
    }
  }
  for (const [name, value] of Object.entries(rule)) {
    if (name === 'action' || value === undefined) continue;
    if (![...needs, ...takes].includes(name as Field)) {
      report(`: the action ${action} has no use for ${name}`, `remove ${name}`);
    } else if (!hasRightType(name as Field, value)) {
      report(
        `: ${name} is ${JSON.stringify(value)}`,
        `give ${name === 'sourceLabels' ? 'a list of label names' : 'a string'}`,
      );
    }
  }
  if (rule.modulus !== undefined && !(Number.isSafeInteger(rule.modulus) && rule.modulus > 0)) {
    report(`: the modulus ${String(rule.modulus)} is not above 0`, 'give a whole number above 0');
  }
}

function hasRightType(field: Field, value: unknown): boolean {
  if (field === 'modulus') return true; // checked by its value
  if (field !== 'sourceLabels') return typeof value === 'string';
  return Array.isArray(value) && value.every((label) => typeof label === 'string' && label !== '');
}

/** Prometheus 2 takes plain label names only; since 3 any text names a label. */
function checkVersion(rule: RelabelingRule, action: Action, platform: Platform, report: Report): void {
  const version = platform.prometheusServers[0]?.version;
  if (version === undefined) return;
  const first = since[action];
  if (first !== undefined && isOlder(version, first)) {
    report(
      `: the action ${action} needs Prometheus ${first}, the platform has ${version}`,
      "raise the platform's Prometheus",
    );
  }
  if (!isOlder(version, '3.0')) return;
  const { targetLabel, replacement } = rule;
  if (typeof targetLabel === 'string' && !/^([a-zA-Z_]\w*)?$/.test(targetLabel)) {
    report(`: '${targetLabel}' cannot name a label before Prometheus 3`, 'use letters, digits and _');
  }
  if (
    action === 'labelmap' &&
    replacement !== undefined &&
    !/^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w))(?:\w|\$(?:\{\w+\}|\w))*$/.test(replacement)
  ) {
    report(
      `: '${replacement}' cannot name a label before Prometheus 3`,
      "use letters, digits, _ and references such as '${1}'",
    );
  }
}
