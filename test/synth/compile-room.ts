import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const root = join(__dirname, '../..');

/**
 * Compiles `src` into a temporary folder, for tests that need a process of their own.
 *
 * @returns the folder that holds the rooms, from where `cdk8s` can be required
 */
export function compileRooms(): string {
  const target = mkdtempSync(join(tmpdir(), 'cdk8s-monitoring-rooms-'));
  for (const folder of ['node_modules', 'imports']) symlinkSync(join(root, folder), join(target, folder));
  const sources = join(root, 'src');
  for (const source of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!source.endsWith('.ts')) continue;
    const to = join(target, 'lib', source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
    writeFileSync(to, transpileModule(readFileSync(join(sources, source), 'utf8'), { compilerOptions }).outputText);
  }
  return join(target, 'lib');
}
