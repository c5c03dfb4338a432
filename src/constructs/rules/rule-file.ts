import { ApiObject, Yaml } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { Group, Rule } from '../../../imports/prometheus-rule';
import { addCheck, compareText, Finding } from '../../findings';
import { Platform } from '../../platform';
import { generateObject, ObjectOptions, withoutHelmActions } from '../objects';

export interface RuleFileProps {
  /** Stem of the names of the ConfigMap and of the file in it. */
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly group: () => Group;
}

const ending = '-rules';

const rulesIn = new WeakMap<ApiObject, () => readonly Rule[]>();
const filesBelow = new WeakMap<IConstruct, ApiObject[]>();

/** Is a PrometheusRule read by nobody, as there is no prometheus-operator? */
export function readsRuleFiles({ facts }: Platform): boolean {
  return facts.operator?.installed === false;
}

/**
 * Rules as a file that Prometheus reads by itself, in a ConfigMap.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
 */
export function ruleFile(scope: Construct, id: string, props: RuleFileProps): ApiObject {
  const { name, namespace, labels, options, group } = props;
  const objectName = name.endsWith(ending) ? name : `${name}${ending}`;
  // files of several ConfigMaps may come into one folder
  const stem = (options?.name ?? objectName).replace(/-rules$/, '');
  const object = generateObject(scope, id, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: objectName,
    namespace,
    labels: { ...labels, ...Platform.of(scope).facts.rules?.configMapLabels },
    options,
    content: () => ({ data: { [`${stem}.rules.yaml`]: withoutHelmActions(textOf(group()), scope) } }),
  });
  rulesIn.set(object, () => group().rules ?? []);
  reportAtRoot(object);
  return object;
}

/** The rules of a ConfigMap that {@link ruleFile} has made; undefined for any other object. */
export function rulesOfFile(object: ApiObject): readonly Rule[] | undefined {
  return rulesIn.get(object)?.();
}

/** Prometheus refuses a file with fields that it does not know, such as that of Thanos, or with empty ones. */
function textOf({ partial_response_strategy: _, ...group }: Group): string {
  const defined: unknown = JSON.parse(JSON.stringify({ groups: [group] }));
  return Yaml.stringify(defined);
}

/** Whether anybody reads the files is open for all of them alike: it is said once for the stack. */
function reportAtRoot(object: ApiObject): void {
  const { root } = object.node;
  const files = filesBelow.get(root);
  if (files !== undefined) {
    files.push(object);
    return;
  }
  const first = [object];
  filesBelow.set(root, first);
  addCheck(root, () => unreadFindings(first));
}

/** Source: prometheus-community/helm-charts, charts/prometheus/values.yaml. */
function unreadFindings(files: readonly ApiObject[]): Finding[] {
  const open = files.filter((file) => Platform.of(file).facts.rules?.configMapLabels === undefined);
  const [first] = [...open].sort((a, b) => compareText(a.node.path, b.node.path));
  if (first === undefined) return [];
  const others = open.length > 1 ? ` and ${open.length - 1} more` : '';
  return [
    {
      code: 'rules/not-mounted',
      severity: 'info',
      where: { construct: first.node.path },
      message: `the platform '${Platform.of(first).name}' has no prometheus-operator: Prometheus reads the rules of ConfigMap ${first.name}${others} only where they are mounted and named in rule_files`,
      fix: `mount them (Helm chart prometheus: server.extraConfigmapMounts, and serverFiles."prometheus.yml".rule_files), or let a sidecar collect them from other namespaces; then set rules: { configMapLabels: {} } on the platform, with the labels that the sidecar asks for`,
    },
  ];
}
