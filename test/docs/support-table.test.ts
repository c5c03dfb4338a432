import { Yaml } from 'cdk8s';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { spawnSync } from 'node:child_process';
import { describeWithEngine } from '../support/engines';
import { foundTargets, selectorOfKind } from '../support/found-targets';
import { expectValidObjects } from '../support/schemas';
import { stack } from '../support/stack';
import { kindsWithoutSchema, Mechanism, mechanisms, platforms, Workload, workloads } from './combinations';
import { root } from './pages';

/* Every combination that docs/support-table.md speaks of is composed, and compared with what stands there. */

jest.setTimeout(60_000);

const page = fs.readFileSync(path.join(root, 'docs/support-table.md'), 'utf8');

/** A table under a heading; the first one. */
function tableOf(heading: string, index = 0): { head: string[]; rows: string[][] } {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const table = section.match(/(?:^\|.*\|\n)+/gm)?.[index] ?? '';
  const lines = table
    .trim()
    .split('\n')
    .map((line) => line.slice(1, -1).split('|'));
  const [head = [], , ...rows] = lines.map((cells) => cells.map((cell) => cell.trim()));
  return { head, rows };
}

/** What a cell says: `yes`, `no (1, 4)`, or `yes (2)`. */
interface Verdict {
  readonly isFound: boolean;
  readonly notes: readonly string[];
}

function verdictOf(cell: string): Verdict {
  const [, word, given] = /^(yes|no)(?: \((\d+(?:, \d+)*)\))?$/.exec(cell) ?? [];
  if (word === undefined || (word === 'no' && given === undefined)) throw new Error(`docs/support-table.md: '${cell}'`);
  return { isFound: word === 'yes', notes: given?.split(', ') ?? [] };
}

interface Grid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  at(row: string, column: string): Verdict;
}

function gridOf(heading: string): Grid {
  const { head, rows } = tableOf(heading);
  const columns = head.slice(1);
  return {
    rows: rows.map(([name = '']) => name),
    columns,
    at: (row, column) => verdictOf(rows.find(([name]) => name === row)?.[columns.indexOf(column) + 1] ?? ''),
  };
}

