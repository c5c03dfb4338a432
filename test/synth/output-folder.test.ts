import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'fs';
import { hostname } from 'os';
import { join } from 'path';
import { diskFileSystem, FileSystem } from '../../src/synth/file-system';
import { FolderIsLocked, whileLocked } from '../../src/synth/folder-lock';
import { OutputFolderError, writeOutputFolder } from '../../src/synth/output-folder';
import { readOutput, readTree, removeTemporaryFolders, temporaryFolder, writeTree } from './folders';

const asMap = (tree: Record<string, string>) => new Map(Object.entries(tree));
const write = (folder: string, tree: Record<string, string>, files: FileSystem = diskFileSystem) =>
  writeOutputFolder(folder, asMap(tree), files);

function failure(work: () => unknown): OutputFolderError {
  try {
    work();
  } catch (error) {
    if (error instanceof OutputFolderError) return error;
    throw error;
  }
  throw new Error('expected an OutputFolderError');
}

function failingAt(operation: keyof FileSystem, pathPart: string, code: string): FileSystem {
  return {
    ...diskFileSystem,
    [operation]: (...parameters: unknown[]) => {
      if (String(parameters[0]).includes(pathPart)) {
        throw Object.assign(new Error(`${code}: something about ${pathPart}`), { code });
      }
      return (diskFileSystem[operation] as (...all: unknown[]) => unknown)(...parameters);
    },
  };
}

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterAll(removeTemporaryFolders);

describe('an output folder', () => {
  test('holds the files and a record of them, sorted and without a time', () => {
    write(join(folder, 'deep/dist'), { 'b.k8s.yaml': 'b\n', 'a/c.k8s.yaml': 'c\n', 'B.k8s.yaml-x': 'x' });
    expect(readTree(join(folder, 'deep/dist'))).toMatchInlineSnapshot(`
{
  ".cdk8s-monitoring": "# cdk8s-monitoring wrote these files and removes those that are no longer made; commit this list with them
B.k8s.yaml-x
a/c.k8s.yaml
b.k8s.yaml
",
  "B.k8s.yaml-x": "x",
  "a/c.k8s.yaml": "c
",
  "b.k8s.yaml": "b
",
}
`);
  });

  test('keeps files that do not change untouched', () => {
    write(folder, { 'a.yaml': 'a', 'b.yaml': 'b' });
    const past = new Date(2020, 1, 1);
    for (const name of ['a.yaml', 'b.yaml', '.cdk8s-monitoring']) utimesSync(join(folder, name), past, past);
    const changes = write(folder, { 'a.yaml': 'a', 'b.yaml': 'new' });
    expect(changes).toMatchObject({ written: ['b.yaml'], unchanged: ['a.yaml'], removed: [], findings: [] });
    const isUntouched = (name: string) => statSync(join(folder, name)).mtimeMs === past.getTime();
    expect(['a.yaml', 'b.yaml', '.cdk8s-monitoring'].map(isUntouched)).toEqual([true, false, true]);
  });

  test('loses our files that are no longer made, with the folders that this leaves empty, and no others', () => {
    writeTree(folder, { 'README.md': 'mine', 'shop/notes.txt': 'mine', 'kustomization.yaml': 'mine' });
    write(folder, { 'a.yaml': 'a', 'shop/b.yaml': 'b', 'gone/deep/c.yaml': 'c' });
    expect(write(folder, { 'a.yaml': 'a' }).removed).toEqual(['gone/deep/c.yaml', 'shop/b.yaml']);
    expect(readOutput(folder)).toEqual({
      'README.md': 'mine',
      'kustomization.yaml': 'mine',
      'shop/notes.txt': 'mine',
      'a.yaml': 'a',
    });
    expect(readdirSync(folder).sort()).toEqual([
      '.cdk8s-monitoring',
      'README.md',
      'a.yaml',
      'kustomization.yaml',
      'shop',
    ]);
  });

  test('takes over the output of a plain synth, removing nothing that it does not make itself', () => {
    writeTree(folder, { 'a.yaml': 'before', '0001-a.yaml': 'of cdk8s' });
    write(folder, { 'a.yaml': 'a' });
    expect(readOutput(folder)).toEqual({ 'a.yaml': 'a', '0001-a.yaml': 'of cdk8s' });
  });

  test('can become empty', () => {
    write(folder, { 'a/b.yaml': 'a' });
    write(folder, {});
    expect(readdirSync(folder)).toEqual(['.cdk8s-monitoring']);
  });

  test('may be a symbolic link', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'dist'));
    write(join(folder, 'dist'), { 'a.yaml': 'a' });
    expect(readOutput(join(folder, 'real'))).toEqual({ 'a.yaml': 'a' });
  });

  test('lets a file of ours become a folder, and the other way round', () => {
    write(folder, { a: 'file', 'b/deep/c': 'c' });
    write(folder, { 'a/x': 'x', b: 'file' });
    expect(readOutput(folder)).toEqual({ 'a/x': 'x', b: 'file' });
  });

  test('follows a change of case in a file name', () => {
    write(folder, { 'Shop.yaml': 'same' });
    write(folder, { 'shop.yaml': 'same' });
    expect(readOutput(folder)).toEqual({ 'shop.yaml': 'same' });
  });

  test.each([
    '../a.yaml',
    '/etc/a.yaml',
    'a/../../b.yaml',
    'a//b.yaml',
    './a.yaml',
    '',
    'a\nb.yaml',
    '.cdk8s-monitoring',
    'C:/x',
  ])('refuses to write to %j', (path) => {
    expect(failure(() => write(folder, { [path]: 'x' })).finding).toMatchObject({
      code: 'synth/output-folder',
      message: expect.stringContaining('is not the path of a file inside the folder') as string,
    });
    expect(readTree(folder)).toEqual({});
  });
});

