/**
 * Gets the real programs that the tests compare with: `npm run engines [NAME…]`, `npm run engines -- --debian`.
 *
 * Go programs are built from their modules, each module in a throw-away module of its own, because their dependencies
 * clash. Everything lands in a cache folder outside the checkout and stays there until its entry in the table changes.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** What every engine has, however it is got. */
interface EngineEntry {
  readonly name: string;
  readonly version: string;
  /** What the tests ask of it. */
  readonly purpose: string;
}

/** A program that is built from a Go module; entries of one module, version and flags are built together. */
interface GoProgram extends EngineEntry {
  readonly from: 'go';
  readonly module: string;
  /** The main package, as a path inside the module: `cmd/promtool`, or `.` for the module's root. */
  readonly package: string;
  readonly flags?: readonly string[];
  /** Packages of sibling modules that must have the same version, where the module's own go.mod leaves it open. */
  readonly alsoGet?: readonly string[];
  /** For k8s.io/kubernetes: the version of the modules that its go.mod requires at v0.0.0. */
  readonly stagingVersion?: string;
}

/** YAML files that are published inside a Go module; the engine's name is the folder they are copied to. */
interface GoModuleFolder extends EngineEntry {
  readonly from: 'go-folder';
  readonly module: string;
  readonly folder: string;
}

/** A program out of a Debian package, which is unpacked and not installed, so that it starts no services. */
interface DebianProgram extends EngineEntry {
  readonly from: 'debian';
  readonly package: string;
  readonly file: string;
}

type Engine = GoProgram | GoModuleFolder | DebianProgram;

/** Without the tags promtool and prometheus link the clients of every cloud: 330 s and 264 MB instead of 150 s and 129 MB. */
const prometheusFlags = [
  '-tags=remove_all_sd,enable_kubernetes_sd',
  '-ldflags=-s -w -X github.com/prometheus/common/version.Version=3.15.0',
];

const engines: readonly Engine[] = [
  {
    name: 'promtool',
    version: 'v0.315.0',
    purpose: 'judges rules and runs rule tests, as Prometheus 3.15',
    from: 'go',
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/promtool',
    flags: prometheusFlags,
  },
  {
    name: 'prometheus',
    version: 'v0.315.0',
    purpose: 'parses PromQL over HTTP and scrapes, as Prometheus 3.15',
    from: 'go',
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/prometheus',
    flags: prometheusFlags,
  },
  {
    name: 'helm',
    version: 'v3.22.0',
    purpose: 'renders charts that stacks attach to',
    from: 'go',
    module: 'helm.sh/helm/v3',
    package: 'cmd/helm',
    flags: ['-ldflags=-s -w -X helm.sh/helm/v3/internal/version.version=v3.22.0'],
  },
  {
    name: 'crds',
    version: 'v0.93.0',
    purpose: 'the schemas of what the operator reads',
    from: 'go-folder',
    module: 'github.com/prometheus-operator/prometheus-operator',
    folder: 'example/prometheus-operator-crd',
  },
  {
    name: 'promtool-2.42',
    version: '2.42',
    purpose: 'judges rules as the Prometheus of Debian 12 does; only with --debian',
    from: 'debian',
    package: 'prometheus',
    file: 'usr/bin/promtool',
  },
];

/** An error that says what to do; everything else that is thrown here is a defect and keeps its stack. */
class EngineError extends Error {}

/** Where the programs (`bin/`) and CRDs (`crds/`) are kept: outside the checkout, so that all checkouts share them. */
export function engineFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CDK8S_MONITORING_ENGINES) return path.resolve(env.CDK8S_MONITORING_ENGINES);
  return path.join(os.homedir(), '.cache', 'cdk8s-monitoring', 'engines');
}

function main(args: readonly string[]): void {
  const wanted = selectEngines(args);
  for (const folder of ['bin', 'stamps']) fs.mkdirSync(path.join(engineFolder(), folder), { recursive: true });

  const missing = wanted.filter((engine) => !isPresent(engine));
  for (const engine of wanted) {
    if (!missing.includes(engine)) console.log(`${engine.name} ${engine.version} is there: ${placeOf(engine)}`);
  }
  const failures: string[] = [];
  for (const group of groupByBuild(missing)) {
    const started = Date.now();
    try {
      get(group);
      const seconds = Math.round((Date.now() - started) / 1000);
      for (const engine of group)
        console.log(`${engine.name} ${engine.version} got in ${seconds} s: ${placeOf(engine)}`);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      failures.push(`could not get ${group.map((engine) => engine.name).join(' and ')}: ${error.message}`);
    }
  }
  if (failures.length > 0) {
    console.error(failures.join('\n'));
    process.exitCode = 1;
  }
}

