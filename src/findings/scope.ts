import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Finding } from './finding';
import { described } from './shape';
import { reportWhenUncaught, StackError } from './stack-error';

const reservedAt = new WeakMap<IConstruct, Set<string>>();

/** Keeps ids of a construct for what it creates itself, perhaps later: to a user they are taken from the beginning. */
export function reserveIds(construct: IConstruct, ids: readonly string[]): void {
  const reserved = reservedAt.get(construct) ?? new Set<string>();
  for (const id of ids) reserved.add(id);
  reservedAt.set(construct, reserved);
}

/**
 * The scope of a construct that is about to be created, for its super call: without a chart around it or with an id that is
 * taken there can be no construct, and so no finding at synth either.
 *
 * @throws StackError that says what is in the way
 */
export function scopeFor<S extends Construct>(scope: S, id: string, kind: string): S {
  const what = `${kind} '${String(id)}'`;
  if (!Construct.isConstruct(scope)) {
    const message = `${what} has as its scope ${described(scope)}, expected a chart, or a construct in one`;
    return refuse({ code: 'construct/scope', path: String(id), message, fix: 'give the chart as the first argument' });
  }
  const { path } = scope.node;
  if (typeof id !== 'string' || id === '') {
    const message = `${kind} below ${nameOf(scope)} has ${id === '' ? 'an empty id' : `as its id ${described(id)}`}, expected text`;
    return refuse({ code: 'construct/id', path, message, fix: `give an id as the second argument of ${kind}` });
  }
  const own = path === '' ? id : `${path}/${id}`;
  if (!scope.node.scopes.some((each) => Chart.isChart(each))) {
    const message = `${what} is in no chart, but directly under ${nameOf(scope)}`;
    return refuse({ code: 'construct/no-chart', path: own, message, fix: 'create it under a Chart' });
  }
  const other = scope.node.tryFindChild(id);
  if (other !== undefined || reservedAt.get(scope)?.has(id)) {
    const taker = other === undefined ? `the ${id} that ${kindOf(scope)} creates itself` : nameOf(other);
    const message = `${what} has an id that is taken by ${taker}; ids are unique below an app or a chart`;
    return refuse({ code: 'construct/id-taken', path: own, message, fix: `give the ${kind} another id` });
  }
  return scope;
}

/**
 * Ends the construction of a construct that cannot exist.
 *
 * @param fault `path` is where it would have been
 */
export function refuse({ path, ...fault }: Pick<Finding, 'code' | 'message' | 'fix'> & { path: string }): never {
  reportWhenUncaught();
  throw new StackError([{ severity: 'error', where: { construct: path || 'the app' }, ...fault }]);
}

/** A construct for a sentence: `ExporterSidecar at shop/checkout/redis`, `the App`. */
export function nameOf(construct: IConstruct): string {
  const { path } = construct.node;
  return path === '' ? `the ${kindOf(construct)}` : `${kindOf(construct)} at ${path}`;
}

function kindOf(construct: IConstruct): string {
  return ApiObject.isApiObject(construct) ? construct.kind : construct.constructor.name;
}
