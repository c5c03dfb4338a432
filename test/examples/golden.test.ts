import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeWithEngine } from '../support/engines';
import { checkRules, RuleObject } from '../support/promtool';
import { expectValidObjects } from '../support/schemas';

const root = path.join(__dirname, '../..');
const examples = fs
  .readdirSync(path.join(root, 'examples'))
  .filter((name) => fs.existsSync(path.join(root, 'examples', name, 'main.ts')));

/** The shop is what `npm run synth` writes. */
function committedFolder(example: string): string {
  return path.join(root, example === 'shop' ? 'dist' : `examples/${example}/dist`);
}

let work: string;
beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'golden-'));
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

interface Circumstances {
  /** Name of the folder for the output. */
  readonly name: string;
  readonly checkout?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the stacks of some examples in one process and gives what it printed on standard output. */
function synthesize(names: readonly string[], { name, checkout = root, env = {} }: Circumstances): string {
  const program = [
    `for (const example of ${JSON.stringify(names)}) {`,
    `  process.env.CDK8S_OUTDIR = require('path').join(${JSON.stringify(path.join(work, name))}, example);`,
    `  require(require('path').resolve('examples', example, 'main.ts'));`,
    `}`,
    `console.log(Intl.DateTimeFormat().resolvedOptions().locale, new Date(2026, 0, 1).getTimezoneOffset());`,
  ].join('\n');
  const result = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', program], {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...plainEnvironment(), CDK8S_MONITORING_QUIET: '1', ...env },
  });
  if (result.status !== 0) throw new Error(`synth of ${names.join(', ')} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Without what jest adds, and without settings of cdk8s. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(JEST_|NODE_ENV$|CDK8S_)/.test(name)));
}

function filesIn(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]));
}

function expectCommitted(example: string, name: string): void {
  const made = filesIn(path.join(work, name, example));
  const committed = filesIn(committedFolder(example));
  const differing = [...new Set([...Object.keys(made), ...Object.keys(committed)])].filter(
    (file) => made[file] !== committed[file],
  );
  if (differing.length === 0) return;
  const command = example === 'shop' ? 'npm run synth' : 'npm run synth:examples';
  throw new Error(
    [
      `what examples/${example}/main.ts makes is not what is committed in ${path.relative(root, committedFolder(example))}/; if it should be, run ${command}`,
      ...differing.map((file) => firstDifference(file, committed[file], made[file])),
    ].join('\n'),
  );
}

function firstDifference(file: string, committed: string | undefined, made: string | undefined): string {
  if (committed === undefined) return `${file} is not committed`;
  if (made === undefined) return `${file} is committed, but no longer made`;
  const [before, after] = [committed.split('\n'), made.split('\n')];
  const line = before.findIndex((text, index) => text !== after[index]);
  const at = line < 0 ? before.length : line;
  return `${file}:${at + 1}\n  committed: ${before[at] ?? '(end)'}\n  made:      ${after[at] ?? '(end)'}`;
}

/** The objects of all examples, as committed. */
const objects = examples.flatMap((example) =>
  Object.entries(filesIn(committedFolder(example)))
    .filter(([file]) => file.endsWith('.yaml'))
    .flatMap(([, text]) => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as unknown)),
);

describe('what the examples make is what is committed, the record of files included', () => {
  test.each(examples)(
    '%s',
    (example) => {
      synthesize([example], { name: 'here' });
      expectCommitted(example, 'here');
    },
    60_000,
  );

  test('under another locale and time zone', () => {
    const env = { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' };
    expect(synthesize(examples, { name: 'elsewhere', env })).toBe('tr-TR -840\n');
    for (const example of examples) expectCommitted(example, 'elsewhere');
  }, 60_000);

  test('in a checkout at another path', () => {
    const checkout = path.join(work, 'a checkout of another name');
    for (const name of ['src', 'imports', 'examples', 'package.json', 'tsconfig.json']) {
      fs.cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
    }
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
    synthesize(examples, { name: 'moved', checkout });
    for (const example of examples) expectCommitted(example, 'moved');
  }, 60_000);
});

/** What points Argo CD and Flux to a folder: neither tool is among the APIs that imports/ describes. */
const kindsOfGitOpsTools = [
  'argoproj.io/v1alpha1/Application',
  'source.toolkit.fluxcd.io/v1/GitRepository',
  'kustomize.toolkit.fluxcd.io/v1/Kustomization',
  'kustomize.config.k8s.io/v1beta1/Kustomization',
];

test('every object of every example is what the schema of its kind allows', () => {
  expect(objects.length).toBeGreaterThanOrEqual(20);
  expectValidObjects(objects, kindsOfGitOpsTools);
});

describe.each(['promtool', 'promtool-2.42'] as const)('the rules of the examples', (promtool) => {
  describeWithEngine(promtool, (program) => {
    test('are accepted', () => {
      const rules = (objects as (RuleObject & { kind?: string })[]).filter(({ kind }) => kind === 'PrometheusRule');
      expect(rules.length).toBeGreaterThanOrEqual(examples.length);
      expect(checkRules(program, rules)).toMatchObject({ ok: true });
    });
  });
});
