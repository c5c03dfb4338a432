import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const root = join(__dirname, '..');

/** What a user's program loads. */
function compiledPackage(): string {
  const entry = join(root, 'lib/index.js');
  if (!existsSync(entry)) throw new Error(`there is no '${entry}': run npm run build`);
  return entry;
}

/**
 * Compiles tasks and stacks into a temporary folder, where they use the compiled package, so that no child process pays
 * for TypeScript.
 *
 * @returns the folder of the tasks
 */
export function compileTasks(): string {
  const target = mkdtempSync(join(tmpdir(), 'cdk8s-monitoring-bench-'));
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
  const entry = compiledPackage();
  for (const folder of ['tasks', 'stacks']) {
    mkdirSync(join(target, folder));
    for (const name of readdirSync(join(__dirname, folder))) {
      const from = join(__dirname, folder, name);
      if (!name.endsWith('.ts')) {
        cpSync(from, join(target, folder, name));
        continue;
      }
      const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
      const { outputText } = transpileModule(readFileSync(from, 'utf8'), { compilerOptions });
      const text = outputText.replace(/require\(["']\.\.\/\.\.\/src["']\)/g, `require(${JSON.stringify(entry)})`);
      writeFileSync(join(target, folder, name.replace(/\.ts$/, '.js')), text);
    }
  }
  return join(target, 'tasks');
}