/** The engines that the arguments name; without a name all, those of Debian only with `--debian`. */
function selectEngines(args: readonly string[]): Engine[] {
  const names = args.filter((arg) => arg !== '--debian');
  const unknown = names.filter((name) => !engines.some((engine) => engine.name === name));
  if (unknown.length > 0) {
    const table = engines.map((engine) => `  ${engine.name.padEnd(14)} ${engine.version.padEnd(9)} ${engine.purpose}`);
    throw new EngineError(`no engine is called '${unknown.join("', '")}'; there are:\n${table.join('\n')}`);
  }
  if (names.length > 0) return engines.filter((engine) => names.includes(engine.name));
  return engines.filter((engine) => engine.from !== 'debian' || args.includes('--debian'));
}

function placeOf(engine: Engine): string {
  return path.join(engineFolder(), engine.from === 'go-folder' ? '' : 'bin', engine.name);
}

function stampOf(engine: Engine): string {
  return path.join(engineFolder(), 'stamps', engine.name);
}

/** The whole entry is the stamp, so that a change of flags rebuilds like a change of version. */
function isPresent(engine: Engine): boolean {
  if (!fs.existsSync(placeOf(engine)) || !fs.existsSync(stampOf(engine))) return false;
  return fs.readFileSync(stampOf(engine), 'utf8') === JSON.stringify(engine);
}

/** Go programs of one module go through one build: they share most of their packages. */
function groupByBuild(list: readonly Engine[]): Engine[][] {
  const groups = new Map<string, Engine[]>();
  for (const engine of list) {
    const key = engine.from === 'go' ? JSON.stringify([engine.module, engine.version, engine.flags]) : engine.name;
    groups.set(key, [...(groups.get(key) ?? []), engine]);
  }
  return [...groups.values()];
}

