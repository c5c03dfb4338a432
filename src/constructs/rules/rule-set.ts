import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type { Group, PrometheusRuleSpec, Rule } from '../../../imports/prometheus-rule';
import { addCheck, compareText, Finding, FindingLocation, nearMiss, reserveIds } from '../../findings';
import { Platform } from '../../platform';
import { selectedMetrics } from '../../promql';
import { MonitoringDefaults, type MonitoringDefaultsProps } from '../defaults/monitoring-defaults';
import { generateObject, renderOnce, toObjectName, withoutHelmActions } from '../objects';
import { matcherFindings, type RuleTargets } from './matcher-checks';
import { readsRuleFiles, ruleFile } from './rule-file';
import { groupFields, groupFindings, PrometheusRuleOptions } from './rule-group';
import { runbookUrl } from './runbook-url';

/** A rule, rendered when the whole stack is known. */
export interface RuleEntry {
  /** The construct that declared it. */
  readonly source: Construct;
  readonly render: () => Rule;
}

export interface RuleSetProps {
  /** Name of the PrometheusRule and of its one group. */
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of every alert, below its own. */
  readonly alertLabels?: Readonly<Record<string, string>>;
  readonly options?: PrometheusRuleOptions;
}

/** Ids of the object below its owner: which of the two it is, the platform decides. */
const objectIds = { rule: 'PrometheusRule', file: 'RuleFile' } as const;

const setsOf = new WeakMap<IConstruct, RuleSet>();

/**
 * The rules of an app (or of a chart), collected into one PrometheusRule, or into a rule file where there is no operator; the
 * object exists as soon as there is a rule.
 */
export class RuleSet {
  /** The rules of the nearest app around a construct, or of its chart where there is no app. */
  static of(scope: IConstruct): RuleSet {
    const chart = Chart.of(scope);
    for (const construct of scope.node.scopes.reverse()) {
      const set = setsOf.get(construct);
      if (set) return set;
      if (construct === chart) break;
    }
    return new RuleSet(chart, { name: `${toObjectName(chart.node.id)}-rules` });
  }

  private readonly entries: RuleEntry[] = [];
  private readonly targets: RuleTargets[] = [];

  constructor(
    private readonly owner: Construct,
    private readonly props: RuleSetProps,
  ) {
    setsOf.set(owner, this);
    reserveIds(owner, Object.values(objectIds));
  }

  /** Labels that every alert of the set carries. */
  get alertLabels(): Readonly<Record<string, string>> {
    return this.props.alertLabels ?? {};
  }

  /** All rules as they will be written: recording rules first, each after those that it uses, then alerts by name. */
  get rules(): Rule[] {
    const rules = this.rendered;
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    const recordings = rules.filter(({ record }) => record !== undefined);
    return [...inOrderOfUse(recordings), ...alerts.sort((a, b) => compareText(sortKey(a), sortKey(b)))];
  }

  add(entry: RuleEntry): void {
    if (this.entries.length === 0) this.createObject();
    this.entries.push(entry);
  }

  /** What the rules are about, for the most part. */
  addTargets(targets: RuleTargets): void {
    this.targets.push(targets);
  }

  /** Matchers of an expression that were meant for these targets, and match none. */
  matcherFindings(expression: unknown, where: FindingLocation): Finding[] {
    if (typeof expression !== 'string') return [];
    return matcherFindings(expression, this.targets, () => this.jobsOfOthers(), where);
  }

  private jobsOfOthers(): ReadonlySet<string> {
    const others = this.owner.node.root.node.findAll().flatMap((construct) => {
      const set = setsOf.get(construct);
      return set === undefined || set === this ? [] : set.targets;
    });
    return new Set(others.flatMap(({ labels }) => labels()).flatMap(({ job }) => (job === undefined ? [] : [job])));
  }

  /** In the order of the entries. */
  private get rendered(): readonly Rule[] {
    return renderOnce(this, 'rules', () => {
      const rules = this.entries.map(({ render }) => render());
      const defaults = MonitoringDefaults.of(this.owner);
      return Object.keys(defaults).length === 0 ? rules : rules.map((rule) => this.withDefaults(rule, defaults));
    });
  }

  /** What the team has set for all of its alerts, below what the alert says itself. */
  private withDefaults(rule: Rule, defaults: MonitoringDefaultsProps): Rule {
    const { alert } = rule;
    const { team, alertLabels, severityLabels, runbooks } = defaults;
    if (alert === undefined) return rule;
    const { teamLabel, facts } = Platform.of(this.owner);
    const ofTeam = team === undefined ? {} : { [teamLabel.replace(/[^a-zA-Z0-9_]/g, '_')]: team };
    const ofSeverity = severityLabels?.[rule.labels?.['severity'] ?? ''];
    const page = rule.annotations?.['runbook_url'];
    const isOwnPage = page !== undefined && page !== runbookUrl(facts.links?.runbooks, alert);
    const teamsPage = isOwnPage ? undefined : runbookUrl(runbooks, alert);
    return {
      ...rule,
      labels: { ...ofTeam, ...alertLabels, ...ofSeverity, ...rule.labels },
      annotations: { ...rule.annotations, ...(teamsPage === undefined ? {} : { runbook_url: teamsPage }) },
    };
  }

