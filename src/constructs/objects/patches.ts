import { JsonPatch, Lazy } from 'cdk8s';
import { nearMiss } from '../../findings';
import type { Manifest } from './manifest';

/** A patch that could not do what it says. */
export interface PatchProblem {
  readonly message: string;
  readonly nearMiss?: string;
  readonly fix: string;
}

interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'copy' | 'move' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * Applies RFC 6902 patches one by one and says which cannot be: cdk8s itself lets a `replace` of a path that is not there
 * add it, and a `remove` pass. A patch with a problem is left out. Changes `manifest`.
 */
export function applyPatches(
  manifest: Manifest,
  patches: readonly JsonPatch[],
): { manifest: Manifest; problems: PatchProblem[] } {
  const problems: PatchProblem[] = [];
  let patched = manifest;
  for (const patch of patches) {
    const operation = operationOf(patch);
    const problem = operation === undefined ? notAPatch : problemOf(patched, operation);
    if (problem) {
      problems.push(problem);
      continue;
    }
    try {
      patched = JsonPatch.apply(patched, patch) as Manifest;
    } catch (error) {
      const { op, path } = operation as Operation;
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      problems.push({ message: `the patch ${op} ${path} fails: ${reason}`, fix: 'mend the patch' });
    }
  }
  return { manifest: patched, problems };
}

const notAPatch: PatchProblem = {
  message: 'a patch is not made by JsonPatch',
  fix: "write JsonPatch.add('/spec/…', value), or replace, remove, copy, move, test",
};

function operationOf(patch: JsonPatch): Operation | undefined {
  const { _toJson } = (patch ?? {}) as Partial<JsonPatch>;
  return typeof _toJson === 'function' ? (patch._toJson() as Operation) : undefined;
}

function problemOf(manifest: Manifest, { op, path, from, value }: Operation): PatchProblem | undefined {
  if (value instanceof Lazy) {
    return { message: `the patch ${op} ${path} holds a Lazy, which a patch never resolves`, fix: 'give a plain value' };
  }
  if (path === '') {
    return { message: `the patch ${op} of the whole object would lose it`, fix: 'patch a field of it' };
  }
  const needed = op === 'copy' || op === 'move' ? (from ?? '') : path;
  if (op !== 'add' && !find(manifest, segments(needed)).found) return missing(manifest, op, needed);
  if (op === 'remove' || op === 'test') return undefined;
  const parent = segments(path).slice(0, -1);
  return find(manifest, parent).found ? undefined : missing(manifest, op, path, parent);
}

const missingFix: Record<Operation['op'], string> = {
  add: 'correct the path, or add what is above it first',
  replace: 'correct the path, or use JsonPatch.add',
  remove: 'correct the path, or leave the patch out',
  test: 'correct the path',
  copy: 'correct the path to copy from',
  move: 'correct the path to move from',
};

function missing(manifest: Manifest, op: Operation['op'], path: string, wanted = segments(path)): PatchProblem {
  const { depth, value } = find(manifest, wanted);
  const present = `/${wanted.slice(0, depth).join('/')}`;
  const key = wanted[depth] ?? '';
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const near = nearMiss(key, keys);
  return {
    message: `the patch ${op} ${path} needs '${key}' under ${present}, which has ${keys.join(', ') || 'nothing'}`,
    ...(near === undefined ? {} : { nearMiss: `${present === '/' ? '' : present}/${near}` }),
    fix: missingFix[op],
  };
}

function segments(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** Follows a path as far as it leads: how many segments were there, and the value at the end of them. */
function find(document: unknown, path: readonly string[]): { found: boolean; depth: number; value: unknown } {
  let value = document;
  for (const [depth, segment] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) {
      return { found: false, depth, value };
    }
    value = (value as Record<string, unknown>)[segment];
  }
  return { found: true, depth: path.length, value };
}
