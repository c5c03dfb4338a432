import type { Chart } from 'cdk8s';
import { Exporters, ExporterSidecar, MonitoredApp, ScrapeJob, ScrapePolicy } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { image, stack } from '../../support/stack';

const prober = { url: 'blackbox.monitoring.svc:9115' };
const probe = ScrapePolicy.probe({ prober, targets: { static: ['https://shop.example'] } });
const scrapeConfig = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['vm.example:9100'] }] });

function openOn(platform: Platform, compose: (chart: Chart) => void): string[] {
  return stack(compose, { platform })
    .findings.filter(({ code }) => code === 'scrape/unknown-selector')
    .map(
      ({ severity, where, message, fix }) =>
        `${severity} ${(where as { construct: string }).construct}: ${message} → ${fix}`,
    );
}

const job = (scrape: ScrapePolicy) => (chart: Chart) => void new ScrapeJob(chart, 'outside', { scrape });
const app = (scrape?: ScrapePolicy, ofExporter?: ScrapePolicy) => (chart: Chart) => {
  const web = new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {}, scrape });
  new ExporterSidecar(web, 'redis', Exporters.redis({ address: 'redis://localhost:6379', scrape: ofExporter }));
};

test('Cloud Platform does not say which Probes and ScrapeConfigs it selects', () => {
  const cloud = Platform.cloudPlatform();
  expect(openOn(cloud, job(probe))).toEqual([
    "info shop/outside: the platform 'cloud-platform' does not say which Probes its Prometheus selects: ours carry no label for it → set prometheus.probeSelector on the platform, {} where it selects all of them",
  ]);
  expect(openOn(cloud, job(scrapeConfig))).toEqual([
    expect.stringContaining(
      'which ScrapeConfigs its Prometheus selects: ours carry no label for it → set prometheus.scrapeConfigSelector',
    ),
  ]);
  expect(openOn(cloud, app())).toEqual([]);
});

test('a platform of a team says so once for each kind of an app', () => {
  const own = Platform.custom({ prometheus: { namespace: 'monitoring', serviceMonitorSelector: {} } });
  const podMonitor = ScrapePolicy.podMonitor();
  expect(openOn(own, app(podMonitor, ScrapePolicy.podMonitor({ sampleLimit: 5 })))).toEqual([
    expect.stringMatching(/^info shop\/web: .* which PodMonitors .* prometheus\.podMonitorSelector/),
  ]);
  expect(openOn(own, app(ScrapePolicy.federate({ match: ['up'] })))).toEqual([]);
  const unsaid = Platform.custom({ prometheus: { namespace: 'monitoring' } });
  expect(openOn(unsaid, app(podMonitor, ScrapePolicy.serviceMonitor()))).toHaveLength(2);
});

test('it is enough that one of several servers says it', () => {
  const several = Platform.custom({ prometheus: [{ name: 'a' }, { name: 'b', probeSelector: {} }] });
  expect(openOn(several, job(probe))).toEqual([]);
});

test.each([
  ['no server is known', Platform.unknown],
  ['no server is known', Platform.custom({ operator: { installed: true } })],
  ['there is no operator', Platform.annotationDiscovery()],
  ['no ScrapeConfig is read', Platform.openShift()],
  ['everything is known', Platform.kubePrometheusStack({ release: 'kps' })],
])('nothing is said where %s', (_, platform) => {
  expect(openOn(platform, job(scrapeConfig))).toEqual([]);
  expect(openOn(platform, app())).toEqual([]);
});
