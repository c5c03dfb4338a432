import { spawn, spawnSync } from 'child_process';
import { cpSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { diskFileSystem } from '../../src/synth/file-system';
import { writeOutputFolder } from '../../src/synth/output-folder';
import { compileRooms } from './compile-room';
import { readOutput, readTree, removeTemporaryFolders, temporaryFolder, writeTree } from './folders';

const old = {
  'same.yaml': 'same\n',
  'changed.yaml': 'old\n',
  'gone.yaml': 'old\n',
  'gone/deep/gone.yaml': 'old\n',
  'becomes-folder': 'old\n',
  'becomes-file/inner.yaml': 'old\n',
  'Case.yaml': 'old\n',
};
const fresh = {
  'same.yaml': 'same\n',
  'changed.yaml': 'new\n',
  'made.yaml': 'new\n',
  'made/deep/made.yaml': 'new\n',
  'becomes-folder/inner.yaml': 'new\n',
  'becomes-file': 'new\n',
  'case.yaml': 'new\n',
};
/** Files that nobody may lose: they are in the old set as well as in the new one. */
const kept = ['same.yaml', 'changed.yaml'];
const foreign = { 'README.md': 'theirs', 'gone/theirs.yaml': 'theirs', 'kustomization.yaml': 'theirs' };

/**
 * Writes a tree and kills itself right before the nth operation that changes something, or, if that is to write a file,
 * in the middle of it.
 */
const script = `
const { diskFileSystem } = require('./synth/file-system');
const { writeOutputFolder } = require('./synth/output-folder');
const [folder, tree, n, half] = process.argv.slice(2);
let left = Number(n);
const changing = ['write', 'create', 'rename', 'removeFile', 'removeEmptyFolder', 'makeFolder'];
const files = { ...diskFileSystem };
for (const name of changing) {
  files[name] = (...parameters) => {
    if (--left === 0) {
      if (half && name === 'write') diskFileSystem.write(parameters[0], parameters[1].slice(0, parameters[1].length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    return diskFileSystem[name](...parameters);
  };
}
writeOutputFolder(folder, new Map(Object.entries(JSON.parse(tree))), files);
`;

let room: string;
beforeAll(() => {
  room = compileRooms();
  writeFileSync(join(room, 'write.js'), script);
});
afterAll(() => {
  removeTemporaryFolders();
  rmSync(room, { recursive: true, force: true });
});

const killBefore = (operation: number, folder: string, tree: object, half = '') =>
  spawnSync(process.execPath, [join(room, 'write.js'), folder, JSON.stringify(tree), String(operation), half], {
    encoding: 'utf8',
  });

function prepare(): string {
  const folder = temporaryFolder();
  writeOutputFolder(folder, new Map(Object.entries(old)));
  writeTree(folder, foreign);
  return folder;
}

/** Kills at every operation in turn, until one run gets through; gives the number of kills. */
function killEverywhere(start: () => string, tree: object, check: (folder: string) => void, half = ''): number {
  for (let operation = 1; ; operation++) {
    const folder = start();
    const { signal, status, stderr } = killBefore(operation, folder, tree, half);
    if (signal === null) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return operation - 1;
    }
    expect(signal).toBe('SIGKILL');
    check(folder);
  }
}

describe('a synth that is killed', () => {
  test.each([
    ['before any operation', ''],
    ['in the middle of writing any file', 'half'],
  ])(
    '%s leaves whole files, and the next one completes the tree',
    (_, half) => {
      let rolledForward = 0;
      let untouched = 0;
      const kills = killEverywhere(
        prepare,
        fresh,
        (folder) => {
          const output = readOutput(folder);
          for (const [path, content] of Object.entries(output)) {
            if (path.startsWith('.cdk8s-monitoring.')) continue;
            const allowed = {
              old: (old as Record<string, string>)[path],
              fresh: (fresh as Record<string, string>)[path],
            };
            expect([allowed.old, allowed.fresh, (foreign as Record<string, string>)[path]]).toContain(content);
          }
          for (const path of kept) expect(Object.keys(output)).toContain(path);
          expect(output).toMatchObject(foreign);

          const isCommitted = '.cdk8s-monitoring.staging/journal' in output;
          if (!isCommitted && output['changed.yaml'] === 'old\n') {
            untouched++;
            expect(output).toMatchObject(old);
          } else rolledForward++;
          writeOutputFolder(folder, new Map(Object.entries(fresh)));
          expect(readOutput(folder)).toEqual({ ...fresh, ...foreign });
        },
        half,
      );
      expect(kills).toBeGreaterThan(25);
      expect([untouched > 5, rolledForward > 10]).toEqual([true, true]);
    },
    60_000,
  );

  test('while it finishes what another killed one has left, is finished by the third', () => {
    const committed = prepare();
    // the number of an operation in the middle of placing files
    killBefore(16, committed, fresh);
    expect(Object.keys(readTree(committed))).toContain('.cdk8s-monitoring.staging/journal');
    const copy = () => {
      const folder = temporaryFolder();
      cpSync(committed, folder, { recursive: true });
      return folder;
    };
    const third = { 'third.yaml': 'third\n', 'changed.yaml': 'third\n' };
    killEverywhere(copy, third, (folder) => {
      expect(readOutput(folder)).toMatchObject(foreign);
      writeOutputFolder(folder, new Map(Object.entries(third)));
      expect(readOutput(folder)).toEqual({ ...third, ...foreign });
    });
  }, 60_000);

  test('leaves the rest of its set to the next one, even if that one makes other files', () => {
    const folder = prepare();
    killBefore(16, folder, fresh);
    expect(Object.keys(readTree(folder))).toContain('.cdk8s-monitoring.staging/journal');
    writeOutputFolder(folder, new Map([['only.yaml', 'only']]));
    expect(readOutput(folder)).toEqual({ 'only.yaml': 'only', ...foreign });
  });
});

