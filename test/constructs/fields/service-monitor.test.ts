import { Duration, Size } from 'cdk8s';
import type { Endpoint, ServiceMonitorSpec } from '../../../imports/service-monitor';
import type { ServiceMonitorOptions } from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { faults, scrapedApp, Stack } from '../scrape/scraped-app';
import { authorization, basicAuth, metricRules, oauth2s, rules, secret, tlsConfigs } from './examples';
import { SchemaFields } from './schema-fields';

type Written = readonly [given: ServiceMonitorOptions, written: object];

const same = (options: ServiceMonitorOptions): Written => [options, options];

/** Every setting of an endpoint, and what must stand in the YAML for it. */
const endpointSettings: {
  readonly [field in Exclude<keyof Endpoint, 'port' | 'path' | 'scheme'>]-?: readonly Written[];
} = {
  interval: [
    [{ interval: Duration.seconds(90) }, { interval: '1m30s' }],
    [{ interval: '90s' }, { interval: '90s' }],
  ],
  scrapeTimeout: [
    [{ scrapeTimeout: Duration.seconds(5) }, { scrapeTimeout: '5s' }],
    [{ scrapeTimeout: '500ms' }, { scrapeTimeout: '500ms' }],
  ],
  params: [[{ params: { format: ['prometheus'] } }, { params: { format: ['prometheus'] } }]],
  honorLabels: [[{ honorLabels: true }, { honorLabels: true }]],
  honorTimestamps: [[{ honorTimestamps: false }, { honorTimestamps: false }]],
  trackTimestampsStaleness: [[{ trackTimestampsStaleness: true }, { trackTimestampsStaleness: true }]],
  relabelings: [same({ relabelings: rules })],
  metricRelabelings: [same({ metricRelabelings: metricRules })],
  filterRunning: [[{ filterRunning: false }, { filterRunning: false }]],
  followRedirects: [[{ followRedirects: false }, { followRedirects: false }]],
  enableHttp2: [[{ enableHttp2: false }, { enableHttp2: false }]],
  authorization: [same({ authorization })],
  basicAuth: [same({ basicAuth })],
  oauth2: oauth2s.map((oauth2) => same({ oauth2 })),
  bearerTokenSecret: [[{ bearerTokenSecret: secret }, { bearerTokenSecret: secret }]],
  bearerTokenFile: [[{ bearerTokenFile: '/var/run/token' }, { bearerTokenFile: '/var/run/token' }]],
  tlsConfig: [
    ...tlsConfigs.map((tlsConfig) => same({ tlsConfig })),
    [
      { tlsConfig: { caFile: '/ca', certFile: '/cert', keyFile: '/key' } },
      { tlsConfig: { caFile: '/ca', certFile: '/cert', keyFile: '/key' } },
    ],
  ],
  proxyUrl: [[{ proxyUrl: 'socks5://proxy:1080' }, { proxyUrl: 'socks5://proxy:1080' }]],
  noProxy: [
    [
      { proxyUrl: 'http://proxy', noProxy: '10.0.0.0/8' },
      { proxyUrl: 'http://proxy', noProxy: '10.0.0.0/8' },
    ],
  ],
  proxyFromEnvironment: [[{ proxyFromEnvironment: true }, { proxyFromEnvironment: true }]],
  proxyConnectHeader: [
    [
      { proxyFromEnvironment: true, proxyConnectHeader: { 'Proxy-Authorization': [secret] } },
      { proxyConnectHeader: { 'Proxy-Authorization': [secret] } },
    ],
  ],
  targetPort: [
    [{ targetPort: 'number' }, { targetPort: 8000 }],
    [{ targetPort: 'name' }, { targetPort: 'http' }],
  ],
};

