import { join, resolve } from 'path';
import { compareText, Finding } from '../findings';
import { caseless } from './file-names';
import { codeOf, diskFileSystem, FileSystem, messageOf } from './file-system';
import { FolderIsLocked, whileLocked } from './folder-lock';
import {
  foldersOf,
  isSafePath,
  Journal,
  parseJournal,
  parseRecord,
  printJournal,
  printRecord,
  stateNames,
} from './output-state';

/** What a synth did to the output folder. Paths are relative to it. */
export interface FolderChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** Warnings only; an error is thrown as {@link OutputFolderError}. */
  readonly findings: readonly Finding[];
}

/** The folder could not be written. */
export class OutputFolderError extends Error {
  public override readonly name = 'OutputFolderError';
  public constructor(public readonly finding: Finding) {
    super(finding.message);
  }
}

/**
 * Makes a folder hold exactly these files of ours. Files that nobody recorded as ours are never removed; one that has the
 * name of a new file is replaced, so that the output of a plain `cdk8s synth` can be taken over.
 *
 * A killed process never leaves half a file behind, nor loses one; where it was killed while files were put into place,
 * some are new and the others old until the next synth:
 *
 * 1. New contents are staged in a folder of their own inside. Files that stay the same are not touched.
 * 2. A journal of what remains to be done is put in place by one rename. Until then nothing has happened.
 * 3. The staged files, the record of our files among them, are renamed into place; files that are no longer made are
 *    removed, so are folders that this leaves empty, and last of all the journal.
 *
 * The next synth finishes what a journal says; staged files without a journal are thrown away. This guards against
 * a killed process and a full disk, not against a power cut: nothing is flushed to the disk.
 *
 * @param contents by path relative to the folder, with `/` between folders
 * @param yielding paths of files that are left out, with a warning, where somebody else has put a file of that name
 * @throws OutputFolderError naming the path, what is wrong with it and what to do
 */
export function writeOutputFolder(
  folder: string,
  contents: ReadonlyMap<string, string>,
  files: FileSystem = diskFileSystem,
  yielding: ReadonlySet<string> = new Set(),
): FolderChanges {
  return new OutputFolder(folder, files, yielding).replace(contents);
}

class OutputFolder {
  private readonly root: string;
  private readonly findings: Finding[] = [];

  public constructor(
    private readonly givenRoot: string,
    private readonly files: FileSystem,
    private readonly yielding: ReadonlySet<string>,
  ) {
    this.root = resolve(givenRoot);
  }

  public replace(contents: ReadonlyMap<string, string>): FolderChanges {
    for (const path of contents.keys()) {
      if (!isSafePath(path) || path.startsWith(stateNames.record)) {
        throw this.error(path, 'is not the path of a file inside the folder', 'change the file extension or chart id');
      }
    }
    try {
      this.files.makeFolder(this.root);
      return whileLocked(this.root, this.files, () => {
        this.recover();
        return this.write(contents);
      });
    } catch (cause) {
      throw this.explain(cause);
    }
  }

  /** Finishes or discards what a killed synth has left. */
  private recover(): void {
    const text = this.files.read(this.at(stateNames.staging, stateNames.journal));
    const journal = text === undefined ? undefined : parseJournal(text);
    if (journal) this.carryOut(journal);
    else if (text !== undefined) {
      this.warn(
        `${stateNames.staging}/${stateNames.journal}`,
        'is damaged, so what the last synth had begun is not finished',
        'nothing has to be done: this synth writes all files again',
      );
    }
    this.removeTree(stateNames.staging);
  }