describe('a state file that is not as we left it', () => {
  const damages = [
    '',
    'something else',
    '# cdk8s-monitoring\n<<<<<<< HEAD\n',
    '# cdk8s-monitoring\n../../etc/passwd\n',
    '{}',
    '# cdk8s-monitoring\na.yaml',
  ];

  test.each([...damages, '# cdk8s-monitoring\n\u0000\n'])('as record, %j counts as none, with a warning', (record) => {
    writeTree(folder, { '.cdk8s-monitoring': record, 'old.yaml': 'old' });
    const { findings } = write(folder, { 'a.yaml': 'a' });
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['synth/output-folder', 'warning']]);
    expect(readOutput(folder)).toEqual({ 'a.yaml': 'a', 'old.yaml': 'old' });
    expect(write(folder, { 'b.yaml': 'b' }).findings).toEqual([]);
    expect(readOutput(folder)).toEqual({ 'b.yaml': 'b', 'old.yaml': 'old' });
  });

  test('a record with the line ends of Windows is one', () => {
    writeTree(folder, { '.cdk8s-monitoring': '# cdk8s-monitoring\r\nold.yaml\r\n', 'old.yaml': 'old' });
    expect(write(folder, {}).removed).toEqual(['old.yaml']);
  });

  test.each([...damages, '{"version":2}', '{"version":1,"clear":[],"place":["../x"],"remove":[]}', 'null'])(
    'as journal, %j counts as none, with a warning',
    (journal) => {
      writeTree(folder, { '.cdk8s-monitoring.staging/journal': journal, '.cdk8s-monitoring.staging/0': 'staged' });
      const { findings } = write(folder, { 'a.yaml': 'a' });
      expect(findings).toMatchObject([{ severity: 'warning', code: 'synth/output-folder' }]);
      expect(readOutput(folder)).toEqual({ 'a.yaml': 'a' });
    },
  );

  test('staged files without a journal are thrown away', () => {
    writeTree(folder, { '.cdk8s-monitoring.staging/0': 'staged', '.cdk8s-monitoring.staging/draft': '{' });
    expect(write(folder, { 'a.yaml': 'a' }).findings).toEqual([]);
    expect(readOutput(folder)).toEqual({ 'a.yaml': 'a' });
  });

  test('a recorded file behind a link out of the folder is left alone', () => {
    const elsewhere = temporaryFolder();
    writeTree(elsewhere, { 'x.yaml': 'theirs' });
    write(folder, { 'a/x.yaml': 'x' });
    writeTree(folder, { 'b/keep': '' });
    write(folder, { 'b/x.yaml': 'x' });
    symlinkSync(elsewhere, join(folder, 'a'));
    writeFileSync(join(folder, '.cdk8s-monitoring'), '# cdk8s-monitoring\na/x.yaml\n');
    write(folder, {});
    expect(readTree(elsewhere)).toEqual({ 'x.yaml': 'theirs' });
  });
});