  private createObject(): void {
    const { name, namespace, labels, options } = this.props;
    const platform = Platform.of(this.owner);
    const idOf = (id: string) =>
      // A chart gets its set with its first rule, when the user may have given the id away.
      this.owner.node.tryFindChild(id) === undefined ? id : `${id}-of-the-set`;
    if (readsRuleFiles(platform)) {
      ruleFile(this.owner, idOf(objectIds.file), { name, namespace, labels, options, group: () => this.group });
    } else {
      generateObject(this.owner, idOf(objectIds.rule), {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        name,
        namespace,
        labels: { ...labels, ...platform.labelsToBeSelected('ruleSelector') },
        options,
        content: (): { spec: PrometheusRuleSpec } => {
          const { rules, ...fields } = this.group;
          const ours = rules.map((rule) => this.forHelm(rule));
          return { spec: { groups: [{ ...this.forHelm(fields), rules: ours }] } };
        },
      });
    }
    const where = { construct: this.owner.node.path };
    addCheck(this.owner, () => [
      ...this.duplicates(),
      ...this.missedSeverities(),
      ...groupFindings(options?.group, Platform.of(this.owner), where),
    ]);
  }

  private get group(): Group & { readonly rules: Rule[] } {
    const { name, options } = this.props;
    return { name, ...groupFields(options?.group), rules: this.rules };
  }

  /** Labels and annotations are templates of Prometheus; in a Helm chart they have to get past Helm. */
  private forHelm<T extends Pick<Rule, 'labels' | 'annotations'>>({ labels, annotations, ...others }: T) {
    const pass = (texts: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, withoutHelmActions(String(text), this.owner)]),
      );
    return {
      ...others,
      ...(labels ? { labels: pass(labels) } : {}),
      ...(annotations ? { annotations: pass(annotations) } : {}),
    };
  }

  /** A mistyped severity gets none of the labels by which Alertmanager would find its receiver. */
  private missedSeverities(): Finding[] {
    const severities = Object.keys(MonitoringDefaults.of(this.owner).severityLabels ?? {});
    if (severities.length === 0) return [];
    return this.rendered.flatMap(({ alert, labels }, index): Finding[] => {
      const severity = labels?.['severity'];
      if (alert === undefined || severity === undefined || severities.includes(severity)) return [];
      const near = nearMiss(severity, severities) ?? severities.find((each) => isShortFor(severity, each));
      if (near === undefined) return [];
      return [
        {
          code: 'rules/severity',
          severity: 'warning',
          where: { construct: this.entries[index]!.source.node.path },
          message: `the alert '${alert}' has the severity '${severity}', for which severityLabels has no labels`,
          nearMiss: near,
          fix: `write '${near}' in both places`,
        },
      ];
    });
  }

  /** Two rules of one name and the same labels: Prometheus would keep one result and report an error at each evaluation. */
  private duplicates(): Finding[] {
    const first = new Map<string, RuleEntry>();
    const rendered = this.rendered;
    return this.entries.flatMap((entry, index): Finding[] => {
      const rule = rendered[index]!;
      const key = sortKey(rule);
      const other = first.get(key);
      if (!other) {
        first.set(key, entry);
        return [];
      }
      return [
        {
          code: 'rules/duplicate',
          severity: 'error',
          where: { construct: entry.source.node.path },
          message: `the rule '${rule.alert ?? rule.record}' stands twice with the same labels, also at ${other.source.node.path}`,
          fix: 'rename one of them, or tell them apart by a label',
        },
      ];
    });
  }
}

/** `warn` for `warning`. */
function isShortFor(severity: string, whole: string): boolean {
  return severity.length >= 4 && whole.startsWith(severity.toLowerCase());
}

function sortKey({ alert, record, labels }: Rule): string {
  const sorted = Object.entries(labels ?? {}).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([alert ?? '', record ?? '', sorted]);
}

/** Rules of a group are evaluated one after the other: a rule that uses another one comes after it, others go by name. */
function inOrderOfUse(rules: readonly Rule[]): Rule[] {
  const pending = [...rules].sort((a, b) => compareText(sortKey(a), sortKey(b)));
  if (pending.length < 2) return pending;
  const names = new Set(pending.map(({ record }) => record));
  const uses = new Map(
    pending.map((rule) => [
      rule,
      selectedMetrics(String(rule.expr)).filter((name) => names.has(name) && name !== rule.record),
    ]),
  );
  const ordered: Rule[] = [];
  while (pending.length > 0) {
    const waiting = new Set(pending.map(({ record }) => record));
    // Rules that use one another in a circle cannot be ordered: they stay in the order of their names.
    const next = pending.findIndex((rule) => !uses.get(rule)?.some((name) => waiting.has(name)));
    ordered.push(...pending.splice(Math.max(next, 0), 1));
  }
  return ordered;
}
