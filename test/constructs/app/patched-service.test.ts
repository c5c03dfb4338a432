import { JsonPatch } from 'cdk8s';
import { MonitoredApp, ScrapePolicy } from '../../../src';
import { MonitoringApp } from '../../../src/synth';
import { Chart } from 'cdk8s';
import { Platform } from '../../../src/platform';

function errorsWith(patches: JsonPatch[], scrape = ScrapePolicy.serviceMonitor()): string[] {
  const app = new MonitoringApp({ platform: Platform.kubePrometheusStack({ release: 'kps' }) });
  new MonitoredApp(new Chart(app, 'shop', { namespace: 'shop' }), 'checkout', {
    image: 'registry.example/checkout:1.4.2',
    port: 8080,
    metrics: { port: 9090 },
    scrape,
    service: { patches },
  });
  return app
    .findings()
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);
}

describe('a Service that its user has patched', () => {
  test('may change what no monitor asks for', () => {
    expect(
      errorsWith([JsonPatch.replace('/spec/ports/0/name', 'web'), JsonPatch.replace('/spec/ports/1/port', 80)]),
    ).toEqual([]);
    expect(errorsWith([JsonPatch.replace('/spec/ports/1/targetPort', 'metrics')])).toEqual([]);
  });

  test('is an error where the port of the metrics is renamed or leads elsewhere', () => {
    const message =
      "scrape/service-port: the Service of checkout has no port 'metrics' to 9090, which its monitor asks for; it has";
    expect(errorsWith([JsonPatch.replace('/spec/ports/1/name', 'prom')])).toEqual([
      `${message} http to 8080, prom to 9090`,
    ]);
    expect(errorsWith([JsonPatch.replace('/spec/ports/1/targetPort', 9091)])).toEqual([
      `${message} http to 8080, metrics to 9091`,
    ]);
  });

  test('may do so where the container port is scraped itself', () => {
    const byNumber = ScrapePolicy.serviceMonitor({ targetPort: 'number' });
    expect(errorsWith([JsonPatch.replace('/spec/ports/0/name', 'web')], byNumber)).toEqual([]);
  });

  test('is an error where it selects other pods', () => {
    expect(errorsWith([JsonPatch.replace('/spec/selector', { app: 'other' })])).toEqual([
      'scrape/service-selector: the Service of checkout selects app=other, which its pods do not have',
    ]);
  });
});

test('a Service keeps the port of the metrics where it would have no other', () => {
  const app = new MonitoringApp({ platform: Platform.unknown });
  new MonitoredApp(new Chart(app, 'shop'), 'worker', {
    image: 'registry.example/worker:1.0.0',
    metrics: { port: 9090 },
    scrape: ScrapePolicy.serviceMonitor({ targetPort: 'name' }),
  });
  expect(app.synthYaml()).toContain('    - name: metrics\n      port: 9090\n');
});
