import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type { PrometheusRuleSpec, Rule } from '../../../imports/prometheus-rule';
import { addCheck, compareText, Finding, reserveIds } from '../../findings';
import { Platform } from '../../platform';
import { selectedMetrics } from '../../promql';
import { generateObject, ObjectOptions, renderOnce, toObjectName, withoutHelmActions } from '../objects';

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
  readonly options?: ObjectOptions;
}

/** Id of the object below its owner. */
const objectId = 'PrometheusRule';

const setsOf = new WeakMap<IConstruct, RuleSet>();

/** The rules of an app (or of a chart), collected into one PrometheusRule; the object exists as soon as there is a rule. */
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

  constructor(
    private readonly owner: Construct,
    private readonly props: RuleSetProps,
  ) {
    setsOf.set(owner, this);
    reserveIds(owner, [objectId]);
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

  /** In the order of the entries. */
  private get rendered(): readonly Rule[] {
    return renderOnce(this, 'rules', () => this.entries.map(({ render }) => render()));
  }

  private createObject(): void {
    const { name, namespace, labels, options } = this.props;
    const platform = Platform.of(this.owner);
    // A chart gets its set with its first rule, when the user may have given the id away.
    const id = this.owner.node.tryFindChild(objectId) === undefined ? objectId : `${objectId}-of-the-set`;
    generateObject(this.owner, id, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      name,
      namespace,
      labels: { ...labels, ...platform.labelsToBeSelected('ruleSelector') },
      options,
      content: (): { spec: PrometheusRuleSpec } => ({
        spec: { groups: [{ name, rules: this.rules.map((rule) => this.forHelm(rule)) }] },
      }),
    });
    addCheck(this.owner, () => this.duplicates());
  }

  /** Labels and annotations are templates of Prometheus; in a Helm chart they have to get past Helm. */
  private forHelm({ labels, annotations, ...rule }: Rule): Rule {
    const pass = (texts: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, withoutHelmActions(String(text), this.owner)]),
      );
    return {
      ...rule,
      ...(labels ? { labels: pass(labels) } : {}),
      ...(annotations ? { annotations: pass(annotations) } : {}),
    };
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
