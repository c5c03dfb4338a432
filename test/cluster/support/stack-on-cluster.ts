import { parse } from 'yaml';
import type { Platform } from '../../../src/platform';
import { ClusterObject, get, list, documentsOf, tryKubectl } from './cluster';
import type { Exposition } from './expositions';
import { serversOf } from './platform-objects';
import { endOfRuleFiles, LoadedRule, ScrapedTarget } from './prometheus';
import type { EvaluatedGroups, PrometheusView } from './prometheus-servers';
import { differences, ExpectedTargets } from './targets';

/** A stack, and what Prometheus must make of it. */
export interface StackOnCluster {
  readonly name: string;
  /** What was synthesized. */
  readonly objects: readonly ClusterObject[];
  /** Errors and warnings of our own checks: one more reason to fail. */
  readonly findings?: readonly string[];
  /** Every target that the stack declares, and no other. */
  readonly targets: readonly ExpectedTargets[];
  /** What others bring: the Secrets that a monitor names, workloads that it attaches to. */
  readonly given?: readonly ClusterObject[];
  /** What is outside the cluster, such as the servers that discovery asks, by its name. */
  readonly outside?: readonly (Exposition & { readonly host: string })[];
}

export function namespacesOf(stack: StackOnCluster): string[] {
  const objects = [...stack.objects, ...(stack.given ?? [])];
  return [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))].sort();
}

export function targetsIn(namespaces: readonly string[], targets: readonly ScrapedTarget[]): ScrapedTarget[] {
  return targets.filter((target) => namespaces.includes(namespaceOf(target)));
}

/** The namespace of the monitor that a target is from; of the discovered object where there is no monitor. */
function namespaceOf({ scrapePool, discoveredLabels }: ScrapedTarget): string {
  return /^\w+\/([^/]+)\//.exec(scrapePool)?.[1] ?? discoveredLabels.__meta_kubernetes_namespace ?? '';
}

/** Applies a stack as a team does. What we or the API server have against it, warnings included, is a fault. */
export async function applyStack({ objects, findings = [] }: StackOnCluster): Promise<string[]> {
  const { status, said, complained } = await tryKubectl(
    ['apply', '--server-side', '--validate=strict', '-f', '-'],
    documentsOf(objects),
  );
  const faults = [...findings, ...complained.split('\n').filter((line) => line.trim() !== '')];
  for (const { kind, metadata } of objects) {
    if (kind === 'CronJob') await runNow(metadata.name, metadata.namespace ?? '');
  }
  const accepted = said.split('\n').filter((line) => line.endsWith('serverside-applied')).length;
  if (accepted !== objects.length) faults.push(`${accepted} of ${objects.length} objects were accepted (${status})`);
  return faults;
}

/** A CronJob has pods at its hour only: this makes a Job of it at once. */
async function runNow(cronJob: string, namespace: string): Promise<void> {
  await tryKubectl(['create', 'job', `${cronJob}-now`, `--from=cronjob/${cronJob}`, '--namespace', namespace]);
}

/** What is not as it should be at the moment. */
export async function faultsOf(stack: StackOnCluster, scraped: PrometheusView, platform: Platform): Promise<string[]> {
  const hasOperator = platform.facts.operator?.installed !== false;
  const namespaces = namespacesOf(stack);
  const pods = await podsIn(namespaces);
  const podNames = new Map(pods.map(({ metadata, status }) => [String(status?.podIP), metadata.name]));
  const ofStack = targetsIn(namespaces, scraped.targets);
  const faults = [
    ...(await Promise.all(stack.objects.map((object) => faultsOfObject(object, hasOperator)))).flat(),
    ...(await rejections(namespaces)),
    ...differences(stack.targets, ofStack, podNames),
    ...(await Promise.all(stack.objects.map((object) => faultsOfRules(object, scraped.evaluated, platform)))).flat(),
  ];
  for (const { scrapeUrl, health, lastError } of ofStack) {
    if (health !== 'up') faults.push(`${scrapeUrl} is ${health}${lastError && `: ${lastError}`}`);
  }
  return faults;
}

async function podsIn(namespaces: readonly string[]): Promise<ClusterObject[]> {
  return (await Promise.all(namespaces.map((name) => list(`/api/v1/namespaces/${name}/pods`)))).flat();
}

const workloads: Readonly<Record<string, (object: ClusterObject) => readonly [number, number]>> = {
  Deployment: ({ spec, status }) => [status?.availableReplicas ?? 0, spec.replicas],
  StatefulSet: ({ spec, status }) => [status?.availableReplicas ?? 0, spec.replicas],
  ReplicaSet: ({ spec, status }) => [status?.availableReplicas ?? 0, spec.replicas],
  DaemonSet: ({ status }) => [status?.numberAvailable ?? 0, Math.max(1, status?.desiredNumberScheduled ?? 0)],
};
/** What the operator says about, in the status: `bindings`, one for each Prometheus that selects the object. */
const monitors = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'PrometheusRule'];
/** What the operator runs: it says in `conditions` whether it could. */
const servers = ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'];

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

