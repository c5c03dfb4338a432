import type { RelabelingRule } from '../../platform';
import { matchesRegularExpression, regularExpressionProblem } from '../../promql';
import type { MetricsEndpoint } from './metrics-endpoint';
import { defaultJobLabel } from './monitor-endpoint';
import { actionOf } from './relabeling-checks';
import { sanitized } from './relabeling-labels';

/** What discovery says of an endpoint's target before relabeling. */
export interface Discovered {
  readonly namespace?: string;
  /** The label that Prometheus sets to the monitor's namespace after all relabeling. */
  readonly enforcedNamespaceLabel?: string;
  readonly portName: string;
  readonly serviceName: string;
  readonly serviceLabels: Readonly<Record<string, string>>;
}

/**
 * The labels `namespace`, `job` and `endpoint` of an endpoint's series, as the operator sets them and relabeling leaves
 * them. A label that a rule computes from others is left out: a matcher on it could be wrong.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `generateServiceMonitorConfig`.
 */
export function targetLabels(endpoint: MetricsEndpoint, discovered: Discovered): Record<string, string> {
  const { jobLabel = defaultJobLabel, targetLabels = [], podTargetLabels = [] } = endpoint.scrape.options;
  const { targetPort, relabelings = [] } = endpoint.scrape.options;
  const copied = asList(targetLabels).concat(asList(podTargetLabels)).map(sanitized);
  const labels: Labels = {
    // A label of that name on the Service or the pod takes the place of the namespace; job and endpoint are set later.
    namespace: copied.includes('namespace') ? undefined : discovered.namespace,
    job: valueOf(jobLabel, discovered.serviceLabels) || discovered.serviceName,
    endpoint: targetPort === 'number' ? String(endpoint.port) : discovered.portName,
  };
  const relabeled = afterRules(relabelings, labels);
  // the operator sets it once more, after all other rules
  if (discovered.enforcedNamespaceLabel === 'namespace') relabeled.namespace = discovered.namespace;
  return defined(relabeled);
}

/** What rules over samples leave of the labels of a target; an enforced label is set once more after them. */
export function sampleLabels(
  ofTarget: Readonly<Record<string, string>>,
  metricRelabelings: readonly RelabelingRule[] = [],
  enforcedNamespaceLabel?: string,
): Record<string, string> {
  const { namespace, job, endpoint } = ofTarget;
  const labels = afterRules(metricRelabelings, { namespace, job, endpoint });
  if (enforcedNamespaceLabel === 'namespace') labels.namespace = namespace;
  return defined(labels);
}

/** The first rule over samples that certainly drops a metric, by its place in the list. */
export function ruleThatDrops(metric: string, rules: readonly RelabelingRule[] = []): number | undefined {
  for (const [index, rule] of asList(rules).entries()) {
    const action = rule && actionOf(rule);
    // From here on the metric may have another name.
    if (action === 'labelmap' || (rule?.targetLabel !== undefined && canBe('__name__', String(rule.targetLabel))))
      return;
    if (action !== 'keep' && action !== 'drop') continue;
    const { sourceLabels, regex = '' } = rule;
    if (!Array.isArray(sourceLabels) || sourceLabels.length !== 1 || sourceLabels[0] !== '__name__') continue;
    // A regular expression that is none is a finding of its own.
    if (typeof regex !== 'string' || regularExpressionProblem(regex) !== undefined) continue;
    const matches = matchesRegularExpression(regex || '(.*)', metric);
    if (matches === (action === 'drop')) return index;
  }
  return undefined;
}

type Labels = Record<string, string | undefined>;

function afterRules(rules: readonly RelabelingRule[], before: Labels): Labels {
  const labels = { ...before };
  for (const rule of asList(rules)) {
    for (const label of Object.keys(labels)) labels[label] = afterRule(rule, label, labels[label]);
  }
  return labels;
}

function defined(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Discovery offers labels of objects with `_` for everything that a label of Prometheus cannot hold. */
function valueOf(name: string, labels: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(labels).find(([key]) => sanitized(key) === sanitized(name))?.[1];
}

/** The list, or nothing where a list belongs and something else stands: the checks of the scrape say so. */
function asList<T>(value: readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}

function afterRule(rule: RelabelingRule, label: string, value: string | undefined): string | undefined {
  switch (rule && actionOf(rule)) {
    case 'labeldrop':
      return matchesRegularExpression(String(rule.regex), label) ? undefined : value;
    case 'labelkeep':
      return matchesRegularExpression(String(rule.regex), label) ? value : undefined;
    case 'replace':
    case 'hashmod':
    case 'lowercase':
    case 'uppercase':
      if (!canBe(label, String(rule.targetLabel))) return value;
      return isConstant(rule) ? rule.replacement : undefined;
    default:
      // The others drop targets as a whole, or (labelmap) copy labels that seldom bear one of our names.
      return value;
  }
}

/** Can a target label, which may hold references such as `${1}`, come out as this label? */
function canBe(label: string, targetLabel: string): boolean {
  const [first = '', ...rest] = targetLabel.split(/\$(?:\{\w+\}|\w+)/);
  if (rest.length === 0) return label === first;
  return label.startsWith(first) && label.endsWith(rest.at(-1) ?? '');
}

/** Does a rule always set the same text to the same label? */
function isConstant(rule: RelabelingRule): rule is RelabelingRule & { replacement: string } {
  const { regex, replacement, targetLabel } = rule;
  if (actionOf(rule) !== 'replace' || regex !== undefined || String(targetLabel).includes('$')) return false;
  return typeof replacement === 'string' && replacement !== '' && !replacement.includes('$');
}
