import type { AnnotationFacts, Platform } from '../../platform';
import { annotationPrefix } from './annotations';
import { defaultJobLabel } from './monitor-endpoint';
import { sanitized } from './relabeling-labels';

/** A relabeling rule in the spelling of Prometheus' own configuration. */
export interface RawRelabelConfig {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: 'replace' | 'keep' | 'drop' | 'labelmap' | 'labeldrop' | 'labelkeep' | 'hashmod';
}

/**
 * A job of Prometheus' own configuration.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export interface AnnotationScrapeConfig {
  readonly job_name: string;
  readonly kubernetes_sd_configs: readonly { readonly role: 'pod' | 'endpoints' }[];
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly relabel_configs: readonly RawRelabelConfig[];
}

/** What {@link annotationScrapeConfigs} make of annotated pods and Services, as facts of a platform. */
export const annotationScrapeFacts: AnnotationFacts = {
  pods: {
    job: 'annotated-pods',
    slowJob: 'annotated-pods-slow',
    jobLabel: defaultJobLabel,
    labels: ['namespace', 'pod'],
  },
  services: {
    job: 'annotated-services',
    slowJob: 'annotated-services-slow',
    jobLabel: defaultJobLabel,
    labels: ['namespace', 'pod', 'service'],
  },
};

/**
 * The jobs by which a Prometheus of one's own finds pods and Services by their annotations: for its `scrape_configs`, or the
 * Secret of `additionalScrapeConfigs`. Unlike those of the Helm chart `prometheus` they set `job` to the name of the app, so
 * rules and dashboards read as with a monitor.
 *
 * A platform on which they run says so: `Platform.annotationDiscovery({ annotations: annotationScrapeFacts })`.
 */
export function annotationScrapeConfigs(platform: Platform): AnnotationScrapeConfig[] {
  const prefix = sanitized(annotationPrefix(platform));
  const { pods, services } = platform.facts.annotations ?? {};
  return [
    jobOf('pod', { name: 'annotated-pods', prefix, jobLabel: pods?.jobLabel, slow: false }),
    jobOf('pod', { name: 'annotated-pods-slow', prefix, jobLabel: pods?.jobLabel, slow: true }),
    jobOf('service', { name: 'annotated-services', prefix, jobLabel: services?.jobLabel, slow: false }),
    jobOf('service', { name: 'annotated-services-slow', prefix, jobLabel: services?.jobLabel, slow: true }),
  ];
}

interface Job {
  readonly name: string;
  readonly prefix: string;
  readonly jobLabel?: string;
  readonly slow: boolean;
}

function jobOf(object: 'pod' | 'service', { name, prefix, jobLabel, slow }: Job): AnnotationScrapeConfig {
  const meta = `__meta_kubernetes_${object}`;
  const annotation = (key: string) => `${meta}_annotation_${prefix}_${key}`;
  const asked = {
    source_labels: [annotation(slow ? 'scrape_slow' : 'scrape')],
    action: 'keep',
    regex: 'true',
  } as const;
  const notSlow = { source_labels: [annotation('scrape_slow')], action: 'drop', regex: 'true' } as const;
  const set = (from: string, target_label: string): RawRelabelConfig => ({
    source_labels: [from],
    target_label,
    regex: '(.+)',
  });
  return {
    job_name: name,
    ...(slow ? { scrape_interval: '5m', scrape_timeout: '30s' } : {}),
    kubernetes_sd_configs: [{ role: object === 'pod' ? 'pod' : 'endpoints' }],
    relabel_configs: [
      ...(slow ? [asked] : [asked, notSlow]),
      { source_labels: ['__meta_kubernetes_pod_phase'], action: 'drop', regex: 'Pending|Succeeded|Failed' },
      { source_labels: [annotation('scheme')], target_label: '__scheme__', regex: '(https?)' },
      set(annotation('path'), '__metrics_path__'),
      // an IPv6 address stands in brackets before a port
      {
        source_labels: ['__meta_kubernetes_pod_ip', annotation('port')],
        target_label: '__address__',
        regex: '([^:]+);(\\d+)',
        replacement: '$1:$2',
      },
      {
        source_labels: ['__meta_kubernetes_pod_ip', annotation('port')],
        target_label: '__address__',
        regex: '(.*:.*);(\\d+)',
        replacement: '[$1]:$2',
      },
      { action: 'labelmap', regex: `${annotation('param_')}(.+)`, replacement: '__param_$1' },
      set('__meta_kubernetes_namespace', 'namespace'),
      set('__meta_kubernetes_pod_name', 'pod'),
      ...(object === 'service' ? [set('__meta_kubernetes_service_name', 'service')] : []),
      // without the label a target is still told from others by what it belongs to
      set(object === 'pod' ? '__meta_kubernetes_pod_controller_name' : '__meta_kubernetes_service_name', 'job'),
      set(`${meta}_label_${sanitized(jobLabel ?? defaultJobLabel)}`, 'job'),
    ],
  };
}
