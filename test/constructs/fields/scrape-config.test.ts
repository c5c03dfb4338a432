import { Duration, Size } from 'cdk8s';
import type { ScrapeConfigSpec } from '../../../imports/scrape-config';
import { ScrapeConfigOptions, ScrapePolicy } from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { jobWith } from '../jobs/jobs';
import { authorization, basicAuth, metricRules, oauth2s, rules, secret, tlsConfigs } from './examples';
import { SchemaFields } from './schema-fields';

const namespaceRule = { targetLabel: 'namespace', replacement: 'shop' };
const staticConfigs = [{ targets: ['vm-1:9100'] }];
const configOf = (options: ScrapeConfigOptions) => ScrapePolicy.scrapeConfig({ staticConfigs, ...options });
const same = (options: ScrapeConfigOptions): Written => [options, options];

type Written = readonly [given: ScrapeConfigOptions, written: object];

const connection = {
  authorization: { credentials: secret },
  tlsConfig: { serverName: 'inventory' },
  proxyUrl: 'http://proxy:3128',
  followRedirects: false,
  enableHTTP2: false,
};

/** Every field of a ScrapeConfig, and the settings that reach it. */
const fields: { readonly [F in Exclude<keyof ScrapeConfigSpec, 'jobName'>]-?: readonly Written[] } = {
  staticConfigs: [
    [
      { staticConfigs: [{ targets: ['a:1'], labels: { area: 'eu' } }] },
      { staticConfigs: [{ targets: ['a:1'], labels: { namespace: 'shop', area: 'eu' } }] },
    ],
  ],
  httpSDConfigs: [
    [
      { httpSDConfigs: [{ url: 'https://inventory/targets', refreshInterval: Duration.minutes(5), ...connection }] },
      { httpSDConfigs: [{ url: 'https://inventory/targets', refreshInterval: '5m', ...connection }] },
    ],
  ],
  dnsSDConfigs: [
    same({
      dnsSDConfigs: [
        { names: ['_metrics._tcp.db.example'], refreshInterval: '1m' },
        { names: ['db.example'], type: 'A', port: 9187 },
      ],
    }),
  ],
  kubernetesSDConfigs: [
    same({
      kubernetesSDConfigs: [
        {
          role: 'EndpointSlice',
          selectors: [{ role: 'Service', label: 'app=db', field: 'metadata.name=db' }],
          namespaces: { names: ['db'], ownNamespace: true },
          attachMetadata: { node: true },
          ...connection,
        },
        { role: 'Node', apiServer: 'https://other:6443' },
      ],
    }),
  ],
  fileSDConfigs: [same({ fileSDConfigs: [{ files: ['/etc/targets/*.json'], refreshInterval: '5m' }] })],
  azureSDConfigs: [same({ azureSDConfigs: [{ subscriptionID: 's', authenticationMethod: 'ManagedIdentity' }] })],
  consulSDConfigs: [same({ consulSDConfigs: [{ server: 'consul:8500', services: ['db'] }] })],
  digitalOceanSDConfigs: [same({ digitalOceanSDConfigs: [{ port: 9100 }] })],
  dockerSDConfigs: [same({ dockerSDConfigs: [{ host: 'unix:///var/run/docker.sock' }] })],
  dockerSwarmSDConfigs: [same({ dockerSwarmSDConfigs: [{ host: 'tcp://swarm:2375', role: 'Tasks' }] })],
  ec2SDConfigs: [same({ ec2SDConfigs: [{ region: 'eu-west-2', filters: [{ name: 'tag:a', values: ['b'] }] }] })],
  eurekaSDConfigs: [same({ eurekaSDConfigs: [{ server: 'http://eureka:8761/eureka' }] })],
  gceSDConfigs: [same({ gceSDConfigs: [{ project: 'p', zone: 'europe-west2-a' }] })],
  hetznerSDConfigs: [same({ hetznerSDConfigs: [{ role: 'hcloud' }] })],
  ionosSDConfigs: [same({ ionosSDConfigs: [{ datacenterID: 'd', authorization: { credentials: secret } }] })],
  kumaSDConfigs: [same({ kumaSDConfigs: [{ server: 'http://kuma:5676' }] })],
  lightSailSDConfigs: [same({ lightSailSDConfigs: [{ region: 'eu-west-2' }] })],
  linodeSDConfigs: [same({ linodeSDConfigs: [{ region: 'eu-west' }] })],
  nomadSDConfigs: [same({ nomadSDConfigs: [{ server: 'http://nomad:4646' }] })],
  openstackSDConfigs: [same({ openstackSDConfigs: [{ role: 'Instance', region: 'r' }] })],
  ovhcloudSDConfigs: [
    same({
      ovhcloudSDConfigs: [{ applicationKey: 'k', applicationSecret: secret, consumerKey: secret, service: 'VPS' }],
    }),
  ],
  puppetDBSDConfigs: [same({ puppetDBSDConfigs: [{ url: 'https://puppetdb', query: 'nodes {}' }] })],
  scalewaySDConfigs: [
    same({
      scalewaySDConfigs: [{ accessKey: 'a', secretKey: secret, projectID: 'p', role: 'Instance' }],
    }),
  ],
  metricsPath: [[{ path: '/probe' }, { metricsPath: '/probe' }]],
  scheme: [same({ scheme: 'https' })],
  params: [same({ params: { format: ['prometheus'] } })],
  scrapeInterval: [[{ interval: Duration.seconds(90) }, { scrapeInterval: '1m30s' }]],
  scrapeTimeout: [same({ scrapeTimeout: '5s' })],
  honorLabels: [same({ honorLabels: true })],
  honorTimestamps: [same({ honorTimestamps: false })],
  trackTimestampsStaleness: [same({ trackTimestampsStaleness: true })],
  enableCompression: [same({ enableCompression: false })],
  enableHTTP2: [[{ enableHttp2: false }, { enableHTTP2: false }]],
  relabelings: [same({ relabelings: rules })],
  metricRelabelings: [same({ metricRelabelings: metricRules })],
  authorization: [same({ authorization })],
  basicAuth: [same({ basicAuth })],
  oauth2: oauth2s.map((oauth2) => same({ oauth2 })),
  tlsConfig: tlsConfigs.map((tlsConfig) => same({ tlsConfig })),
  proxyUrl: [same({ proxyUrl: 'socks5://proxy:1080' })],
  noProxy: [same({ proxyUrl: 'http://proxy', noProxy: '10.0.0.0/8' })],
  proxyFromEnvironment: [same({ proxyFromEnvironment: true })],
  proxyConnectHeader: [same({ proxyFromEnvironment: true, proxyConnectHeader: { 'Proxy-Authorization': [secret] } })],
  sampleLimit: [same({ sampleLimit: 1 })],
  targetLimit: [same({ targetLimit: 2 })],
  labelLimit: [same({ labelLimit: 3 })],
  labelNameLengthLimit: [same({ labelNameLengthLimit: 4 })],
  labelValueLengthLimit: [same({ labelValueLengthLimit: 5 })],
  keepDroppedTargets: [same({ keepDroppedTargets: 6 })],
  bodySizeLimit: [[{ bodySizeLimit: Size.mebibytes(10) }, { bodySizeLimit: '10MiB' }]],
  scrapeProtocols: [same({ scrapeProtocols: ['PrometheusProto'] })],
  fallbackScrapeProtocol: [same({ fallbackScrapeProtocol: 'PrometheusText0.0.4' })],
  scrapeNativeHistograms: [same({ scrapeNativeHistograms: true })],
  scrapeClassicHistograms: [same({ scrapeClassicHistograms: true })],
  nativeHistogramBucketLimit: [same({ nativeHistogramBucketLimit: 7 })],
  nativeHistogramMinBucketFactor: [
    [{ nativeHistogramMinBucketFactor: 1.1 }, { nativeHistogramMinBucketFactor: '1.1' }],
  ],
  convertClassicHistogramsToNHCB: [same({ convertClassicHistogramsToNHCB: true })],
  nameValidationScheme: [same({ nameValidationScheme: 'Legacy' })],
  nameEscapingScheme: [same({ nameEscapingScheme: 'Dots' })],
  scrapeClass: [same({ scrapeClass: 'mesh' })],
};

const cases = Object.entries(fields).flatMap(([field, all]) => all.map((each) => [field, each] as const));

describe('a setting of a ScrapeConfig reaches the YAML', () => {
  test.each(cases)('%s', (_, [given, written]) => {
    const { object, findings } = jobWith(configOf(given));
    expect(object.spec).toMatchObject({ jobName: 'website', ...written, ...withNamespace(given) });
    expectValidObjects([object]);
    expect(findings).toEqual([]);
  });

  /** A discovery brings a rule for the namespace. */
  function withNamespace(given: ScrapeConfigOptions): object {
    const isDiscovered = Object.keys(given).some((field) => field.endsWith('SDConfigs'));
    return isDiscovered ? { relabelings: [namespaceRule] } : {};
  }
});

/** The fields of each discovery are those of its own type in `imports/`, and are written as they are given. */
const isWithinDiscovery = (path: string) => path.endsWith('SDConfigs');

test('together they are all fields that the operator knows', () => {
  const known = new SchemaFields('scrape-config');
  const written = new Set(cases.flatMap(([, [given]]) => known.pathsIn(jobWith(configOf(given)).object.spec)));
  expect(known.paths(isWithinDiscovery).filter((path) => !written.has(path))).toEqual([]);
});
