import { Chart } from 'cdk8s';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import {
  AlertRule,
  GrafanaDashboard,
  MetricsChecklist,
  MetricsChecklistProps,
  MonitoredApp,
  RecordingRule,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { image, stack } from '../../support/stack';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'checklist-'));
const exposition = path.join(folder, 'metrics.txt');
fs.writeFileSync(
  exposition,
  '# HELP orders_created_total Orders.\n# TYPE orders_created_total counter\norders_created_total 3\n' +
    '# TYPE order_duration_seconds histogram\norder_duration_seconds_bucket{le="+Inf"} 3\n',
);
afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Parts {
  readonly scrape?: ScrapePolicy;
  readonly alert?: string;
  readonly record?: string;
  readonly panel?: string;
}

/** An app with a checklist, and those of the four steps that a test gives it. */
function judged(props: Partial<MetricsChecklistProps>, { scrape, alert, record, panel }: Parts = {}) {
  let checklist: MetricsChecklist | undefined;
  const { findings } = stack((chart) => {
    const app = new MonitoredApp(chart, 'orders', { image, port: 8000, metrics: { scrape }, team: 'shop' });
    checklist = new MetricsChecklist(app, 'first-metrics', { metrics: ['orders_created_total'], ...props });
    if (record) new RecordingRule(app, 'job:orders:rate5m', { expr: record });
    if (alert) new AlertRule(app, 'Orders', { expr: alert, severity: 'warning', summary: 'Orders stand still' });
    if (panel) {
      const json = { title: 'Orders', panels: [{ type: 'timeseries', targets: [{ expr: panel }] }] };
      new GrafanaDashboard(app, 'overview', { json });
    }
  });
  return {
    verdicts: Object.fromEntries(checklist!.verdicts.map(({ step, verdict }) => [step, verdict])),
    because: Object.fromEntries(checklist!.verdicts.map(({ step, because }) => [step, because])),
    findings: findings.filter(({ code }) => code.startsWith('checklist/')),
  };
}

const all: Parts = { alert: 'rate(orders_created_total[5m]) == 0', panel: 'sum(\n  rate(orders_created_total[5m])\n)' };

test('a metric that went all the way has four steps done, each with what proves it', () => {
  const { verdicts, because, findings } = judged({ exposition }, all);
  expect(verdicts).toEqual({ exposed: 'done', scraped: 'done', alerted: 'done', shown: 'done' });
  expect(because).toEqual({
    exposed: exposition,
    scraped: 'serviceMonitor orders, port http',
    alerted: 'alert Orders',
    shown: 'dashboard orders-overview',
  });
  expect(findings).toEqual([]);
});

test('each step that is missing is an error of its own, which names the metric and the fix', () => {
  const { findings } = judged({ exposition, metrics: ['orders_lost_total'] }, all);
  expect(findings.map(({ code, severity, message }) => `${severity} ${code}: ${message}`)).toEqual([
    `error checklist/exposed: orders_lost_total is not exposed: '${exposition}' has no orders_lost_total`,
    'error checklist/alerted: orders_lost_total is not alerted: no alert asks for orders_lost_total',
    'error checklist/shown: orders_lost_total is not shown: no dashboard shows orders_lost_total',
  ]);
});

test('without an exposition, whether the program exposes the metric is open, and said once', () => {
  const { verdicts, findings } = judged({}, all);
  expect(verdicts.exposed).toBe('open');
  expect(findings).toMatchObject([{ code: 'checklist/exposed', severity: 'info' }]);
});

test('an alert counts as well where rules are files, without the operator', () => {
  let checklist: MetricsChecklist | undefined;
  const compose = (chart: Chart) => {
    const app = new MonitoredApp(chart, 'orders', { image, port: 8000, metrics: {} });
    checklist = new MetricsChecklist(app, 'first-metrics', { metrics: ['orders_created_total'] });
    new RecordingRule(app, 'job:orders:rate5m', { expr: 'sum by (job) (rate(orders_created_total[5m]))' });
    new AlertRule(app, 'Orders', {
      expr: 'job:orders:rate5m == 0',
      severity: 'warning',
      summary: 'Orders stand still',
    });
  };
  stack(compose, { platform: Platform.annotationDiscovery() });
  expect(checklist?.verdicts).toContainEqual(
    expect.objectContaining({ step: 'alerted', verdict: 'done', because: 'alert Orders' }),
  );
});

test('a metric counts as alerted and shown through a recording rule over it', () => {
  const { verdicts } = judged(
    {},
    {
      record: 'sum by (job) (rate(orders_created_total[5m]))',
      alert: 'job:orders:rate5m == 0',
      panel: '{__name__="x"} + job:orders:rate5m',
    },
  );
  expect(verdicts).toMatchObject({ alerted: 'done', shown: 'done' });
});

test('a histogram is known by its samples, and a longer name is another metric', () => {
  const metrics = ['order_duration_seconds'];
  const asked = 'histogram_quantile(0.9, rate(order_duration_seconds_bucket[5m])) > 1';
  expect(judged({ metrics, exposition }, { alert: asked }).verdicts).toMatchObject({
    exposed: 'done',
    alerted: 'done',
  });
  expect(judged({ metrics }, { alert: 'order_duration_seconds_of_others > 1' }).verdicts.alerted).toBe('missing');
});

test('a metric that relabeling drops, or that nobody scrapes, is not scraped', () => {
  const drops = ScrapePolicy.serviceMonitor({
    metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'orders_.*' }],
  });
  expect(judged({}, { scrape: drops }).because.scraped).toBe('metricRelabelings drop it');
  expect(judged({}, { scrape: ScrapePolicy.none() }).verdicts.scraped).toBe('missing');
});

test('a step is left out with its reason', () => {
  const { verdicts, findings } = judged(
    { exposition, without: { alerted: 'only for the monthly report' } },
    { panel: 'orders_created_total' },
  );
  expect(verdicts.alerted).toBe('left out');
  expect(findings).toEqual([]);
});

test('a checklist without metrics, app or a readable exposition says so', () => {
  expect(judged({ metrics: [] }).findings).toMatchObject([{ code: 'checklist/empty' }]);
  expect(judged({ exposition: path.join(folder, 'none.txt') }, all).findings).toMatchObject([
    { code: 'checklist/exposition', message: expect.stringContaining('ENOENT') },
  ]);
  const { findings } = stack((chart) => new MetricsChecklist(chart, 'first', { metrics: ['a'] }));
  expect(findings).toMatchObject([{ code: 'checklist/scope' }]);
});

test('a step that does not exist does not compile, and is shown in JavaScript', () => {
  // @ts-expect-error -- 'alerting' is no step
  const props: Partial<MetricsChecklistProps> = { without: { alerting: 'later' } };
  const { findings } = stack((chart) => {
    const app = new MonitoredApp(chart, 'orders', { image, port: 8000, metrics: {} });
    new MetricsChecklist(app, 'first', { metrics: ['a'], ...props });
  });
  expect(findings).toContainEqual(expect.objectContaining({ code: 'props/unknown' }));
});
