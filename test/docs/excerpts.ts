import { parseAllDocuments, stringify } from 'yaml';

interface KubernetesObject {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
}

/**
 * Where an excerpt differs from the objects that it is taken from; nothing where each of its documents is a part of an object
 * of the same kind and name. Keys may be left out of a map and items out of a list, but what stands there must be there, in
 * that order; `{}` and `[]` stand for what is empty.
 */
export function excerptDifferences(excerpt: string, objects: readonly unknown[]): string[] {
  return parseAllDocuments(excerpt, { version: '1.1' }).flatMap((document) => {
    if (document.errors.length > 0) return document.errors.map(({ message }) => `no YAML: ${message}`);
    const expected = document.toJS() as KubernetesObject | null;
    const name = nameOf(expected);
    if (expected?.kind === undefined || expected.metadata?.name === undefined) {
      return [
        `the excerpt has no kind or no metadata.name, by which its object would be found:\n${stringify(expected)}`,
      ];
    }
    const actual = objects.find((object) => nameOf(object) === name);
    if (actual === undefined) return [`there is no ${name}, only ${objects.map(nameOf).join(', ')}`];
    return differences(expected, actual, name);
  });
}

function nameOf(object: unknown): string {
  const { kind, metadata } = (object ?? {}) as KubernetesObject;
  return `${String(kind)} ${String(metadata?.name)}`;
}

function differences(expected: unknown, actual: unknown, at: string): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || isEmpty(expected) !== isEmpty(actual)) return [difference(expected, actual, at)];
    return listDifferences(expected, actual, at);
  }
  if (isMap(expected)) {
    if (!isMap(actual) || isEmpty(expected) !== isEmpty(actual)) return [difference(expected, actual, at)];
    return Object.entries(expected).flatMap(([key, value]) =>
      key in actual ? differences(value, actual[key], `${at} ${key}`) : [difference({ [key]: value }, actual, at)],
    );
  }
  return Object.is(expected, actual) ? [] : [difference(expected, actual, at)];
}

/** Each item must be a part of an item behind the one that the item before was found in. */
function listDifferences(expected: readonly unknown[], actual: readonly unknown[], at: string): string[] {
  let next = 0;
  for (const [index, item] of expected.entries()) {
    const place = actual.findIndex((candidate, each) => each >= next && differences(item, candidate, at).length === 0);
    if (place < 0) {
      const [closest] = actual
        .slice(next)
        .map((candidate) => differences(item, candidate, `${at}[${index}]`))
        .sort(byLength);
      return closest ?? [difference(item, undefined, `${at}[${index}]`)];
    }
    next = place + 1;
  }
  return [];
}

function byLength(a: readonly string[], b: readonly string[]): number {
  return a.length - b.length;
}

function difference(expected: unknown, actual: unknown, at: string): string {
  return `${at}\n  the page says:     ${inline(expected)}\n  what it really is: ${inline(actual)}`;
}

function inline(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Lists and maps. */
function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
