import { ApiObject, JsonPatch } from 'cdk8s';
import { addCheck } from '../../findings';
import { inOutputOrder, Manifest } from './manifest';
import { applyPatches, PatchProblem } from './patches';
import { rememberDuringSynth, renderOnce } from './render-cache';

/** Changes a rendered object; gets and returns plain data, and must not change what it gets. */
export type Refinement = (manifest: Manifest) => Manifest;

interface Refinements {
  readonly render: () => Manifest;
  readonly changes: Refinement[];
  readonly patches: JsonPatch[];
}

/** An object after rendering: what it is, or why it cannot be. */
interface Outcome {
  readonly manifest: Manifest;
  readonly problems: readonly PatchProblem[];
  readonly failure?: unknown;
}

const refinementsOf = new WeakMap<ApiObject, Refinements>();
/** What is being rendered right now, by its maker and by us: an object whose content asks for itself would never end. */
const underWay = { maker: new WeakSet<ApiObject>(), changes: new WeakSet<ApiObject>() };

/**
 * Changes an object after it has been rendered, whoever made it: `toJson` of the instance is the one hook that a plain cdk8s
 * `App`, our own and `Testing.synth` all go through. Changes apply in the order in which they were added, patches after all
 * of them: the typed classes of cdk8s-plus and `cdk8s import` drop every field that they do not know, a patched one too.
 */
export function refine(object: ApiObject, ...changes: readonly Refinement[]): void {
  refinements(object).changes.push(...changes);
}

/** Adds patches that apply after everything else; one that cannot apply is a finding on the object. */
export function patch(object: ApiObject, patches: readonly JsonPatch[]): void {
  if (patches.length > 0) refinements(object).patches.push(...patches);
}

/** The object as its maker renders it, without our changes; bare where it cannot be rendered. */
export function renderedByMaker(object: ApiObject): Manifest {
  return byMaker(object).manifest;
}

/** The object as it will be written; bare where it cannot be rendered. */
export function rendered(object: ApiObject): Manifest {
  return outcomeOf(object).manifest;
}

/**
 * Can an object be rendered? Where not, `toJson` throws what its maker threw and so fails the synth, which says why; others
 * that look at the object have nothing to add.
 */
export function canBeRendered(object: ApiObject): boolean {
  return !('failure' in outcomeOf(object));
}

function refinements(object: ApiObject): Refinements {
  let known = refinementsOf.get(object);
  if (known) return known;
  rememberDuringSynth(object.node.root);
  const render = object.toJson.bind(object) as () => Manifest;
  known = { render, changes: [], patches: [] };
  refinementsOf.set(object, known);
  takeOverPatches(object, known.patches);
  object.toJson = () => {
    const outcome = outcomeOf(object);
    if ('failure' in outcome) throw outcome.failure;
    return outcome.manifest;
  };
  addCheck(object, () =>
    outcomeOf(object).problems.map(({ message, nearMiss, fix }) => ({
      code: 'synth/patch' as const,
      severity: 'error' as const,
      object: { apiVersion: object.apiVersion, kind: object.kind, name: object.name },
      where: { construct: object.node.path },
      message,
      nearMiss,
      fix,
    })),
  );
  return known;
}

function outcomeOf(object: ApiObject): Outcome {
  const known = refinementsOf.get(object);
  if (!known) return byMaker(object);
  return renderOnce(object, 'refined', () => {
    const made = byMaker(object);
    if ('failure' in made) return made;
    return guarded(object, underWay.changes, () => {
      const changed = known.changes.reduce((manifest, change) => change(manifest), made.manifest);
      return applyPatches(inOutputOrder(changed), known.patches);
    });
  });
}

function byMaker(object: ApiObject): Outcome {
  const render = refinementsOf.get(object)?.render ?? (() => object.toJson() as Manifest);
  return renderOnce(object, 'by maker', () =>
    guarded(object, underWay.maker, () => ({ manifest: render(), problems: [] })),
  );
}

function guarded(object: ApiObject, running: WeakSet<ApiObject>, render: () => Outcome): Outcome {
  if (running.has(object)) {
    throw new Error(`the ${object.kind} '${object.name}' (${object.node.path}) needs itself to be rendered`);
  }
  running.add(object);
  try {
    return render();
  } catch (failure) {
    const { apiVersion, kind, name } = object;
    return { manifest: { apiVersion, kind, metadata: { name } }, problems: [], failure };
  } finally {
    running.delete(object);
  }
}

/** Patches that a user gives the object itself, before or after we took it over, join ours. */
function takeOverPatches(object: ApiObject, patches: JsonPatch[]): void {
  const own = (object as unknown as { patches?: JsonPatch[] }).patches;
  if (own) patches.push(...own.splice(0));
  object.addJsonPatch = (...added) => void patches.push(...added);
}
