import { ApiObject, Chart } from 'cdk8s';
import {
  AlertRule,
  AttachProps,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  MonitoredWorkload,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { faults, stackOn } from '../scrape/scraped-app';

const platform = Platform.custom({ prober: { url: 'blackbox.monitoring:9115', namespace: 'monitoring' } });

const saidOf = (compose: (chart: Chart) => void) =>
  faults(stackOn(platform, compose)).filter((fault) => fault.includes('workload/nothing-scraped'));

const newApp = (chart: Chart, props: Partial<MonitoredAppProps>) =>
  new MonitoredApp(chart, 'web', { image: 'a:1', port: 80, ...props } as MonitoredAppProps);

function attached(chart: Chart, props: Partial<AttachProps> = {}): MonitoredWorkload {
  const workload = new ApiObject(chart, 'Deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'worker' },
    spec: {
      selector: { matchLabels: { app: 'worker' } },
      template: {
        metadata: { labels: { app: 'worker' } },
        spec: { containers: [{ name: 'worker', image: 'a:1' }] },
      },
    },
  });
  return MonitoredApp.attach(chart, 'worker', { workload, ...props } as AttachProps);
}

const scrape = ScrapePolicy.podMonitor({ interval: '1m' });
const inVain = [
  'error workload/nothing-scraped: scrape is given, but neither metrics nor an exporter: nothing is scraped → ' +
    'add metrics, such as metrics: {}, or an exporter, or leave out scrape',
];

test('a scrape policy without anything to scrape is an error', () => {
  expect(saidOf((chart) => newApp(chart, { scrape: ScrapePolicy.probe({ module: 'http_2xx' }) }))).toEqual(inVain);
  expect(saidOf((chart) => attached(chart, { scrape }))).toEqual(inVain);
});

test('metrics or an exporter are something to scrape', () => {
  expect(saidOf((chart) => newApp(chart, { scrape, metrics: {} }))).toEqual([]);
  expect(
    saidOf((chart) => {
      new ExporterSidecar(attached(chart, { scrape }), 'redis', Exporters.redis());
    }),
  ).toEqual([]);
});

test('metrics whose port is missing are told of that alone', () => {
  expect(saidOf((chart) => attached(chart, { scrape, metrics: {} }))).toEqual([]);
});

test('ScrapePolicy.none and no policy ask for nothing', () => {
  expect(saidOf((chart) => newApp(chart, { scrape: ScrapePolicy.none() }))).toEqual([]);
  expect(saidOf((chart) => newApp(chart, {}))).toEqual([]);
});

test('an attach with nothing below it is in vain', () => {
  expect(saidOf((chart) => attached(chart))).toEqual([
    'warning workload/nothing-scraped: the app is attached to in vain: it has no metrics, exporter, job, rule or dashboard → ' +
      'add metrics: { port: … }, or leave out the attach',
  ]);
  const withRule = (chart: Chart) =>
    new AlertRule(attached(chart), 'Idle', { expr: 'up == 0', severity: 'info', summary: 'Idle' });
  expect(saidOf(withRule)).toEqual([]);
});

test('an app that only answers is probed where its metrics name the port', () => {
  const { objects } = stackOn(platform, (chart) => {
    newApp(chart, { metrics: {}, scrape: ScrapePolicy.probe({ module: 'http_2xx' }) });
  });
  const probe = objects.find(({ kind }) => kind === 'Probe') as { spec?: { targets?: unknown } } | undefined;
  expect(probe?.spec?.targets).toMatchObject({ staticConfig: { static: ['http://web.shop.svc:80/'] } });
});