const byWorkload = gridOf('What is scraped');
const byPlatform = gridOf('Platforms');
const together = tableOf('What holds only together').rows.map(([workload, how = '', where = '', cell = '']) => ({
  workload,
  mechanisms: how.split(/, (?=`)/),
  platforms: where.split(', '),
  verdict: verdictOf(cell),
}));
const notes = new Map(
  tableOf('Notes').rows.map(([note = '', severity = '', code = '']) => [note, `${severity} ${code.replace(/`/g, '')}`]),
);

/** What the page says of a combination: every cell that speaks of it. */
function documented(workload: string, mechanism: string, platform: string): Verdict[] {
  const isMeant = (names: readonly string[], name: string) => names.includes(name) || names[0] === 'all';
  return [
    byWorkload.at(workload, mechanism),
    byPlatform.at(platform, mechanism),
    ...together
      .filter((row) => row.workload === workload)
      .filter((row) => isMeant(row.mechanisms, mechanism) && isMeant(row.platforms, platform))
      .map(({ verdict }) => verdict),
  ];
}

interface Outcome {
  /** `severity code` of errors and warnings. */
  readonly findings: readonly string[];
  readonly targets: readonly string[];
  /** Kinds of the objects that ask a Prometheus to scrape. */
  readonly monitors: readonly string[];
}

function isMonitor(kind: string): boolean {
  return kind in selectorOfKind;
}

/** What becomes of a combination; one with an error is never written, so there is nothing to find in it. */
function outcomeOf(workload: Workload, mechanism: Mechanism, platformName: string, helm: string): Outcome {
  const platform = platforms[platformName]!;
  const { objects, findings } = stack((chart) => workload.compose(chart, mechanism, helm), { platform });
  const faults = findings.filter(({ severity }) => severity !== 'info');
  const isRefused = faults.some(({ severity }) => severity === 'error');
  if (!isRefused) expectValidObjects(objects, kindsWithoutSchema);
  return {
    // what is not written needs no warning beside its error
    findings: faults
      .filter(({ severity }) => !isRefused || severity === 'error')
      .map(({ severity, code }) => `${severity} ${code}`)
      .sort(),
    targets: isRefused ? [] : foundTargets([...objects, ...(workload.elsewhere ?? [])], platform),
    monitors: isRefused ? [] : objects.map(({ kind }) => kind).filter(isMonitor),
  };
}

function expectedOf(workload: string, mechanism: string, platform: string): Outcome {
  const verdicts = documented(workload, mechanism, platform);
  const all = verdicts.flatMap((verdict) => verdict.notes.map((note) => notes.get(note) ?? `no note ${note}`));
  const errors = all.filter((finding) => finding.startsWith('error'));
  const isFound = errors.length === 0 && verdicts.every((verdict) => verdict.isFound);
  const { finds, findsOutside = finds } = mechanisms[mechanism]!;
  const found = workload.includes('ScrapeJob') ? findsOutside : finds;
  const target = found && `${found.by}: ${workloads[workload]!.address}${found.path}`;
  return {
    findings: [...new Set(errors.length > 0 ? errors : all)].sort(),
    targets: isFound && target !== undefined ? [target] : [],
    monitors: errors.length === 0 && found !== undefined ? [found.by].filter(isMonitor) : [],
  };
}

/** Where there is more than one reason to refuse a combination, the first may hide the others. */
function isAsExpected(found: Outcome, expected: Outcome): boolean {
  const isRefused = expected.findings.some((finding) => finding.startsWith('error'));
  const isSame = JSON.stringify(found) === JSON.stringify(expected);
  return isRefused
    ? found.findings.length > 0 && found.findings.every((each) => expected.findings.includes(each))
    : isSame;
}

/** cdk8s starts a program for each file that it reads; what a text holds is the same every time. */
const loaded = new Map<string, unknown[]>();
const load = Yaml.load.bind(Yaml);
jest.spyOn(Yaml, 'load').mockImplementation((file) => {
  const text = fs.readFileSync(file, 'utf8');
  const documents = loaded.get(text) ?? load(file);
  loaded.set(text, documents);
  return structuredClone(documents);
});

/** Expects of every mechanism and platform what the page says of a workload. */
function expectAsDocumented(name: string, helm = ''): void {
  const combinations = Object.entries(mechanisms).flatMap(([mechanism, given]) =>
    Object.keys(platforms).map((platform) => ({ mechanism, given, platform })),
  );
  const differing = combinations.flatMap(({ mechanism, given, platform }) => {
    const expected = expectedOf(name, mechanism, platform);
    const found = outcomeOf(workloads[name]!, given, platform, helm);
    return isAsExpected(found, expected)
      ? []
      : [{ combination: `${name}, ${mechanism}, ${platform}`, documented: expected, found }];
  });
  expect(differing).toEqual([]);
}

test('the tables have every mechanism, workload and platform', () => {
  expect(byWorkload.columns).toEqual(Object.keys(mechanisms));
  expect(byPlatform.columns).toEqual(Object.keys(mechanisms));
  expect(byWorkload.rows).toEqual(Object.keys(workloads));
  expect(byPlatform.rows).toEqual(Object.keys(platforms));
  expect(together.map(({ workload }) => workload).filter((name) => !byWorkload.rows.includes(name!))).toEqual([]);
  const named = together.flatMap((row) => [...row.mechanisms, ...row.platforms]);
  const known = ['all', ...byWorkload.columns, ...byPlatform.rows];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('every note is used, and no other', () => {
  const used = page.match(/(?<=\| (?:yes|no) \()[\d, ]+/g)?.flatMap((given) => given.split(', ')) ?? [];
  expect([...new Set(used)].sort()).toEqual([...notes.keys()].sort());
});

const inHelmChart = 'a workload in a Helm chart';

test('the selectors that are not known are those that the platforms leave out', () => {
  const unknown = Object.entries(platforms).flatMap(([name, { facts, prometheusServers }]) => {
    const [server] = prometheusServers;
    const kinds = Object.entries(selectorOfKind).filter(
      ([, selector]) => facts.operator?.installed !== false && server?.[selector] === undefined,
    );
    return kinds.length === 0 ? [] : [[name, kinds.map(([kind]) => kind).join(', ')]];
  });
  expect(tableOf('Platforms', 1).rows).toEqual(unknown);
});

const isDone = 'is scraped where the page says so, and refused for the reason that it gives';

test.each(Object.keys(workloads).filter((name) => name !== inHelmChart))(`%s ${isDone}`, (name) => {
  expectAsDocumented(name);
});

describeWithEngine('helm', (helm) => {
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'support-table-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test(`${inHelmChart} ${isDone}`, () => {
    expectAsDocumented(inHelmChart, renderedOnce(helm));
  });

  /** A program that says again what Helm says of the chart, which is the same for every mechanism and platform. */
  function renderedOnce(program: string): string {
    const chart = path.join(root, 'test/fixtures/attach/cache-chart');
    const { stdout } = spawnSync(program, ['template', '--namespace', 'shop', 'cache', chart], { encoding: 'utf8' });
    fs.writeFileSync(path.join(folder, 'cache.yaml'), stdout);
    const script = path.join(folder, 'helm');
    fs.writeFileSync(script, `#!/bin/sh\nexec cat '${folder}/cache.yaml'\n`, { mode: 0o755 });
    return script;
  }
});
