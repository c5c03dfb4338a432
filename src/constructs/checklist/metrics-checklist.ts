import { readFileSync } from 'node:fs';
import { Construct } from 'constructs';
import type { Rule } from '../../../imports/prometheus-rule';
import { addCheck, addFinding, Finding, scopeFor } from '../../findings';
import { selectedMetrics } from '../../promql';
import { MonitoredWorkload } from '../app/monitored-workload';
import { GrafanaDashboard } from '../dashboards/grafana-dashboard';
import { checkProps, rendered, renderOnce, reportProps, ShapeOf } from '../objects';
import { rulesOfTree } from '../rules/rules-of-tree';
import { ruleThatDrops } from '../scrape/target-labels';
import { exposes, isOfFamily } from './exposition';

/** The steps of a metric from the program to a person, in their order. */
export const checklistSteps = ['exposed', 'scraped', 'alerted', 'shown'] as const;

export type ChecklistStep = (typeof checklistSteps)[number];

export interface MetricsChecklistProps {
  /** Names of the metric families, as the program declares them: `orders_created_total`, `order_duration_seconds`. */
  readonly metrics: readonly string[];
  /**
   * A file with what the program answers to a scrape (`curl -s localhost:8000/metrics > metrics.txt`), which proves the first
   * step.
   * @default - whether the program exposes the metrics is not judged, and said to be open
   */
  readonly exposition?: string;
  /**
   * Steps that are left out on purpose, each with its reason.
   * @default - none
   */
  readonly without?: Readonly<Partial<Record<ChecklistStep, string>>>;
}

/** What became of one step of one metric. */
export interface ChecklistVerdict {
  readonly metric: string;
  readonly step: ChecklistStep;
  readonly verdict: 'done' | 'missing' | 'open' | 'left out';
  /** What proves the step, or why it is missing, open or left out. */
  readonly because: string;
}

const shape: ShapeOf<MetricsChecklistProps> = {
  metrics: { list: 'text' },
  exposition: 'text',
  without: { fields: { exposed: 'text', scraped: 'text', alerted: 'text', shown: 'text' } },
};

const fixes: Record<ChecklistStep, string> = {
  exposed: 'register the metric in the program, save what it answers again, or correct the name',
  scraped: 'declare where the app serves it (metrics, or an ExporterSidecar), with a ScrapePolicy that keeps it',
  alerted: 'add an AlertRule over the metric, or say why not: without: { alerted: … }',
  shown: 'add the metric to a GrafanaDashboard, or say why not: without: { shown: … }',
};

/**
 * The checklist for an app's first metrics: each is exposed by the program, scraped by Prometheus, has an alert and is on a
 * dashboard. A step that is missing is an error with its fix; alerts and dashboards of the whole stack count, also those that
 * reach the metric through recording rules.
 *
 * @example
 * new MetricsChecklist(orders, 'first-metrics', { metrics: ['orders_created_total'], exposition: 'metrics.txt' });
 */
export class MetricsChecklist extends Construct {
  private readonly app?: MonitoredWorkload;
  private readonly props: MetricsChecklistProps;
  private readonly exposition?: string;

