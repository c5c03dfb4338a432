/**
 * Gets the real programs that the tests compare with: `npm run engines [NAME…]`. Without a name these are the programs
 * that `npm test` asks, with `--cluster` also those of `npm run test:cluster`, with `--debian` also those of Debian 12,
 * with `--java` also those that run in a JVM.
 *
 * Go programs are built from their modules, each module in a throw-away module of its own, because their dependencies
 * clash. Everything lands in a cache folder outside the checkout and stays there until its entry in the table changes.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { DebianProgram, Engine, engineGroups, engines, GoModuleFolder, GoProgram, JavaProgram } from './engines-table';

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

/** The engines that the arguments name; without a name all but those of the groups that are not asked for. */
function selectEngines(args: readonly string[]): Engine[] {
  const groups = engineGroups.filter((group) => args.includes(`--${group}`));
  const names = args.filter((arg) => !groups.some((group) => arg === `--${group}`));
  const unknown = names.filter((name) => !engines.some((engine) => engine.name === name));
  if (unknown.length > 0) {
    const table = engines.map(({ name, version, purpose, group }) => {
      return `  ${name.padEnd(24)} ${version.padEnd(9)} ${purpose}${group ? `; with --${group}` : ''}`;
    });
    throw new EngineError(`no engine is called '${unknown.join("', '")}'; there are:\n${table.join('\n')}`);
  }
  return engines.filter(({ name, group }) =>
    group === undefined ? names.length === 0 || names.includes(name) : groups.includes(group) || names.includes(name),
  );
}

function placeOf(engine: Engine): string {
  return path.join(engineFolder(), isFolder(engine) ? '' : 'bin', engine.name);
}

function isFolder({ from }: Engine): boolean {
  return from === 'go-folder' || from === 'maven';
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
      if (isFolder(engine)) fs.rmSync(placeOf(engine), { recursive: true, force: true });
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
    if (engine.from === 'maven') made.set(engine, copyJars(engine, work));
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
  for (const file of engine.files ?? fs.readdirSync(published).filter((name) => name.endsWith('.yaml'))) {
    fs.writeFileSync(path.join(copy, path.basename(file)), fs.readFileSync(path.join(published, file)));
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

function copyJars({ name, artifacts, optionsVariable }: JavaProgram, work: string): string {
  const folder = path.join(work, name);
  const dependencies = artifacts.map((artifact) => {
    const [groupId, artifactId, version] = artifact.split(':');
    return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  });
  const project = `<modelVersion>4.0.0</modelVersion><groupId>engines</groupId><artifactId>${name}</artifactId><version>1</version>`;
  fs.writeFileSync(
    path.join(work, 'pom.xml'),
    `<project>${project}<dependencies>${dependencies.join('')}</dependencies></project>`,
  );
  const args = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
  const result = spawnSync('mvn', args, { cwd: work, encoding: 'utf8' });
  if (result.error)
    throw new EngineError(`'mvn' was not found on the PATH: install Maven and a JRE of version 17 or later`);
  if (result.status !== 0) throw new EngineError(`'mvn ${args[2]}' failed:\n${result.stdout}${result.stderr}`);
  const script = `#!/bin/sh\nexec java $${optionsVariable} -cp "$(dirname "$0")/*" "$@"\n`;
  fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  return folder;
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
