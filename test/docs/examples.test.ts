import * as fs from 'node:fs';
import * as path from 'node:path';
import { excerptDifferences } from './excerpts';
import { parseAllDocuments } from 'yaml';
import { allPages, root, samplesOf } from './pages';

const examples = fs.readdirSync(path.join(root, 'examples')).filter((name) => fs.existsSync(mainOf(name)));

function mainOf(example: string): string {
  return path.join(root, 'examples', example, 'main.ts');
}

/** The shop is what `npm run synth` writes. */
function outputOf(example: string): unknown[] {
  const folder = path.join(root, example === 'shop' ? 'dist' : `examples/${example}/dist`);
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(fs.readFileSync(path.join(folder, file), 'utf8'), { version: '1.1' }))
    .map((document) => document.toJS() as unknown);
}

describe.each(examples)('the page of the example %s', (example) => {
  const page = allPages().find((each) => each.path === `examples/${example}/README.md`);
  const sample = page && samplesOf(page)[0];

  test('shows main.ts, with the package in the place of its sources', () => {
    const main = fs.readFileSync(mainOf(example), 'utf8').replaceAll(`'../../src'`, `'cdk8s-monitoring'`);
    expect(`${sample?.ts.code}\n`).toBe(main);
  });

  test('shows YAML that is in the committed output', () => {
    expect(sample?.yaml.length).toBeGreaterThan(0);
    const output = outputOf(example);
    expect(sample?.yaml.flatMap(({ code }) => excerptDifferences(code, output))).toEqual([]);
  });
});
