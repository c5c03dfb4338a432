/**
 * The scrape jobs by which a Prometheus without the operator follows `prometheus.io/*` annotations, as the Helm chart
 * `prometheus` configures them: one for the endpoints of annotated Services, one for annotated pods.
 * Source: prometheus-community/helm-charts, charts/prometheus/values.yaml, `serverFiles.prometheus.yml.scrape_configs`.
 */
export function annotationDiscoveryConfig(): object {
  return {
    scrape_configs: [
      {
        job_name: 'kubernetes-service-endpoints',
        honor_labels: true,
        kubernetes_sd_configs: [{ role: 'endpoints' }],
        relabel_configs: [
          ...followed('service', ['__address__'], '(.+?)(?::\\d+)?;(\\d+)', '$1:$2'),
          replace(['__meta_kubernetes_namespace'], 'namespace'),
          replace(['__meta_kubernetes_service_name'], 'service'),
          replace(['__meta_kubernetes_pod_node_name'], 'node'),
        ],
      },
      {
        job_name: 'kubernetes-pods',
        honor_labels: true,
        kubernetes_sd_configs: [{ role: 'pod' }],
        relabel_configs: [
          ...followed('pod', ['__meta_kubernetes_pod_ip'], '(.+);(\\d+)', '$1:$2'),
          replace(['__meta_kubernetes_namespace'], 'namespace'),
          replace(['__meta_kubernetes_pod_name'], 'pod'),
          {
            source_labels: ['__meta_kubernetes_pod_phase'],
            regex: 'Pending|Succeeded|Failed|Completed',
            action: 'drop',
          },
        ],
      },
    ],
  };
}

/** What both jobs do with the annotations of their objects. */
function followed(on: 'service' | 'pod', host: readonly string[], address: string, replacement: string): object[] {
  const annotation = (name: string) => `__meta_kubernetes_${on}_annotation_prometheus_io_${name}`;
  return [
    { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
    { source_labels: [annotation('scrape_slow')], regex: 'true', action: 'drop' },
    replace([annotation('scheme')], '__scheme__', '(https?)'),
    replace([annotation('path')], '__metrics_path__', '(.+)'),
    replace([...host, annotation('port')], '__address__', address, replacement),
    { action: 'labelmap', regex: `${annotation('param')}_(.+)`, replacement: '__param_$1' },
    { action: 'labelmap', regex: `__meta_kubernetes_${on}_label_(.+)` },
  ];
}

function replace(sources: readonly string[], target: string, regex = '(.*)', replacement = '$1'): object {
  return { source_labels: sources, target_label: target, regex, replacement, action: 'replace' };
}
