import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { root } from './pages';

/**
 * The codes in the sources: string literals of the form `family/fault` where a finding has its code, that is as the value of
 * `code` or as an argument of a function that reports, and the few that are put together.
 */
function codesInSources(): string[] {
  const codes = new Set<string>(composed);
  for (const file of sourceFiles(path.join(root, 'src'))) {
    const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node) => {
      if (ts.isStringLiteral(node) && codePattern.test(node.text) && !isImport(node)) codes.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...codes].sort();
}

const families = [
  ...[
    'attach',
    'checklist',
    'cluster',
    'construct',
    'dashboards',
    'defaults',
    'environments',
    'exporters',
    'gitops',
    'mesh',
    'network',
    'platform',
    'ports',
    'promql',
    'props',
    'rules',
    'schema',
    'scrape',
    'servers',
    'synth',
  ],
  'workload',
];
const codePattern = new RegExp(`^(${families.join('|')})/[a-z-]+$`);

/** `checklist/${step}` of metrics-checklist.ts, `rules/${kind}` of rule-checks.ts, and `schema/${fault}` with the faults of schema-violation.ts. */
const composed = [
  ...['exposed', 'scraped', 'alerted', 'shown'].map((step) => `checklist/${step}`),
  ...['label', 'annotation'].map((kind) => `rules/${kind}`),
  ...schemaFaults().map((fault) => `schema/${fault}`),
];

function schemaFaults(): string[] {
  const text = fs.readFileSync(path.join(root, 'src/manifests/schema-violation.ts'), 'utf8');
  const type = /type SchemaFault =([^;]*);/.exec(text)?.[1] ?? '';
  return [...type.matchAll(/'([a-z-]+)'/g)].map(([, fault = '']) => fault);
}

function isImport(node: ts.Node): boolean {
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
}

function sourceFiles(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(file);
    return file.endsWith('.ts') ? [file] : [];
  });
}

test('every code of a finding is documented in docs/findings.md, and no other', () => {
  const page = fs.readFileSync(path.join(root, 'docs/findings.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z]+\/[a-z-]+)` \|/gm)].map(([, code = '']) => code);
  const codes = codesInSources();
  expect(codes.length).toBeGreaterThan(50);
  expect(new Set(documented).size).toBe(documented.length);
  expect([...documented].sort()).toEqual(codes);
});

test('every family of codes is known to this test', () => {
  const used = new Set<string>();
  for (const file of sourceFiles(path.join(root, 'src'))) {
    for (const [, family = ''] of fs.readFileSync(file, 'utf8').matchAll(/\bcode: ['`]([a-z]+)\//g)) used.add(family);
  }
  expect([...used].sort().filter((family) => !families.includes(family))).toEqual([]);
});
