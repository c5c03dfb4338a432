import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { compareText, described, Finding, nearMiss } from '../../findings';
import type { ObjectIn } from './attach-props';

/** The one object that was asked for, or why there is none. */
export type FoundObject = { readonly object: ApiObject } | { readonly problem: ObjectProblem };

type ObjectProblem = Pick<Finding, 'code' | 'message' | 'nearMiss' | 'fix'>;

/** What a user gave for an object, and what would do. */
export interface ObjectQuestion {
  /** The prop, for sentences: `workload`. */
  readonly prop: string;
  /** What is looked for, for sentences: `workload`, `Service`. */
  readonly what: string;
  readonly kinds: readonly string[];
  /** What to give instead of something that is no object at all. */
  readonly fix: string;
}

/** Finds an object: a construct that stands for one, or one among those that a construct holds. */
export function findObject(given: unknown, question: ObjectQuestion): FoundObject {
  if (Construct.isConstruct(given)) {
    const own = ownObject(given);
    if (own !== undefined) return { object: own };
    return isInclude(given) ? findIn({ in: given }, question) : { problem: noObject(given, question) };
  }
  if (typeof given !== 'object' || given === null || !('in' in given)) return { problem: noObject(given, question) };
  return Construct.isConstruct(given.in)
    ? findIn(given as ObjectIn, question)
    : { problem: noObject(given.in, { ...question, prop: `${question.prop}.in`, what: 'construct' }) };
}

/** An Include, or a Helm chart, by its members: there may be two copies of cdk8s. */
function isInclude(construct: IConstruct): boolean {
  return 'apiObjects' in construct && !Chart.isChart(construct);
}

function ownObject(construct: IConstruct): ApiObject | undefined {
  try {
    return ApiObject.of(construct);
  } catch {
    return undefined;
  }
}

function noObject(given: unknown, { prop, what, fix }: ObjectQuestion): ObjectProblem {
  return {
    code: 'workload/none',
    message: `there is nothing to attach to: ${prop} is ${Construct.isConstruct(given) ? given.node.path : described(given)}, which is no ${what}`,
    fix,
  };
}

function objectsIn(construct: IConstruct): ApiObject[] {
  return construct.node.findAll().filter((child): child is ApiObject => ApiObject.isApiObject(child));
}

function findIn({ in: holder, kind, name, namespace }: ObjectIn, { prop, what, kinds }: ObjectQuestion): FoundObject {
  const all = objectsIn(holder);
  const fitting = all.filter((object) => kinds.includes(object.kind));
  const found = fitting.filter(
    (object) =>
      (kind === undefined || object.kind === kind) &&
      (name === undefined || object.name === name) &&
      (namespace === undefined || object.metadata.namespace === namespace),
  );
  if (found.length === 1 && found[0]) return { object: found[0] };
  const place = holder.node.path;
  const asked = [kind ?? what, name && `'${name}'`, namespace && `in namespace '${namespace}'`]
    .filter(Boolean)
    .join(' ');
  if (found.length > 1) {
    return {
      problem: {
        code: 'attach/ambiguous',
        message: `${place} has ${found.length} objects that ${prop} can mean: ${listOf(found)}`,
        fix: `say which: ${prop}: { in: …, ${distinction(found)} }`,
      },
    };
  }
  const near = nearest({ kind, name }, fitting);
  const lists = all.filter((object) => object.kind === 'List').map((object) => object.node.path);
  return {
    problem: {
      code: 'attach/not-found',
      message: fitting.length === 0 ? `${place} has no ${what}` : `${place} has no ${asked}; it has ${listOf(fitting)}`,
      ...(near === undefined ? {} : { nearMiss: near.value }),
      fix:
        lists.length > 0
          ? `write the items of the List ${lists.join(', ')} as documents of their own, between lines of ---: cdk8s passes a List through unopened`
          : near === undefined
            ? `give the kind and name of an object that is rendered now${fitting.length === 0 ? ', or another construct' : ''}`
            : `write ${near.field}: '${near.value}'`,
    },
  };
}

/** What tells candidates apart. */
function distinction(found: readonly ApiObject[]): string {
  const [first] = found;
  if (first === undefined) return '';
  const differ = (of: (object: ApiObject) => string | undefined) => new Set(found.map(of)).size === found.length;
  if (differ(({ name }) => name)) return `name: '${first.name}'`;
  if (differ(({ kind }) => kind)) return `kind: '${first.kind}'`;
  return `kind: '${first.kind}', name: '${first.name}', namespace: '${first.metadata.namespace ?? ''}'`;
}

interface NearMiss {
  readonly field: 'kind' | 'name';
  readonly value: string;
}

/** The name that was meant: mistyped, or with the name of another release around it. */
function nearest({ kind, name }: Partial<ObjectIn>, fitting: readonly ApiObject[]): NearMiss | undefined {
  if (name !== undefined) {
    const names = [...new Set(fitting.map((object) => object.name))];
    const related = names.filter(
      (each) => each.endsWith(`-${name}`) || name.endsWith(`-${each}`) || tail(each) === tail(name),
    );
    const near = nearMiss(name, names) ?? (related.length === 1 ? related[0] : undefined);
    if (near !== undefined && near !== name) return { field: 'name', value: near };
  }
  const kinds = [
    ...new Set(fitting.filter((object) => name === undefined || object.name === name).map((object) => object.kind)),
  ];
  const near = kind === undefined ? undefined : (nearMiss(kind, kinds) ?? (kinds.length === 1 ? kinds[0] : undefined));
  return near === undefined || near === kind ? undefined : { field: 'kind', value: near };
}

/** A name without its first part, which is the release in most charts. */
function tail(name: string): string {
  return name.replace(/^[^-]+-/, '');
}

function listOf(objects: readonly ApiObject[]): string {
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
  return objects
    .map(
      ({ kind, name, metadata }) =>
        `${kind} ${name}${namespaces.size > 1 ? ` in ${metadata.namespace ?? 'no namespace'}` : ''}`,
    )
    .sort(compareText)
    .join(', ');
}