  constructor(scope: Construct, id: string, given: MetricsChecklistProps) {
    super(scopeFor(scope, id, 'MetricsChecklist'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    this.props = props;
    this.app = scope.node.scopes.reverse().find((above) => above instanceof MonitoredWorkload);
    if (this.app === undefined) {
      this.report(
        'checklist/scope',
        `${this.node.path} stands under no app`,
        'create it with the MonitoredApp as scope',
      );
    }
    if ((props.metrics ?? []).length === 0) {
      this.report(
        'checklist/empty',
        'the checklist names no metric',
        "name them, as in metrics: ['orders_created_total']",
      );
    }
    this.exposition = this.readExposition(props.exposition);
    addCheck(this, () => this.findings());
  }

  /** The verdict on every step of every metric, metric by metric. */
  get verdicts(): readonly ChecklistVerdict[] {
    const { app } = this;
    if (app === undefined) return [];
    return (this.props.metrics ?? []).flatMap((metric) =>
      checklistSteps.map((step): ChecklistVerdict => {
        const reason = this.props.without?.[step];
        if (reason !== undefined) return { metric, step, verdict: 'left out', because: reason };
        return { metric, step, ...this.judge(step, metric, app) };
      }),
    );
  }

  private judge(step: ChecklistStep, metric: string, app: MonitoredWorkload): Judgement {
    switch (step) {
      case 'exposed':
        return this.judgeExposed(metric);
      case 'scraped':
        return judgeScraped(metric, app);
      case 'alerted': {
        const alert = this.rules.find((rule) => rule.alert !== undefined && this.asksFor(rule, metric));
        return alert ? done(`alert ${alert.alert}`) : missing(`no alert asks for ${metric}`);
      }
      case 'shown': {
        const names = this.namesOf(metric);
        const dashboard = this.dashboards.find(({ texts }) => texts.some((text) => mentions(text, names)));
        return dashboard ? done(`dashboard ${dashboard.name}`) : missing(`no dashboard shows ${metric}`);
      }
    }
  }

  private judgeExposed(metric: string): Judgement {
    const { exposition } = this.props;
    if (exposition === undefined) {
      return { verdict: 'open', because: `no exposition was given to look for ${metric}` };
    }
    if (this.exposition === undefined) return { verdict: 'open', because: `'${exposition}' cannot be read` };
    return exposes(this.exposition, metric) ? done(exposition) : missing(`'${exposition}' has no ${metric}`);
  }

  /** Names under which a rule or a panel reaches a metric: its own, and those of recording rules over it. */
  private namesOf(metric: string): readonly string[] {
    return renderOnce(this, `names of ${metric}`, () => {
      const names = [metric];
      for (let found = true; found;) {
        const before = names.length;
        for (const { record, expr } of this.rules) {
          if (record === undefined || names.includes(record)) continue;
          const asked = selectedMetrics(String(expr));
          if (names.some((name) => asked.some((each) => isOfFamily(each, name)))) names.push(record);
        }
        found = names.length > before;
      }
      return names;
    });
  }

  private asksFor({ expr }: Rule, metric: string): boolean {
    const asked = selectedMetrics(String(expr));
    return this.namesOf(metric).some((name) => asked.some((each) => isOfFamily(each, name)));
  }

  private get rules(): readonly Rule[] {
    return renderOnce(this, 'rules', () => rulesOfTree(this.node.root));
  }

  private get dashboards(): readonly { readonly name: string; readonly texts: readonly string[] }[] {
    return renderOnce(this, 'dashboards', () =>
      this.node.root.node.findAll().flatMap((each) => {
        if (!(each instanceof GrafanaDashboard) || each.object === undefined) return [];
        return [{ name: each.object.name, texts: textsOf(rendered(each.object)) }];
      }),
    );
  }

  private readExposition(file: string | undefined): string | undefined {
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      this.report(
        'checklist/exposition',
        `the exposition '${file}' cannot be read (${reasonOf(error)})`,
        'save it with curl, and give the path from the working folder',
      );
      return undefined;
    }
  }

  private findings(): Finding[] {
    const where = { construct: this.node.path };
    return this.verdicts.flatMap(({ metric, step, verdict, because }): Finding[] => {
      if (verdict === 'missing') {
        const message = `${metric} is not ${step}: ${because}`;
        return [{ code: `checklist/${step}`, severity: 'error', where, message, fix: fixes[step] }];
      }
      if (verdict !== 'open' || this.props.exposition !== undefined) return [];
      const message = `whether ${metric} is exposed is open: ${because}`;
      const fix = 'save what the program answers, and name the file: exposition';
      return [{ code: 'checklist/exposed', severity: 'info', where, message, fix }];
    });
  }

  private report(code: Finding['code'], message: string, fix: string): void {
    addFinding(this, { code, severity: 'error', where: { construct: this.node.path }, message, fix });
  }
}

type Judgement = Pick<ChecklistVerdict, 'verdict' | 'because'>;

const done = (because: string): Judgement => ({ verdict: 'done', because });
const missing = (because: string): Judgement => ({ verdict: 'missing', because });

function judgeScraped(metric: string, app: MonitoredWorkload): Judgement {
  const scraped = app.endpoints.filter(({ scrape }) => scrape.kind !== 'none');
  if (scraped.length === 0) return missing(`${app.name} has no endpoint that is scraped`);
  const kept = scraped.find(({ scrape }) => ruleThatDrops(metric, metricRelabelingsOf(scrape.options)) === undefined);
  if (kept === undefined) return missing('metricRelabelings drop it');
  return done(`${kept.scrape.kind} ${app.name}, port ${app.portNameOf(kept)}`);
}

function metricRelabelingsOf(options: object): Parameters<typeof ruleThatDrops>[1] {
  return 'metricRelabelings' in options
    ? (options.metricRelabelings as Parameters<typeof ruleThatDrops>[1])
    : undefined;
}

/** Does a text, an expression most often, hold the name of one of the families as a word? */
function mentions(text: string, families: readonly string[]): boolean {
  const words = text.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  return words.some((word) => families.some((family) => isOfFamily(word, family)));
}

/** All texts of an object; a dashboard stands in its ConfigMap as JSON. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return jsonTextsOf(value) ?? [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** The texts of a JSON object; undefined for any other text, such as an expression that begins with a brace. */
function jsonTextsOf(text: string): readonly string[] | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return textsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
