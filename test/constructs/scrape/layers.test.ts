import { Duration } from 'cdk8s';
import {
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  ScrapePolicy,
  ServiceMonitorOptions,
} from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { faults, stackOn } from './scraped-app';

const secret = { name: 'credentials', key: 'token' };
const policy = (options: ServiceMonitorOptions) => ScrapePolicy.serviceMonitor(options);

interface Layers {
  readonly platform?: PlatformProps['scrape'];
  readonly app?: ServiceMonitorOptions;
  readonly endpoint?: ServiceMonitorOptions;
}

function endpointOf({ platform, app, endpoint }: Layers) {
  const { monitors } = stackOn(Platform.custom({ scrape: platform }), (chart) => {
    new MonitoredApp(chart, 'checkout', {
      image: 'registry.example/checkout:1.4.2',
      port: 8000,
      scrape: app && policy(app),
      metrics: { scrape: endpoint && policy(endpoint) },
    });
  });
  return monitors[0]?.spec.endpoints[0];
}

describe('layers of scrape settings', () => {
  test('the nearer one wins, field by field', () => {
    const platform = { interval: '1m', scrapeTimeout: '9s', honorLabels: true } as const;
    expect(endpointOf({ platform })).toMatchObject({ interval: '1m', scrapeTimeout: '9s', honorLabels: true });
    expect(endpointOf({ platform, app: { interval: Duration.seconds(30) } })).toMatchObject({
      interval: '30s',
      scrapeTimeout: '9s',
    });
    expect(
      endpointOf({ platform, app: { interval: '30s' }, endpoint: { interval: '15s', honorLabels: false } }),
    ).toMatchObject({
      interval: '15s',
      scrapeTimeout: '9s',
      honorLabels: false,
    });
  });

  test('undefined says nothing', () => {
    expect(endpointOf({ platform: { interval: '1m' }, app: { interval: undefined } })).toMatchObject({
      interval: '1m',
    });
  });

  test.each<[string, ServiceMonitorOptions, ServiceMonitorOptions, readonly string[]]>([
    ['authorization', { basicAuth: { username: secret } }, { authorization: { credentials: secret } }, ['basicAuth']],
    ['basicAuth', { authorization: { credentials: secret } }, { basicAuth: { username: secret } }, ['authorization']],
    ['bearerTokenFile', { bearerTokenSecret: secret }, { bearerTokenFile: '/token' }, ['bearerTokenSecret']],
    [
      'proxyFromEnvironment',
      { proxyUrl: 'http://proxy', noProxy: 'localhost' },
      { proxyFromEnvironment: true },
      ['proxyUrl', 'noProxy'],
    ],
    ['proxyUrl', { proxyFromEnvironment: true }, { proxyUrl: 'http://proxy' }, ['proxyFromEnvironment']],
    ['proxyFromEnvironment', { proxyUrl: 'http://proxy' }, { proxyFromEnvironment: false }, ['proxyUrl']],
  ])('%s of a nearer layer hides what it excludes', (field, far, near, hidden) => {
    for (const layers of [
      { platform: far, app: near },
      { app: far, endpoint: near },
      { platform: far, endpoint: near },
    ]) {
      const endpoint = endpointOf(layers);
      expect(endpoint).toHaveProperty(field);
      for (const other of hidden) expect(endpoint).not.toHaveProperty(other);
    }
  });

  test('a group that no nearer layer touches stays', () => {
    expect(endpointOf({ platform: { proxyUrl: 'http://proxy' }, app: { bearerTokenSecret: secret } })).toMatchObject({
      proxyUrl: 'http://proxy',
      bearerTokenSecret: secret,
    });
  });

  test.each(['scrape', 'metrics'])('a plain object in the place of a policy (%s) is a finding', (place) => {
    const plain = { interval: '15s' } as never;
    const stack = stackOn(Platform.unknown, (chart) => {
      const props = place === 'scrape' ? { scrape: plain, metrics: {} } : { metrics: { scrape: plain } };
      new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 80, ...props });
    });
    expect(faults(stack).join()).toContain('ScrapePolicy.serviceMonitor');
  });
});

