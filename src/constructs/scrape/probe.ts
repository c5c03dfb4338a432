import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Prober, ProbeSpec, Targets } from '../../../imports/probe';
import type { Platform } from '../../platform';
import { definedFields, generateObject, ObjectOptions } from '../objects';
import { commonProbeFields, ProbeOptions } from './probe-options';
import { writtenSettings } from './written-settings';

export interface ProbeProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  /** Value of the label `job`. */
  readonly job: string;
  readonly settings: ProbeOptions;
  /** What is probed where the settings name no targets, known when the object is rendered. */
  readonly defaultTarget?: () => string | undefined;
}

/** A Probe, with the labels by which the platform selects probes. */
export function probe(scope: Construct, id: string, props: ProbeProps): ApiObject {
  const { name, namespace, labels, options, platform } = props;
  return generateObject(scope, id, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Probe',
    name,
    namespace,
    labels: { ...labels, ...platform.labelsToBeSelected('probeSelector') },
    options,
    content: () => ({ spec: specOf(props) }),
  });
}

/** The prober that is asked: what the platform says holds for its own, not for one that the settings name. */
export function proberOf({ prober }: ProbeOptions, { facts }: Platform): Prober | undefined {
  const { url, scheme, path } = facts.prober ?? {};
  const ofPlatform = prober?.url === undefined ? { url, scheme, path } : {};
  const joined = definedFields({ ...ofPlatform, ...definedFields(prober) });
  return joined.url === undefined ? undefined : { ...joined, url: joined.url };
}

function specOf({ platform, job, settings, defaultTarget }: ProbeProps): ProbeSpec {
  const { module, tlsConfig } = settings;
  const { params, relabelings, ...common } = writtenSettings(settings, commonProbeFields);
  return {
    jobName: job,
    prober: proberOf(settings, platform),
    ...definedFields({ module }),
    targets: targetsOf(settings, relabelings, defaultTarget?.()),
    ...common,
    ...(params === undefined ? {} : { params: namedParams(params) }),
    ...definedFields({ tlsConfig }),
  };
}

function targetsOf(
  { targets }: ProbeOptions,
  relabelings: ProbeOptions['relabelings'],
  defaultTarget: string | undefined,
): Targets {
  const rules = relabelings === undefined ? {} : { relabelingConfigs: relabelings };
  if (targets?.ingress !== undefined) return { ingress: { ...targets.ingress, ...rules } };
  const { static: addresses = defaultTarget === undefined ? [] : [defaultTarget], labels } = targets ?? {};
  return { staticConfig: { static: addresses, ...definedFields({ labels }), ...rules } };
}

function namedParams(params: NonNullable<ProbeOptions['params']>): ProbeSpec['params'] {
  return Object.entries(params).map(([name, values]) => ({ name, values }));
}
