import { allWritten, written } from './stack';

interface ScrapeConfig {
  readonly jobName: string;
  readonly honorLabels: boolean;
  readonly metricsPath: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly staticConfigs: readonly { readonly targets: readonly string[]; readonly labels: object }[];
}

/**
 * What the operator makes of the ScrapeConfig, with Istio's Prometheus at an address of this machine.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `generateScrapeConfig`.
 *
 * @throws where the ScrapeConfig has a field that is not known here
 */
export function federationJob(address: string): object {
  const { metadata, spec } = written<ScrapeConfig>('ScrapeConfig', 'federation');
  const { jobName, honorLabels, metricsPath, params, staticConfigs, ...others } = spec;
  if (Object.keys(others).length > 0) throw new Error(`not translated: ${Object.keys(others).join(', ')}`);
  return {
    job_name: `scrapeConfig/${metadata.namespace}/${metadata.name}`,
    honor_labels: honorLabels,
    metrics_path: metricsPath,
    params,
    static_configs: staticConfigs.map(({ labels }) => ({ targets: [address], labels })),
    relabel_configs: [{ target_label: 'job', replacement: jobName }],
  };
}

interface RuleGroup {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string; readonly record?: string }[];
}

/** The rules that kube-prometheus-stack's Prometheus selects: those with the label of its release. */
export function sharedRules(): readonly RuleGroup[] {
  return allWritten<{ groups: readonly RuleGroup[] }>('PrometheusRule')
    .filter(({ metadata }) => metadata.labels?.release === 'kps')
    .flatMap(({ spec }) => spec.groups);
}
