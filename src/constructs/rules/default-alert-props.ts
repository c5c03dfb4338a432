import type { DurationLike } from '../../promql';
import type { AlertSeverity } from './rule-props';

/** What can be changed of an alert that comes with an endpoint. */
export interface DefaultAlertOptions {
  readonly for?: DurationLike;
  readonly severity?: AlertSeverity;
  readonly summary?: string;
  readonly description?: string;
  readonly runbook?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The alerts that come with a metrics endpoint, by name: `false` switches one off, options change it. */
export interface DefaultAlerts {
  /** `up` is 0: Prometheus reaches the target no more. @default - after 5 minutes, severity warning */
  readonly targetDown?: false | DefaultAlertOptions;
  /** There is no `up` at all: the target is not discovered. @default - after 10 minutes, severity critical */
  readonly targetAbsent?: false | DefaultAlertOptions;
  /** The exporter runs, but what it watches does not answer. @default - after 2 minutes, severity critical */
  readonly exporterDown?: false | DefaultAlertOptions;
}