/** Synthesizes two environments, and kills itself right before the nth operation that changes a file. */
const environmentsScript = `
const files = require('./synth/file-system').diskFileSystem;
const { ApiObject, Chart } = require('cdk8s');
const { MonitoringApp } = require('./synth');
const [outdir, version, charts, n] = process.argv.slice(2);
let left = Number(n);
for (const name of ['write', 'create', 'rename', 'removeFile', 'removeEmptyFolder', 'makeFolder']) {
  const original = files[name];
  files[name] = (...parameters) => {
    if (--left === 0) process.kill(process.pid, 'SIGKILL');
    return original(...parameters);
  };
}
const compose = (environment, _, name) => {
  for (const id of charts.split(',')) {
    const chart = new Chart(environment, id);
    new ApiObject(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'object' }, data: { version, name } });
  }
};
MonitoringApp.environments({ staging: {}, prod: {} }, compose, { outdir, summary: false });
`;

describe('a synth of two environments that is killed', () => {
  const synthesize = (outdir: string, version: string, charts: string, killBeforeOperation = 0) =>
    spawnSync(process.execPath, [join(room, 'environments.js'), outdir, version, charts, String(killBeforeOperation)], {
      encoding: 'utf8',
    });
  const treeOf = (version: string, charts: string) => {
    const folder = temporaryFolder();
    expect(synthesize(folder, version, charts).stderr).toBe('');
    return readOutput(folder);
  };

  test('leaves whole files in every folder, and the next one completes all of them', () => {
    writeFileSync(join(room, 'environments.js'), environmentsScript);
    const before = treeOf('old', 'shop,gone');
    const after = treeOf('new', 'shop,made');
    expect(Object.keys(after)).toEqual([
      'prod/made.k8s.yaml',
      'prod/shop.k8s.yaml',
      'staging/made.k8s.yaml',
      'staging/shop.k8s.yaml',
    ]);
    const start = temporaryFolder();
    synthesize(start, 'old', 'shop,gone');
    writeTree(start, { 'prod/theirs.yaml': 'theirs' });
    const seen = { untouched: 0, begun: 0 };
    for (let operation = 1; ; operation++) {
      const folder = temporaryFolder();
      cpSync(start, folder, { recursive: true });
      const { signal, status } = synthesize(folder, 'new', 'shop,made', operation);
      if (signal === null) {
        expect(status).toBe(0);
        break;
      }
      const output = readOutput(folder);
      const files = Object.keys(output).filter((path) => !path.startsWith('.cdk8s-monitoring.'));
      for (const path of files) expect([before[path], after[path], 'theirs']).toContain(output[path]);
      expect(files).toEqual(
        expect.arrayContaining(['prod/shop.k8s.yaml', 'prod/theirs.yaml', 'staging/shop.k8s.yaml']),
      );
      const isOld = Object.entries(before).every(([path, content]) => output[path] === content);
      seen[isOld ? 'untouched' : 'begun']++;
      // until the journal is in place, no environment is touched; from then on, the next synth goes on with all of them
      if (!isOld) {
        synthesize(folder, 'new', 'shop,made');
        expect(readOutput(folder)).toEqual({ ...after, 'prod/theirs.yaml': 'theirs' });
      }
    }
    expect([seen.untouched > 5, seen.begun > 5]).toEqual([true, true]);
  }, 120_000);
});

test('synths of one folder at once leave one whole set', async () => {
  const folder = prepare();
  const sets = [1, 2, 3, 4].map((number) =>
    Object.fromEntries([1, 2, 3, 4, 5, 6].map((each) => [`file-${each % 3 === 0 ? number : each}.yaml`, `${number}`])),
  );
  const runs = sets.map(
    (set) =>
      new Promise<number | null>((done) => {
        spawn(process.execPath, [join(room, 'write.js'), folder, JSON.stringify(set), '0']).on('close', done);
      }),
  );
  expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
  expect(sets.map((set) => ({ ...set, ...foreign }))).toContainEqual(readOutput(folder));
  expect(diskFileSystem.kindOf(join(folder, '.cdk8s-monitoring.lock'))).toBeUndefined();
}, 30_000);
