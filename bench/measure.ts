import { spawnSync } from 'child_process';
import { rmSync } from 'fs';
import { join } from 'path';

/** What a child process took, in milliseconds. */
export interface Timing {
  /** From start to end, as a user waits for it. */
  readonly process: number;
  /** The part that the task says it took. */
  readonly task: number;
}

/** Runs programs in turn, several rounds, so that whatever else the machine does falls on all of them. */
export function inTurn<Name extends string>(
  rounds: number,
  runs: Readonly<Record<Name, () => Timing>>,
): Record<Name, Timing[]> {
  const names = Object.keys(runs) as Name[];
  const timings = Object.fromEntries(names.map((name) => [name, [] as Timing[]])) as Record<Name, Timing[]>;
  for (let round = 0; round < rounds; round++) for (const name of names) timings[name].push(runs[name]());
  return timings;
}

/** A task of `bench/tasks` in a process of its own, into an output folder that does not exist yet. */
export function nodeTask(tasks: string, name: string, count = 1): () => Timing {
  const outdir = join(tasks, '..', 'dist', `${name}-${count}`);
  return () => {
    rmSync(outdir, { recursive: true, force: true });
    return run(process.execPath, [join(tasks, `${name}.js`), outdir, String(count)]);
  };
}

export function run(command: string, args: readonly string[]): Timing {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  const elapsed = performance.now() - start;
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { process: elapsed, task: Number(stdout.length < 40 ? stdout : NaN) };
}

/** The least disturbed run: the best guess at what the work itself costs, where it takes long. */
export function least(values: readonly number[]): number {
  return Math.min(...values);
}

/** For short runs, in which the start of a process varies both ways. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
