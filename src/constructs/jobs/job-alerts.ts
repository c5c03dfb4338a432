import { AlertSubject, AlertToChoose, addChosenAlerts, camelCase } from '../rules/default-alerts';
import { labelMatchers } from '../rules/label-matchers';
import type { RuleSet } from '../rules/rule-set';
import type { Platform } from '../../platform';
import { sampleLabels } from '../scrape/target-labels';
import type { ScrapeJobAlerts } from './scrape-job-props';

/** What a job asks: targets themselves, or a prober about them. */
export type JobKind = 'targets' | 'probe';

/** Adds the alerts that come with a scrape job. */
export function addJobAlerts(
  rules: RuleSet,
  { job, kind, ...subject }: AlertSubject & { readonly job: string; readonly kind: JobKind },
  chosen: false | ScrapeJobAlerts | undefined,
  platform: Platform,
): void {
  const enforced = platform.prometheusServers[0]?.enforcedNamespaceLabel;
  const prefix = camelCase(job);
  const up = () => `up${labelMatchers(subject.matchers())}`;
  const sample = (metric: string) =>
    metric + labelMatchers(sampleLabels(subject.matchers(), subject.metricRelabelings, enforced));
  const alerts: readonly (readonly [keyof ScrapeJobAlerts, AlertToChoose])[] = [
    ['targetDown', targetDown(prefix, job, kind, up)],
    ['targetAbsent', targetAbsent(prefix, job, up)],
    ...(kind === 'probe'
      ? ([
          ['probeFailed', probeFailed(prefix, job, sample)],
          ['certificateExpiry', certificateExpiry(prefix, job, sample)],
        ] as const)
      : []),
  ];
  addChosenAlerts(rules, subject, alerts, chosen, platform);
}

function targetDown(prefix: string, job: string, kind: JobKind, up: () => string): AlertToChoose {
  const isProbe = kind === 'probe';
  return {
    name: `${prefix}TargetDown`,
    expr: () => `${up()} == 0`,
    for: '5m',
    severity: 'warning',
    summary: isProbe ? `The prober of ${job} does not answer` : `Prometheus cannot scrape ${job}`,
    description: isProbe
      ? 'Prometheus gets no answer about {{ $labels.instance }}: how the target is, is not known.'
      : 'Every scrape of {{ $labels.instance }} fails.',
  };
}

function targetAbsent(prefix: string, job: string, up: () => string): AlertToChoose {
  return {
    name: `${prefix}TargetAbsent`,
    expr: () => `absent(${up()})`,
    for: '10m',
    severity: 'critical',
    summary: `Prometheus has no target for ${job}`,
    description: 'No target is discovered, or Prometheus does not select the object.',
  };
}

type Sample = (metric: string) => string;

/** Source: github.com/prometheus/blackbox_exporter, README.md and prober/handler.go. */
function probeFailed(prefix: string, job: string, sample: Sample): AlertToChoose {
  return {
    name: `${prefix}ProbeFailed`,
    metric: 'probe_success',
    expr: () => `${sample('probe_success')} == 0`,
    for: '2m',
    severity: 'critical',
    summary: `A probe of ${job} fails`,
    description: '{{ $labels.instance }} does not answer as the module of the prober expects.',
  };
}

/** Source: github.com/prometheus/blackbox_exporter, prober/tls.go and prober/http.go. */
function certificateExpiry(prefix: string, job: string, sample: Sample): AlertToChoose {
  const metric = 'probe_ssl_earliest_cert_expiry';
  return {
    name: `${prefix}CertificateExpiry`,
    metric,
    expr: () => `${sample(metric)} - time() < 21 * 24 * 3600`,
    for: '10m',
    severity: 'warning',
    summary: `A certificate of ${job} expires within 21 days`,
    description: 'The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.',
  };
}
