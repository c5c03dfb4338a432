import { Finding, nearMiss } from '../../findings';
import type { Platform, RelabelingRule } from '../../platform';
import { isMetaLabel, isNodeLabel, isServiceLabel, nearestMetaLabel } from './meta-labels';
import type { ServiceMonitorOptions } from './scrape-policy';

export type ListName = 'relabelings' | 'metricRelabelings';
export type Report = (message: string, fix: string, nearMiss?: string, severity?: Finding['severity']) => void;
/** What is discovered: pods through a Service, pods themselves, or whatever a discovery finds, with labels of its own. */
export type TargetKind = 'service' | 'pod' | 'any';
type Action = NonNullable<RelabelingRule['action']>;

/** Labels that Prometheus reads for a scrape; they are gone once the target has been scraped. */
const ofTheScrape = ['__address__', '__scheme__', '__metrics_path__', '__scrape_interval__', '__scrape_timeout__'];

/** Labels that the operator sets before the rules of a monitor; `instance` only follows, but may be meant. */
const ofTheOperator = ['job', 'namespace', 'service', 'pod', 'container', 'endpoint', 'node', 'instance'];

/** Those of them that only pods behind a Service have. */
const ofServices = ['service', 'node'];

/** Reserved names that samples do have: the last two with the feature `type-and-unit-labels`. */
const ofSamples = ['__name__', '__type__', '__unit__'];

/** Actions that write their targetLabel; `keepequal` and `dropequal` read it. */
const writing: readonly Action[] = ['replace', 'hashmod', 'lowercase', 'uppercase'];

/**
 * Judges the labels that the rules of one list read; to be called for one rule after the other. Without the settings of
 * the scrape, or where a scrape class may put its own rules before these, only names of discovery are judged.
 */
export function labelJudge(
  list: ListName,
  platform: Platform,
  options: ServiceMonitorOptions | undefined,
  targets: TargetKind,
) {
  const operator = ofTheOperator.filter((label) => targets === 'service' || !ofServices.includes(label));
  const set = new Set<string>(list === 'relabelings' ? operator.concat(copiedLabels(options)) : []);
  let closed = options !== undefined && !mayHaveScrapeClass(platform, options);
  let madeAny = false;
  return (rule: RelabelingRule, action: Action | undefined, report: Report): void => {
    for (const label of new Set(labelsRead(rule, action))) {
      if (set.has(label) || label.startsWith('__tmp')) continue;
      if (list === 'metricRelabelings') judgeOnSample(label, { closed, madeAny }, report);
      else if (targets !== 'any') judgeOnTarget(label, { closed, set, options, targets }, report);
    }
    const target: unknown = rule.targetLabel;
    // a misspelt action may have been meant to write any label
    if (action === undefined || action === 'labelmap' || (typeof target === 'string' && target.includes('$'))) {
      closed = false;
      madeAny = true;
    } else if (typeof target === 'string' && writing.includes(action)) set.add(target);
  };
}

interface LabelsSoFar {
  readonly closed: boolean;
  readonly set: ReadonlySet<string>;
  readonly options?: ServiceMonitorOptions;
  readonly targets: TargetKind;
}

function judgeOnTarget(label: string, { closed, set, options, targets }: LabelsSoFar, report: Report): void {
  if (isMetaLabel(label)) {
    if (targets === 'pod' && isServiceLabel(label)) {
      report(
        ` asks for the label '${label}', which pods found without a Service do not have`,
        'use a label of the pod',
      );
      return;
    }
    if (!closed || !isNodeLabel(label) || options?.attachMetadata?.node) return;
    report(
      ` asks for the label '${label}', which is only set where the monitor attaches the metadata of nodes`,
      'set attachMetadata: { node: true }',
    );
  } else if (label.startsWith('__meta_')) {
    const near = nearestMetaLabel(label);
    const fix = near === undefined ? 'use a label of kubernetes_sd_config' : `write '${near}'`;
    report(` asks for the label '${label}', which discovery does not set`, fix, near);
  } else if (!closed || ofTheScrape.includes(label) || label.startsWith('__param_')) {
    return;
  } else if (label === '__name__') {
    report(
      " asks for the label '__name__', which only samples have: these rules are over targets",
      'move the rule to metricRelabelings',
    );
  } else if (label.startsWith('__')) {
    const near = nearMiss(label, [...ofTheScrape, ...[...set].filter((name) => name.startsWith('__'))]);
    const fix = near === undefined ? 'set it in an earlier rule, or use another label' : `write '${near}'`;
    report(` asks for the label '${label}', which nothing sets before this rule`, fix, near);
  } else {
    const near = nearMiss(label, set);
    const ofPod = `__meta_kubernetes_pod_label_${sanitized(label)}`;
    const fix = near === undefined ? `copy it with podTargetLabels, or read '${ofPod}'` : `write '${near}'`;
    report(`: no label '${label}' is set before this rule: its value is always empty`, fix, near, 'warning');
  }
}

/** A sample may have any label, but reserved names are few. */
function judgeOnSample(label: string, known: { closed: boolean; madeAny: boolean }, report: Report): void {
  const { closed, madeAny } = known;
  if (!label.startsWith('__') || ofSamples.includes(label)) return;
  const isMeta = label.startsWith('__meta_');
  if (isMeta || (closed && (ofTheScrape.includes(label) || label.startsWith('__param_')))) {
    report(
      ` asks for the label '${label}', which is gone once the target has been scraped`,
      'copy it to a label of its own in relabelings, and use that label here',
    );
    return;
  }
  const near = nearMiss(label, ['__name__']);
  if (madeAny || (!closed && near === undefined)) return;
  const fix = near === undefined ? 'use a label without leading __, or __name__' : `write '${near}'`;
  report(` asks for the label '${label}', which no sample has`, fix, near);
}

function labelsRead(rule: RelabelingRule, action: Action | undefined): string[] {
  const sources: readonly unknown[] = Array.isArray(rule.sourceLabels) ? rule.sourceLabels : [];
  const compared = action === 'keepequal' || action === 'dropequal' ? [rule.targetLabel] : [];
  return [...sources, ...compared].filter((label): label is string => typeof label === 'string' && label !== '');
}

function copiedLabels(options: ServiceMonitorOptions | undefined): string[] {
  const lists: readonly unknown[] = [options?.targetLabels, options?.podTargetLabels];
  return lists.flatMap((list) => (Array.isArray(list) ? list.map(sanitized) : []));
}

function mayHaveScrapeClass(platform: Platform, { scrapeClass }: ServiceMonitorOptions): boolean {
  if (scrapeClass !== undefined) return true;
  return platform.prometheusServers.some(
    ({ scrapeClasses }) => scrapeClasses !== undefined && scrapeClasses.length > 0,
  );
}

/** As discovery and the operator write the name of a Kubernetes label. */
export function sanitized(name: unknown): string {
  return String(name).replace(/[^a-zA-Z0-9_]/g, '_');
}
