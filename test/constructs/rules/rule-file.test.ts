import { Chart, JsonPatch } from 'cdk8s';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import {
  AlertRule,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  PrometheusRule,
  RecordingRule,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { MonitoringApp } from '../../../src/synth';
import { describeWithEngine } from '../../support/engines';
import { checkRules, type RuleObject } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, image, type KubernetesObject, stack } from '../../support/stack';
import { goodTemplates } from '../../promql/templates';

const withoutOperator = Platform.annotationDiscovery();
const watchdog = { expr: 'vector(1)', severity: 'info', summary: 'Alerting works' } as const;
const app = { image, port: 8080, metrics: {} };

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Record<string, unknown>[] }[];
}

function onPlatformWithoutOperator(compose: (chart: Chart) => void, platform = withoutOperator) {
  const { objects, findings } = stack(compose, { platform });
  expectValidObjects(objects);
  return { objects, findings, files: objects.filter(({ kind }) => kind === 'ConfigMap') };
}

function contentOf(file: KubernetesObject | undefined): RuleFile {
  const texts = Object.values(file?.data ?? {});
  expect(texts).toHaveLength(1);
  return parse(texts[0]!) as RuleFile;
}

describe('where there is no operator', () => {
  test('the rules of an app are a rule file in a ConfigMap, which carries the labels of the app', () => {
    const { objects, files, findings } = onPlatformWithoutOperator((chart) => {
      const web = new MonitoredApp(chart, 'web', { ...app, team: 'shop' });
      new RecordingRule(web, 'job:up:sum', { expr: 'sum by (job) (up)' });
    });
    expect(objects.map(({ kind }) => kind)).not.toContain('PrometheusRule');
    expect(files).toMatchInlineSnapshot(`
     [
       {
         "apiVersion": "v1",
         "data": {
           "web.rules.yaml": "groups:
       - name: web
         rules:
           - record: job:up:sum
             expr: sum by (job) (up)
           - alert: WebTargetAbsent
             expr: absent(up{namespace="shop", job="kubernetes-pods", app_kubernetes_io_name="web"})
             for: 10m
             labels:
               team: shop
               severity: critical
             annotations:
               summary: Prometheus has no target for web
               description: "No pod is discovered: none runs, or the monitor selects none."
           - alert: WebTargetDown
             expr: up{namespace="shop", job="kubernetes-pods", app_kubernetes_io_name="web"} == 0
             for: 5m
             labels:
               team: shop
               severity: warning
             annotations:
               summary: Prometheus cannot scrape web
               description: Every scrape of {{ $labels.instance }} (pod {{ $labels.pod }}) fails.
     ",
         },
         "kind": "ConfigMap",
         "metadata": {
           "labels": {
             "app.kubernetes.io/name": "web",
             "team": "shop",
           },
           "name": "web-rules",
           "namespace": "shop",
         },
       },
     ]
    `);
    expect(faultsOf(findings)).toEqual([]);
  });

  test('its rules are those that a PrometheusRule would hold', () => {
    const compose = (chart: Chart) => {
      const web = new MonitoredApp(chart, 'web', { ...app, metrics: { alerts: false } });
      new AlertRule(web, 'Watchdog', {
        ...watchdog,
        for: '5m',
        keepFiringFor: '1m',
        description: '{{ $value }} & "so"',
      });
      new RecordingRule(web, 'job:up:sum', { expr: 'sum by (job) (\n  up\n)', labels: { on: 'yes', number: '1e3' } });
    };
    const [file] = onPlatformWithoutOperator(compose).files;
    const platform = Platform.custom({});
    const [rule] = stack(compose, { platform }).objects.filter(({ kind }) => kind === 'PrometheusRule');
    expect(contentOf(file)).toEqual(rule?.spec);
  });

  test('a chart and a PrometheusRule have files of their own, named after them', () => {
    const { files } = onPlatformWithoutOperator((chart) => {
      new AlertRule(chart, 'Watchdog', watchdog);
      const patches = [JsonPatch.add('/metadata/annotations', { owner: 'platform' })];
      const labels = { scope: 'cluster' };
      const cluster = new PrometheusRule(chart, 'Cluster', { labels, patches, group: { interval: '5m', limit: 10 } });
      new AlertRule(cluster, 'ClusterWatchdog', watchdog);
      const renamed = new PrometheusRule(chart, 'renamed', { name: 'nodes' });
      new AlertRule(renamed, 'NodesWatchdog', watchdog);
    });
    expect(files.map(({ metadata, data }) => [metadata.name, ...Object.keys(data ?? {})])).toEqual([
      ['shop-rules', 'shop.rules.yaml'],
      ['cluster-rules', 'cluster.rules.yaml'],
      ['nodes', 'nodes.rules.yaml'],
    ]);
    expect(files[1]?.metadata).toMatchObject({ labels: { scope: 'cluster' }, annotations: { owner: 'platform' } });
    expect(contentOf(files[1]).groups).toMatchObject([{ name: 'cluster', interval: '5m', limit: 10 }]);
  });

  test('what Thanos alone knows is not in the file, which Prometheus would refuse as a whole', () => {
    const { files } = onPlatformWithoutOperator((chart) => {
      const group = { partialResponseStrategy: 'warn' } as const;
      new AlertRule(new PrometheusRule(chart, 'cluster', { group }), 'Watchdog', watchdog);
    });
    expect(Object.values(files[0]?.data ?? {}).join()).not.toContain('partial_response_strategy');
  });

  test('one info for the whole stack says what Prometheus must be told', () => {
    const { findings } = onPlatformWithoutOperator((chart) => {
      new MonitoredApp(chart, 'web', app);
      new MonitoredApp(chart, 'shop', app);
      new AlertRule(chart, 'Watchdog', watchdog);
    });
    expect(findings.filter(({ code }) => code.startsWith('rules/'))).toMatchObject([
      {
        code: 'rules/not-mounted',
        severity: 'info',
        where: { construct: 'shop/RuleFile' },
        message:
          "the platform 'annotations' has no prometheus-operator: Prometheus reads the rules of ConfigMap shop-rules and 2 more only where they are mounted and named in rule_files",
        fix: expect.stringContaining('server.extraConfigmapMounts') as string,
      },
    ]);
  });

  test('a platform that says by which labels rule files are found gives them, and there is nothing to say', () => {
    const configMapLabels = { prometheus_rules: '1' };
    const platform = Platform.annotationDiscovery({ rules: { configMapLabels } });
    const { files, findings } = onPlatformWithoutOperator(
      (chart) => void new MonitoredApp(chart, 'web', app),
      platform,
    );
    expect(files[0]?.metadata.labels).toEqual({ 'app.kubernetes.io/name': 'web', prometheus_rules: '1' });
    expect(findings.filter(({ code }) => code.startsWith('rules/'))).toEqual([]);
    const mounted = Platform.annotationDiscovery({ rules: { configMapLabels: {} } });
    const byName = onPlatformWithoutOperator((chart) => void new MonitoredApp(chart, 'web', app), mounted);
    expect(byName.findings.filter(({ code }) => code.startsWith('rules/'))).toEqual([]);
  });

  test('the summary counts them', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rule-file-'));
    const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const monitoring = new MonitoringApp({ platform: withoutOperator, summary: true, outdir: folder });
      const web = new MonitoredApp(new Chart(monitoring, 'shop', { namespace: 'shop' }), 'web', app);
      new RecordingRule(web, 'job:up:sum', { expr: 'sum by (job) (up)' });
      monitoring.synth();
      expect(said.mock.calls.join()).toContain('1 endpoint, 2 alerts, 1 recording rule');
    } finally {
      said.mockRestore();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describeWithEngine('promtool', (promtool) => {
  test('promtool accepts the files, whatever stands in texts', () => {
    const { files } = onPlatformWithoutOperator((chart) => {
      const web = new MonitoredApp(chart, 'web', app);
      new ExporterSidecar(web, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
      goodTemplates.forEach(
        (summary, index) => void new AlertRule(web, `Template${index}`, { ...watchdog, summary: summary || '-' }),
      );
      const group = { interval: '5m', labels: { area: 'cluster' }, partialResponseStrategy: 'warn' } as const;
      new AlertRule(new PrometheusRule(chart, 'cluster', { group }), 'Watchdog', watchdog);
    });
    const objects = files.map((file): RuleObject => ({
      metadata: file.metadata,
      file: Object.values(file.data ?? {})[0],
    }));
    expect(objects).toHaveLength(2);
    expect(checkRules(promtool, objects)).toEqual({ ok: true, output: expect.any(String) as string });
  });
});
