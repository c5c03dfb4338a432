import type { Platform } from '../../platform';
import type { ProbeOptions } from '../scrape/probe-options';
import { discoveryFields, ScrapeConfigOptions } from '../scrape/scrape-config-options';
import { sampleLabels } from '../scrape/target-labels';

export type TargetLabels = Record<string, string>;

interface Job {
  readonly name: string;
  readonly namespace?: string;
  readonly platform: Platform;
}

/**
 * The labels `namespace` and `job` of a probe's targets: static ones are in the namespace of the Probe, those of Ingresses in
 * that of the Ingress. Source: prometheus-operator, pkg/prometheus/promcfg.go, `generateProbeConfig`.
 */
export function probeLabels({ targets, relabelings }: ProbeOptions, job: Job): TargetLabels {
  const { ingress, labels } = targets ?? {};
  const { any, matchNames } = ingress?.namespaceSelector ?? {};
  const [first, ...others] = any ? [] : (matchNames ?? [job.namespace]);
  const ofIngress = others.length === 0 ? first : undefined;
  const namespace = ingress === undefined ? (labels?.namespace ?? job.namespace) : ofIngress;
  return relabeled(namespace, relabelings, job);
}

/** Those of the targets of a ScrapeConfig, which scrape-config.ts pins. */
export function scrapeConfigLabels(settings: ScrapeConfigOptions, job: Job): TargetLabels {
  const { staticConfigs = [], relabelings } = settings;
  const isDiscovered = discoveryFields.some((field) => (settings[field]?.length ?? 0) > 0);
  const given = isDiscovered ? [] : staticConfigs.map(({ labels }) => labels?.namespace ?? job.namespace);
  const namespaces = new Set(given.length === 0 ? [job.namespace] : given);
  return relabeled(namespaces.size === 1 ? [...namespaces][0] : undefined, relabelings, job);
}

function relabeled(namespace: string | undefined, relabelings: ProbeOptions['relabelings'], job: Job): TargetLabels {
  const enforced = job.platform.prometheusServers[0]?.enforcedNamespaceLabel;
  const known = { ...(namespace === undefined ? {} : { namespace }), job: job.name };
  const labels = sampleLabels(known, relabelings);
  // the operator enforces the namespace of the object, whatever the targets' is
  return enforced === 'namespace' && job.namespace !== undefined
    ? { namespace: job.namespace, ...without(labels) }
    : labels;
}

function without({ namespace, ...others }: TargetLabels): TargetLabels {
  return others;
}
