import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { engineFolder } from '../../scripts/engines';

/** How to know a program on the PATH: two versions of promtool share one name, and their verdicts differ. */
interface EngineOnPath {
  readonly program: string;
  readonly versionArgs: readonly string[];
  readonly says: RegExp;
  /** For a person. */
  readonly title: string;
  readonly getItWith: string;
}

const onPath = {
  promtool: {
    program: 'promtool',
    versionArgs: ['--version'],
    says: /version 3\./,
    title: 'promtool 3',
    getItWith: 'npm run engines',
  },
  'promtool-2.42': {
    program: 'promtool',
    versionArgs: ['--version'],
    says: /version 2\.42\./,
    title: 'promtool 2.42',
    getItWith: 'npm run engines -- --debian',
  },
  prometheus: {
    program: 'prometheus',
    versionArgs: ['--version'],
    says: /version 3\./,
    title: 'prometheus 3',
    getItWith: 'npm run engines',
  },
  helm: {
    program: 'helm',
    versionArgs: ['version', '--short'],
    says: /^v3\./,
    title: 'helm 3',
    getItWith: 'npm run engines',
  },
} satisfies Record<string, EngineOnPath>;

/** A program that tests compare with; `scripts/engines.ts` gets it under the same name. */
export type EngineName = keyof typeof onPath;

/** The path of a program: out of the cache folder, else from the PATH if its version is the right one. */
export function engine(name: EngineName, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const cached = path.join(engineFolder(env), 'bin', name);
  if (isProgram(cached)) return cached;

  const { program, versionArgs, says }: EngineOnPath = onPath[name];
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => path.join(folder, program))
    .find((file) => isProgram(file) && says.test(spawnSync(file, versionArgs, { encoding: 'utf8' }).stdout));
}

/** What becomes of tests that need an engine. */
export type EnginePlan = { readonly run: string } | { readonly skip: string } | { readonly fail: string };

/** A missing engine skips on a developer's machine and fails in CI, where nobody would notice the skip. */
export function planFor(name: EngineName, found: string | undefined, env: NodeJS.ProcessEnv = process.env): EnginePlan {
  if (found !== undefined) return { run: found };
  const { title, getItWith } = onPath[name];
  const reason = `${title} was not found, get it with ${getItWith}`;
  return env.CDK8S_MONITORING_REQUIRE_ENGINES ? { fail: reason } : { skip: `skipped: ${reason}` };
}

/**
 * A `describe` for tests that need a real program: `body` gets its path. Where the program is missing, the block is one
 * test that is skipped, or fails if `CDK8S_MONITORING_REQUIRE_ENGINES` is set, and says how to get it.
 */
export function describeWithEngine(name: EngineName, body: (program: string) => void): void {
  const plan = planFor(name, engine(name));
  describe(`with ${onPath[name].title}`, () => {
    if ('run' in plan) return body(plan.run);
    if ('skip' in plan) return test.skip(plan.skip, () => undefined);
    test(plan.fail, () => {
      throw new Error(plan.fail);
    });
  });
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
