import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { AlertRule, GrafanaDashboard, MonitoredApp } from '../../../src/constructs';
import { withoutHelmActions } from '../../../src/constructs/objects';
import { describeWithEngine } from '../../support/engines';
import { composed, image, KubernetesObject } from '../../support/stack';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'helm-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** What `cdk8s synth --format helm` does before it runs the app. */
function appOfHelmChart(): App {
  fs.writeFileSync(path.join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 0.1.0\n');
  return new App({ outdir: path.join(folder, 'templates') });
}

const texts = {
  plain: 'The ratio is {{ $value | humanizePercentage }}',
  quotes: `It's "{{ $labels.pod }}": {{ if gt $value 1.0 }}bad{{ end }}`,
  open: 'a lone {{ and }} a lone',
  helm: 'in {{ .Release.Namespace }}',
};

function compose(chart: Chart): void {
  const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: { alerts: false } });
  new AlertRule(app, 'Bad', {
    expr: 'up == 0',
    for: '5m',
    severity: 'critical',
    summary: 'bad',
    annotations: texts,
  });
  new GrafanaDashboard(app, 'overview', {
    json: { title: 'x', panels: [{ targets: [{ legendFormat: `{{pod}} "it's"` }] }] },
  });
}

test('a text of Prometheus or Grafana stays as it is where no Helm chart is written', () => {
  const { chart } = composed(() => undefined, { app: new App({ outdir: path.join(folder, 'templates') }) });
  expect(withoutHelmActions(texts.plain, chart)).toBe(texts.plain);
});

test('in a Helm chart its braces get past Helm, and actions of Helm stay', () => {
  const { chart } = composed(() => undefined, { app: appOfHelmChart() });
  expect(withoutHelmActions(texts.plain, chart)).toBe('The ratio is {{ `{{` }} $value | humanizePercentage {{ `}}` }}');
  expect(withoutHelmActions(texts.helm, chart)).toBe(texts.helm);
  expect(withoutHelmActions('no braces', chart)).toBe('no braces');
});

describeWithEngine('helm', (helm) => {
  test('Helm renders what was meant, whatever quotes YAML needs', () => {
    const { app } = composed(compose, { app: appOfHelmChart() });
    app.synth();
    const { stdout, stderr } = spawnSync(helm, ['template', 'shop', folder, '--namespace', 'live'], {
      encoding: 'utf8',
    });
    expect(stderr.replace(/^(WARNING|walk\.go).*\n/gm, '')).toBe('');
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    expect(rule?.spec.groups[0].rules[0].annotations).toMatchObject({ ...texts, helm: 'in live' });
    const dashboard = objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    expect(Object.values(dashboard)[0]).toContain(`{{pod}} \\"it's\\"`);
  });
});