async function faultsOfObject(object: ClusterObject, hasOperator: boolean): Promise<string[]> {
  const { kind, metadata } = object;
  const readiness = workloads[kind];
  const isOfOperator = [...monitors, ...servers].includes(kind);
  if (readiness === undefined && !isOfOperator) return [];

  const place = `${kind} ${metadata.namespace}/${metadata.name}`;
  if (isOfOperator && !hasOperator) return [`${place} is of a kind that a cluster without the operator does not have`];
  const live = await get(pathOf(object));
  if (live.metadata?.name !== metadata.name) return [`${place} is not there`];
  if (readiness !== undefined) {
    const [ready, wanted] = readiness(live);
    return ready === wanted ? [] : [`${place} has ${ready} of ${wanted} pods${await whyNoPods(object)}`];
  }
  if (servers.includes(kind)) {
    const conditions = (live.status?.conditions ?? []) as Condition[];
    const met = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
    const unmet = conditions.filter(({ status }) => status !== 'True').map(({ type, message }) => `${type} ${message}`);
    return met.includes('Available') && met.includes('Reconciled')
      ? []
      : [`${place} does not run: ${unmet.join(', ')}`];
  }
  const bindings = (live.status?.bindings ?? []) as { readonly conditions: readonly Condition[] }[];
  if (bindings.length === 0) return [`${place} is selected by no Prometheus`];
  return bindings
    .flatMap(({ conditions }) => conditions)
    .filter(({ type, status }) => type === 'Accepted' && status !== 'True')
    .map(({ reason, message }) => `${place} is not accepted by the operator: ${reason} ${message}`);
}

/** The path of an object whose kind is one of those above: their resources have regular names. */
function pathOf({ apiVersion, kind, metadata }: ClusterObject): string {
  const resource = kind === 'Prometheus' ? 'prometheuses' : `${kind.toLowerCase()}s`;
  return `/apis/${apiVersion}/namespaces/${metadata.namespace}/${resource}/${metadata.name}`;
}

async function whyNoPods({ metadata }: ClusterObject): Promise<string> {
  const failed = (await events(metadata.namespace ?? '')).find(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.name.startsWith(metadata.name),
  );
  return failed === undefined ? '' : `: ${failed.message}`;
}

async function rejections(namespaces: readonly string[]): Promise<string[]> {
  const all = (await Promise.all(namespaces.map(events))).flat();
  return all
    .filter(({ reason }) => reason === 'InvalidConfiguration')
    .map(({ involvedObject, message }) => `the operator rejects ${involvedObject.name}: ${message}`);
}

const events = (namespace: string) => list(`/api/v1/namespaces/${namespace}/events`);

interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Record<string, unknown>[] }[];
}

/** The groups of a PrometheusRule, or of the files of rules in a ConfigMap; none for any other object. */
function groupsOf({ kind, spec, data }: ClusterObject): RuleGroups['groups'] {
  if (kind === 'PrometheusRule') return (spec as RuleGroups).groups;
  if (kind !== 'ConfigMap') return [];
  const files = Object.entries((data ?? {}) as Record<string, string>).filter(([name]) =>
    name.endsWith(endOfRuleFiles),
  );
  return files.flatMap(([, content]) => (parse(content) as RuleGroups).groups);
}

/**
 * Every rule must be loaded, in its group, be evaluated without an error, and no alert be active: by every server of the
 * platform that selects it. Others of the stack, such as a ThanosRuler, may select it alone.
 */
async function faultsOfRules(
  object: ClusterObject,
  evaluated: readonly EvaluatedGroups[],
  platform: Platform,
): Promise<string[]> {
  const groups = groupsOf(object);
  if (groups.length === 0) return [];
  const { kind, metadata } = object;
  const evaluators = kind === 'PrometheusRule' ? await selecting(object, evaluated, platform) : evaluated;
  return evaluators.flatMap(({ groups: loaded }) => {
    const ofObject = loaded.filter(({ file }) => file.includes(`/${metadata.namespace}-${metadata.name}-`));
    return groups.flatMap(({ name, rules }) => {
      const wanted = rules.map(({ alert, record }) => alert ?? record).join(', ');
      const found = ofObject.find((group) => group.name === name)?.rules ?? [];
      const have = found.map((rule) => rule.name).join(', ');
      if (have !== wanted) return [`of the rules ${wanted} these are loaded: ${have}`];
      return found.flatMap(faultsOfRule);
    });
  });
}

async function selecting(
  rule: ClusterObject,
  evaluated: readonly EvaluatedGroups[],
  platform: Platform,
): Promise<readonly EvaluatedGroups[]> {
  const bindings = ((await get(pathOf(rule))).status?.bindings ?? []) as readonly { readonly name: string }[];
  const servers = serversOf(platform).filter((server) => bindings.some(({ name }) => name === server.name));
  return evaluated.filter(({ server }) => servers.some(({ name }) => name === server));
}

/** Everything is up, so an alert that is not quiet asks for labels that no target has. */
function faultsOfRule({ name, health, lastError, state = 'inactive', query }: LoadedRule): string[] {
  if (health !== 'ok') return [`the rule ${name} is ${health}${lastError ? `: ${lastError}` : ''}`];
  // a watchdog fires always
  if (query === 'vector(1)') return state === 'firing' ? [] : [`the alert ${name} does not fire`];
  return state === 'inactive' ? [] : [`the alert ${name} is ${state} though all is well: ${query}`];
}

export function countRules({ objects }: StackOnCluster): number {
  return objects.flatMap(groupsOf).reduce((sum, { rules }) => sum + rules.length, 0);
}
