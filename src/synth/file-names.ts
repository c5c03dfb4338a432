import { createHash } from 'crypto';
import { Chart } from 'cdk8s';
import { compareText } from '../findings';

const longestName = 63;
const hashLength = 8;

/**
 * `Names.toDnsLabel(chart)` of cdk8s, except that it does not ask the locale how to write a word in lower case: under
 * Turkish rules `INGRESS` would become `ngress`, and the file would have another name on that machine.
 */
export function chartFileName(chart: Chart): string {
  const { path } = chart.node;
  if (/^[0-9a-z-]+$/.test(path) && path.length <= longestName) return path;
  const components = path.split('/').map((component) =>
    component
      .toLowerCase()
      .replace(/[^0-9a-zA-Z-_.]/g, '')
      .slice(0, longestName),
  );
  components.push(hashOf(chart));
  return components
    .reverse()
    .filter((component, index) => component !== components[index - 1])
    .join('/')
    .slice(0, longestName)
    .split('/')
    .reverse()
    .join('-')
    .split('-')
    .filter((word) => word !== '' && word !== 'resource' && word !== 'default')
    .join('-');
}

function hashOf(chart: Chart): string {
  if (!process.env.CDK8S_LEGACY_HASH) return chart.node.addr.slice(0, hashLength);
  return createHash('sha256').update(chart.node.path).digest('hex').slice(0, hashLength);
}

/** What the name of a file with one object is made of. */
export interface NamedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Tells apart what has the same kind, name and namespace, whatever the order of construction. */
  readonly identity: string;
}

/**
 * One file name (without extension) for each object of a folder: `Kind.name` as in cdk8s, `Kind.name.namespace` for those
 * that would share it, and a number behind it if even that is not enough. Names that differ in case only count as the same,
 * since they are the same file on a Mac and on Windows.
 */
export function objectFileNames(objects: readonly NamedObject[]): string[] {
  const short = objects.map(({ kind, name }) => clean(`${kind}.${name}`));
  const shared = countOf(short);
  const names = objects.map((object, index) => {
    const name = short[index]!;
    if (shared.get(caseless(name)) === 1 || object.namespace === '') return name;
    return clean(`${name}.${object.namespace}`);
  });
  const taken = countOf(names);
  const clashing = objects.map((_, index) => index).filter((index) => taken.get(caseless(names[index]!))! > 1);
  clashing.sort((a, b) => compareText(objects[a]!.identity, objects[b]!.identity));
  for (const index of clashing) {
    const base = names[index]!;
    let number = 1;
    while (taken.has(caseless(`${base}.${number}`))) number++;
    names[index] = `${base}.${number}`;
    taken.set(caseless(names[index]), 1);
  }
  return names;
}

function clean(name: string): string {
  return name.replace(/[^0-9a-zA-Z-_.]/g, '');
}

/** The same for names that some file systems take for one. */
export function caseless(name: string): string {
  return name.toLowerCase();
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(caseless(name), (counts.get(caseless(name)) ?? 0) + 1);
  return counts;
}
