import { AppMetrics } from './app-metrics';
import { PollError, fetchStatus } from './fetch-status';

export interface PollerOptions {
  readonly appPort: number;
  readonly intervalSeconds: number;
  readonly metrics: AppMetrics;
  readonly log: (line: string) => void;
}

/** Polls the application at a fixed pace. Polls never overlap: each ends before the interval that it began in does. */
export class Poller {
  private currentPoll = new AbortController();
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private lastFailure: string | undefined;

  constructor(private readonly options: PollerOptions) {}

  /** Resolves after the first poll, so that the first scrape finds its result. */
  async start(): Promise<void> {
    const started = performance.now();
    await this.poll();
    if (this.stopped) return;
    // from the start of this poll, so that slow answers do not stretch the interval
    const wait = started + this.options.intervalSeconds * 1000 - performance.now();
    this.timer = setTimeout(() => void this.start(), Math.max(0, wait));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.currentPoll.abort();
  }

  /** Never rejects for what the application does: a failed poll is a metric, and the next one may work. */
  private async poll(): Promise<void> {
    const { appPort, intervalSeconds, metrics } = this.options;
    const timeoutMs = Math.floor(intervalSeconds * 1000 * 0.8);
    this.currentPoll = new AbortController();
    try {
      metrics.pollSucceeded(await fetchStatus(appPort, timeoutMs, this.currentPoll.signal));
      this.logChange(undefined);
    } catch (error) {
      if (this.stopped) return;
      if (!(error instanceof PollError)) throw error;
      metrics.pollFailed(error.reason);
      this.logChange(error.message);
    }
  }

  /** Only changes are logged: an application that is down for a night should not fill the log. */
  private logChange(failure: string | undefined): void {
    if (failure === this.lastFailure) return;
    this.options.log(failure === undefined ? 'poll works again' : `poll failed: ${failure}`);
    this.lastFailure = failure;
  }
}
