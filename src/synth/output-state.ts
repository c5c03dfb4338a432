import { compareText } from '../findings';

/**
 * What we keep in the output folder besides the output. None of the names ends in `.yaml` or `.json`: Argo CD,
 * `kubectl apply -R` and `cdk8s synth` (which also looks into hidden folders) would take such a file for a manifest. Helm
 * passes over hidden files and folders in `templates/`.
 */
export const stateNames = {
  /** Which files are ours; committed along with them. */
  record: '.cdk8s-monitoring',
  /** New contents and the journal, only while a synth writes. */
  staging: '.cdk8s-monitoring.staging',
  journal: 'journal',
  lock: '.cdk8s-monitoring.lock',
} as const;

const recordHead =
  '# cdk8s-monitoring wrote these files and removes those that are no longer made; commit this list with them';

/** One path to a line, sorted, below a line that says what it is. */
export function printRecord(paths: Iterable<string>): string {
  return [recordHead, ...[...paths].sort(compareText), ''].join('\n');
}

/** Undefined for what we did not write, or did not leave like that (a merge conflict, for one). */
export function parseRecord(text: string): string[] | undefined {
  const [head, ...lines] = text.split(/\r?\n/);
  if (!head?.startsWith('# cdk8s-monitoring') || lines.pop() !== '') return undefined;
  return lines.every((line) => isSafePath(line) && !conflictMark.test(line)) ? lines : undefined;
}

const conflictMark = /^(?:<{7}|\|{7}|={7}|>{7})/;

/** What a committed synth still has to do; each step can be done again. */
export interface Journal {
  /** Files in the way of new folders, and with their folders in the way of new files; removed first. */
  readonly clear: readonly string[];
  /** Where the staged file of each number goes. */
  readonly place: readonly string[];
  /** Files that are no longer made. */
  readonly remove: readonly string[];
}

export function printJournal(journal: Journal): string {
  return JSON.stringify({ version: 1, ...journal });
}

/** Undefined for what is not a journal of this version. */
export function parseJournal(text: string): Journal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return undefined;
  const { clear, place, remove } = value as Partial<Record<keyof Journal, unknown>>;
  return arePaths(clear) && arePaths(place) && arePaths(remove) ? { clear, place, remove } : undefined;
}

function arePaths(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((path) => typeof path === 'string' && isSafePath(path));
}

/** Whether a path stays inside the folder and can stand in a line of its own. */
export function isSafePath(path: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (path === '' || /[\u0000-\u001f\\]/.test(path) || path.startsWith('#')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/^[A-Za-z]:/.test(part));
}

/** The folders above a path, the outermost first: `a/b` of `a/b/c.yaml` comes second. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