describe('a folder that cannot be written', () => {
  const old = { 'a.yaml': 'old', 'b.yaml': 'old' };
  const fresh = { 'a.yaml': 'new', 'c.yaml': 'new' };

  test('being a file, is named with what to do', () => {
    writeTree(folder, { dist: 'a file' });
    const { finding } = failure(() => write(join(folder, 'dist'), fresh));
    expect(finding.message).toBe(`'${join(folder, 'dist')}' is a file, but the output folder is expected here`);
    expect(finding.fix).toBe('remove it, or choose another outdir');
  });

  test('below a file, is named', () => {
    writeTree(folder, { dist: 'a file' });
    expect(failure(() => write(join(folder, 'dist/deep'), fresh)).message).toContain(
      'a file is where a folder is expected',
    );
  });

  test.each([
    ['write', '.staging', 'ENOSPC', 'the disk is full'],
    ['write', 'staging/1', 'EDQUOT', 'quota'],
    ['write', 'draft', 'ENOSPC', 'the disk is full'],
    ['rename', 'draft', 'EACCES', 'want of permission'],
    ['makeFolder', 'staging', 'EROFS', 'read-only file system'],
    ['create', '.lock', 'EACCES', 'want of permission'],
    ['read', 'a.yaml', 'EIO', 'EIO: something about a.yaml'],
  ] as const)('for a failure to %s %s (%s) stays as it was', (operation, path, code, words) => {
    write(folder, old);
    const before = readTree(folder);
    expect(failure(() => write(folder, fresh, failingAt(operation, path, code))).message).toContain(words);
    const { '.cdk8s-monitoring.staging/draft': _draft, ...after } = readTree(folder);
    expect(Object.fromEntries(Object.entries(after).filter(([name]) => !name.includes('staging')))).toEqual(before);
    write(folder, fresh);
    expect(readOutput(folder)).toEqual(fresh);
  });

  test('a failure after the commit is made good by the next synth', () => {
    write(folder, old);
    expect(failure(() => write(folder, fresh, failingAt('rename', 'staging/1', 'EACCES'))).message).toContain(
      'permission',
    );
    write(folder, fresh);
    expect(readTree(folder)).toMatchObject(fresh);
    expect(Object.keys(readOutput(folder))).toEqual(['a.yaml', 'c.yaml']);
  });

  test('a folder of others where a file must go is named, and nothing else happens', () => {
    write(folder, old);
    writeTree(folder, { 'c.yaml/theirs': 'theirs' });
    expect(failure(() => write(folder, fresh)).message).toBe(
      `'${join(folder, 'c.yaml')}' is in the way of a file of that name`,
    );
    expect(readOutput(folder)).toEqual({ ...old, 'c.yaml/theirs': 'theirs' });
  });

  test('a file of others where a folder must go is named', () => {
    writeTree(folder, { shop: 'theirs' });
    expect(failure(() => write(folder, { 'shop/a.yaml': 'a' })).message).toContain(
      "is not a folder, but 'shop/a.yaml' must be",
    );
  });

  const asRoot = process.getuid?.() === 0;
  const unlessRoot = asRoot ? ' (skipped: root may write everywhere, run the tests as another user)' : '';
  (asRoot ? test.skip : test)(`without permission on the real disk stays as it was${unlessRoot}`, () => {
    write(folder, old);
    chmodSync(folder, 0o500);
    try {
      expect(failure(() => write(folder, fresh)).message).toContain('for want of permission');
    } finally {
      chmodSync(folder, 0o700);
    }
    expect(readOutput(folder)).toEqual(old);
  });
});

describe('the lock of another synth', () => {
  const lock = (holder: string) => writeFileSync(join(folder, '.cdk8s-monitoring.lock'), holder);
  const lockIsGone = () => expect(readdirSync(folder)).not.toContain('.cdk8s-monitoring.lock');
  const nobody = 2 ** 30; // above the largest process number of Linux

  test.each([
    ['a process that is gone', `${nobody} ${hostname()}`],
    ['a process that had our number', `${process.pid} ${hostname()}`],
  ])('does not matter if it is of %s', (_, holder) => {
    lock(holder);
    write(folder, { 'a.yaml': 'a' });
    lockIsGone();
  });

  test.each([
    ['on another host', '1 elsewhere', 61],
    ['whose number is of another program by now', `${process.ppid} ${hostname()}`, 61],
    ['that died before it could say its number', '', 2],
  ])('does not matter after a while if it is of a process %s', (_, holder, seconds) => {
    lock(holder);
    const then = Date.now() / 1000 - seconds;
    utimesSync(join(folder, '.cdk8s-monitoring.lock'), then, then);
    write(folder, { 'a.yaml': 'a' });
    lockIsGone();
  });

  test('makes us wait, and in the end name its process', () => {
    lock(`${process.ppid} ${hostname()}`);
    const waiting = () => whileLocked(folder, diskFileSystem, () => 'ours', 200);
    expect(waiting).toThrow(new FolderIsLocked('', `process ${process.ppid} on ${hostname()}`));
    expect(readFileSync(join(folder, '.cdk8s-monitoring.lock'), 'utf8')).toContain(String(process.ppid));
  });

  test('is let go when the work fails', () => {
    const failing = () =>
      whileLocked(folder, diskFileSystem, () => {
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    lockIsGone();
  });
});
