import type { AnnotationFacts, AnnotationJob, RelabelingRule } from '../../platform';
import { matchesRegularExpression, regularExpressionProblem } from '../../promql';
import { annotatedOn, MetricsEndpoint } from './metrics-endpoint';
import { defaultJobLabel, serviceMonitorOptions } from './monitor-endpoint';
import { actionOf } from './relabeling-checks';
import { sanitized } from './relabeling-labels';
import type { OptionsOf } from './scrape-policy';

/** What discovery says of an endpoint's target before relabeling. */
export interface Discovered {
  /** What `job` is where nothing else is said: the name of the app. */
  readonly job: string;
  readonly namespace?: string;
  /** The label that Prometheus sets to the monitor's namespace after all relabeling. */
  readonly enforcedNamespaceLabel?: string;
  readonly portName: string;
  /** The Service through which the endpoint is found. */
  readonly serviceName: string;
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Labels by which the pods are found. */
  readonly podSelector: () => Readonly<Record<string, string>>;
  readonly podLabels: () => Readonly<Record<string, string>>;
  /** How the platform's discovery by annotations labels targets. */
  readonly annotations?: AnnotationFacts;
}

/**
 * The labels that single out an endpoint's series: `namespace`, `job` and `endpoint` as the operator sets them and
 * relabeling leaves them, or those that discovery by annotations gives. A label that a rule computes from others is left
 * out: a matcher on it could be wrong.
 */
export function targetLabels(endpoint: MetricsEndpoint, discovered: Discovered): Record<string, string> {
  const { namespace, job } = discovered;
  switch (endpoint.scrape.kind) {
    case 'serviceMonitor':
    case 'federate':
      return labelsByService(endpoint, discovered);
    case 'podMonitor':
      return labelsByPod(endpoint.scrape.options, discovered);
    case 'annotations':
      return defined(labelsByAnnotation(endpoint, discovered));
    case 'probe': {
      const { relabelings } = endpoint.scrape.options;
      return relabeled({ namespace, job, endpoint: discovered.portName }, relabelings, discovered);
    }
    default:
      return defined({ namespace, job });
  }
}

/** Source: prometheus-operator, pkg/prometheus/promcfg.go, `generateServiceMonitorConfig`. */
function labelsByService(endpoint: MetricsEndpoint, discovered: Discovered): Record<string, string> {
  const options = serviceMonitorOptions(endpoint.scrape);
  const { jobLabel = defaultJobLabel, targetLabels = [], podTargetLabels = [], targetPort, relabelings } = options;
  const copied = asList(targetLabels).concat(asList(podTargetLabels)).map(sanitized);
  const labels: Labels = {
    // A label of that name on the Service or the pod takes the place of the namespace; job and endpoint are set later.
    namespace: copied.includes('namespace') ? undefined : discovered.namespace,
    job: valueOf(jobLabel, discovered.serviceLabels) || discovered.serviceName,
    endpoint: targetPort === 'number' ? String(endpoint.port) : discovered.portName,
  };
  return relabeled(labels, relabelings, discovered);
}

/** Source: prometheus-operator, pkg/prometheus/promcfg.go, `generatePodMonitorConfig`; what it does not set is pinned. */
function labelsByPod(options: OptionsOf<'podMonitor'>, discovered: Discovered): Record<string, string> {
  const { jobLabel, podTargetLabels = [], relabelings } = options;
  const labels: Labels = {
    namespace: asList(podTargetLabels).map(sanitized).includes('namespace') ? undefined : discovered.namespace,
    job: jobLabel === undefined ? discovered.job : valueOf(jobLabel, discovered.podLabels()),
    endpoint: discovered.portName,
  };
  return relabeled(labels, relabelings, discovered);
}

function labelsByAnnotation(endpoint: MetricsEndpoint, discovered: Discovered): Labels {
  const onService = annotatedOn(endpoint) === 'service';
  const { job, slowJob = job, jobLabel, labelmap = false, labels = ['namespace'] } = readerOf(endpoint, discovered);
  const { slow } = endpoint.scrape.options as OptionsOf<'annotations'>;
  const ofObject = labelsOfAnnotated(endpoint, discovered);
  const named = jobLabel === undefined ? undefined : valueOf(jobLabel, ofObject);
  const found: Labels = {
    namespace: labels.includes('namespace') ? discovered.namespace : undefined,
    job: named ?? (slow ? slowJob : job),
    ...(onService && labels.includes('service') ? { service: discovered.serviceName } : {}),
  };
  // a job of this app alone needs no more matchers
  if (named !== undefined || !labelmap || found.service !== undefined) return found;
  const copied = onService ? { [defaultJobLabel]: ofObject[defaultJobLabel] } : discovered.podSelector();
  const others = Object.entries(copied).map(([key, value]): [string, string | undefined] => [sanitized(key), value]);
  return { ...found, ...Object.fromEntries(others.filter(([label]) => !(label in found))) };
}

/** Labels that say nothing of the app: a job that discovers the targets of all apps. */
export function sharedLabels(endpoint: MetricsEndpoint, discovered: Discovered): string[] {
  if (endpoint.scrape.kind !== 'annotations') return [];
  const { jobLabel } = readerOf(endpoint, discovered);
  return jobLabel !== undefined && valueOf(jobLabel, labelsOfAnnotated(endpoint, discovered)) ? [] : ['job'];
}

/** The job of Prometheus that reads the annotations of an endpoint. */
function readerOf(endpoint: MetricsEndpoint, { annotations }: Discovered): AnnotationJob {
  return (annotatedOn(endpoint) === 'service' ? annotations?.services : annotations?.pods) ?? {};
}

function labelsOfAnnotated(endpoint: MetricsEndpoint, discovered: Discovered): Readonly<Record<string, string>> {
  return annotatedOn(endpoint) === 'service' ? discovered.serviceLabels : discovered.podLabels();
}

function relabeled(
  labels: Labels,
  relabelings: readonly RelabelingRule[] = [],
  { namespace, enforcedNamespaceLabel }: Discovered,
): Record<string, string> {
  const after = afterRules(relabelings, labels);
  // the operator sets it once more, after all other rules
  if (enforcedNamespaceLabel === 'namespace') after.namespace = namespace;
  return defined(after);
}

/** What rules over samples leave of the labels of a target; an enforced label is set once more after them. */
export function sampleLabels(
  ofTarget: Readonly<Record<string, string>>,
  metricRelabelings: readonly RelabelingRule[] = [],
  enforcedNamespaceLabel?: string,
): Record<string, string> {
  const { namespace, job, endpoint } = ofTarget;
  const labels = afterRules(metricRelabelings, { namespace, job, endpoint, ...ofTarget });
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
