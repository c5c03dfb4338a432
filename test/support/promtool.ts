import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { stringify } from 'yaml';

/** As much of a PrometheusRule as matters here. */
export interface RuleObject {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: unknown;
  /** Text of a rule file, where the rules are given as such. */
  readonly file?: string;
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
      fs.writeFileSync(path.join(folder, file), rule.file ?? stringify(rule.spec ?? {}));
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

/** What an alert is judged by: series by the minute, as promtool writes them, over an hour and a half. */
export interface AlertCase {
  readonly alert: string;
  readonly fires: Readonly<Record<string, string>>;
  /** @default - it is never silent */
  readonly isSilent?: Readonly<Record<string, string>>;
}

/** Runs `promtool test rules`: does the alert fire over some series, and stay silent over others? */
export function testAlerts(promtool: string, rules: readonly RuleObject[], given: AlertCase): RuleVerdict {
  const { alert, fires, isSilent } = given;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'test-rules-'));
  try {
    fs.writeFileSync(path.join(folder, 'rules.yaml'), stringify({ groups: groupsWith(alert, rules) }));
    const test = (series: AlertCase['fires'], isFiring: boolean) => ({
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      // how often, and not with which labels, which other tests look at
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${alert}", alertstate="firing"}) > bool 0 or vector(0)`,
          eval_time: '85m',
          exp_samples: [{ labels: '{}', value: isFiring ? 1 : 0 }],
        },
      ],
    });
    const tests = [test(fires, true), ...(isSilent === undefined ? [] : [test(isSilent, false)])];
    fs.writeFileSync(
      path.join(folder, 'tests.yaml'),
      stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
    );
    const result = spawnSync(promtool, ['test', 'rules', 'tests.yaml'], { cwd: folder, encoding: 'utf8' });
    if (result.error) throw result.error;
    return { ok: result.status === 0, output: `${result.stdout}${result.stderr}` };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

interface AlertGroup {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string }[];
}

/** The groups in which an alert stands, with nothing else in them. */
function groupsWith(alert: string, rules: readonly RuleObject[]): AlertGroup[] {
  const groups = rules.flatMap(({ spec }) => (spec as { groups: readonly AlertGroup[] }).groups);
  const found = groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => rule.alert === alert) }));
  const holding = found.filter((group) => group.rules.length > 0);
  if (holding.length === 0) throw new Error(`there is no alert ${alert}`);
  return holding;
}
