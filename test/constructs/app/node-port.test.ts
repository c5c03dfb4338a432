import { ExporterSidecar, Exporters, MonitoredApp, MonitoredAppProps, ScrapePolicy } from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, image, stack, theOnly } from '../../support/stack';

function app(props: Partial<MonitoredAppProps> = {}, facts: PlatformProps = {}) {
  const made = stack(
    (chart) => {
      const given = { image, port: 8080, metrics: {}, service: { type: 'NodePort' }, ...props } as MonitoredAppProps;
      const checkout = new MonitoredApp(chart, 'checkout', given);
      new ExporterSidecar(checkout, 'redis', Exporters.redis({ address: 'redis://redis:6379' }));
    },
    { platform: Platform.custom(facts) },
  );
  expect(faultsOf(made.findings)).toEqual([]);
  expectValidObjects(made.objects);
  const ports = theOnly(made.objects, 'Service').spec.ports.map(({ name }: { name: string }) => name);
  const monitor = made.objects.find(({ kind }) => kind === 'ServiceMonitor');
  return {
    ports,
    endpoints: monitor?.spec.endpoints,
    rules: theOnly(made.objects, 'PrometheusRule').spec.groups[0].rules,
  };
}

describe('behind a NodePort', () => {
  test('only ports of the app are open on every node; an exporter is found in its pod, under the same labels', () => {
    const { ports, endpoints, rules } = app();
    expect(ports).toEqual(['http']);
    expect(endpoints).toEqual([
      { port: 'http', path: '/metrics' },
      { targetPort: 'redis-metrics', path: '/metrics' },
    ]);
    expect(rules).toEqual(app({ service: {} }).rules);
  });

  test('an exporter that no Service finds has no port there either', () => {
    expect(app({ scrape: ScrapePolicy.podMonitor() }).ports).toEqual(['http']);
  });

  test('a Prometheus that may not see native sidecars finds them through the Service', () => {
    expect(app({}, { prometheus: { version: '2.55.0' } }).ports).toEqual(['http', 'redis-metrics']);
  });

  test('elsewhere the Service has a port for each', () => {
    expect(app({ service: { type: 'ClusterIP' } }).ports).toEqual(['http', 'redis-metrics']);
  });
});
