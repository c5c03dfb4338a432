import { hostname } from 'os';
import { join } from 'path';
import { codeOf, FileSystem } from './file-system';
import { stateNames } from './output-state';

/** A synth holds the lock for well under a second; nobody holds it for this long and is alive. */
const staleAfterMs = 60_000;
/** A lock that does not say who holds it was left by a process that died while it wrote those few bytes. */
const staleWithoutHolderAfterMs = 1_000;
const pollMs = 50;
/** How long to wait for another synth. */
const patienceMs = 10_000;

/** Another synth keeps the folder. */
export class FolderIsLocked extends Error {
  public constructor(
    public readonly lockPath: string,
    public readonly holder: string,
  ) {
    super(`locked by ${holder}`);
  }
}

/**
 * Runs `work` while no other synth can write into the folder. The lock is a file with the process and host that hold it.
 * It is broken if that process is gone, or is this one (in a container, the process before had the same number); a lock
 * of another host, or of a number that has been given to another program, if it is a minute old.
 */
export function whileLocked<T>(folder: string, files: FileSystem, work: () => T, patience = patienceMs): T {
  const path = join(folder, stateNames.lock);
  const own = `${process.pid} ${hostname()}`;
  const attempts = patience / pollMs;
  for (let attempt = 0; !files.create(path, own); attempt++) {
    const holder = files.read(path);
    if (holder === undefined) continue; // released just now
    if (isStale(holder, path, files)) breakLock(path, holder, files);
    else if (attempt < attempts) sleep(pollMs);
    else throw new FolderIsLocked(path, `process ${holder.replace(' ', ' on ')}`);
  }
  try {
    files.removeFile(brokenLock(path)); // of a process that died while it broke a lock
    return work();
  } finally {
    files.removeFile(path);
  }
}

function isStale(holder: string, path: string, files: FileSystem): boolean {
  const [, pid, host] = /^([1-9]\d*) (.+)$/.exec(holder) ?? [];
  if ((files.ageOf(path) ?? 0) > (pid === undefined ? staleWithoutHolderAfterMs : staleAfterMs)) return true;
  if (pid === undefined || host !== hostname()) return false;
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // a process of another user is alive, too
    return codeOf(error) === 'EPERM';
  }
}

/**
 * By renaming, since two processes may break the same lock at once: the second would otherwise remove the new lock of the
 * first. If the second did take that one, it is put back.
 */
function breakLock(path: string, holder: string, files: FileSystem): void {
  const aside = brokenLock(path);
  try {
    files.rename(path, aside);
  } catch {
    return; // another process was faster, or the next attempt will say what is wrong
  }
  const taken = files.read(aside);
  if (taken !== undefined && taken !== holder) files.create(path, taken);
  files.removeFile(aside);
}

function brokenLock(path: string): string {
  return `${path}.broken`;
}

/** Synthesis is synchronous, as it is in cdk8s. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
