import * as fs from 'fs';
import * as path from 'path';
import {
  addConsumer,
  compile,
  installTemplateProject,
  makeWorkFolder,
  packPackage,
  run,
} from './support/packed-project';

/** `npm install` and four runs of `tsc` on a busy machine. */
const minutes = 60_000;
jest.setTimeout(4 * minutes);

describe('the packed package', () => {
  let work: string;
  let project: string;
  let packed: ReturnType<typeof packPackage>;

  beforeAll(() => {
    work = makeWorkFolder();
    packed = packPackage(work);
    project = installTemplateProject(work, packed.tarball);
  });
  afterAll(() => {
    fs.rmSync(work, { recursive: true, force: true });
  });

  /** The objects' kinds in a folder of YAML, in order. */
  const kindsIn = (folder: string) =>
    fs
      .readdirSync(folder)
      .sort()
      .flatMap((file) => [...fs.readFileSync(path.join(folder, file), 'utf8').matchAll(/^kind: (\w+)$/gm)])
      .map((match) => match[1]);

  test('holds what users need and nothing else', () => {
    const expected = /^(lib\/.+\.(js|d\.ts)|imports\/.+|docs\/.+\.md|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(packed.files.filter((file) => !expected.test(file))).toEqual([]);
    expect(packed.files).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'docs/README.md',
        'README.md',
        'lib/index.d.ts',
        'lib/index.js',
        'package.json',
      ]),
    );
  });

  test('stays below ten megabytes', () => {
    process.stdout.write(
      `unpacked size: ${Math.round(packed.unpackedSize / 1024)} KiB in ${packed.files.length} files\n`,
    );
    expect(packed.unpackedSize).toBeLessThan(10 * 1024 * 1024);
  });

  test('can be required, and its package.json too', () => {
    const script = `
      const { version } = require('cdk8s-monitoring/package.json');
      console.log(version, typeof require('cdk8s-monitoring').MonitoredApp);
    `;
    const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(run(process.execPath, ['-e', script], project)).toEqual({
      status: 0,
      output: `${manifest.version} function\n`,
    });
  });

  test.each([
    ['node10', { moduleResolution: 'node10' }],
    ['node16', { module: 'node16', moduleResolution: 'node16' }],
  ])("compiles and synthesizes in the cdk8s template's project under %s resolution", (name, compilerOptions) => {
    const folder = addConsumer(project, name, { fixture: 'main.ts', compilerOptions });
    expect(compile(folder)).toEqual({ status: 0, output: '' });
    expect(run(process.execPath, ['main.js'], folder)).toMatchObject({ status: 0 });
    expect(kindsIn(path.join(folder, 'dist'))).toEqual(
      expect.arrayContaining(['Deployment', 'Service', 'ServiceMonitor', 'PrometheusRule']),
    );
  });

  test('compiles and synthesizes as an ES module', () => {
    const compilerOptions = { module: 'node16', moduleResolution: 'node16' };
    const folder = addConsumer(project, 'esm', { fixture: 'esm.ts', compilerOptions, type: 'module' });
    expect(compile(folder)).toEqual({ status: 0, output: '' });
    expect(run(process.execPath, ['main.js'], folder)).toMatchObject({ status: 0 });
    expect(kindsIn(path.join(folder, 'dist'))).toEqual(expect.arrayContaining(['Deployment', 'ServiceMonitor']));
  });

  test('a misuse does not compile there', () => {
    const folder = addConsumer(project, 'misuse', { fixture: 'misuse.ts', compilerOptions: {} });
    const { status, output } = compile(folder);
    expect(status).not.toBe(0);
    expect(output).toMatch(/error TS\d+: .*'prot'/);
  });
});
