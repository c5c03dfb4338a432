import * as fs from 'node:fs';
import * as path from 'node:path';

export const root = path.join(__dirname, '../..');

/** A page whose code is tested. */
export interface Page {
  /** Relative to the repository: `docs/attach.md`. */
  readonly path: string;
  readonly text: string;
}

/** README.md, docs/*.md and examples/README.md, examples/*\/README.md. */
export function allPages(): Page[] {
  const examples = fs.readdirSync(path.join(root, 'examples')).map((name) => `examples/${name}/README.md`);
  const docs = fs.readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`);
  return ['README.md', ...docs.sort(), 'examples/README.md', ...examples.sort()]
    .filter((page) => page.endsWith('.md') && fs.existsSync(path.join(root, page)))
    .map((page) => ({ path: page, text: fs.readFileSync(path.join(root, page), 'utf8') }));
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** First word of the info string: `ts`, `yaml`, `text`. */
  readonly language: string;
  /** The rest of it: `no-check`, or the name of a file. */
  readonly info: string;
  readonly code: string;
  /** Line of the page on which the code begins, counted from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string;
  /** The line of text right above it, blank lines aside. */
  readonly lineAbove: string;
}

export function blocksOf({ path: page, text }: Page): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let heading = '';
  let lineAbove = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const [, fence, language = '', info = ''] = /^(`{3,})(\S*)\s*(.*)$/.exec(line) ?? [];
    if (fence === undefined) {
      if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
      if (line.trim() !== '') lineAbove = line.trim();
      continue;
    }
    const end = lines.indexOf(fence, index + 1);
    if (end < 0) throw new Error(`${page}:${index + 1}: the block is never closed`);
    const code = lines.slice(index + 1, end).join('\n');
    blocks.push({ page, language, info: info.trim(), code, line: index + 2, heading, lineAbove });
    lineAbove = '';
    index = end;
  }
  return blocks;
}

/** A block of TypeScript with what the page says that it gives. */
export interface Sample {
  readonly ts: Block;
  /** Excerpts of what it synthesizes. */
  readonly yaml: readonly Block[];
  /** What it says: findings, or the summary of `synth()`. */
  readonly says?: Block;
  /** Files of the page, by name: blocks with a file name behind the language. */
  readonly files: ReadonlyMap<string, string>;
}

export function samplesOf(page: Page): Sample[] {
  const blocks = blocksOf(page);
  const isFile = ({ language, info }: Block) => language !== 'ts' && info !== '';
  const files = new Map(blocks.filter(isFile).map(({ info, code }) => [info, `${code}\n`]));
  const starts = blocks.flatMap(({ language }, index) => (language === 'ts' ? [index] : []));
  return starts.map((start, index) => {
    const following = blocks.slice(start + 1, starts[index + 1]).filter((block) => !isFile(block));
    const says = following[0]?.language === 'text' ? following[0] : undefined;
    return {
      ts: blocks[start]!,
      yaml: following.filter(({ language }) => language === 'yaml'),
      ...(says && /^(error|warning|info) {2}|^\d+ endpoint/.test(says.code) ? { says } : {}),
      files,
    };
  });
}

/** Why a block that is not to be checked may not be left unchecked. */
export function noCheckProblem({ page, line, info, lineAbove }: Block): string | undefined {
  if (info === '') return undefined;
  if (info !== 'no-check') return `${page}:${line}: a ts block may be followed by no-check only, not by '${info}'`;
  if (/^<!-- .{10,} -->$/.test(lineAbove)) return undefined;
  return `${page}:${line}: a block that is not checked needs the reason in an HTML comment above it`;
}