/** Every setting of a whole monitor. */
const monitorSettings: {
  readonly [field in Exclude<keyof ServiceMonitorSpec, 'selector' | 'endpoints'>]-?: readonly Written[];
} = {
  jobLabel: [[{ jobLabel: 'app.kubernetes.io/part-of' }, { jobLabel: 'app.kubernetes.io/part-of' }]],
  targetLabels: [[{ targetLabels: ['team'] }, { targetLabels: ['team'] }]],
  podTargetLabels: [[{ podTargetLabels: ['version'] }, { podTargetLabels: ['version'] }]],
  selectorMechanism: [[{ selectorMechanism: 'RoleSelector' }, { selectorMechanism: 'RoleSelector' }]],
  sampleLimit: [[{ sampleLimit: 5000 }, { sampleLimit: 5000 }]],
  targetLimit: [[{ targetLimit: 10 }, { targetLimit: 10 }]],
  labelLimit: [[{ labelLimit: 30 }, { labelLimit: 30 }]],
  labelNameLengthLimit: [[{ labelNameLengthLimit: 100 }, { labelNameLengthLimit: 100 }]],
  labelValueLengthLimit: [[{ labelValueLengthLimit: 500 }, { labelValueLengthLimit: 500 }]],
  keepDroppedTargets: [[{ keepDroppedTargets: 0 }, { keepDroppedTargets: 0 }]],
  bodySizeLimit: [
    [{ bodySizeLimit: Size.mebibytes(10) }, { bodySizeLimit: '10MiB' }],
    [{ bodySizeLimit: Size.kibibytes(1500) }, { bodySizeLimit: '1500KiB' }],
    [{ bodySizeLimit: '500KB' }, { bodySizeLimit: '500KB' }],
    [{ bodySizeLimit: '0' }, { bodySizeLimit: '0' }],
  ],
  scrapeProtocols: [
    [
      { scrapeProtocols: ['PrometheusProto', 'OpenMetricsText1.0.0'] },
      { scrapeProtocols: ['PrometheusProto', 'OpenMetricsText1.0.0'] },
    ],
  ],
  fallbackScrapeProtocol: [
    [{ fallbackScrapeProtocol: 'PrometheusText0.0.4' }, { fallbackScrapeProtocol: 'PrometheusText0.0.4' }],
  ],
  scrapeNativeHistograms: [[{ scrapeNativeHistograms: true }, { scrapeNativeHistograms: true }]],
  scrapeClassicHistograms: [[{ scrapeClassicHistograms: true }, { scrapeClassicHistograms: true }]],
  nativeHistogramBucketLimit: [[{ nativeHistogramBucketLimit: 160 }, { nativeHistogramBucketLimit: 160 }]],
  nativeHistogramMinBucketFactor: [
    [{ nativeHistogramMinBucketFactor: 1.1 }, { nativeHistogramMinBucketFactor: '1.1' }],
    [{ nativeHistogramMinBucketFactor: '1.2' }, { nativeHistogramMinBucketFactor: '1.2' }],
  ],
  convertClassicHistogramsToNHCB: [
    [{ convertClassicHistogramsToNHCB: true }, { convertClassicHistogramsToNHCB: true }],
  ],
  attachMetadata: [[{ attachMetadata: { node: true } }, { attachMetadata: { node: true } }]],
  scrapeClass: [[{ scrapeClass: 'mesh' }, { scrapeClass: 'mesh' }]],
  serviceDiscoveryRole: [[{ serviceDiscoveryRole: 'EndpointSlice' }, { serviceDiscoveryRole: 'EndpointSlice' }]],
  namespaceSelector: [
    same({ namespaceSelector: { any: true } }),
    same({ namespaceSelector: { matchNames: ['shop'] } }),
  ],
};

const cases = (settings: Readonly<Record<string, readonly Written[]>>) =>
  Object.entries(settings).flatMap(([field, all]) => all.map(([given, written]) => ({ field, given, written })));

describe('a setting of an endpoint reaches the ServiceMonitor', () => {
  test.each(cases(endpointSettings))('$field: $given', ({ given, written }) => {
    const stack = scrapedApp(given);
    expect(stack.monitors).toHaveLength(1);
    expect(stack.monitors[0]?.spec.endpoints).toEqual([expect.objectContaining(written)]);
    expect(faults(stack)).toEqual([]);
    expectValidObjects(stack.objects);
  });
});

describe('a setting of a monitor stands in its spec', () => {
  test.each(cases(monitorSettings))('$field: $given', ({ field, given, written }) => {
    const stack = scrapedApp(given);
    expect(stack.monitors).toHaveLength(1);
    expect(stack.monitors[0]?.spec).toEqual(expect.objectContaining(written));
    expect(stack.monitors[0]?.spec.endpoints[0]).not.toHaveProperty(field);
    expect(faults(stack)).toEqual([]);
    expectValidObjects(stack.objects);
  });
});

/** Fields that follow from the app, so that no setting could say anything else. */
const ours: Readonly<Record<string, string>> = {
  'selector.matchExpressions': 'a label tells the one Service from others',
};

