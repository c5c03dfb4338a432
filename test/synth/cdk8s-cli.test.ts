import { spawnSync } from 'child_process';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { parseAllDocuments } from 'yaml';
import { describeWithEngine } from '../support/engines';
import { readOutput } from './folders';

const root = join(__dirname, '../..');
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'cdk8s-monitoring-cli-'));
  for (const folder of ['src', 'imports', 'examples'])
    cpSync(join(root, folder), join(project, folder), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'cdk8s.yaml'])
    copyFileSync(join(root, file), join(project, file));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

function cdk8s(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  const cli = join(root, 'node_modules/cdk8s-cli/bin/cdk8s');
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', npm_config_offline: 'true' };
  return spawnSync(process.execPath, [cli, ...args], { cwd: project, env, encoding: 'utf8' });
}

const objectsIn = (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS() as unknown);
const committed = () => readFileSync(join(root, 'dist/shop.k8s.yaml'), 'utf8');

describe('cdk8s synth', () => {
  test('writes what the program itself writes', () => {
    const { status } = cdk8s('synth');
    expect(status).toBe(0);
    expect(readdirSync(join(project, 'dist')).sort()).toEqual(['.cdk8s-monitoring', 'shop.k8s.yaml']);
    expect(readFileSync(join(project, 'dist/shop.k8s.yaml'), 'utf8')).toBe(committed());
  }, 60_000);

  test('prints the manifests alone on standard output with --stdout', () => {
    const { status, stdout } = cdk8s('synth', '--stdout');
    expect(status).toBe(0);
    expect(objectsIn(stdout)).toEqual(objectsIn(committed()));
  }, 60_000);

  test('takes several environments, each in its folder, with the metadata of all beside them', () => {
    writeFileSync(
      join(project, 'environments.ts'),
      `
      import { ApiObject, Chart } from 'cdk8s';
      import { MonitoringApp } from './src';
      MonitoringApp.environments({ staging: { values: { size: '1' } }, prod: { values: { size: '3' } } }, (environment, data) => {
        new ApiObject(new Chart(environment, 'shop'), 'sizes', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sizes' }, data });
      }, { recordConstructMetadata: true });`,
    );
    const { status, stdout } = cdk8s(
      ...['synth', '--app', 'npx ts-node --transpile-only environments.ts', '--output', 'environments'],
    );
    expect(status).toBe(0);
    expect(readOutput(join(project, 'environments'))).toEqual({
      'construct-metadata.json': '{"version":"1.0.0","resources":{"sizes":{"path":"shop/sizes"}}}',
      'prod/shop.k8s.yaml': expect.stringContaining('size: "3"') as string,
      'staging/shop.k8s.yaml': expect.stringContaining('size: "1"') as string,
    });
    expect(stdout).toContain('environments/prod/shop.k8s.yaml');
    expect(stdout).toContain('environments/staging/shop.k8s.yaml');
  }, 60_000);

  describeWithEngine('helm', (helm) => {
    test('makes a Helm chart that renders to the same objects, templates of Prometheus and Grafana included', () => {
      expect(cdk8s('synth', '--format', 'helm', '--chart-version', '1.0.0', '--output', 'chart').status).toBe(0);
      const rendered = spawnSync(helm, ['template', 'shop', join(project, 'chart')], { encoding: 'utf8' });
      expect(rendered.stderr).toBe('');
      const byKind = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      expect(objectsIn(rendered.stdout).sort(byKind)).toEqual(objectsIn(committed()).sort(byKind));
      expect(rendered.stdout).toContain('{{ $value | humanizePercentage }}');
    }, 60_000);
  });
});
