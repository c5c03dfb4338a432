import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { stringify } from 'yaml';
import { describeWithEngine } from '../support/engines';
import { allPages, samplesOf } from './pages';
import { run } from './run';

/** The page shows a unit test of rules, and the command that runs it: what a reader does with them works. */
describe('the unit test of docs/testing.md', () => {
  describeWithEngine('promtool', (promtool) => {
    test('passes for the rules that the program above it writes', async () => {
      const page = allPages().find((each) => each.path === 'docs/testing.md')!;
      const sample = samplesOf(page).find(({ ts }) => ts.heading === 'Rules with promtool')!;
      const { documents = [] } = await run(sample);
      const rules = (documents as { kind: string; spec: unknown }[]).find(({ kind }) => kind === 'PrometheusRule');
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rule-tests-'));
      try {
        fs.writeFileSync(path.join(folder, 'web.rules.yaml'), stringify(rules?.spec));
        for (const [name, content] of sample.files) fs.writeFileSync(path.join(folder, name), content);
        const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'web.test.yaml'], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect({ status, output: `${stdout}${stderr}` }).toEqual({
          status: 0,
          output: expect.stringContaining('SUCCESS'),
        });
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });
  });
});
