import { join } from 'path';
import type { App } from 'cdk8s';
import { definedFields } from '../constructs/objects/defined-fields';
import { checkProps, type ShapeOf } from '../constructs/objects/props';
import { described, Finding, sortFindings, StackError } from '../findings';
import type { Platform } from '../platform';
import { checkedSynthesis, refuseErrors, writeFindings } from './checked-synthesis';
import { caseless } from './file-names';
import type { MonitoringAppProps } from './monitoring-app-props';
import { outputContents } from './output-contents';
import { report, summaryLine } from './summary';
import { constructMetadata, metadataFile, Synthesis } from './synthesis';

/** One of the environments of a stack. */
export interface EnvironmentProps {
  /** The facts about the environment's cluster. @default - nothing is known, and the summary says what that leaves undone */
  readonly platform?: Platform;
  /** What differs between the environments: replicas, thresholds, host names. @default - nothing */
  readonly values?: object;
  /** Folder of the environment below the output folder. @default - the name of the environment */
  readonly folder?: string;
}

/** What all environments share. */
export interface EnvironmentsOptions extends Omit<MonitoringAppProps, 'platform'> {
  /** Folder that holds the folders of the environments. @default - CDK8S_OUTDIR if defined, otherwise `dist` */
  readonly outdir?: string;
  /**
   * Whether the environments are written. A test that looks at the apps switches it off: then nothing is synthesized, and
   * faults are left to `findings()` of each app.
   *
   * @default true
   */
  readonly write?: boolean;
}

type ValuesOf<E> = E extends { readonly values: infer V } ? V : object;
type AnyValues<E> = { readonly [N in keyof E]: ValuesOf<E[N]> }[keyof E];
/** Of a union, the keys that any of its members has. */
type AnyKey<V> = V extends unknown ? keyof V : never;
type AnyValue<V, K extends PropertyKey> = V extends unknown ? (K extends keyof V ? V[K] : never) : never;

/** The values of an environment, whichever it is. */
export type EnvironmentValues<E> = { readonly [K in AnyKey<AnyValues<E>>]: AnyValue<AnyValues<E>, K> };

type Lacking<E, V> = Exclude<AnyKey<AnyValues<E>>, keyof V>;

/** Demands of each environment the values that another one has, and of its props that they are known. */
export type CompleteEnvironments<E> = {
  readonly [N in keyof E]: ([Lacking<E, ValuesOf<E[N]>>] extends [never]
    ? unknown
    : { readonly values: { readonly [K in Lacking<E, ValuesOf<E[N]>>]: AnyValue<AnyValues<E>, K> } }) & {
    readonly [K in Exclude<keyof E[N], keyof EnvironmentProps>]: never;
  };
};

/** Composes the stack for one environment. */
export type ComposeEnvironment<A extends App> = (environment: A, values: object, name: string) => unknown;

interface Environment<A extends App> {
  readonly name: string;
  readonly folder: string;
  readonly app: A;
  readonly values: object;
}

/**
 * Makes an app for each environment, composes it, and writes all of them or none.
 *
 * @param create makes the app of an environment
 * @throws SynthesisError with the errors of all environments
 */
export function synthesizeEnvironments<A extends App>(
  given: Readonly<Record<string, EnvironmentProps>>,
  compose: ComposeEnvironment<A>,
  options: EnvironmentsOptions,
  create: (name: string, props: MonitoringAppProps) => A,
): Readonly<Record<string, A>> {
  const { write = true, outdir = process.env.CDK8S_OUTDIR ?? 'dist', ...shared } = definedFields(options ?? {});
  const { props, findings } = checkedEnvironments(given, compose);
  refuseErrors(findings);
  const environments = props.map(({ name, folder, platform, values }): Environment<A> => {
    const app = create(name, { ...shared, outdir: join(outdir, folder), ...(platform ? { platform } : {}) });
    return { name, folder, app, values };
  });
  const ended = new Map(environments.map((environment) => [environment, composed(environment, compose)]));
  const thrown = [...ended.values()].flat();
  // what is missing in a stack that was not composed to its end is no fault of its own
  const complete = environments.filter((environment) => ended.get(environment)?.length === 0);
  if (write) writeAll(complete, [...findings, ...thrown], { outdir, ...shared });
  else refuseErrors(thrown);
  return Object.fromEntries(environments.map(({ name, app }) => [name, app]));
}

/** A construct that cannot exist ends its environment alone, so that the faults of the others are shown as well. */
function composed<A extends App>(environment: Environment<A>, compose: ComposeEnvironment<A>): Finding[] {
  const { name, app, values } = environment;
  try {
    const result = compose(app, values, name);
    if (typeof (result as { then?: unknown } | undefined)?.then !== 'function') return [];
    // what it rejects with is not lost: without the function's end there is nothing to synthesize
    (result as Promise<unknown>).then(undefined, () => undefined);
    return [
      problem(name, 'environments/async', {
        message: 'the function that composes the environments is asynchronous, and a synth does not wait',
        fix: 'get what it waits for before MonitoringApp.environments(…), and pass it in values',
      }),
    ];
  } catch (cause) {
    if (!(cause instanceof StackError)) throw cause;
    return cause.findings.map((finding) => inEnvironment(name, finding));
  }
}

