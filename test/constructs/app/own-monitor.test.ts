import { Exporters, ExporterSidecar, MonitoredApp, ScrapePolicy } from '../../../src';
import { image, stack } from '../../support/stack';

const monitorsOf = (compose: Parameters<typeof stack>[0]) => {
  const { objects, findings } = stack(compose);
  expect(findings).toEqual([]);
  return objects
    .filter(({ kind }) => kind === 'ServiceMonitor')
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      scope: metadata.labels?.scope,
      ports: spec.endpoints.map(({ port }: { port: string }) => port),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

test('all endpoints share one ServiceMonitor where nothing tells them apart', () => {
  const monitors = monitorsOf((chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, metrics: {} });
    new ExporterSidecar(app, 'redis', Exporters.redis({ scrape: ScrapePolicy.serviceMonitor({ interval: '1m' }) }));
  });
  expect(monitors).toEqual([{ name: 'checkout', ports: ['http', 'redis-metrics'] }]);
});

test('an endpoint gets one of its own for what stands once in a monitor, or when its user wants to name or label it', () => {
  const monitors = monitorsOf((chart) => {
    const app = new MonitoredApp(chart, 'checkout', {
      image,
      port: 5000,
      metrics: { serviceMonitor: { name: 'own' } },
    });
    const limited = ScrapePolicy.serviceMonitor({ sampleLimit: 500 });
    new ExporterSidecar(app, 'cache', Exporters.memcached({ scrape: limited }));
    new ExporterSidecar(app, 'redis', Exporters.redis({ serviceMonitor: { labels: { scope: 'cache' } } }));
    new ExporterSidecar(app, 'web', Exporters.nginx());
  });
  expect(monitors).toEqual([
    { name: 'checkout', ports: ['web-metrics'] },
    { name: 'checkout-cache', ports: ['cache-metrics'] },
    { name: 'checkout-redis', scope: 'cache', ports: ['redis-metrics'] },
    { name: 'own', ports: ['http'] },
  ]);
});
