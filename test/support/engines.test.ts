import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { engine, planFor } from './engines';

describe('finding an engine', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'engines-test-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  /** A program that only knows its version. */
  const addProgram = (file: string, version: string) => {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
    return target;
  };
  const env = (...pathFolders: string[]) => ({
    CDK8S_MONITORING_ENGINES: path.join(folder, 'cache'),
    PATH: pathFolders.map((name) => path.join(folder, name)).join(path.delimiter),
  });

  test('takes it from the cache folder, whatever the PATH has', () => {
    const cached = addProgram('cache/bin/promtool', 'promtool, version 3.15.0');
    addProgram('a/promtool', 'promtool, version 3.14.0');
    expect(engine('promtool', env('a'))).toBe(cached);
  });

  test('takes from the PATH the first that has the right version', () => {
    const old = addProgram('a/promtool', 'promtool, version 2.42.0+ds');
    const recent = addProgram('b/promtool', 'promtool, version 3.14.0');
    expect(engine('promtool', env('a', 'b'))).toBe(recent);
    expect(engine('promtool-2.42', env('b', 'a'))).toBe(old);
  });

  test('finds nothing where there is only another version', () => {
    addProgram('a/promtool', 'promtool, version 2.53.1');
    addProgram('a/helm', 'v4.0.1+gabc');
    expect(engine('promtool', env('a'))).toBeUndefined();
    expect(engine('promtool-2.42', env('a'))).toBeUndefined();
    expect(engine('helm', env('a'))).toBeUndefined();
  });

  test('does not take a folder or a file that cannot be run for a program', () => {
    fs.mkdirSync(path.join(folder, 'a', 'promtool'), { recursive: true });
    fs.chmodSync(addProgram('b/promtool', 'promtool, version 3.14.0'), 0o644);
    expect(engine('promtool', env('a', 'b'))).toBeUndefined();
  });
});

describe('tests that need an engine', () => {
  test('run with its path when it is there, required or not', () => {
    expect(planFor('promtool', '/cache/bin/promtool', {})).toEqual({ run: '/cache/bin/promtool' });
    expect(planFor('promtool', '/cache/bin/promtool', { CDK8S_MONITORING_REQUIRE_ENGINES: '1' })).toEqual({
      run: '/cache/bin/promtool',
    });
  });

  test('are skipped with a name that says how to get it', () => {
    expect(planFor('promtool', undefined, {})).toEqual({
      skip: 'skipped: promtool 3 was not found, get it with npm run engines',
    });
    expect(planFor('promtool-2.42', undefined, {})).toEqual({
      skip: 'skipped: promtool 2.42 was not found, get it with npm run engines -- --debian',
    });
    expect(planFor('kwok', undefined, {})).toEqual({
      skip: 'skipped: kwok 0.8 was not found, get it with npm run engines -- --cluster',
    });
  });

  test('fail without it when engines are required', () => {
    expect(planFor('helm', undefined, { CDK8S_MONITORING_REQUIRE_ENGINES: '1' })).toEqual({
      fail: 'helm 3 was not found, get it with npm run engines',
    });
  });

  test('are skipped in CI where CI says that it cannot get the engine', () => {
    const env = { CDK8S_MONITORING_REQUIRE_ENGINES: '1', CDK8S_MONITORING_OPTIONAL_ENGINES: 'kafka' };
    expect(planFor('kafka', undefined, env)).toHaveProperty('skip');
    expect(planFor('helm', undefined, env)).toHaveProperty('fail');
  });
});