function get(group: readonly Engine[]): void {
  // beside bin/, because a rename is atomic only within one file system
  const work = fs.mkdtempSync(path.join(engineFolder(), 'work-'));
  try {
    const made = make(group, work);
    for (const [engine, file] of made) {
      fs.rmSync(stampOf(engine), { force: true });
      // a file is replaced in one step; a folder cannot be
      if (engine.from === 'go-folder') fs.rmSync(placeOf(engine), { recursive: true, force: true });
      fs.renameSync(file, placeOf(engine));
      fs.writeFileSync(stampOf(engine), JSON.stringify(engine));
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Makes each engine of the group in the work folder and says where. */
function make(group: readonly Engine[], work: string): Map<Engine, string> {
  const made = new Map<Engine, string>();
  const programs = group.filter((engine): engine is GoProgram => engine.from === 'go');
  const [first] = programs;
  if (first) {
    const folder = buildGoPrograms(first, programs, work);
    for (const program of programs) made.set(program, path.join(folder, programFile(program)));
  }
  for (const engine of group) {
    if (engine.from === 'go-folder') made.set(engine, copyModuleFolder(engine, work));
    if (engine.from === 'debian') made.set(engine, unpackDebianProgram(engine, work));
  }
  return made;
}

function buildGoPrograms(first: GoProgram, programs: readonly GoProgram[], work: string): string {
  const { module, version, flags = [] } = first;
  const packages = programs.map((program) => packagePath(program));
  const source = path.join(work, 'source');
  const output = path.join(work, 'built');
  fs.mkdirSync(source);
  fs.mkdirSync(output);
  go(['mod', 'init', 'engines'], source);
  if (first.stagingVersion) pinStagingModules(first, first.stagingVersion, source);
  const also = new Set(programs.flatMap((program) => program.alsoGet ?? []));
  console.log(
    `building ${programs.map((program) => program.name).join(' and ')} from ${module}@${version}, a few minutes`,
  );
  go(
    ['get', ...packages.map((name) => `${name}@${version}`), ...[...also].map((name) => `${name}@${version}`)],
    source,
  );
  go(['build', ...flags, '-o', `${output}${path.sep}`, ...packages], source);
  return output;
}

function packagePath(program: GoProgram): string {
  return program.package === '.' ? program.module : `${program.module}/${program.package}`;
}

/** `go build` names a program after the last part of its package that is not a major version. */
function programFile(program: GoProgram): string {
  const parts = packagePath(program).split('/');
  return parts.filter((part) => !/^v\d+$/.test(part)).at(-1) ?? program.name;
}

/** k8s.io/kubernetes requires its staging modules at v0.0.0, which only exists in its own repository. */
function pinStagingModules(program: GoProgram, stagingVersion: string, source: string): void {
  const goMod = fs.readFileSync(path.join(downloadModule(program, source), 'go.mod'), 'utf8');
  for (const [, name] of goMod.matchAll(/^\s*(k8s\.io\/\S+) v0\.0\.0$/gm)) {
    go(['mod', 'edit', `-replace=${name}=${name}@${stagingVersion}`], source);
  }
}

function copyModuleFolder(engine: GoModuleFolder, work: string): string {
  const copy = path.join(work, engine.name);
  fs.mkdirSync(copy);
  const published = path.join(downloadModule(engine, work), engine.folder);
  // file by file: the module cache is read-only, and so would be a copy of the folder itself
  for (const file of fs.readdirSync(published).filter((name) => name.endsWith('.yaml'))) {
    fs.writeFileSync(path.join(copy, file), fs.readFileSync(path.join(published, file)));
  }
  return copy;
}

/** The folder of the module in Go's own cache. */
function downloadModule(engine: GoProgram | GoModuleFolder, cwd: string): string {
  const answer: unknown = JSON.parse(go(['mod', 'download', '-json', `${engine.module}@${engine.version}`], cwd));
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer && typeof answer.Dir === 'string') {
    return answer.Dir;
  }
  throw new EngineError(`'go mod download' named no folder for ${engine.module}@${engine.version}`);
}

function go(args: readonly string[], cwd: string): string {
  // a go.work or a -mod=vendor of the user's shell must not reach the throw-away module
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod -buildvcs=false' };
  const result = spawnSync('go', args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error && 'code' in result.error && result.error.code === 'ENOENT') {
    throw new EngineError('Go was not found on the PATH: install Go 1.26 or later, then run npm run engines again');
  }
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout;

  const said = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-15).join('\n');
  const unreachable = /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|TLS handshake/.test(said);
  const fix = unreachable ? '\nthe Go module proxy cannot be reached: check the network and `go env GOPROXY`' : '';
  throw new EngineError(
    `'go ${args.slice(0, 2).join(' ')}' failed with ${result.status ?? result.signal}:\n${said}${fix}`,
  );
}

function unpackDebianProgram(engine: DebianProgram, work: string): string {
  // apt drops to a user of its own, which must be able to write here
  fs.chmodSync(work, 0o777);
  const download = () => spawnSync('apt-get', ['download', engine.package], { cwd: work, encoding: 'utf8' });
  let result = download();
  if (result.error) throw new EngineError(`'${engine.package}' is a Debian package and apt-get was not found here`);
  if (result.status !== 0 && process.getuid?.() === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    result = download();
  }
  const archive = fs.readdirSync(work).find((file) => file.endsWith('.deb'));
  if (result.status !== 0 || !archive) {
    throw new EngineError(`'apt-get download ${engine.package}' failed, try 'apt-get update' first:\n${result.stderr}`);
  }
  const unpacked = spawnSync('dpkg', ['-x', archive, 'unpacked'], { cwd: work, encoding: 'utf8' });
  if (unpacked.status !== 0) throw new EngineError(`'dpkg -x ${archive}' failed:\n${unpacked.stderr}`);
  const file = path.join(work, 'unpacked', engine.file);
  const version = spawnSync(file, ['--version'], { encoding: 'utf8' });
  if (!version.stdout?.includes(`version ${engine.version}`)) {
    throw new EngineError(
      `the '${engine.package}' of this Debian is not version ${engine.version} or does not run: ` +
        `${(version.error?.message ?? version.stdout + version.stderr).trim()}; Debian 12 has it`,
    );
  }
  return file;
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
