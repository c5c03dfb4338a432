import * as fs from 'node:fs';
import * as path from 'node:path';
import { sampleProblems } from './check-sample';
import { allPages, Block, noCheckProblem, root, samplesOf } from './pages';
import { programOf, typeErrors } from './programs';

/*
 * The docs are true: every TypeScript block of README.md, docs/ and the examples compiles and runs, the YAML behind it is part
 * of what it synthesizes, and the findings behind it are what it says. `pages.ts` says what belongs to a block, `programs.ts`
 * what stands in front of one that is no whole program.
 */

const pages = allPages().map((page) => ({ ...page, samples: samplesOf(page) }));

let found: ReadonlyMap<Block, readonly string[]> | undefined;

/** All blocks are compiled together, when the first one is tested. */
function typeErrorsOf(block: Block): readonly string[] {
  const checked = pages.flatMap(({ samples }) => samples.map(({ ts }) => ts)).filter(({ info }) => info === '');
  found ??= typeErrors(checked.map(programOf));
  return found.get(block) ?? [];
}

describe.each(pages.map((page) => [page.path, page] as const))('%s', (_path, page) => {
  for (const sample of page.samples) {
    const { ts, yaml } = sample;
    const claim = yaml.length > 0 ? 'gives the YAML below it' : 'compiles and runs';
    test(`line ${ts.line}, ${ts.heading}: the TypeScript ${claim}`, async () => {
      const problem = noCheckProblem(ts);
      if (problem !== undefined) throw new Error(problem);
      if (ts.info !== '') return;
      const typeProblems = typeErrorsOf(ts);
      const problems = typeProblems.length > 0 ? typeProblems : await sampleProblems(sample);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    }, 60_000);
  }

  test('every link within the repository leads somewhere', () => {
    const prose = page.text.replace(/^```[\s\S]*?^```$/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page.path, target));
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const absolute = file === '' ? path.join(root, page) : path.join(root, path.dirname(page), file);
  if (!fs.existsSync(absolute)) return false;
  if (anchor === undefined) return true;
  const headings = fs.readFileSync(absolute, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.some((heading) => slug(heading) === anchor);
}

/** As GitHub makes anchors of headings. */
function slug(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replace(/ /g, '-');
}
