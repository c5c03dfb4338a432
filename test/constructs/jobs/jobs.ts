import type { Chart } from 'cdk8s';
import { ScrapeJob, ScrapeJobProps, ScrapePolicy } from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { findingsOfSynth, KubernetesObject, Stack, stack, theOnly } from '../../support/stack';
import type { Finding } from '../../../src/findings';

const prober = { url: 'blackbox-exporter.monitoring.svc:9115' };

/** A job `website` in the namespace `shop`, on a platform that has a prober. */
export function jobWith(
  scrape: ScrapePolicy,
  props: Partial<ScrapeJobProps> = {},
  facts: PlatformProps = {},
): Stack & { readonly object: KubernetesObject } {
  const composed = stack(jobIn(scrape, props), { platform: Platform.custom({ prober, ...facts }) });
  const kind = composed.objects.some((object) => object.kind === 'Probe') ? 'Probe' : 'ScrapeConfig';
  return { ...composed, object: theOnly(composed.objects, kind) };
}

/** `severity code: message → fix` of what a whole synth says of such a job, schemas and all; what is only information is left out. */
export function faultsOfJob(
  scrape: ScrapePolicy,
  props: Partial<ScrapeJobProps> = {},
  facts: PlatformProps = {},
): string[] {
  return faultsIn(findingsOfSynth(jobIn(scrape, props), { platform: Platform.custom({ prober, ...facts }) }));
}

export function faultsIn(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, severity, message, fix }) => `${severity} ${code}: ${message} → ${fix}`);
}

function jobIn(scrape: ScrapePolicy, props: Partial<ScrapeJobProps>): (chart: Chart) => void {
  return (chart) => void new ScrapeJob(chart, 'website', { scrape, ...props });
}
