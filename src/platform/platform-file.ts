import { readFileSync } from 'node:fs';
import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, Node, parseDocument } from 'yaml';
import { checkShape, Finding, ShapeProblem } from '../findings';
import type { PlatformProps } from './platform-props';
import { platformFileShape, platformSubject } from './platform-shape';
import { presetOptions, PresetName } from './presets';
import { serverProblems } from './server-checks';

/** Something in the facts of a platform that cannot be right, and how to mend it. */
export interface PlatformProblem extends Pick<Finding, 'message' | 'nearMiss' | 'fix'> {
  readonly file?: string;
  readonly line?: number;
}

/** The content of a platform file, as far as it could be read. */
export interface PlatformFile {
  readonly preset?: PresetName;
  readonly release?: string;
  readonly namespace?: string;
  readonly facts: PlatformProps;
  readonly problems: readonly PlatformProblem[];
}

/** What a platform file holds beside facts. */
interface PresetChoice {
  readonly preset?: PresetName;
  readonly release?: string;
  readonly namespace?: string;
}

type PathProblem = Omit<ShapeProblem, 'code' | 'severity'>;

/** A file that is no YAML at all has hundreds of faults: the first ones say it. */
const mostYamlFaults = 5;

/** Reads a platform file. Never throws for what is in the file, nor for a file that is not there. */
export function readPlatformFile(file: string): PlatformFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const message = `the platform file '${file}' cannot be read (${reason})`;
    return { facts: {}, problems: [{ message, fix: 'give the path of a file, relative to the working folder', file }] };
  }
  try {
    return platformIn(text, file);
  } catch (error) {
    // The parser throws for what it will not expand: aliases without end, lists that are nested too deep.
    const reason = error instanceof Error ? error.message : String(error);
    return {
      facts: {},
      problems: [{ message: `the platform file cannot be read: ${reason}`, fix: 'write it plainly', file }],
    };
  }
}

function platformIn(text: string, file: string): PlatformFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.1', logLevel: 'error' });
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, mostYamlFaults).map(({ message, pos }) => ({
      message: `the platform file is no YAML: ${message.split('\n')[0]}`,
      fix: 'mend the YAML at this line',
      file,
      line: lines.linePos(pos[0]).line,
    }));
    return { facts: {}, problems };
  }
  const content: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const { value, problems: ofShape } = checkShape(content, platformFileShape, platformSubject);
  const { preset, release, namespace, ...facts } = (value ?? {}) as PresetChoice & PlatformProps;
  const found = [...ofShape, ...serverProblems(facts)];
  const problems = found.length === 0 ? choiceProblems({ preset, release, namespace }) : found;
  return {
    ...(problems.length === 0 ? { preset, release, namespace, facts } : { facts: {} }),
    problems: problems.map((problem) => located(problem, document, lines, file)),
  };
}

/** Options that the chosen preset does not take would be ignored without a word. */
function choiceProblems(content: PresetChoice): PathProblem[] {
  const taken: readonly string[] = content.preset === undefined ? [] : presetOptions[content.preset];
  return (['release', 'namespace'] as const)
    .filter((option) => content[option] !== undefined && !taken.includes(option))
    .map((option) => ({
      path: [option],
      message: `platform ${option} has no meaning ${content.preset ? `for the preset ${content.preset}` : 'without a preset'}`,
      fix:
        option === 'namespace'
          ? 'write prometheus: { namespace: … }'
          : `remove it, or choose preset: kube-prometheus-stack`,
    }));
}

/** With the line of the key, or item of a list. What must be quoted is shown as it stands there: 3.10 is 3.1 already. */
function located(
  { message, nearMiss, fix, path, isUnquoted }: PathProblem,
  document: Document,
  lines: LineCounter,
  file: string,
): PlatformProblem {
  const { node, offset } = locate(document, path);
  const source = isUnquoted && isScalar(node) ? node.source : undefined;
  const { line } = lines.linePos(offset);
  return { message, nearMiss, fix: source === undefined ? fix : `write '${source}'`, file, line };
}

/** Follows a path as far as nodes lead, through aliases: merged keys have no place of their own. */
function locate(document: Document, path: readonly (string | number)[]): { node: unknown; offset: number } {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
      if (!pair) return { node: undefined, offset };
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else {
      return { node: undefined, offset };
    }
  }
  return { node, offset };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
