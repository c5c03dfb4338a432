import type { DurationLike } from '../../promql';
import type { ShapeOf } from '../objects/props';

/** The usual severities, and whatever a platform's routes know beside them. */
export type AlertSeverity = 'critical' | 'warning' | 'info' | (string & {});

export interface AlertRuleProps {
  /** PromQL. The alert fires for every series of the result. */
  readonly expr: string;
  /** How long the expression must hold before the alert fires. @default - it fires at once */
  readonly for?: DurationLike;
  /** How long the alert goes on firing after the expression has stopped to hold (Prometheus 2.42). @default - not at all */
  readonly keepFiringFor?: DurationLike;
  readonly severity: AlertSeverity;
  /** One sentence for the head of a notification. */
  readonly summary: string;
  /** What happened and whom it hurts; may use `{{ $value }}` and `{{ $labels.… }}`. */
  readonly description?: string;
  /** Address of a page that says what to do. @default - `<links.runbooks>/<alert name>` where the platform has runbooks */
  readonly runbook?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RecordingRuleProps {
  /** PromQL whose result is recorded. */
  readonly expr: string;
  /** Name of the recorded series. @default - the id of the construct */
  readonly record?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What rule-checks.ts looks at, more closely than a shape could, may be anything here. */
export const alertRuleShape: ShapeOf<AlertRuleProps> = {
  expr: 'anything',
  for: 'anything',
  keepFiringFor: 'anything',
  severity: 'anything',
  summary: 'anything',
  description: 'text',
  runbook: 'text',
  labels: 'anything',
  annotations: 'anything',
};

export const recordingRuleShape: ShapeOf<RecordingRuleProps> = { expr: 'anything', record: 'text', labels: 'anything' };
