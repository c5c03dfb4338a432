import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const root = path.join(__dirname, '..', '..');
const template = path.join(root, 'node_modules', 'cdk8s-cli', 'templates', 'typescript-app');
const fixtures = path.join(root, 'test', 'fixtures', 'template-project');

/** What `npm pack` made. */
export interface PackedPackage {
  /** The `.tgz` file. */
  readonly tarball: string;
  /** Paths inside the package, in order. */
  readonly files: readonly string[];
  /** In bytes, once it is unpacked. */
  readonly unpackedSize: number;
}

export interface CommandResult {
  readonly status: number | null;
  readonly output: string;
}

/** A folder for one test file; remove it with {@link fs.rmSync} at the end. */
export function makeWorkFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'package-test-'));
}

/** Packs a copy of the checkout, so that tests which run beside this one do not see `lib/` come and go. */
export function packPackage(work: string): PackedPackage {
  const copy = path.join(work, 'checkout');
  fs.mkdirSync(copy);
  const notPacked = new Set(['node_modules', 'lib', 'coverage', 'dist', 'test', 'bench', 'examples', '.git']);
  for (const name of fs.readdirSync(root).filter((entry) => !notPacked.has(entry))) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  // something of what must stay out of the package
  fs.cpSync(path.join(root, 'test', 'support'), path.join(copy, 'test', 'support'), { recursive: true });
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));

  // the output of `prepack` would stand in front of the JSON
  const { status, stdout, stderr } = npm(['pack', '--json', '--foreground-scripts=false'], copy);
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}\n${stderr}`);
  const [packed] = JSON.parse(stdout) as { filename: string; unpackedSize: number; files: { path: string }[] }[];
  if (!packed) throw new Error(`npm pack named no package:\n${stdout}`);
  return {
    tarball: path.join(copy, packed.filename),
    files: packed.files.map((file) => file.path).sort(),
    unpackedSize: packed.unpackedSize,
  };
}

/**
 * A project with the dependencies of the cdk8s TypeScript template, the tarball and its peer. Of the template's tools
 * only what `tsc` sees is installed: the compiler and the types.
 */
export function installTemplateProject(work: string, tarball: string): string {
  const project = path.join(work, 'project');
  fs.mkdirSync(project);
  const manifest = fillTemplate(fs.readFileSync(path.join(template, 'package.json'), 'utf8'));
  for (const tool of ['cdk8s-cli', 'jest', 'ts-jest', 'ts-node']) delete manifest.devDependencies[tool];
  manifest.dependencies['cdk8s-plus-28'] = `^${versionOf('cdk8s-plus-28')}`;
  manifest.dependencies['cdk8s-monitoring'] = `file:${tarball}`;
  fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest, undefined, 2));

  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  const { status, stdout, stderr } = npm(['install', ...flags], project);
  if (status !== 0) throw new Error(`npm install failed:\n${stdout}\n${stderr}`);
  return project;
}

/**
 * A folder inside the project with one source file, `main.ts`, and the template's compiler settings under another
 * module resolution.
 */
export function addConsumer(
  project: string,
  name: string,
  options: { readonly fixture: string; readonly compilerOptions: object; readonly type?: 'module' },
): string {
  const folder = path.join(project, name);
  fs.mkdirSync(folder);
  fs.copyFileSync(path.join(fixtures, options.fixture), path.join(folder, 'main.ts'));
  const settings = readJson(path.join(template, 'tsconfig.json')) as { compilerOptions: object };
  const compilerOptions = { ...settings.compilerOptions, ...options.compilerOptions };
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ ...settings, compilerOptions }));
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: options.type ?? 'commonjs' }));
  return folder;
}

/** Compiles with the project's own compiler. */
export function compile(folder: string): CommandResult {
  return run(
    process.execPath,
    [path.join(folder, '..', 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'],
    folder,
  );
}

/** Runs a program; what it says on both streams is its output. */
export function run(program: string, args: readonly string[], cwd: string): CommandResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: plainEnvironment(),
  });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

interface ProjectManifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** `{{ cdk8s_core_version }}` and its like: the CLI fills in what is current, here it is what this checkout has. */
function fillTemplate(text: string): ProjectManifest {
  const values: Record<string, string> = {
    $base: 'template-project',
    cdk8s_core_version: versionOf('cdk8s'),
    cdk8s_plus_version: versionOf('cdk8s-plus-33'),
    constructs_version: versionOf('constructs'),
    cdk8s_cli_spec: versionOf('cdk8s-cli'),
  };
  const filled = text.replace(/\{\{ (\S+) \}\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template has ${placeholder}, which this test does not know`);
    return value;
  });
  return JSON.parse(filled) as ProjectManifest;
}

function versionOf(dependency: string): string {
  return (readJson(path.join(root, 'node_modules', dependency, 'package.json')) as { version: string }).version;
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function npm(args: readonly string[], cwd: string) {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', env: plainEnvironment() });
}

/** Without what `npm test` and jest add: npm would take this checkout for the project, and cdk8s behaves for tests. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const added =
    /^(npm_(package|lifecycle)_|npm_config_local_prefix$|npm_config_prefix$|INIT_CWD$|JEST_|NODE_ENV$|NODE_PATH$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}