  private write(wanted: ReadonlyMap<string, string>): FolderChanges {
    const owned = this.readRecord();
    const contents = this.withoutYielding(wanted, owned);
    const stale = [...owned].filter((path) => !contents.has(path)).sort(compareText);
    const clear = differingInCase(stale, contents.keys());
    const cleared = new Set(clear.map(caseless));
    const written: string[] = [];
    const unchanged: string[] = [];
    for (const path of [...contents.keys()].sort(compareText)) {
      const isUnchanged = !cleared.has(caseless(path)) && this.isUnchanged(path, contents.get(path)!);
      (isUnchanged ? unchanged : written).push(path);
    }
    clear.push(...written.flatMap((path) => this.obstaclesOf(path, new Set(stale))));
    const record = printRecord(contents.keys());
    const place = [...written];
    const staged = written.map((path) => contents.get(path)!);
    if (this.files.read(this.at(stateNames.record)) !== record) {
      place.push(stateNames.record);
      staged.push(record);
    }
    if (place.length > 0 || stale.length > 0) this.commit({ clear: [...new Set(clear)], place, remove: stale }, staged);
    return { written, removed: stale, unchanged, findings: this.findings };
  }

  private withoutYielding(wanted: ReadonlyMap<string, string>, owned: ReadonlySet<string>): Map<string, string> {
    const contents = new Map(wanted);
    for (const path of this.yielding) {
      const present = owned.has(path) ? undefined : this.files.kindOf(this.at(path));
      if (present === undefined || this.isUnchanged(path, contents.get(path) ?? '')) continue;
      contents.delete(path);
      this.warn(path, 'is not ours and stays as it is', 'remove it to get one that lists the files of this folder');
    }
    return contents;
  }

  private commit(journal: Journal, staged: readonly string[]): void {
    const staging = this.at(stateNames.staging);
    const draft = join(staging, 'draft');
    try {
      this.files.makeFolder(staging);
      staged.forEach((content, index) => this.files.write(join(staging, String(index)), content));
      this.files.write(draft, printJournal(journal));
    } catch (cause) {
      this.removeTree(stateNames.staging);
      throw cause;
    }
    this.files.rename(draft, join(staging, stateNames.journal));
    this.carryOut(journal);
    this.files.removeFile(join(staging, stateNames.journal));
    this.files.removeEmptyFolder(staging);
  }

  /** Can be interrupted anywhere and done again: a staged file that is gone has been placed. */
  private carryOut({ clear, place, remove }: Journal): void {
    this.removeFiles(clear);
    for (const folder of new Set(place.flatMap(foldersOf))) this.files.makeFolder(this.at(folder));
    place.forEach((path, index) => {
      const staged = this.at(stateNames.staging, String(index));
      if (this.files.kindOf(staged) === 'file') this.files.rename(staged, this.at(path));
    });
    // a file that changed its case has been cleared, and is a new one on some file systems
    const placed = new Set(place.map(caseless));
    this.removeFiles(remove.filter((path) => !placed.has(caseless(path))));
  }

  /** With the folders that this leaves empty. */
  private removeFiles(paths: readonly string[]): void {
    for (const path of paths) if (this.isOrdinary(path)) this.files.removeFile(this.at(path));
    const folders = [...new Set(paths.flatMap(foldersOf))].sort((a, b) => b.length - a.length || compareText(a, b));
    for (const folder of folders) {
      if (this.files.kindOf(this.at(folder)) === 'folder') this.files.removeEmptyFolder(this.at(folder));
    }
  }

  /** Not a folder, and not behind a link that leads elsewhere. */
  private isOrdinary(path: string): boolean {
    const kind = this.files.kindOf(this.at(path));
    return (
      (kind === 'file' || kind === 'link') &&
      foldersOf(path).every((folder) => this.files.kindOf(this.at(folder)) === 'folder')
    );
  }

  private isUnchanged(path: string, content: string): boolean {
    const target = this.at(path);
    return this.files.kindOf(target) === 'file' && this.files.read(target) === content;
  }

  /** Files of ours that go and stand where a new file or its folders must be. Anything else there is an error. */
  private obstaclesOf(path: string, stale: ReadonlySet<string>): string[] {
    for (const folder of foldersOf(path)) {
      const kind = this.files.kindOf(this.at(folder));
      if (kind === undefined) return [];
      if (kind === 'folder') continue;
      if (stale.has(folder)) return [folder];
      throw this.error(folder, `is not a folder, but '${path}' must be written into it`, 'move it elsewhere');
    }
    const kind = this.files.kindOf(this.at(path));
    if (kind !== 'folder' && kind !== 'other') return [];
    const within = kind === 'folder' ? this.filesBelow(path) : undefined;
    if (within?.every((file) => stale.has(file))) return within;
    throw this.error(path, 'is in the way of a file of that name', 'move it elsewhere');
  }

