import type { AlertSeverity } from '../rules/rule-props';
import type { DurationLike } from '../../promql';

/** Writes the selector of a metric of what is watched: `of('up')` is `up{namespace="monitoring", job="prometheus-k8s"}`. */
export type SelectorOf = (metric: string, matchers?: string) => string;

/** An alert about a part of the monitoring itself. */
export interface HealthAlert {
  readonly alert: string;
  readonly expr: (of: SelectorOf) => string;
  readonly for?: DurationLike;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly description?: string;
}

/** What is watched, and by which labels its series are known. */
export interface WatchedJob {
  readonly alerts: readonly HealthAlert[];
  /** Labels of the series, in the order in which they are printed. */
  readonly matchers: () => Readonly<Record<string, string>>;
}
