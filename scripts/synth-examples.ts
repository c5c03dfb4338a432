import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Synthesizes every example into its own `dist/`, which is committed: a reader sees what comes out, and the tests that it
 * still does. The shop is the main example; `npm run synth` writes it to `dist/` of the project.
 */
const root = join(__dirname, '..');
const examples = readdirSync(join(root, 'examples'))
  .sort()
  .filter((name) => name !== 'shop' && existsSync(join(root, 'examples', name, 'main.ts')));

for (const example of examples) {
  process.stderr.write(`${example}: `);
  execFileSync(process.execPath, ['-r', 'ts-node/register/transpile-only', join('examples', example, 'main.ts')], {
    cwd: root,
    env: { ...process.env, CDK8S_OUTDIR: join('examples', example, 'dist') },
    stdio: 'inherit',
  });
}
