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
  /** Where `npm run engines` puts it, below the cache folder. @default - in `bin`, under the name of the engine */
  readonly cachedAs?: string;
}

/** A program that only the tests on a cluster start. */
function ofTheCluster(program: string, says: RegExp, title: string, versionArgs = ['--version']): EngineOnPath {
  return { program, versionArgs, says, title, getItWith: 'npm run engines -- --cluster' };
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
  amtool: {
    program: 'amtool',
    versionArgs: ['--version'],
    says: /version 0\.34\./,
    title: 'amtool 0.34',
    getItWith: 'npm run engines',
  },
  kafka: {
    program: 'kafka',
    versionArgs: ['kafka.Kafka', '--version'],
    says: /^4\./,
    title: 'Kafka 4 with the JMX exporter',
    getItWith: 'npm run engines -- --java',
    cachedAs: 'kafka/kafka',
  },
  etcd: ofTheCluster('etcd', /Version: 3\.7\./, 'etcd 3.7'),
  'kube-apiserver': ofTheCluster('kube-apiserver', /v1\.36\./, 'kube-apiserver 1.36'),
  'kube-controller-manager': ofTheCluster('kube-controller-manager', /v1\.36\./, 'kube-controller-manager 1.36'),
  'kube-scheduler': ofTheCluster('kube-scheduler', /v1\.36\./, 'kube-scheduler 1.36'),
  kubectl: ofTheCluster('kubectl', /v1\.36\./, 'kubectl 1.36', ['version', '--client']),
  kwok: ofTheCluster('kwok', /v0\.8\./, 'kwok 0.8'),
  'prometheus-operator': ofTheCluster('prometheus-operator', /version 0\.93\./, 'prometheus-operator 0.93'),
} satisfies Record<string, EngineOnPath>;

/** A program that tests compare with; `scripts/engines.ts` gets it under the same name. */
export type EngineName = keyof typeof onPath;

/** The path of a program: out of the cache folder, else from the PATH if its version is the right one. */
export function engine(name: EngineName, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { program, versionArgs, says, cachedAs = `bin/${name}` }: EngineOnPath = onPath[name];
  const cached = path.join(engineFolder(env), cachedAs);
  if (isProgram(cached)) return cached;

  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => path.join(folder, program))
    .find((file) => isProgram(file) && says.test(spawnSync(file, versionArgs, { encoding: 'utf8' }).stdout));
}

/** What to say where a program is missing. */
export function missingEngine(name: EngineName): string {
  const { title, getItWith } = onPath[name];
  return `${title} was not found, get it with ${getItWith}`;
}

/** What becomes of tests that need an engine. */
export type EnginePlan = { readonly run: string } | { readonly skip: string } | { readonly fail: string };

/**
 * A missing engine skips on a developer's machine and fails in CI, where nobody would notice the skip; but for one that CI has
 * said it cannot get, by its name in `CDK8S_MONITORING_OPTIONAL_ENGINES`.
 */
export function planFor(name: EngineName, found: string | undefined, env: NodeJS.ProcessEnv = process.env): EnginePlan {
  if (found !== undefined) return { run: found };
  const reason = missingEngine(name);
  const isOptional = env.CDK8S_MONITORING_OPTIONAL_ENGINES?.split(',').includes(name) === true;
  return env.CDK8S_MONITORING_REQUIRE_ENGINES && !isOptional ? { fail: reason } : { skip: `skipped: ${reason}` };
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