test('together they are all fields that the operator knows', () => {
  const fields = new SchemaFields('service-monitor');
  const stacks: Stack[] = [...cases(endpointSettings), ...cases(monitorSettings)].map(({ given }) => scrapedApp(given));
  stacks.push(scrapedApp({}, {}, { metrics: { scheme: 'https' } }));
  const written = new Set(stacks.flatMap(({ monitors }) => fields.pathsIn(monitors[0]?.spec)));
  const isOurs = (path: string) => Object.keys(ours).some((field) => path.startsWith(field));
  expect(fields.paths().filter((path) => !written.has(path) && !isOurs(path))).toEqual([]);
  expect(Object.keys(ours).filter((field) => written.has(field))).toEqual([]);
});

test('without settings a monitor selects the Service, and scrapes its port at /metrics', () => {
  expect(scrapedApp({}).monitors).toMatchInlineSnapshot(`
[
  {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "ServiceMonitor",
    "metadata": {
      "labels": {
        "app.kubernetes.io/name": "checkout",
      },
      "name": "checkout",
      "namespace": "shop",
    },
    "spec": {
      "endpoints": [
        {
          "path": "/metrics",
          "port": "http",
        },
      ],
      "jobLabel": "app.kubernetes.io/name",
      "selector": {
        "matchLabels": {
          "app.kubernetes.io/name": "checkout",
        },
      },
    },
  },
]
`);
});

test('a targetPort takes the place of the port, as the operator wants one of them', () => {
  expect(scrapedApp({ targetPort: 'name' }).monitors[0]?.spec.endpoints).toEqual([
    { path: '/metrics', targetPort: 'http' },
  ]);
});

test('path and scheme come from the endpoint itself', () => {
  const { monitors } = scrapedApp(
    { tlsConfig: { serverName: 'checkout' } },
    {},
    { metrics: { path: '/internal/metrics', scheme: 'https' } },
  );
  expect(monitors[0]?.spec.endpoints[0]).toMatchObject({ path: '/internal/metrics', scheme: 'https' });
});

/** Fields of a ServiceMonitor that follow from the app: no prop sets them. */
type Derived = 'selector' | 'endpoints' | 'port' | 'path' | 'scheme';
type WithoutProp = Exclude<keyof ServiceMonitorSpec | keyof Endpoint, keyof ServiceMonitorOptions | Derived>;
type PropWithoutField = Exclude<keyof ServiceMonitorOptions, keyof ServiceMonitorSpec | keyof Endpoint>;

export function everyFieldHasItsProp(): void {
  const fieldsWithoutProp: readonly [WithoutProp] extends readonly [never] ? true : WithoutProp = true;
  const propsWithoutField: readonly [PropWithoutField] extends readonly [never] ? true : PropWithoutField = true;
  void [fieldsWithoutProp, propsWithoutField];
}

export function settingsThatCannotBeRightDoNotCompile(): void {
  const take = (options: ServiceMonitorOptions): void => void options;
  // @ts-expect-error no such setting
  take({ intervall: '5m' });
  // @ts-expect-error a duration has a unit
  take({ interval: '15' });
  // @ts-expect-error a number is no duration
  take({ interval: 15 });
  // @ts-expect-error a size has a unit
  take({ bodySizeLimit: '10' });
  // @ts-expect-error no such protocol
  take({ scrapeProtocols: ['OpenMetrics'] });
  // @ts-expect-error a secret is never given by value
  take({ bearerTokenSecret: 'hunter2' });
  // @ts-expect-error one of Secret and ConfigMap
  take({ tlsConfig: { ca: { secret, configMap: secret } } });
  // @ts-expect-error files only for the scrape itself
  take({ oauth2: { clientId: { secret }, clientSecret: secret, tokenUrl: 'https://a', tlsConfig: { caFile: '/ca' } } });
  // @ts-expect-error authorization needs its credentials
  take({ authorization: { type: 'Bearer' } });
  // @ts-expect-error labeldrop has no targetLabel
  take({ relabelings: [{ action: 'labeldrop', regex: 'a', targetLabel: 'b' }] });
  // @ts-expect-error hashmod needs its modulus
  take({ relabelings: [{ action: 'hashmod', sourceLabels: ['a'], targetLabel: 'b' }] });
  // @ts-expect-error replace needs its targetLabel
  take({ relabelings: [{ sourceLabels: ['a'] }] });
  // @ts-expect-error lowercase reads no regex
  take({ relabelings: [{ action: 'lowercase', sourceLabels: ['a'], targetLabel: 'b', regex: 'c' }] });
  // @ts-expect-error no such action
  take({ relabelings: [{ action: 'rename', sourceLabels: ['a'], targetLabel: 'b' }] });
}
