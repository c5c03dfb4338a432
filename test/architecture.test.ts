import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';

const root = path.join(__dirname, '..');
const source = path.join(root, 'src');

/** The file of `src/` that each file imports, types included: a cycle of types is a cycle in the reader's head. */
type ImportGraph = ReadonlyMap<string, readonly string[]>;

describe('imports', () => {
  test('form no cycle', () => {
    const graph = importGraph();
    expect(graph.size).toBeGreaterThan(5);
    expect(findCycles(graph)).toEqual([]);
  });

  test('would be reported if they formed one', () => {
    const graph: ImportGraph = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['c.ts', 'd.ts']],
      ['c.ts', ['b.ts']],
      ['d.ts', []],
      ['self.ts', ['self.ts']],
    ]);
    expect(findCycles(graph)).toEqual(['b.ts -> c.ts -> b.ts', 'self.ts -> self.ts']);
  });
});

describe('the linter', () => {
  const reported = lint({
    'src/proof/a.ts': "import { MonitoredApp } from '../constructs/app';\nexport const app = MonitoredApp;",
    'src/findings/a.ts': "export * from '../promql';",
    'src/findings/b.ts': "export const expression: import('../promql').Expression | undefined = undefined;",
    'src/constructs/app/a.ts': "export const stringify = () => import('../../proof/targets');",
    'src/metrics/a.ts': "export { MonitoringApp } from '..';",
    'src/promql/a.ts': "import { PodMonitor } from '../../imports/pod-monitor';\nexport type A = PodMonitor;",
    'src/parlour/a.ts': 'export const tea = 1;',
    'src/synth/a.ts': "export * from '../constructs/app';\nexport * from '../platform';\nexport * from './b';",
    'src/constructs/scrape/a.ts':
      "export * from '../app';\nexport type { PodMonitor } from '../../../imports/pod-monitor';",
    'src/testing/a.ts': "export * from '../index';",
    'src/synth/order.ts': 'export const order = (a: string, b: string) => a.localeCompare(b);',
    'src/synth/time.ts': 'export const times = () => [Date.now(), new Date(), Math.random()];',
    'src/synth/any.ts': 'export const anything: any = 1;',
    'scripts/time.ts': 'export const now = () => Date.now();',
  });
  const forbidden = (message: string) => [`local/room-imports: ${message}`];

  test('refuses an import against the data flow', () => {
    expect(reported['src/proof/a.ts']).toEqual(
      forbidden(
        'proof/ may not import constructs/ (room table); ' +
          'it may import: manifests, platform, promql, metrics, kubernetes, findings, imports',
      ),
    );
  });

  test('refuses re-exports, type queries and lazy imports as well', () => {
    const findings = forbidden('findings/ may not import promql/ (room table); it may import: nothing of ours');
    expect(reported['src/findings/a.ts']).toEqual(findings);
    expect(reported['src/findings/b.ts']).toEqual(findings);
    expect(reported['src/constructs/app/a.ts']).toEqual([expect.stringContaining('constructs/ may not import proof/')]);
  });

  test('refuses the public surface inside the library, and generated types where they do not belong', () => {
    expect(reported['src/metrics/a.ts']).toEqual([expect.stringContaining('metrics/ may not import src/index.ts')]);
    expect(reported['src/promql/a.ts']).toEqual([expect.stringContaining('promql/ may not import imports/')]);
  });

  test('asks for an entry in the room table when a room is new', () => {
    expect(reported['src/parlour/a.ts']).toEqual(
      forbidden("'parlour' is not in the room table of eslint.config.mjs: add it with the rooms that it may import"),
    );
  });

  test('accepts what the room table allows', () => {
    expect(reported['src/synth/a.ts']).toEqual([]);
    expect(reported['src/constructs/scrape/a.ts']).toEqual([]);
    expect(reported['src/testing/a.ts']).toEqual([]);
  });

  test('refuses what depends on locale, time or chance, in the library only', () => {
    expect(reported['src/synth/order.ts']).toEqual([expect.stringContaining('depends on the locale')]);
    expect(reported['src/synth/time.ts']).toEqual([
      expect.stringContaining('must not depend on the time'),
      expect.stringContaining('must not depend on the time'),
      expect.stringContaining('must not depend on chance'),
    ]);
    expect(reported['scripts/time.ts']).toEqual([]);
  });

  test('refuses any', () => {
    expect(reported['src/synth/any.ts']).toEqual([expect.stringContaining('@typescript-eslint/no-explicit-any')]);
  });
});

function importGraph(): ImportGraph {
  const files = (fs.readdirSync(source, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
  const known = new Set(files);
  const importsOf = (file: string) =>
    ts
      .preProcessFile(fs.readFileSync(path.join(source, file), 'utf8'))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('.'))
      .map((name) => path.join(path.dirname(file), name))
      .flatMap((target) => [`${target}.ts`, path.join(target, 'index.ts')].filter((candidate) => known.has(candidate)));
  return new Map(files.sort().map((file) => [file, importsOf(file)]));
}

/** Each cycle once, as a path from the file where it was met first. */
function findCycles(graph: ImportGraph): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const open: string[] = [];
  const visit = (file: string): void => {
    if (open.includes(file)) {
      cycles.push([...open.slice(open.indexOf(file)), file].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    open.push(file);
    for (const imported of graph.get(file) ?? []) visit(imported);
    open.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}

/**
 * What the repository's own configuration reports for texts as if they stood in these files, as `rule: message`. In a
 * process of its own, because jest cannot load a configuration that is an ES module.
 */
function lint(texts: Record<string, string>): Record<string, string[]> {
  const script = `
    const { ESLint } = require('eslint');
    const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    const eslint = new ESLint();
    Promise.all(Object.entries(texts).map(async ([filePath, text]) => {
      const [result] = await eslint.lintText(text, { filePath });
      return [filePath, result.messages.map(({ ruleId, message }) => ruleId + ': ' + message)];
    })).then((entries) => console.log(JSON.stringify(Object.fromEntries(entries))));
  `;
  const result = spawnSync(process.execPath, ['-e', script], {
    cwd: root,
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`eslint did not run: ${result.stderr}`);
  return JSON.parse(result.stdout) as Record<string, string[]>;
}
