import { Duration } from 'cdk8s';
import type { Ingress, Prober, ProbeSpec, StaticConfig } from '../../../imports/probe';
import { ProbeOptions, ScrapePolicy } from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { jobWith } from '../jobs/jobs';
import { authorization, basicAuth, metricRules, oauth2s, rules, secret, tlsConfigs } from './examples';
import { SchemaFields } from './schema-fields';

const targets = { static: ['https://shop.example'] };
const probeOf = (options: ProbeOptions) => ScrapePolicy.probe({ targets, ...options });
const same = (options: ProbeOptions): Written => [options, options];

type Written = readonly [given: ProbeOptions, written: object];

/** Every field of a Probe but its targets and prober, and the settings that reach it. */
const fields: { readonly [F in Exclude<keyof ProbeSpec, 'jobName' | 'targets' | 'prober'>]-?: readonly Written[] } = {
  module: [same({ module: 'http_2xx' })],
  interval: [[{ interval: Duration.seconds(90) }, { interval: '1m30s' }]],
  scrapeTimeout: [same({ scrapeTimeout: '5s' })],
  params: [[{ params: { hostname: ['shop.example'] } }, { params: [{ name: 'hostname', values: ['shop.example'] }] }]],
  metricRelabelings: [same({ metricRelabelings: metricRules })],
  authorization: [same({ authorization })],
  basicAuth: [same({ basicAuth })],
  bearerTokenSecret: [same({ bearerTokenSecret: secret })],
  oauth2: oauth2s.map((oauth2) => same({ oauth2 })),
  tlsConfig: tlsConfigs.map((tlsConfig) => same({ tlsConfig })),
  followRedirects: [same({ followRedirects: false })],
  enableHttp2: [same({ enableHttp2: false })],
  sampleLimit: [same({ sampleLimit: 1 })],
  targetLimit: [same({ targetLimit: 2 })],
  labelLimit: [same({ labelLimit: 3 })],
  labelNameLengthLimit: [same({ labelNameLengthLimit: 4 })],
  labelValueLengthLimit: [same({ labelValueLengthLimit: 5 })],
  keepDroppedTargets: [same({ keepDroppedTargets: 6 })],
  scrapeProtocols: [same({ scrapeProtocols: ['PrometheusProto'] })],
  fallbackScrapeProtocol: [same({ fallbackScrapeProtocol: 'PrometheusText0.0.4' })],
  scrapeNativeHistograms: [same({ scrapeNativeHistograms: true })],
  scrapeClassicHistograms: [same({ scrapeClassicHistograms: true })],
  nativeHistogramBucketLimit: [same({ nativeHistogramBucketLimit: 7 })],
  nativeHistogramMinBucketFactor: [
    [{ nativeHistogramMinBucketFactor: 1.1 }, { nativeHistogramMinBucketFactor: '1.1' }],
  ],
  convertClassicHistogramsToNHCB: [same({ convertClassicHistogramsToNHCB: true })],
  scrapeClass: [same({ scrapeClass: 'mesh' })],
};

/** The same for the fields within the prober and the targets. */
const proberFields: { readonly [F in keyof Prober]-?: ProbeOptions['prober'] } = {
  url: { url: 'other:9115' },
  scheme: { scheme: 'https' },
  path: { path: '/ask' },
  proxyUrl: { proxyUrl: 'http://proxy:3128' },
  noProxy: { proxyUrl: 'http://proxy:3128', noProxy: 'localhost' },
  proxyFromEnvironment: { proxyFromEnvironment: true },
  proxyConnectHeader: { proxyFromEnvironment: true, proxyConnectHeader: { 'Proxy-Authorization': [secret] } },
};
const staticFields: { readonly [F in keyof StaticConfig]-?: Written } = {
  static: [{ targets: { static: ['a', 'b'] } }, { static: ['a', 'b'] }],
  labels: [{ targets: { static: ['a'], labels: { area: 'eu' } } }, { static: ['a'], labels: { area: 'eu' } }],
  relabelingConfigs: [{ relabelings: rules }, { static: targets.static, relabelingConfigs: rules }],
};
const selector = {
  matchLabels: { app: 'shop' },
  matchExpressions: [{ key: 'area', operator: 'In', values: ['eu'] }],
} as const;
const ingressFields: { readonly [F in keyof Ingress]-?: Written } = {
  selector: [{ targets: { ingress: { selector } } }, { selector }],
  namespaceSelector: [
    { targets: { ingress: { selector, namespaceSelector: { any: true, matchNames: ['shop'] } } } },
    { selector, namespaceSelector: { any: true, matchNames: ['shop'] } },
  ],
  relabelingConfigs: [
    { targets: { ingress: { selector } }, relabelings: rules },
    { selector, relabelingConfigs: rules },
  ],
};

const cases = Object.entries(fields).flatMap(([field, all]) => all.map((each) => [field, each] as const));

describe('a setting of a probe reaches the YAML', () => {
  test.each(cases)('%s', (_, [given, written]) => {
    const { object, findings } = jobWith(probeOf(given));
    expect(object.spec).toMatchObject(written);
    expectValidObjects([object]);
    expect(findings).toEqual([]);
  });

  test.each(Object.entries(proberFields))('prober.%s', (_, prober) => {
    const { object, findings } = jobWith(probeOf({ prober }));
    expect(object.spec.prober).toMatchObject(prober ?? {});
    expectValidObjects([object]);
    expect(findings).toEqual([]);
  });

  test.each(Object.entries(staticFields))('static targets: %s', (_, [given, written]) => {
    const { object, findings } = jobWith(probeOf(given));
    expect(object.spec.targets).toEqual({ staticConfig: written });
    expectValidObjects([object]);
    expect(findings).toEqual([]);
  });

  test.each(Object.entries(ingressFields))('targets of Ingresses: %s', (_, [given, written]) => {
    const { object, findings } = jobWith(probeOf(given));
    expect(object.spec.targets).toEqual({ ingress: written });
    expectValidObjects([object]);
    expect(findings).toEqual([]);
  });
});

test('together they are all fields that the operator knows', () => {
  const known = new SchemaFields('probe');
  const settings = [
    ...[...cases, ...Object.entries(staticFields), ...Object.entries(ingressFields)].map(([, [given]]) => given),
    ...Object.values(proberFields).map((prober): ProbeOptions => ({ prober })),
  ];
  const written = new Set(settings.flatMap((given) => known.pathsIn(jobWith(probeOf(given)).object.spec)));
  expect(known.paths().filter((path) => !written.has(path))).toEqual([]);
});
