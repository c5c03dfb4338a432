import { IConstruct } from 'constructs';
import { addFinding, described, Shape, ShapeRule } from '../../findings';
import { durationRule } from '../../promql';
import { definedFields } from '../objects/defined-fields';
import { labelProblem } from '../objects/names';
import { checkProps, type ShapeOf } from '../objects/props';
import type { DefaultAlertOptions, DefaultAlerts } from '../rules/default-alert-props';
import { labelFindings } from '../rules/rule-checks';
import type { AlertSeverity } from '../rules/rule-props';

type Labels = Readonly<Record<string, string>>;

/** What a team says once for all of its apps. Nothing is set that is left out. */
export interface MonitoringDefaultsProps {
  /** Who owns the apps: a label of every object that we make and of every alert, unless an app names another team. */
  readonly team?: string;
  /** Labels of every object that we make, and of the pods of new apps. */
  readonly labels?: Labels;
  /** Labels of every alert, by which Alertmanager chooses its receiver: `{ receiver: 'payments-slack' }`. */
  readonly alertLabels?: Labels;
  /** Labels of the alerts of a severity, above `alertLabels`: `{ critical: { receiver: 'payments-pager' } }`. */
  readonly severityLabels?: { readonly [S in AlertSeverity]?: Labels };
  /** Thresholds and texts of the alerts that come with an endpoint; `false` switches them off. */
  readonly alerts?: false | DefaultAlerts;
  /** Base address of the team's runbooks, in place of the platform's `links.runbooks`. */
  readonly runbooks?: string;
}

const label: ShapeRule = { code: 'props/label', problem: (value, _place, key) => labelProblem(key, value) };

const ruleText = (kind: 'label' | 'annotation'): ShapeRule => ({
  code: `rules/${kind}`,
  problem: (value, _place, key) => {
    const [fault] = labelFindings(kind, { [key]: value as string }, { construct: '' });
    return fault && { message: fault.message, fix: fault.fix };
  },
});
const alertLabels: Shape = { map: ruleText('label') };

const alertOptions: ShapeOf<DefaultAlertOptions> = {
  for: durationRule('rules/duration'),
  severity: 'text',
  summary: 'text',
  description: 'text',
  runbook: 'text',
  labels: alertLabels,
  annotations: { map: ruleText('annotation') },
};

/** `true` is what happens anyway. */
const alert: Shape = { either: [{ fields: alertOptions }, 'boolean'] };
const alerts: ShapeOf<DefaultAlerts> = { targetDown: alert, targetAbsent: alert, exporterDown: alert };

const shape: ShapeOf<MonitoringDefaultsProps> = {
  team: label,
  labels: { map: label },
  alertLabels,
  severityLabels: { map: alertLabels },
  alerts: { either: [{ fields: alerts }, 'boolean'] },
  runbooks: 'text',
};

const providedTo = new WeakMap<IConstruct, MonitoringDefaultsProps>();
const askedBy = new WeakMap<IConstruct, IConstruct>();
const nothing: MonitoringDefaultsProps = {};

/**
 * What a team sets once above its apps: labels, receivers, thresholds. Set at an app, a chart or any construct in one, it
 * holds for everything below; where it is set on several levels, a nearer one wins field by field and label by label, and
 * what an app or an alert says itself wins over all of them.
 *
 * @example
 * MonitoringDefaults.provide(chart, {
 *   team: 'payments',
 *   alertLabels: { receiver: 'payments-slack' },
 *   severityLabels: { critical: { receiver: 'payments-pager' } },
 *   alerts: { targetDown: { for: '10m' } },
 * });
 */
export class MonitoringDefaults {
  /** Sets defaults for a construct and everything below it. Set them before the constructs that need them. */
  static provide(scope: IConstruct, given: MonitoringDefaultsProps): void {
    const where = { construct: scope.node.path || 'the app' };
    const early = askedBy.get(scope);
    if (early) {
      addFinding(scope, {
        code: 'defaults/too-late',
        severity: 'error',
        where,
        message: `the defaults are set after ${early.node.path} had been built without them`,
        fix: 'set them before the first construct that uses them',
      });
    }
    if (providedTo.has(scope)) {
      addFinding(scope, {
        code: 'defaults/twice',
        severity: 'error',
        where,
        message: 'defaults are set twice at the same construct',
        fix: 'set all of them in one call, or the second at a construct below',
      });
    }
    const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
    if (!isObject) {
      addFinding(scope, {
        code: 'props/type',
        severity: 'error',
        where,
        message: `the defaults are ${described(given)}, expected { team, labels, alertLabels, … }`,
        fix: 'give an object',
      });
    }
    const { props, problems } = checkProps(isObject ? given : {}, shape);
    for (const { code, severity, message, nearMiss, fix } of problems) {
      addFinding(scope, { code, severity, where, message, ...(nearMiss === undefined ? {} : { nearMiss }), fix });
    }
    providedTo.set(scope, props);
  }

  /** The defaults of a construct, all levels above it joined. */
  static of(construct: IConstruct): MonitoringDefaultsProps {
    let joined = nothing;
    for (const scope of construct.node.scopes) {
      const own = providedTo.get(scope);
      if (own) joined = join(joined, own);
      if (!askedBy.has(scope)) askedBy.set(scope, construct);
    }
    return joined;
  }

  private constructor() {}
}

function join(far: MonitoringDefaultsProps, near: MonitoringDefaultsProps): MonitoringDefaultsProps {
  const severities = new Set([...Object.keys(far.severityLabels ?? {}), ...Object.keys(near.severityLabels ?? {})]);
  const labelsOf = (severity: string) => ({ ...far.severityLabels?.[severity], ...near.severityLabels?.[severity] });
  return {
    ...far,
    ...definedFields(near),
    labels: { ...far.labels, ...near.labels },
    alertLabels: { ...far.alertLabels, ...near.alertLabels },
    severityLabels: Object.fromEntries([...severities].map((severity) => [severity, labelsOf(severity)])),
    alerts: joinAlerts(far.alerts, near.alerts),
  };
}

/** Options of alerts, the nearer ones winning alert by alert and field by field. */
export function joinAlerts<A extends object>(
  far: false | A | undefined,
  near: false | A | undefined,
): false | A | undefined {
  if (typeof far !== 'object' || typeof near !== 'object') return near ?? far;
  const joined: Record<string, unknown> = { ...(far as Readonly<Record<string, unknown>>) };
  for (const [kind, options] of Object.entries(definedFields(near))) {
    const before = joined[kind];
    const isJoined = typeof before === 'object' && typeof options === 'object';
    joined[kind] = isJoined ? { ...before, ...definedFields(options as object) } : options;
  }
  return joined as A;
}
