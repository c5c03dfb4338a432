import { Counter, Gauge, Histogram, Registry, Summary, collectDefaultMetrics } from 'prom-client';

export interface ServiceInfo {
  readonly version: string;
}

/** Every metric of the service, one of each type, with the reason for the type. */
export class ServiceMetrics {
  readonly registry = new Registry();

  /**
   * Counter: only ever rises, so that `rate()` can tell a restart from a fall. For events that are counted.
   *
   * The name breaks the convention that a counter ends in `_total`, on purpose: such names exist, others query them, and
   * renaming one breaks their dashboards and alerts. A new counter would be `random_facts_api_executions_total`.
   */
  readonly factsServed = new Counter({
    name: 'random_facts_api_execution_counter',
    help: 'How often /cat_facts has served facts.',
    registers: [this.registry],
  });

  /** Gauge: rises and falls. For a level that means something by itself; `rate()` of it means nothing. */
  readonly requestsInFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'HTTP requests that are being answered.',
    registers: [this.registry],
  });

  /**
   * Histogram: counts per bucket, which can be summed over pods before `histogram_quantile()`. For durations and whatever
   * else an objective is set for; the buckets should have a bound at that objective.
   *
   * Each combination of labels is a series per bucket, so every label has few and known values, see `router.ts`.
   */
  readonly requestDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its response.',
    labelNames: ['method', 'route', 'status_code'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.registry],
  });

  /**
   * Summary: quantiles that this process computes, exact but of this process only; the average of two pods' quantiles
   * is no quantile. For sizes and the like where no bounds are known beforehand and no total over pods is wanted.
   */
  readonly responseSize = new Summary({
    name: 'http_response_size_bytes',
    help: 'Size of response bodies, quantiles over the last ten minutes.',
    labelNames: ['route'],
    percentiles: [0.5, 0.9, 0.99],
    maxAgeSeconds: 600,
    ageBuckets: 5,
    registers: [this.registry],
  });

  constructor(info: ServiceInfo) {
    // Info: a gauge that is always 1 and says things in labels, to be joined to other series by `* on() group_left()`.
    new Gauge({
      name: 'random_facts_api_build_info',
      help: 'Version of the running service; always 1.',
      labelNames: ['version'],
      registers: [this.registry],
    }).set({ version: info.version }, 1);

    // State set: none here, the service has no states of its own; see app_health of the exporter-sidecar example.
    // Untyped: prom-client has no such type, and what we measure ourselves has a type. It is for values of unknown origin
    // that are passed on, and what Prometheus takes a series for that comes without a TYPE line.

    // memory, CPU, garbage collection, event loop
    collectDefaultMetrics({ register: this.registry });
    // gauges with a counter's suffix, which promtool warns about; the same numbers are there by type
    for (const name of ['handles', 'requests', 'resources']) {
      this.registry.removeSingleMetric(`nodejs_active_${name}_total`);
    }
  }
}
