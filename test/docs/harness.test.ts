import { sampleProblems } from './check-sample';
import { noCheckProblem, Sample, samplesOf } from './pages';
import { programOf, typeErrors } from './programs';

const fence = '```';

function samplesIn(lines: readonly string[]): Sample[] {
  return samplesOf({ path: 'docs/page.md', text: lines.join('\n') });
}

/** What the tests of the docs would say of a page once it compiles. */
async function problemsOf(...lines: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const sample of samplesIn(lines)) {
    problems.push(...(await sampleProblems(sample).catch((error: unknown) => [String(error)])));
  }
  return problems;
}

const app = [
  '# Title',
  `${fence}ts`,
  `new MonitoredApp(chart, 'web', { image: 'registry.example/web:2.0.1', port: 8080, metrics: {} });`,
  fence,
];

describe('a page', () => {
  test('is true if it compiles, runs and gives what it shows', async () => {
    const excerpt = ['kind: Service', 'metadata: { name: web }', 'spec:', '  # …', '  ports: [{ port: 8080 }]'];
    expect(await problemsOf(...app, `${fence}yaml`, ...excerpt, fence)).toEqual([]);
  });

  test('is not if a block does not compile', () => {
    const faulty = [`${fence}ts`, '', `new MonitoredApp(chart, 'web', { imagine: 1 });`, fence];
    const programs = samplesIn([...app, ...faulty]).map(({ ts }) => programOf(ts));
    expect([...typeErrors(programs).values()]).toEqual([
      [],
      [expect.stringMatching(/^docs\/page\.md:7: .*'imagine' does not exist/)],
    ]);
  }, 60_000);

  test('is not if a block fails', async () => {
    expect(await problemsOf(`${fence}ts`, `throw new Error('no');`, fence)).toEqual(['Error: no']);
  });

  test('is not if an object has another value, a list another order, or there is no such object', async () => {
    const service = ['kind: Service', 'metadata: { name: web }', 'spec: { ports: [{ port: 80 }] }'];
    expect(await problemsOf(...app, `${fence}yaml`, ...service, fence)).toEqual([
      ['docs/page.md:6: Service web spec ports[0] port', '  the page says:     80', '  what it really is: 8080'].join(
        '\n',
      ),
    ]);
    const rules = ['spec:', '  groups:', '    - rules: [{ alert: WebTargetDown }, { alert: WebTargetAbsent }]'];
    const rule = ['kind: PrometheusRule', 'metadata: { name: web }', ...rules];
    expect((await problemsOf(...app, `${fence}yaml`, ...rule, fence)).join()).toContain('WebTargetAbsent');
    const other = ['kind: Service', 'metadata: { name: shop }'];
    expect((await problemsOf(...app, `${fence}yaml`, ...other, fence)).join()).toContain(
      'there is no Service shop, only',
    );
  });

  test('is not if a fault is hidden, or said to be another', async () => {
    const faulty = [`${fence}ts`, `new MonitoredApp(chart, 'web', { image: 'web:latest', port: 8080 });`, fence];
    expect((await problemsOf(...faulty)).join()).toContain('findings that the page does not show');
    const said = [`${fence}text`, 'warning  workload/image  shop/web', fence];
    expect((await problemsOf(...faulty, ...said)).join()).toContain(
      'but the block says:\nwarning  workload/latest-tag',
    );
    expect(
      await problemsOf(...faulty, ...said.map((line) => line.replace('workload/image', 'workload/latest-tag'))),
    ).toEqual([]);
  });

  test('may leave a block unchecked for a reason only', () => {
    const block = [`${fence}ts no-check`, 'anything', fence];
    const [bare] = samplesIn(block);
    const [excused] = samplesIn(['<!-- the rest is in the file -->', ...block]);
    expect(noCheckProblem(bare!.ts)).toContain('needs the reason');
    expect(noCheckProblem(excused!.ts)).toBeUndefined();
  });
});
