/**
 * What `prometheus.io/*` annotations can say of a scrape; path and scheme come from the endpoint. Everything else (interval,
 * TLS, relabeling) is up to the Prometheus that reads them.
 * Source: prometheus-community/helm-charts, charts/prometheus/values.yaml, `scrape_configs`.
 */
export interface AnnotationOptions {
  /**
   * What carries the annotations. Pods have room for one port: where several endpoints of an app are found by annotations,
   * put them on Services, of which each endpoint has its own.
   * @default - `pods`
   */
  readonly on?: 'pods' | 'service';
  /** Query parameters, one value each. */
  readonly params?: Readonly<Record<string, readonly [string]>>;
  /** Scrape seldom, with a long timeout: the Helm chart `prometheus` has a job of every 5 minutes for it. @default - false */
  readonly slow?: boolean;
}
