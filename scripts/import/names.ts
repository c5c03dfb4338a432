import { KubernetesNames } from './kubernetes-names';
import { Shape, Use } from './shapes';

/** Words that say nothing without the name of what they belong to. */
const needOwner = new Set(['Spec', 'Template', 'Metadata']);

/** Objects whose fields all have names that say how they are used, not what they are; by their fields. */
const plainNames: Readonly<Record<string, string>> = { 'configMap,secret': 'SecretOrConfigMap' };

/**
 * Names the shapes of one file by the fields that hold them. Where two shapes would share a name, the one nearer to the
 * root has it and the other one gets the name of its owner before its own (`TlsConfig`, `Oauth2TlsConfig`).
 *
 * @param reserved names that the file has already
 */
export function nameShapes(
  shapes: readonly Shape[],
  kubernetes: KubernetesNames,
  reserved: Iterable<string>,
): Map<string, string> {
  const taken = new Set(reserved);
  const names = new Map<string, string>();
  const inOrder = [...shapes].map((shape) => ({ shape, uses: [...shape.uses].sort(compareUses) }));
  inOrder.sort((a, b) => compareUses(a.uses[0]!, b.uses[0]!));
  for (const { shape, uses } of inOrder) {
    const name = firstFree(candidates(shape, uses, kubernetes), taken);
    if (name === undefined) throw new Error(`no free name for the object at '${uses[0]!.path.join('.')}'`);
    taken.add(name);
    names.set(shape.id, name);
  }
  return names;
}

function firstFree(names: Iterable<string>, taken: ReadonlySet<string>): string | undefined {
  for (const name of names) if (!taken.has(name)) return name;
  return undefined;
}

/** From the most to the least welcome. */
function* candidates(shape: Shape, uses: readonly Use[], kubernetes: KubernetesNames): Generator<string> {
  const isRoot = uses[0]!.path.length === 1;
  const held = byFrequency(uses.map(({ path }) => path[path.length - 1]!));
  const plain =
    plainNames[
      Object.keys(shape.schema.properties ?? {})
        .sort()
        .join()
    ];
  const known = isRoot ? [] : plain ? [plain] : kubernetes(shape.schema, held);
  yield* known;
  const field = held[0]!;
  if (known.length === 0 && !needOwner.has(field)) yield field;
  for (const { path } of known.length > 0 ? uses : uses.filter(({ path }) => path[path.length - 1] === field)) {
    for (let owners = 1; owners < path.length; owners += 1) {
      yield withoutRepetition([...path.slice(path.length - 1 - owners, path.length - 1), known[0] ?? field]);
    }
  }
}

/** The commonest first; of equally common ones the shortest, then the first in the alphabet. */
export function byFrequency(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a.length - b.length || (a < b ? -1 : 1))
    .map(([name]) => name);
}

/** Nearer to the root first, then by text. */
function compareUses(a: Use, b: Use): number {
  return a.path.length - b.path.length || (a.path.join('.') < b.path.join('.') ? -1 : 1);
}

/** `Probe`, `ProbeSpec` → `ProbeSpec`: an owner's name is not said twice. */
function withoutRepetition(words: readonly string[]): string {
  return words.filter((word, index) => !words[index + 1]?.startsWith(word)).join('');
}
