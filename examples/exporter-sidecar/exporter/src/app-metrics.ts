import { Counter, Gauge, Registry } from 'prom-client';
import { PollFailureReason, pollFailureReasons } from './fetch-status';
import { Status, healthStates } from './status';

/** What the exporter serves: the application's values, and whether they could be read. */
export class AppMetrics {
  readonly registry = new Registry();

  // a level that goes up and down is a gauge
  private readonly requestsCurrent = this.gauge('app_requests_current', 'Requests that the application works on.');
  private readonly requestsPending = this.gauge('app_requests_pending', 'Requests that wait in the application.');
  private readonly uptime = this.gauge('app_uptime', 'Uptime as the application reports it at /status.');

  // a state set: one series per state, 1 for the one that holds, in a label that is named after the metric
  private readonly health = new Gauge({
    name: 'app_health',
    help: 'Health as the application reports it: 1 for the state it is in, 0 for the other.',
    labelNames: ['app_health'],
    registers: [this.registry],
  });

  // not `up`: Prometheus writes that one itself, and it only says that the exporter answered
  private readonly appUp = this.gauge('app_up', 'Whether the last poll of /status worked: 1 yes, 0 no.');
  private readonly pollFailures = new Counter({
    name: 'app_poll_failures_total',
    help: 'Polls of /status that failed, by reason.',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  private readonly lastSuccess = this.gauge(
    'app_poll_last_success_timestamp_seconds',
    'Unix time of the last poll of /status that worked; absent before the first.',
  );

  constructor() {
    // a series that begins at 0 lets increase() see the first failure
    for (const reason of pollFailureReasons) this.pollFailures.inc({ reason }, 0);
    // prom-client starts a gauge without labels at 0, which nobody has measured
    this.removeStatus();
    this.lastSuccess.remove();
    this.appUp.set(0);
  }

  pollSucceeded(status: Status): void {
    this.requestsCurrent.set(status.currentRequests);
    this.requestsPending.set(status.pendingRequests);
    this.uptime.set(status.totalUptime);
    for (const state of healthStates) this.health.set({ app_health: state }, status.health === state ? 1 : 0);
    this.appUp.set(1);
    this.lastSuccess.setToCurrentTime();
  }

  /** Leaves the application's values out, so that Prometheus ends their series: old ones would pass for fresh. */
  pollFailed(reason: PollFailureReason): void {
    this.removeStatus();
    this.appUp.set(0);
    this.pollFailures.inc({ reason });
  }

  private removeStatus(): void {
    this.requestsCurrent.remove();
    this.requestsPending.remove();
    this.uptime.remove();
    for (const state of healthStates) this.health.remove({ app_health: state });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