function writeAll<A extends App>(
  environments: readonly Environment<A>[],
  before: readonly Finding[],
  options: EnvironmentsOptions & { readonly outdir: string },
): void {
  const syntheses = environments.map(({ app }) => checkedSynthesis(app));
  const contents = new Map<string, string>();
  const yielding = new Set<string>();
  const found = [...before];
  const foundIn = environments.map(({ name, folder, app }, index) => {
    const output = outputContents(app, syntheses[index]!, options.kustomization);
    for (const [path, text] of output.contents) contents.set(`${folder}/${path}`, text);
    for (const path of output.yielding) yielding.add(`${folder}/${path}`);
    const findings = [...syntheses[index]!.findings, ...output.findings];
    found.push(...findings.map((finding) => inEnvironment(name, finding)));
    return findings;
  });
  refuseErrors(found, options);
  if (recordsMetadata(options)) contents.set(metadataFile, constructMetadata(syntheses.flatMap(apiObjectsOf)));
  const all = writeFindings(options.outdir, contents, found, yielding);
  if (!showsSummary(options)) return;
  const lines = environments.map(
    ({ name, app }, index) => `${name}: ${summaryLine(app, syntheses[index]!.files, foundIn[index]!)}`,
  );
  process.stderr.write(`${report(lines.join('\n'), all)}\n`);
}

const apiObjectsOf = ({ apiObjects }: Synthesis) => apiObjects;

/** App keeps its own copy to itself. */
export function recordsMetadata({ recordConstructMetadata }: MonitoringAppProps): boolean {
  return recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
}

export function showsSummary({ summary }: MonitoringAppProps): boolean {
  return summary ?? !process.env.CDK8S_MONITORING_QUIET;
}

/** A finding among those of other environments: its construct is told by a path that begins with the environment. */
function inEnvironment(name: string, finding: Finding): Finding {
  const { where } = finding;
  if (!('construct' in where)) return finding;
  const isRoot = where.construct === '' || where.construct === 'the app';
  return { ...finding, where: { construct: isRoot ? name : `${name}/${where.construct}` } };
}

interface CheckedEnvironments {
  readonly props: readonly { readonly name: string; readonly folder: string; platform?: Platform; values: object }[];
  readonly findings: readonly Finding[];
}

const environmentShape: ShapeOf<EnvironmentProps> = {
  platform: 'anything', // Platform.provide says what is wrong with it
  values: { map: 'anything' },
  folder: 'text',
};

function checkedEnvironments(given: unknown, compose: unknown): CheckedEnvironments {
  const findings: Finding[] = [];
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const entries = isObject ? Object.entries(given) : [];
  if (entries.length === 0) {
    const message = isObject ? 'there is no environment' : `the environments are ${described(given)}`;
    const fix = 'name one at least, such as { prod: { platform: Platform.kubePrometheus(), values: {} } }';
    findings.push(problem('environments', 'environments/none', { message, fix }));
  }
  if (typeof compose !== 'function') {
    findings.push(
      problem('environments', 'environments/compose', {
        message: `the second argument is ${described(compose)}, expected the function that composes an environment`,
        fix: 'write (environment, values) => { const chart = new Chart(environment, …); … }',
      }),
    );
  }
  const props = entries.map(([name, own]) => {
    const isProps = typeof own === 'object' && own !== null && !Array.isArray(own);
    if (!isProps) {
      const message = `the environment '${name}' is ${described(own)}, expected { platform, values }`;
      findings.push(problem(name, 'environments/props', { message, fix: 'give { platform: …, values: { … } }' }));
    }
    const checked = checkProps<EnvironmentProps>(isProps ? own : {}, environmentShape);
    for (const { code, severity, message, fix, nearMiss } of checked.problems) {
      const near = nearMiss === undefined ? {} : { nearMiss };
      findings.push({ code, severity, where: { construct: name }, message, fix, ...near });
    }
    const { platform, folder = name } = checked.props;
    // as given: a class instance must not lose its methods
    const values = (own as EnvironmentProps | undefined)?.values ?? {};
    return { name, folder, values, ...(platform ? { platform } : {}) };
  });
  return { props, findings: sortFindings([...findings, ...folderFindings(props)]) };
}

/** Letters that every file system keeps as they are, so that a folder has one name on all machines. */
const folderPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;

function folderFindings(props: readonly { readonly name: string; readonly folder: string }[]): Finding[] {
  const taken = new Map<string, string>();
  return props.flatMap(({ name, folder }): Finding[] => {
    if (!folderPattern.test(folder)) {
      const cleaned = folder.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._-]+|[.-]+$/g, '');
      return [
        problem(name, 'environments/folder', {
          message: `'${folder}' cannot be the folder of the environment '${name}'`,
          fix: `use letters, digits, -, _ and ., such as folder: '${cleaned || 'prod'}'`,
        }),
      ];
    }
    const other = taken.get(caseless(folder));
    taken.set(caseless(folder), name);
    if (other === undefined) return [];
    return [
      problem(name, 'environments/shared-folder', {
        message: `the environments '${other}' and '${name}' would both be written into the folder '${folder}'`,
        fix: 'give one of them another folder; names that differ in case only are one folder on some file systems',
      }),
    ];
  });
}

function problem(place: string, code: Finding['code'], texts: Pick<Finding, 'message' | 'fix'>): Finding {
  return { code, severity: 'error', where: { construct: place }, ...texts };
}
