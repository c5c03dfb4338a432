import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { stringify } from 'yaml';

/** As much of a PrometheusRule as matters here. */
export interface RuleObject {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: unknown;
}

/** What promtool says of a set of rules; `output` names files `0-NAME.yaml` and no folder, so that it can be compared. */
export interface RuleVerdict {
  readonly ok: boolean;
  readonly output: string;
}

/**
 * Runs `promtool check rules` over PrometheusRule objects, one rule file per object, in one process. Lint findings
 * (duplicate rules) count as failures.
 */
export function checkRules(promtool: string, rules: readonly RuleObject[]): RuleVerdict {
  if (rules.length === 0)
    throw new Error('no PrometheusRule was given to checkRules: promtool would wait for its input');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'check-rules-'));
  try {
    const files = rules.map((rule, index) => {
      const file = `${index}-${rule.metadata?.name ?? 'rules'}.yaml`;
      fs.writeFileSync(path.join(folder, file), stringify(rule.spec ?? {}));
      return file;
    });
    // both 2.42 and 3 know these flags
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', ...files];
    const result = spawnSync(promtool, args, { cwd: folder, encoding: 'utf8' });
    if (result.error) throw result.error;
    return { ok: result.status === 0, output: `${result.stdout}${result.stderr}` };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
