import { App, Chart } from 'cdk8s';
import { MonitoredApp, Platform, ScrapePolicy } from '../../src';

/** The objects of `one-app-by-hand.ts`, declared as one application. */
export function addOneApp(app: App): void {
  const chart = new Chart(app, 'checkout', { namespace: 'shop' });
  Platform.provide(chart, Platform.custom({ prometheus: { namespace: 'monitoring' }, network: { defaultDeny: true } }));
  new MonitoredApp(chart, 'checkout', {
    image: 'registry.example/checkout:1.4.2',
    replicas: 2,
    port: 8080,
    env: { LOG_LEVEL: 'info' },
    metrics: { alerts: false },
    scrape: ScrapePolicy.serviceMonitor({ interval: '30s' }),
  });
}
