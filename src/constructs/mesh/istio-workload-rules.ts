import type { Construct } from 'constructs';
import type { RuleSet } from '../rules/rule-set';

/** Counters, and parts of histograms, that Istio keeps of requests. Source: istio.io, "Istio Standard Metrics". */
const requestSeries = [
  'istio_requests_total',
  ...['istio_request_duration_milliseconds', 'istio_request_bytes', 'istio_response_bytes'].flatMap((histogram) =>
    ['bucket', 'count', 'sum'].map((part) => `${histogram}_${part}`),
  ),
  'istio_request_messages_total',
  'istio_response_messages_total',
  'istio_tcp_connections_closed_total',
  'istio_tcp_connections_opened_total',
  'istio_tcp_received_bytes_total',
  'istio_tcp_sent_bytes_total',
];

/**
 * Sums over the pods of a workload, under the names that `istioFederation` with `series: 'aggregated'` copies.
 * Source: istio.io, "Observability Best Practices", workload-level aggregation via recording rules.
 */
export function addWorkloadRules(rules: RuleSet, source: Construct): void {
  for (const series of requestSeries) {
    rules.add({
      source,
      render: () => ({ record: `workload:${series}`, expr: `sum without (instance, namespace, pod) (${series})` }),
    });
  }
}
