import { App, Chart } from 'cdk8s';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import * as monitoring from '../../src';
import { root, Sample } from './pages';
import { programOf } from './programs';

/** What came of running a block. */
export interface Outcome {
  /** What its app synthesizes; undefined where it has no app, or errors. */
  readonly documents?: readonly unknown[];
  readonly findings: readonly monitoring.Finding[];
  /** What it wrote to standard error. */
  readonly output: string;
}

/**
 * Runs a block in a temporary folder that holds the files of its page; what it synthesizes lands there as well. A `test` in
 * it runs at once. In a page of an example, `__dirname` is the folder of the example.
 *
 * @throws what the block throws, a SynthesisError aside: its findings are in the outcome
 */
export async function run(sample: Sample): Promise<Outcome> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'docs-'));
  const output: string[] = [];
  const before = { folder: process.cwd(), outdir: process.env.CDK8S_OUTDIR };
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => output.push(String(text)) > 0);
  const listeners = process.listeners('uncaughtException');
  try {
    for (const [name, content] of sample.files) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    }
    process.chdir(folder);
    process.env.CDK8S_OUTDIR = path.join(folder, 'dist');
    return { ...(await execute(sample, folder)), output: output.join('') };
  } finally {
    stderr.mockRestore();
    for (const listener of process.listeners('uncaughtException')) {
      if (!listeners.includes(listener)) process.removeListener('uncaughtException', listener);
    }
    process.chdir(before.folder);
    if (before.outdir === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before.outdir;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function execute({ ts: block }: Sample, folder: string): Promise<Omit<Outcome, 'output'>> {
  const { outputText } = ts.transpileModule(programOf(block).source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const jestRequire = require;
  const load = (name: string): unknown => (name === 'cdk8s-monitoring' ? monitoring : jestRequire(name));
  const tests: (() => unknown)[] = [];
  const test = (_name: string, body: () => unknown) => void tests.push(body);
  const describe = (_name: string, body: () => void) => body();
  const found: { app?: App } = {};
  const parameters = { exports: {}, require: load, __dirname: folderOf(block.page) ?? folder, test, describe };
  const body = `${outputText}\n;return typeof app === 'undefined' ? {} : { app };`;
  try {
    const program = new Function(
      ...Object.keys(parameters),
      'expect',
      'found',
      `Object.assign(found, (() => {${body}})())`,
    );
    program(...Object.values(parameters), expectWithoutSnapshots, found);
    for (const each of tests) await each();
  } catch (error) {
    if (!(error instanceof monitoring.SynthesisError)) throw error;
    return { findings: error.findings };
  }
  return found.app instanceof App ? outcomeOf(found.app) : { findings: [] };
}

function folderOf(page: string): string | undefined {
  return /^examples\/[^/]+\/README\.md$/.test(page) ? path.join(root, path.dirname(page)) : undefined;
}

/** A snapshot belongs beside the test of a reader. */
const expectWithoutSnapshots = Object.assign(
  (value: unknown): unknown => Object.assign(expect(value), { toMatchSnapshot: () => undefined }),
  expect,
);

function outcomeOf(app: App): Omit<Outcome, 'output'> {
  const isOurs = app instanceof monitoring.MonitoringApp;
  const findings = isOurs ? app.findings() : monitoring.findingsOf(app);
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  if (!isOurs) return { findings, documents: app.charts.flatMap((chart: Chart) => chart.toJson() as unknown[]) };
  return {
    findings,
    documents: parseAllDocuments(app.synthYaml(), { version: '1.1' }).map((each) => each.toJS() as unknown),
  };
}
