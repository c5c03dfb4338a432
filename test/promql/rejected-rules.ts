import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { stringify } from 'yaml';

/** A rule as a rule file holds it, right or wrong. */
export type AnyRule = Readonly<Record<string, unknown>>;

/**
 * Which rules of each file promtool refuses, by their index; all of a file that it cannot read at all. One process for all
 * files.
 */
export function rejectedRules(promtool: string, files: readonly (readonly AnyRule[])[]): number[][] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rejected-rules-'));
  try {
    const names = files.map((rules, index) => {
      const name = `file-${index}.yaml`;
      fs.writeFileSync(path.join(folder, name), stringify({ groups: [{ name: 'group', rules }] }));
      return name;
    });
    const result = spawnSync(promtool, ['check', 'rules', '--lint=none', ...names], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (result.error) throw result.error;
    const lines = `${result.stdout}${result.stderr}`.split('\n');
    return files.map((rules, index) => {
      const about = lines.filter((line) => line.startsWith(`file-${index}.yaml: `));
      const numbers = about.map((line) => /(?:rule |\brules\[)(\d+)/.exec(line)?.[1]);
      if (numbers.includes(undefined)) return rules.map((_, rule) => rule);
      return [...new Set(numbers.map((number) => Number(number) - 1))].sort((a, b) => a - b);
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
