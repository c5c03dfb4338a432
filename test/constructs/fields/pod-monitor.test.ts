import { Duration, Size } from 'cdk8s';
import type { PodMetricsEndpoint, PodMonitor, PodMonitorSpec } from '../../../imports/pod-monitor';
import { PodMonitorOptions, ScrapePolicy } from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { faults, scrapedApp, Stack } from '../scrape/scraped-app';
import { authorization, basicAuth, metricRules, oauth2s, rules, secret, tlsConfigs } from './examples';
import { SchemaFields } from './schema-fields';

type Written = readonly [given: PodMonitorOptions, written: object];

const same = (options: PodMonitorOptions): Written => [options, options];

/** Every setting of an endpoint, and what must stand in the YAML for it; `targetPort` is deprecated there. */
const endpointSettings: {
  readonly [field in Exclude<keyof PodMetricsEndpoint, 'path' | 'scheme' | 'targetPort'>]-?: readonly Written[];
} = {
  port: [[{ port: 'name' }, { port: 'http' }]],
  portNumber: [[{ port: 'number' }, { portNumber: 8000 }]],
  interval: [[{ interval: Duration.seconds(15) }, { interval: '15s' }]],
  scrapeTimeout: [[{ scrapeTimeout: Duration.seconds(5) }, { scrapeTimeout: '5s' }]],
  params: [same({ params: { format: ['prometheus'] } })],
  honorLabels: [same({ honorLabels: true })],
  honorTimestamps: [same({ honorTimestamps: false })],
  trackTimestampsStaleness: [same({ trackTimestampsStaleness: true })],
  relabelings: [same({ relabelings: rules })],
  metricRelabelings: [same({ metricRelabelings: metricRules })],
  filterRunning: [same({ filterRunning: false })],
  followRedirects: [same({ followRedirects: false })],
  enableHttp2: [same({ enableHttp2: false })],
  authorization: [same({ authorization })],
  basicAuth: [same({ basicAuth })],
  oauth2: oauth2s.map((oauth2) => same({ oauth2 })),
  bearerTokenSecret: [same({ bearerTokenSecret: secret })],
  tlsConfig: tlsConfigs.map((tlsConfig) => same({ tlsConfig })),
  proxyUrl: [same({ proxyUrl: 'http://proxy:3128' })],
  noProxy: [same({ proxyUrl: 'http://proxy:3128', noProxy: '10.0.0.0/8' })],
  proxyFromEnvironment: [same({ proxyFromEnvironment: true })],
  proxyConnectHeader: [same({ proxyFromEnvironment: true, proxyConnectHeader: { 'Proxy-Authorization': [secret] } })],
};

/** Every setting of a whole PodMonitor. */
const monitorSettings: {
  readonly [field in Exclude<keyof PodMonitorSpec, 'selector' | 'podMetricsEndpoints'>]-?: readonly Written[];
} = {
  jobLabel: [same({ jobLabel: 'app.kubernetes.io/name' })],
  podTargetLabels: [same({ podTargetLabels: ['version'] })],
  selectorMechanism: [same({ selectorMechanism: 'RoleSelector' })],
  sampleLimit: [same({ sampleLimit: 5000 })],
  targetLimit: [same({ targetLimit: 10 })],
  labelLimit: [same({ labelLimit: 30 })],
  labelNameLengthLimit: [same({ labelNameLengthLimit: 100 })],
  labelValueLengthLimit: [same({ labelValueLengthLimit: 500 })],
  keepDroppedTargets: [same({ keepDroppedTargets: 0 })],
  bodySizeLimit: [[{ bodySizeLimit: Size.mebibytes(10) }, { bodySizeLimit: '10MiB' }]],
  scrapeProtocols: [same({ scrapeProtocols: ['PrometheusProto', 'OpenMetricsText1.0.0'] })],
  fallbackScrapeProtocol: [same({ fallbackScrapeProtocol: 'PrometheusText0.0.4' })],
  scrapeNativeHistograms: [same({ scrapeNativeHistograms: true })],
  scrapeClassicHistograms: [same({ scrapeClassicHistograms: true })],
  nativeHistogramBucketLimit: [same({ nativeHistogramBucketLimit: 160 })],
  nativeHistogramMinBucketFactor: [
    [{ nativeHistogramMinBucketFactor: 1.1 }, { nativeHistogramMinBucketFactor: '1.1' }],
  ],
  convertClassicHistogramsToNHCB: [same({ convertClassicHistogramsToNHCB: true })],
  attachMetadata: [same({ attachMetadata: { node: true } })],
  scrapeClass: [same({ scrapeClass: 'mesh' })],
  namespaceSelector: [
    same({ namespaceSelector: { any: true } }),
    same({ namespaceSelector: { matchNames: ['shop'] } }),
  ],
};

function podMonitored(options: PodMonitorOptions, scheme?: 'https'): Stack {
  return scrapedApp(ScrapePolicy.podMonitor(options), {}, { metrics: { scheme } });
}

function monitorOf({ objects }: Pick<Stack, 'objects'>): PodMonitor {
  const monitors = objects.filter(({ kind }) => kind === 'PodMonitor');
  expect(monitors).toHaveLength(1);
  return monitors[0] as unknown as PodMonitor;
}

const cases = (settings: Readonly<Record<string, readonly Written[]>>) =>
  Object.entries(settings).flatMap(([field, all]) => all.map(([given, written]) => ({ field, given, written })));

test.each(cases(endpointSettings))('a setting of an endpoint reaches the PodMonitor: $field', ({ given, written }) => {
  const made = podMonitored(given);
  expect(monitorOf(made).spec.podMetricsEndpoints).toEqual([expect.objectContaining(written)]);
  expect(faults(made)).toEqual([]);
  expectValidObjects(made.objects);
});

test.each(cases(monitorSettings))('a setting of a monitor stands in its spec: $field', ({ field, given, written }) => {
  const made = podMonitored(given);
  expect(monitorOf(made).spec).toEqual(expect.objectContaining(written));
  expect(monitorOf(made).spec.podMetricsEndpoints?.[0]).not.toHaveProperty(field);
  expect(faults(made)).toEqual([]);
  expectValidObjects(made.objects);
});

/** Fields that no setting could say anything else of, and one that is deprecated. */
const ours: Readonly<Record<string, string>> = {
  'selector.matchExpressions': 'the labels of the pods are those of the workload',
  'podMetricsEndpoints[].targetPort': 'deprecated in prometheus-operator: port and portNumber say it',
};

test('together they are all fields that the operator knows', () => {
  const fields = new SchemaFields('pod-monitor');
  const made = [...cases(endpointSettings), ...cases(monitorSettings)].map(({ given }) => podMonitored(given));
  const specs = [...made, podMonitored({}, 'https')].map((each) => monitorOf(each).spec);
  const written = new Set(specs.flatMap((spec) => fields.pathsIn(spec)));
  const isOurs = (path: string) => Object.keys(ours).some((field) => path.startsWith(field));
  expect(fields.paths().filter((path) => !written.has(path) && !isOurs(path))).toEqual([]);
  expect(Object.keys(ours).filter((field) => written.has(field))).toEqual([]);
});

const odd: readonly unknown[] = [null, 5, NaN, '', 'text', true, [], {}, ['a'], { a: null }, [null], [[]]];

test.each([...Object.keys(endpointSettings), ...Object.keys(monitorSettings)])(
  '%s of any type from JavaScript does not crash',
  (field) => {
    for (const value of odd) expect(() => podMonitored({ [field]: value } as PodMonitorOptions)).not.toThrow();
  },
);
