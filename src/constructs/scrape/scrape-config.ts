import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ScrapeConfigSpec } from '../../../imports/scrape-config';
import type { Platform, RelabelingRule } from '../../platform';
import { definedFields, generateObject, ObjectOptions } from '../objects';
import { commonScrapeConfigFields, discoveryFields, ScrapeConfigOptions, StaticTargets } from './scrape-config-options';
import { withWrittenInterval, writtenSettings } from './written-settings';

export interface ScrapeConfigProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  /** Value of the label `job`. */
  readonly job: string;
  readonly settings: ScrapeConfigOptions;
}

/** A ScrapeConfig, with the labels by which the platform selects scrape configurations. */
export function scrapeConfig(scope: Construct, id: string, props: ScrapeConfigProps): ApiObject {
  const { name, namespace, labels, options, platform } = props;
  return generateObject(scope, id, {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    name,
    namespace,
    labels: { ...labels, ...platform.labelsToBeSelected('scrapeConfigSelector') },
    options,
    content: () => ({ spec: specOf(props) }),
  });
}

function specOf({ namespace, job, settings }: ScrapeConfigProps): ScrapeConfigSpec {
  const { path, scheme, tlsConfig, enableCompression, nameValidationScheme, nameEscapingScheme, staticConfigs } =
    settings;
  const { interval, enableHttp2, relabelings, ...common } = writtenSettings(settings, commonScrapeConfigFields);
  const own = { metricsPath: path, scheme, tlsConfig, enableCompression, nameValidationScheme, nameEscapingScheme };
  const rules = [...namespaceRule(settings, namespace), ...(relabelings ?? [])];
  return {
    jobName: job,
    ...definedFields({ scrapeInterval: interval, enableHTTP2: enableHttp2, ...own }),
    ...(staticConfigs === undefined
      ? {}
      : { staticConfigs: staticConfigs.map((each) => inNamespace(each, namespace)) }),
    ...Object.fromEntries(
      discoveryFields.flatMap((field) => {
        const discoveries: readonly object[] | undefined = settings[field];
        return discoveries === undefined ? [] : [[field, discoveries.map(withWrittenInterval)]];
      }),
    ),
    ...common,
    ...(rules.length > 0 ? { relabelings: rules } : {}),
  };
}

/**
 * The operator sets no label `namespace` for a ScrapeConfig, unlike for monitors and probes. Rules ask for it, tenants are told
 * apart by it, and Alertmanager's operator routes alerts by it; so it is the object's, whatever finds the targets.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `generateScrapeConfig`.
 */
function inNamespace({ targets, labels }: StaticTargets, namespace: string | undefined): StaticTargets {
  const all = { ...(namespace === undefined ? {} : { namespace }), ...labels };
  return { targets, ...(Object.keys(all).length > 0 ? { labels: all } : {}) };
}

/** Discovered targets get the label by a rule, ahead of the rules of the job, which may set another one. */
function namespaceRule(settings: ScrapeConfigOptions, namespace: string | undefined): readonly RelabelingRule[] {
  const isDiscovered = discoveryFields.some((field) => (settings[field]?.length ?? 0) > 0);
  return isDiscovered && namespace !== undefined ? [{ targetLabel: 'namespace', replacement: namespace }] : [];
}