describe('monitors', () => {
  const redis = (scrape?: ServiceMonitorOptions) =>
    Exporters.redis({ address: 'redis://localhost:6379', ...(scrape ? { scrape: policy(scrape) } : {}) });
  const shop = (
    exporters: Readonly<Record<string, ServiceMonitorOptions | undefined>>,
    props: Partial<MonitoredAppProps> = {},
  ) =>
    stackOn(
      Platform.custom({ prometheus: { serviceMonitorSelector: { matchLabels: { release: 'kps' } } } }),
      (chart) => {
        const app = new MonitoredApp(chart, 'checkout', {
          image: 'a:1',
          port: 8000,
          metrics: {},
          ...props,
        } as MonitoredAppProps);
        Object.entries(exporters).forEach(([id, scrape], index) => {
          const exporter = redis(scrape);
          new ExporterSidecar(app, id, { ...exporter, port: 9121 + index });
        });
      },
    );
  const summary = ({ monitors }: ReturnType<typeof shop>) =>
    Object.fromEntries(monitors.map(({ metadata, spec }) => [metadata.name, spec.endpoints.map(({ port }) => port)]));

  test('are shared by endpoints whose monitor settings are equal, whatever their endpoint settings', () => {
    const stack = shop({ redis: { interval: '1m' } });
    expect(summary(stack)).toEqual({ checkout: ['http', 'redis-metrics'] });
    expect(stack.monitors[0]?.spec.endpoints.map(({ interval }) => interval)).toEqual([undefined, '1m']);
  });

  test.each<[string, ServiceMonitorOptions]>([
    ['sampleLimit', { sampleLimit: 100 }],
    ['targetLabels', { targetLabels: ['team'] }],
    ['scrapeClass', { scrapeClass: 'mesh' }],
    ['attachMetadata', { attachMetadata: { node: true } }],
  ])('are split where an endpoint has its own %s', (_, settings) => {
    const stack = shop({ redis: settings, cache: undefined });
    expect(summary(stack)).toEqual({ checkout: ['http', 'cache-metrics'], 'checkout-redis': ['redis-metrics'] });
    expect(stack.monitors.find(({ metadata }) => metadata.name === 'checkout-redis')?.spec).toMatchObject(settings);
    expect(stack.monitors.find(({ metadata }) => metadata.name === 'checkout')?.spec).not.toMatchObject(settings);
  });

  test('are not split by a setting that says what the app says already', () => {
    const stack = shop({ redis: { sampleLimit: 100 } }, { scrape: policy({ sampleLimit: 100 }) });
    expect(summary(stack)).toEqual({ checkout: ['http', 'redis-metrics'] });
  });

  test('all carry the labels by which the platform selects them, and select the one Service', () => {
    for (const { metadata, spec } of shop({ redis: { sampleLimit: 100 } }).monitors) {
      expect(metadata.labels).toMatchObject({ release: 'kps' });
      expect(spec.selector).toEqual({ matchLabels: { 'app.kubernetes.io/name': 'checkout' } });
    }
  });

  test('a fault that all endpoints inherit is reported once, at the app', () => {
    const stack = shop(
      { redis: undefined, cache: undefined },
      { scrape: policy({ interval: '5s', scrapeTimeout: '10s' }) },
    );
    expect(faults(stack)).toHaveLength(1);
    expect(stack.findings.find(({ code }) => code === 'scrape/timeout')?.where).toEqual({ construct: 'shop/checkout' });
  });

  test('a fault of one endpoint is reported there', () => {
    const stack = shop({ redis: { interval: '5s', scrapeTimeout: '10s' }, cache: undefined });
    expect(stack.findings.filter(({ code }) => code === 'scrape/timeout').map(({ where }) => where)).toEqual([
      { construct: 'shop/checkout/redis' },
    ]);
  });
});
