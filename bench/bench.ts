import { rmSync } from 'fs';
import { dirname, join } from 'path';
import { compileTasks } from './compile-tasks';
import { findHelm, writeHelmChart } from './helm-chart';
import { inTurn, least, median, nodeTask, run, Timing } from './measure';

/** A line of the table: what was measured, as a number that is better when it is smaller. */
interface Row {
  readonly work: string;
  readonly measured: number;
  readonly unit: 'ms' | 'x';
  /** Above it, the benchmark fails. */
  readonly budget?: number;
  readonly stretch?: number;
  /** The times behind a ratio. */
  readonly detail: string;
}

const charts = 1_000;

function importRow(tasks: string): Row {
  const { added } = inTurn(9, { added: nodeTask(tasks, 'import') });
  const measured = median(added.map(({ task }) => task));
  return {
    work: 'import of the package, over cdk8s and cdk8s-plus-28',
    measured,
    unit: 'ms',
    budget: 40,
    stretch: 15,
    detail: '',
  };
}

function oneAppRow(tasks: string): Row {
  const { ours, byHand } = inTurn(9, {
    ours: nodeTask(tasks, 'one-app'),
    byHand: nodeTask(tasks, 'one-app-by-hand'),
  });
  return ratio('one app, process start to files / by hand', wholeProcess(ours, median), wholeProcess(byHand, median), {
    budget: 1.5,
    stretch: 1.2,
  });
}

function manyChartsRows(tasks: string): Row[] {
  const { ours, fourfold, plain, stringify } = inTurn(4, {
    ours: nodeTask(tasks, 'many-charts', charts),
    plain: nodeTask(tasks, 'many-charts-plain', charts),
    stringify: nodeTask(tasks, 'yaml-stringify', charts),
    fourfold: nodeTask(tasks, 'many-charts', 4 * charts),
  });
  const rows = [
    ratio(`synth of ${charts} charts / App.synth()`, taskOnly(ours), taskOnly(plain), { budget: 0.25 }),
    ratio(`synth of ${charts} charts / Yaml.stringify`, taskOnly(ours), taskOnly(stringify), {
      budget: 1.2,
      stretch: 1,
    }),
    ratio(`synth of ${4 * charts} charts / of ${charts}`, taskOnly(fourfold), taskOnly(ours), { budget: 4.4 }),
  ];
  const helm = findHelm();
  if (!helm) {
    console.error('helm is neither on PATH nor among the engines: no row for it');
    return rows;
  }
  const chart = join(tasks, '..', 'chart');
  writeHelmChart(chart, charts);
  const { template } = inTurn(4, { template: () => run(helm, ['template', chart]) });
  const processes = [wholeProcess(ours, least), wholeProcess(template, least)] as const;
  return [...rows, ratio(`process that synthesizes ${charts} charts / helm template`, ...processes, { stretch: 1 })];
}

/** The same with our constructs, all of their checks and those of the schemas; without a budget where the peer does none. */
function manyAppsRows(tasks: string): Row[] {
  const { ours, stringify, fourfold } = inTurn(3, {
    ours: nodeTask(tasks, 'many-apps', charts),
    stringify: nodeTask(tasks, 'many-apps-stringify', charts),
    fourfold: nodeTask(tasks, 'many-apps', 4 * charts),
  });
  const { plain } = inTurn(1, { plain: nodeTask(tasks, 'many-apps-plain', charts) });
  return [
    ratio(`synth of ${charts} MonitoredApps / in a plain App`, taskOnly(ours), taskOnly(plain), { budget: 0.25 }),
    ratio(`synth of ${charts} MonitoredApps / Yaml.stringify`, taskOnly(ours), taskOnly(stringify), {}),
    ratio(`synth of ${4 * charts} MonitoredApps / of ${charts}`, taskOnly(fourfold), taskOnly(ours), {}),
  ];
}

function ratio(work: string, ours: number, theirs: number, limits: Pick<Row, 'budget' | 'stretch'>): Row {
  const detail = `${ours.toFixed(0)} / ${theirs.toFixed(0)} ms`;
  return { work, measured: ours / theirs, unit: 'x', detail, ...limits };
}

function taskOnly(timings: readonly Timing[]): number {
  return least(timings.map(({ task }) => task));
}

function wholeProcess(timings: readonly Timing[], choose: (values: readonly number[]) => number): number {
  return choose(timings.map((timing) => timing.process));
}

function verdictOf({ measured, budget, stretch }: Row): string {
  if (budget !== undefined && measured > budget) return 'MISSED';
  if (stretch !== undefined && measured <= stretch) return 'stretch met';
  if (budget === undefined) return stretch === undefined ? '' : 'stretch not met';
  return 'within budget';
}

function printTable(rows: readonly Row[]): void {
  const limit = (value: number | undefined, unit: string) => (value === undefined ? '' : `${value} ${unit}`);
  const cells = rows.map((row) => [
    row.work,
    `${row.measured.toFixed(row.unit === 'ms' ? 1 : 2)} ${row.unit}`,
    limit(row.budget, row.unit),
    limit(row.stretch, row.unit),
    verdictOf(row),
    row.detail,
  ]);
  const lines = [['work', 'measured', 'budget', 'stretch', 'verdict', 'times'], ...cells];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}

const tasks = compileTasks();
const rows = [importRow(tasks), oneAppRow(tasks), ...manyChartsRows(tasks), ...manyAppsRows(tasks)];
rmSync(dirname(tasks), { recursive: true });
printTable(rows);
if (rows.some((row) => verdictOf(row) === 'MISSED')) process.exitCode = 1;
