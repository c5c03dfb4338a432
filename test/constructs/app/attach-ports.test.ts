import type { Chart } from 'cdk8s';
import { MonitoredApp, ScrapePolicy } from '../../../src/constructs';
import type { MetricsOptions } from '../../../src/constructs';
import { faultsOf, findingsOfSynth, handWritten, image, stack, theOnly } from '../../support/stack';
import { faultsOfJob } from '../jobs/jobs';

type Ports = readonly { readonly name?: string; readonly containerPort: number }[];

const attached =
  (metrics: MetricsOptions, ports: Ports, proxy: Ports = [], container?: string) =>
  (chart: Chart) => {
    const containers = [
      { name: 'web', image, ports },
      { name: 'proxy', image, ports: proxy },
    ];
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
    const workload = handWritten(chart, 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template } });
    MonitoredApp.attach(chart, 'web', { workload, metrics, container });
  };
const faults = (...given: Parameters<typeof attached>) => faultsOf(findingsOfSynth(attached(...given)));

describe('metrics without a port', () => {
  test('are on the one that the container declares', () => {
    const ports = [{ name: 'http', containerPort: 8080 }];
    expect(faults({}, ports)).toEqual([]);
    const { objects } = stack(attached({}, ports));
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toEqual([{ port: 'http', path: '/metrics' }]);
    expect(theOnly(objects, 'Service').spec.ports).toMatchObject([{ name: 'http', targetPort: 8080 }]);
  });

  test('can be on any of several, or on none', () => {
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'admin', containerPort: 9000 },
    ];
    expect(faults({}, ports)).toEqual([
      'ports/missing shop/web: the metrics can be on any of the ports http, admin → give metrics.port',
    ]);
    expect(faults({}, [])).toEqual([expect.stringContaining('the app declares none')]);
  });
});

test('a port of another container leads to that container', () => {
  const given = [
    { port: 'admin' },
    [{ name: 'http', containerPort: 8080 }],
    [{ name: 'admin', containerPort: 9000 }],
  ] as const;
  expect(faults(...given)).toEqual([
    "ports/unknown shop/web: no port is called 'admin'; declared are http; container proxy declares it → write container: 'proxy'",
  ]);
  expect(faults(...given, 'proxy')).toEqual([]);
});

test('a number that pods do not declare is told from those that they do', () => {
  const found = findingsOfSynth(
    (chart) =>
      void MonitoredApp.attach(chart, 'db', {
        pods: { labels: { app: 'db' }, ports: { metrics: 9187 } },
        metrics: { port: 9188 },
      }),
  );
  expect(faultsOf(found)).toEqual([
    "ports/unknown shop/db: no port is 9188; declared are metrics (9187) → write 9187 or 'metrics', or add 9188 to ports",
  ]);
});

test('a whole address in the place of a path is taken apart', () => {
  const path = 'http://x:5000/metrics?a=b';
  const message = `the path '${path}' is a whole address, and Prometheus knows host and port already`;
  expect(faults({ port: 'http', path }, [{ name: 'http', containerPort: 8080 }])).toEqual([
    `scrape/path shop/web: ${message} → write '/metrics', and give params of the scrape policy: 'a=b'`,
  ]);
  const job = ScrapePolicy.scrapeConfig({ path, staticConfigs: [{ targets: ['vm:9100'] }] });
  expect(faultsOfJob(job)).toEqual([`error scrape/path: ${message} → write '/metrics', and give params: 'a=b'`]);
});