  private filesBelow(folder: string): string[] {
    const names = this.files.list(this.at(folder));
    if (names.length === 0) return [folder]; // an empty folder is nothing that we leave behind
    return names.flatMap((name) => {
      const path = `${folder}/${name}`;
      return this.files.kindOf(this.at(path)) === 'folder' ? this.filesBelow(path) : [path];
    });
  }

  private readRecord(): Set<string> {
    if (this.files.kindOf(this.at(stateNames.record)) === 'folder') {
      throw this.error(stateNames.record, 'is in the way of the record of our files', 'move it elsewhere');
    }
    const text = this.files.read(this.at(stateNames.record));
    const paths = text === undefined ? [] : parseRecord(text);
    if (!paths) {
      this.warn(
        stateNames.record,
        'is not a record of files that this version can read, so files that are no longer made are not removed',
        'remove such files by hand; this synth has written a new record',
      );
    }
    return new Set(paths ?? []);
  }

  private removeTree(path: string): void {
    const target = this.at(path);
    const kind = this.files.kindOf(target);
    if (kind === 'folder') {
      for (const name of this.files.list(target)) this.removeTree(`${path}/${name}`);
      this.files.removeEmptyFolder(target);
    } else if (kind !== undefined) this.files.removeFile(target);
  }

  private at(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  private warn(path: string, message: string, fix: string): void {
    this.findings.push(this.finding('warning', path, message, fix));
  }

  private error(path: string, message: string, fix: string): OutputFolderError {
    return new OutputFolderError(this.finding('error', path, message, fix));
  }

  private finding(severity: Finding['severity'], path: string, message: string, fix: string): Finding {
    const file = path === '' ? this.givenRoot : join(this.givenRoot, path);
    return { code: 'synth/output-folder', severity, where: { file }, message: `'${file}' ${message}`, fix };
  }

  private explain(cause: unknown): unknown {
    if (cause instanceof FolderIsLocked) {
      return this.error(
        stateNames.lock,
        `says that another synth (${cause.holder}) is writing into this folder, and it does not end`,
        'wait for it, or remove the lock if there is no such process',
      );
    }
    const code = codeOf(cause);
    if (cause instanceof OutputFolderError || code === undefined) return cause;
    const [message, fix] = reasons[code] ?? ['cannot be written (%s)', 'look at the path in the message'];
    return this.error(
      '',
      message.replace('%s', () => messageOf(cause)),
      fix,
    );
  }
}

/**
 * Old files that some file systems take for a new one. They have to go before the new one comes: removed after it, they
 * would take it along.
 */
function differingInCase(stale: readonly string[], made: Iterable<string>): string[] {
  const names = new Set([...made].map(caseless));
  return stale.filter((path) => names.has(caseless(path)));
}

/** By error code of the operating system: what it means here, and what to do. */
const reasons: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  EEXIST: ['is a file, but the output folder is expected here', 'remove it, or choose another outdir'],
  ENOTDIR: ['cannot be made: a file is where a folder is expected (%s)', 'remove it, or choose another outdir'],
  EACCES: [
    'cannot be written, for want of permission (%s)',
    'allow this user to write there, or choose another outdir',
  ],
  EPERM: ['cannot be written, for want of permission (%s)', 'allow this user to write there, or choose another outdir'],
  EROFS: ['is on a read-only file system (%s)', 'choose another outdir'],
  ENOSPC: ['cannot be written, as the disk is full (%s)', 'make room and synthesize again'],
  EDQUOT: ['cannot be written, as the disk quota is used up (%s)', 'make room and synthesize again'],
  EMFILE: ['cannot be written, as too many files are open (%s)', 'raise the limit of open files'],
};
