import { Exporters, ExporterSidecar, MonitoredApp, ServiceMonitorOptions } from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { faults, scrapedApp, stackOn } from './scraped-app';

const secret = { name: 'credentials', key: 'token' };
const noFiles: PlatformProps = { prometheus: { arbitraryFSAccessThroughSMs: { deny: true } } };
const slow: PlatformProps = { prometheus: { scrapeInterval: '5s' } };

interface Case {
  readonly rule: string;
  readonly right: ServiceMonitorOptions;
  readonly wrong: ServiceMonitorOptions;
  readonly says: string;
  readonly facts?: PlatformProps;
}

/** The rules of the operator, each with settings that keep it beside settings that break it. */
const cases: readonly Case[] = [
  {
    rule: 'a duration is one',
    right: { interval: '15s' },
    wrong: { interval: '15' as never },
    says: "error scrape/duration: interval: '15' is no Prometheus duration → write '15s'",
  },
  {
    rule: 'a timeout is a duration',
    right: { scrapeTimeout: '5s' },
    wrong: { scrapeTimeout: '1.5s' as never },
    says: "error scrape/duration: scrapeTimeout: '1.5s' is no Prometheus duration → write '1s500ms'",
  },
  {
    rule: 'the interval is not above what a query looks back',
    right: { interval: '5m' },
    wrong: { interval: '10m' },
    says: 'warning scrape/interval: the interval 10m is above 5m, after which Prometheus no longer finds the last sample: alerts come and go → shorten it to 2m or less, so that one scrape may fail',
  },
  {
    rule: 'the timeout is not above the interval',
    right: { interval: '10s', scrapeTimeout: '10s' },
    wrong: { interval: '10s', scrapeTimeout: '10s1ms' },
    says: 'error scrape/timeout: the scrapeTimeout 10s1ms is above the interval 10s → lower the timeout, or raise the interval',
  },
  {
    rule: 'nor above the interval of the platform',
    facts: slow,
    right: { scrapeTimeout: '5s' },
    wrong: { scrapeTimeout: '6s' },
    says: 'error scrape/timeout: the scrapeTimeout 6s is above the interval 5s of the platform → lower the timeout, or raise the interval',
  },
  {
    rule: "nor above the operator's default interval",
    right: { scrapeTimeout: '30s' },
    wrong: { scrapeTimeout: '31s' },
    says: 'error scrape/timeout: the scrapeTimeout 31s is above the interval 30s of the platform → lower the timeout, or raise the interval',
  },
  {
    rule: 'one way of authenticating',
    right: { basicAuth: { username: secret } },
    wrong: { basicAuth: { username: secret }, authorization: { credentials: secret } },
    says: 'error scrape/authentication: authorization and basicAuth exclude one another → keep one of them',
  },
  {
    rule: 'a bearer token is one as well',
    right: { bearerTokenFile: '/token' },
    wrong: { bearerTokenFile: '/token', oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a' } },
    says: 'error scrape/authentication: oauth2 and bearerTokenFile exclude one another → keep one of them',
  },
  {
    rule: 'authorization is not Basic',
    right: { authorization: { type: 'Bearer', credentials: secret } },
    wrong: { authorization: { type: ' BASIC ', credentials: secret } },
    says: "error scrape/authentication: authorization has the type 'Basic' → use basicAuth",
  },
  {
    rule: 'authorization has credentials',
    right: { authorization: { credentials: secret } },
    wrong: { authorization: {} as never },
    says: 'error scrape/authentication: authorization has no credentials → name the key of a Secret in credentials',
  },
  {
    rule: 'oauth2 has a token address',
    right: { oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a' } },
    wrong: { oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: '' } },
    says: 'error scrape/authentication: oauth2 has no tokenUrl → give the address of the token endpoint',
  },
  {
    rule: 'oauth2 has one client id',
    right: { oauth2: { clientId: { configMap: secret }, clientSecret: secret, tokenUrl: 'https://a' } },
    wrong: {
      oauth2: { clientId: { secret, configMap: secret } as never, clientSecret: secret, tokenUrl: 'https://a' },
    },
    says: 'error scrape/authentication: oauth2.clientId needs one of secret and configMap, has 2 → give one',
  },
  {
    rule: 'one certificate authority',
    right: { tlsConfig: { caFile: '/ca' } },
    wrong: { tlsConfig: { caFile: '/ca', ca: { secret } } },
    says: 'error scrape/tls: tlsConfig has both ca and caFile → keep one of ca and caFile',
  },
  {
    rule: 'one certificate',
    right: { tlsConfig: { certFile: '/c', keyFile: '/k' } },
    wrong: { tlsConfig: { certFile: '/c', cert: { secret }, keyFile: '/k' } },
    says: 'error scrape/tls: tlsConfig has both cert and certFile → keep one of cert and certFile',
  },
  {
    rule: 'one key',
    right: { tlsConfig: { cert: { secret }, keySecret: secret } },
    wrong: { tlsConfig: { cert: { secret }, keySecret: secret, keyFile: '/k' } },
    says: 'error scrape/tls: tlsConfig has both keySecret and keyFile → keep one of keySecret and keyFile',
  },
  {
    rule: 'a certificate has its key',
    right: { tlsConfig: { cert: { secret }, keyFile: '/k' } },
    wrong: { tlsConfig: { cert: { secret } } },
    says: 'error scrape/tls: tlsConfig has a certificate without its key → add keySecret',
  },
  {
    rule: 'a key has its certificate',
    right: { tlsConfig: { certFile: '/c', keySecret: secret } },
    wrong: { tlsConfig: { keySecret: secret } },
    says: 'error scrape/tls: tlsConfig has a key without its certificate → add cert',
  },
  {
    rule: 'a reference is to one object',
    right: { tlsConfig: { ca: { secret } } },
    wrong: { tlsConfig: { ca: {} as never } },
    says: 'error scrape/tls: tlsConfig.ca needs one of secret and configMap, has 0 → give one',
  },
  {
    rule: 'TLS versions are in order',
    right: { tlsConfig: { minVersion: 'TLS12', maxVersion: 'TLS12' } },
    wrong: { tlsConfig: { minVersion: 'TLS13', maxVersion: 'TLS12' } },
    says: 'error scrape/tls: tlsConfig has minVersion TLS13 above maxVersion TLS12 → exchange them',
  },
  {
    rule: 'TLS of the token endpoint as well',
    right: {
      oauth2: {
        clientId: { secret },
        clientSecret: secret,
        tokenUrl: 'https://a',
        tlsConfig: { cert: { secret }, keySecret: secret },
      },
    },
    wrong: {
      oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a', tlsConfig: { keySecret: secret } },
    },
    says: 'error scrape/tls: oauth2.tlsConfig has a key without its certificate → add cert',
  },
  {
    rule: 'no files where the platform forbids them',
    facts: noFiles,
    right: { tlsConfig: { ca: { secret } } },
    wrong: { tlsConfig: { caFile: '/ca' } },
    says: "error scrape/file-access: tlsConfig.caFile names a file, which the platform's Prometheus refuses → use a Secret",
  },
  {
    rule: 'no token file either',
    facts: noFiles,
    right: { bearerTokenSecret: secret },
    wrong: { bearerTokenFile: '/token' },
    says: "error scrape/file-access: bearerTokenFile names a file, which the platform's Prometheus refuses → use a Secret",
  },
  {
    rule: 'a proxy has an address',
    right: { proxyUrl: 'http://proxy:3128' },
    wrong: { proxyUrl: 'proxy:3128' },
    says: "error scrape/proxy: proxyUrl 'proxy:3128' is no address → write it as 'http://host:port'",
  },
  {
    rule: 'noProxy needs a proxy',
    right: { proxyUrl: 'http://proxy', noProxy: 'a' },
    wrong: { noProxy: 'a' },
    says: 'error scrape/proxy: noProxy needs proxyUrl → add proxyUrl, or remove noProxy',
  },
  {
    rule: 'the environment excludes a proxy',
    right: { proxyFromEnvironment: true },
    wrong: { proxyFromEnvironment: true, proxyUrl: 'http://proxy' },
    says: 'error scrape/proxy: proxyFromEnvironment excludes proxyUrl and noProxy → keep one way',
  },
  {
    rule: 'headers need a proxy',
    right: { proxyFromEnvironment: true, proxyConnectHeader: { A: [secret] } },
    wrong: { proxyConnectHeader: { A: [secret] } },
    says: 'error scrape/proxy: proxyConnectHeader needs a proxy → add proxyUrl or proxyFromEnvironment',
  },
  {
    rule: 'a header names its Secret',
    right: { proxyUrl: 'http://p', proxyConnectHeader: { A: [secret] } },
    wrong: { proxyUrl: 'http://p', proxyConnectHeader: { A: [] } },
    says: 'error scrape/proxy: proxyConnectHeader.A names no Secret → name the key of a Secret, or remove it',
  },
  {
    rule: 'the proxy of the token endpoint as well',
    right: { oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a', proxyUrl: 'http://p' } },
    wrong: { oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a', noProxy: 'x' } },
    says: 'error scrape/proxy: oauth2.noProxy needs proxyUrl → add proxyUrl, or remove noProxy',
  },
  {
    rule: 'a limit is a whole number',
    right: { sampleLimit: 0 },
    wrong: { sampleLimit: 1.5 },
    says: 'error scrape/limit: sampleLimit 1.5 is no whole number from 0 → give a whole number',
  },
  {
    rule: 'not a negative one',
    right: { keepDroppedTargets: 1 },
    wrong: { keepDroppedTargets: -1 },
    says: 'error scrape/limit: keepDroppedTargets -1 is no whole number from 0 → give a whole number',
  },
  {
    rule: 'a size is one',
    right: { bodySizeLimit: '1.5GB' },
    wrong: { bodySizeLimit: 'about5MB' as never },
    says: "error scrape/limit: bodySizeLimit 'about5MB' is no size in bytes → write it as '10MiB'",
  },
  {
    rule: 'a scrape class is one of the platform',
    facts: { prometheus: { scrapeClasses: [{ name: 'istio-mtls' }] } },
    right: { scrapeClass: 'istio-mtls' },
    wrong: { scrapeClass: 'istio-mtl' },
    says: "error scrape/scrape-class: the platform has no scrape class 'istio-mtl', only istio-mtls → write 'istio-mtls'",
  },
  {
    rule: 'a target port is chosen, not typed again',
    right: { targetPort: 'number' },
    wrong: { targetPort: 9000 as never },
    says: "error scrape/target-port: targetPort is 9000, expected 'number' or 'name': which port it is follows from the endpoint → write 'number'",
  },
  {
    rule: 'a namespace selector reaches the namespace of the Service',
    right: { namespaceSelector: { matchNames: ['shop'] } },
    wrong: { namespaceSelector: { matchNames: ['other'] } },
    says: "error scrape/namespace-selector: namespaceSelector looks into other, and the app's Service is in 'shop' → add 'shop' to matchNames, or leave out namespaceSelector",
  },
];

describe.each(cases)('$rule', ({ right, wrong, says, facts }) => {
  test('right', () => expect(faults(scrapedApp(right, facts))).toEqual([]));
  test('wrong', () => expect(faults(scrapedApp(wrong, facts))).toEqual([says]));
});

describe('an endpoint', () => {
  const metrics = (path: unknown, scheme?: unknown) =>
    scrapedApp({}, {}, { metrics: { path: path as string, scheme: scheme as 'http' } });

  test('has a path that begins with / and has no query', () => {
    expect(faults(metrics('/metrics'))).toEqual([]);
    expect(faults(metrics('metrics'))).toEqual([
      "error scrape/path: the path 'metrics' does not begin with / → write '/metrics'",
    ]);
    expect(faults(metrics('/federate?match[]=up'))).toEqual([
      "error scrape/path: the path '/federate?match[]=up' has a query, which Prometheus would escape → give it as params of the scrape policy: 'match[]=up'",
    ]);
    expect(faults(metrics(5)).join()).toContain('path');
  });

  test('speaks http or https', () => {
    expect(faults(metrics('/metrics', 'ftp')).join()).toContain("'ftp'");
  });

  test('with https needs the name of its certificate, unless a scrape class sees to it', () => {
    const https = (options: ServiceMonitorOptions) => faults(scrapedApp(options, {}, { metrics: { scheme: 'https' } }));
    expect(https({})).toEqual([
      expect.stringMatching(/^warning scrape\/tls-server-name: https without tlsConfig.serverName/),
    ]);
    expect(https({ tlsConfig: { serverName: 'checkout' } })).toEqual([]);
    expect(https({ tlsConfig: { insecureSkipVerify: true } })).toEqual([]);
    expect(https({ scrapeClass: 'mesh' })).toEqual([]);
  });

  test('is never read where there is no operator', () => {
    expect(faults(scrapedApp({}, { operator: { installed: false } }))).toEqual([
      expect.stringMatching(/^error scrape\/no-operator: /),
    ]);
    expect(faults(scrapedApp({}, { operator: {} }))).toEqual([]);
  });
});

test('all faults are reported in one run', () => {
  const codes = scrapedApp({
    interval: '15' as never,
    bearerTokenFile: '/t',
    basicAuth: {},
    sampleLimit: -1,
    noProxy: 'a',
    tlsConfig: { keyFile: '/k' },
  }).findings.map(({ code }) => code);
  expect(codes).toEqual(
    expect.arrayContaining(['scrape/duration', 'scrape/authentication', 'scrape/limit', 'scrape/proxy', 'scrape/tls']),
  );
});

const odd: readonly unknown[] = [null, undefined, 5, NaN, '', 'text', true, [], {}, ['a'], { a: null }, [null], [[]]];
const fields = [
  ...[
    'interval',
    'scrapeTimeout',
    'params',
    'relabelings',
    'metricRelabelings',
    'tlsConfig',
    'authorization',
    'basicAuth',
    'oauth2',
  ],
  ...[
    'bearerTokenSecret',
    'bearerTokenFile',
    'proxyUrl',
    'noProxy',
    'proxyFromEnvironment',
    'proxyConnectHeader',
    'jobLabel',
  ],
  ...[
    'targetLabels',
    'podTargetLabels',
    'sampleLimit',
    'bodySizeLimit',
    'scrapeProtocols',
    'nativeHistogramMinBucketFactor',
  ],
  ...['attachMetadata', 'scrapeClass', 'serviceDiscoveryRole', 'namespaceSelector', 'targetPort'],
];

test.each(fields)('%s of any type from JavaScript does not crash', (field) => {
  const facts: PlatformProps = {
    prometheus: { version: '2.20.0', scrapeClasses: [{ name: 'mesh' }], arbitraryFSAccessThroughSMs: { deny: true } },
  };
  for (const value of odd) expect(() => scrapedApp({ [field]: value } as ServiceMonitorOptions, facts)).not.toThrow();
});

describe('the version of Prometheus', () => {
  const on = (version: string | undefined, options: ServiceMonitorOptions) =>
    faults(scrapedApp(options, { prometheus: { version } }));

  test.each<[string, ServiceMonitorOptions, string]>([
    ['2.8.1', { honorTimestamps: false }, 'honorTimestamps needs Prometheus 2.9'],
    ['2.20.1', { targetLimit: 5 }, 'targetLimit needs Prometheus 2.21'],
    ['2.20.1', { serviceDiscoveryRole: 'EndpointSlice' }, 'serviceDiscoveryRole EndpointSlice needs Prometheus 2.21'],
    ['2.25.0', { followRedirects: true }, 'followRedirects needs Prometheus 2.26'],
    ['2.25.0', { authorization: { credentials: secret } }, 'authorization needs Prometheus 2.26'],
    [
      '2.26.0',
      { oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a' } },
      'oauth2 needs Prometheus 2.27',
    ],
    ['2.26.0', { labelLimit: 5 }, 'labelLimit needs Prometheus 2.27'],
    ['2.26.0', { labelNameLengthLimit: 5 }, 'labelNameLengthLimit needs Prometheus 2.27'],
    ['2.26.0', { labelValueLengthLimit: 5 }, 'labelValueLengthLimit needs Prometheus 2.27'],
    ['2.27.0', { bodySizeLimit: '1MB' }, 'bodySizeLimit needs Prometheus 2.28'],
    ['2.34.0', { enableHttp2: false }, 'enableHttp2 needs Prometheus 2.35'],
    ['2.34.0', { tlsConfig: { minVersion: 'TLS12' } }, 'tlsConfig.minVersion needs Prometheus 2.35'],
    ['2.36.0', { attachMetadata: { node: true } }, 'attachMetadata needs Prometheus 2.37'],
    ['2.40.0', { tlsConfig: { maxVersion: 'TLS12' } }, 'tlsConfig.maxVersion needs Prometheus 2.41'],
    ['2.42.0', { proxyFromEnvironment: true }, 'proxyFromEnvironment needs Prometheus 2.43'],
    ['2.44.0', { nativeHistogramBucketLimit: 5 }, 'nativeHistogramBucketLimit needs Prometheus 2.45'],
    ['2.44.0', { scrapeClassicHistograms: true }, 'scrapeClassicHistograms needs Prometheus 2.45'],
    ['2.46.0', { keepDroppedTargets: 5 }, 'keepDroppedTargets needs Prometheus 2.47'],
    ['2.47.0', { trackTimestampsStaleness: true }, 'trackTimestampsStaleness needs Prometheus 2.48'],
    ['2.48.0', { scrapeProtocols: ['PrometheusProto'] }, 'scrapeProtocols needs Prometheus 2.49'],
    ['2.49.0', { nativeHistogramMinBucketFactor: 1.1 }, 'nativeHistogramMinBucketFactor needs Prometheus 2.50'],
    ['2.55.1', { fallbackScrapeProtocol: 'PrometheusText0.0.4' }, 'fallbackScrapeProtocol needs Prometheus 3.0'],
    ['2.55.1', { convertClassicHistogramsToNHCB: true }, 'convertClassicHistogramsToNHCB needs Prometheus 3.0'],
    [
      '2.55.1',
      { scrapeProtocols: ['PrometheusText1.0.0'] },
      'the scrape protocol PrometheusText1.0.0 needs Prometheus 3.0',
    ],
    ['3.7.9', { scrapeNativeHistograms: true }, 'scrapeNativeHistograms needs Prometheus 3.8'],
  ])('%s is too old for %j', (version, options, message) => {
    expect(on(version, options)).toEqual([
      expect.stringContaining(`warning scrape/prometheus-version: ${message}, the platform has ${version}`),
    ]);
    const first = / (\d+\.\d+)$/.exec(message)?.[1];
    expect(on(`${first}.0`, options)).toEqual([]);
    expect(on(`v${first}`, options)).toEqual([]);
    expect(on('3.14.0', options)).toEqual([]);
    expect(on(undefined, options)).toEqual([]);
    expect(on('main', options)).toEqual([]);
  });

  test('that is too old for RoleSelector makes the operator reject the monitor', () => {
    expect(on('2.16.0', { selectorMechanism: 'RoleSelector' })).toEqual([
      expect.stringMatching(/^error scrape\/prometheus-version: .*rejects the monitor/),
    ]);
    expect(on('2.17.0', { selectorMechanism: 'RoleSelector' })).toEqual([]);
    expect(on('2.16.0', { selectorMechanism: 'RelabelConfig' })).toEqual([]);
  });
});

test('a target port that no endpoint has is found at exporters too', () => {
  const stack = stackOn(Platform.unknown, (chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 8000 });
    new ExporterSidecar(app, 'redis', Exporters.custom({ image: 'redis-exporter:1', port: 9121 }));
  });
  expect(faults(stack)).toEqual([]);
});
