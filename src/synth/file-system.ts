import * as fs from 'fs';

/**
 * The operations that writing an output folder takes, and no others: a test can stop between any two of them. Each is
 * atomic or leaves nothing that the next synth would take for an output.
 */
export interface FileSystem {
  /** Undefined if there is nothing. Does not follow a symbolic link. */
  kindOf(path: string): EntryKind | undefined;
  /** Undefined if there is no such file. */
  read(path: string): string | undefined;
  /** Names in a folder, sorted; none if there is no such folder. */
  list(path: string): string[];
  write(path: string, content: string): void;
  /** False if there is something of that name already. */
  create(path: string, content: string): boolean;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string): void;
  /** Nothing happens if there is no such file. */
  removeFile(path: string): void;
  /** False if it holds something. */
  removeEmptyFolder(path: string): boolean;
  /** With its parents; nothing happens if it is there. */
  makeFolder(path: string): void;
  /** Age of a file in milliseconds; undefined if there is none. */
  ageOf(path: string): number | undefined;
}

export type EntryKind = 'file' | 'folder' | 'link' | 'other';

export const diskFileSystem: FileSystem = {
  kindOf(path) {
    const entry = unless(['ENOENT', 'ENOTDIR'], () => fs.lstatSync(path));
    if (!entry) return undefined;
    if (entry.isSymbolicLink()) return 'link';
    return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
  },
  read: (path) => unless(['ENOENT', 'ENOTDIR'], () => fs.readFileSync(path, 'utf8')),
  list: (path) => unless(['ENOENT'], () => fs.readdirSync(path))?.sort() ?? [],
  write: (path, content) => fs.writeFileSync(path, content),
  create(path, content) {
    return unless(['EEXIST'], () => (fs.writeFileSync(path, content, { flag: 'wx' }), true)) ?? false;
  },
  rename: (from, to) => fs.renameSync(from, to),
  removeFile: (path) => void unless(['ENOENT', 'ENOTDIR'], () => fs.unlinkSync(path)),
  removeEmptyFolder(path) {
    return unless(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'], () => (fs.rmdirSync(path), true)) ?? false;
  },
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true }),
  // eslint-disable-next-line no-restricted-syntax -- tells a lock that was left behind, and has no part in the output
  ageOf: (path) => unless(['ENOENT'], () => Date.now() - fs.statSync(path).mtimeMs),
};

/** The result, or undefined if the operation failed for one of these reasons. */
function unless<T>(codes: readonly string[], operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * `ENOENT`, `EACCES`, …; undefined if the error is not one of the operating system. Not by `instanceof`, which fails for
 * errors of Node inside Jest.
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of whatever has been thrown. */
export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage && typeof error.message === 'string' ? error.message : String(error);
}
