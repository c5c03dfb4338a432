import { ScrapeConfigOptions, ScrapePolicy } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { stack, theOnly } from '../../support/stack';
import { faultsOfJob, jobWith } from '../jobs/jobs';
import { ScrapeJob } from '../../../src/constructs';

const secret = { name: 'credentials', key: 'token' };
const rule = { targetLabel: 'cluster', replacement: 'a' } as const;
const namespaceRule = { targetLabel: 'namespace', replacement: 'shop' };
const staticConfigs = [{ targets: ['vm-1:9100'] }];
const configOf = (options: ScrapeConfigOptions) => ScrapePolicy.scrapeConfig({ staticConfigs, ...options });

test('an empty list of rules, which the API server refuses, is not written', () => {
  const { object } = jobWith(configOf({ relabelings: [], metricRelabelings: [] }));
  expect(object.spec).toEqual({
    jobName: 'website',
    staticConfigs: [{ targets: ['vm-1:9100'], labels: { namespace: 'shop' } }],
  });
});

describe('the label namespace of the targets of a ScrapeConfig', () => {
  const specOf = (options: ScrapeConfigOptions) => jobWith(ScrapePolicy.scrapeConfig(options)).object.spec;

  test('is that of the object, or what static targets say', () => {
    const given = [{ targets: ['a:1'] }, { targets: ['b:1'], labels: { namespace: 'db' } }];
    expect(specOf({ staticConfigs: given }).staticConfigs).toEqual([
      { targets: ['a:1'], labels: { namespace: 'shop' } },
      { targets: ['b:1'], labels: { namespace: 'db' } },
    ]);
  });

  test('is set on discovered targets before the rules of the job', () => {
    const httpSDConfigs = [{ url: 'http://inventory' }];
    expect(specOf({ httpSDConfigs, relabelings: [rule] }).relabelings).toEqual([namespaceRule, rule]);
  });

  test('is left alone where the chart has no namespace', () => {
    const scrape = ScrapePolicy.scrapeConfig({ staticConfigs, httpSDConfigs: [{ url: 'http://inventory' }] });
    const { objects } = stack((chart) => void new ScrapeJob(chart, 'website', { scrape }), { namespace: null });
    expect(theOnly(objects, 'ScrapeConfig').spec).toEqual({
      jobName: 'website',
      staticConfigs: [{ targets: ['vm-1:9100'] }],
      httpSDConfigs: [{ url: 'http://inventory' }],
    });
  });
});

interface Case {
  readonly rule: string;
  readonly right: ScrapeConfigOptions;
  readonly wrong: ScrapeConfigOptions;
  readonly says: string;
  readonly version?: string;
}

const http = { url: 'http://inventory/targets' };
const azure = { subscriptionID: 's', tenantID: 't', clientID: 'c', clientSecret: secret };

const cases: readonly Case[] = [
  {
    rule: 'there are targets',
    right: {},
    wrong: { staticConfigs: [] },
    says: "error scrape/no-targets: the ScrapeConfig has no targets: neither staticConfigs nor a discovery → give staticConfigs: [{ targets: ['host:9100'] }], or one of the *SDConfigs",
  },
  {
    rule: 'a list of targets is not empty',
    right: { staticConfigs: [{ targets: ['a:1'] }] },
    wrong: { staticConfigs: [{ targets: [] }] },
    says: 'error scrape/no-targets: staticConfigs[0].targets is empty → name at least one target',
  },
  {
    rule: 'a target is named once in a list',
    right: { staticConfigs: [{ targets: ['a:1'] }, { targets: ['a:1'], labels: { area: 'eu' } }] },
    wrong: { staticConfigs: [{ targets: ['a:1', 'a:1'] }] },
    says: "error scrape/duplicate-target: staticConfigs[0].targets names 'a:1' twice → name it once",
  },
  {
    rule: 'a target has no scheme and no path',
    right: { staticConfigs: [{ targets: ['vm:9100'] }], scheme: 'https', path: '/m' },
    wrong: { staticConfigs: [{ targets: ['https://vm:9100/m'] }] },
    says: "error scrape/target: staticConfigs[0].targets[0] 'https://vm:9100/m' is an address with a scheme or a path, of which Prometheus takes none → write 'vm:9100', and scheme: 'https' and path: '/m' beside",
  },
  {
    rule: 'static targets have a namespace of their own only where they are alone',
    right: { staticConfigs: [{ targets: ['a:1'], labels: { namespace: 'db' } }] },
    wrong: { staticConfigs: [{ targets: ['a:1'], labels: { namespace: 'db' } }], httpSDConfigs: [http] },
    says: 'error scrape/target-label: staticConfigs[0].labels.namespace has no effect beside httpSDConfigs: all targets get the namespace of the object → give the static targets a ScrapeJob of their own',
  },
  {
    rule: 'the path begins with /',
    right: { path: '/metrics' },
    wrong: { path: 'metrics' },
    says: "error scrape/path: the path 'metrics' does not begin with / → write '/metrics'",
  },
  {
    rule: 'the path has no query',
    right: { params: { format: ['prometheus'] } },
    wrong: { path: '/metrics?format=prometheus' },
    says: "error scrape/path: the path '/metrics?format=prometheus' has a query, which Prometheus would escape → give it as params: 'format=prometheus'",
  },
  {
    rule: 'discovery by HTTP asks an address with a scheme',
    right: { httpSDConfigs: [http] },
    wrong: { httpSDConfigs: [{ url: 'inventory/targets' }] },
    says: "error scrape/discovery: httpSDConfigs[0].url \"inventory/targets\" is no address with http:// or https:// → write 'http://inventory/targets' or 'https://inventory/targets'",
  },
  {
    rule: 'so does discovery by Kuma',
    right: { kumaSDConfigs: [{ server: 'http://kuma:5676' }] },
    wrong: { kumaSDConfigs: [{ server: 'ftp://kuma' }] },
    says: 'error scrape/discovery: kumaSDConfigs[0].server "ftp://kuma" is no address with http:// or https:// → write it as \'https://host/path\'',
  },
  {
    rule: 'DNS records that name no port get one',
    right: { dnsSDConfigs: [{ names: ['db'], type: 'AAAA', port: 9187 }] },
    wrong: { dnsSDConfigs: [{ names: ['db'], type: 'AAAA' } as never] },
    says: 'error scrape/discovery: dnsSDConfigs[0].port is missing: records of type AAAA name none → give the port, or use SRV records',
  },
  {
    rule: 'DNS is asked for a name',
    right: { dnsSDConfigs: [{ names: ['_m._tcp.db'] }] },
    wrong: { dnsSDConfigs: [{ names: [] }] },
    says: "error scrape/discovery: dnsSDConfigs[0].names is empty → name what to look up, such as '_metrics._tcp.db.example'",
  },
  {
    rule: 'a file is JSON or YAML',
    right: { fileSDConfigs: [{ files: ['/targets/db-*.yml'] }] },
    wrong: { fileSDConfigs: [{ files: ['/targets/*/db.txt'] }] },
    says: 'error scrape/discovery: fileSDConfigs[0].files[0] "/targets/*/db.txt" is no JSON or YAML file that Prometheus would read → end it in .json, .yml or .yaml, with * in the last part of the path only',
  },
  {
    rule: 'a file is named',
    right: { fileSDConfigs: [{ files: ['targets.json'] }] },
    wrong: { fileSDConfigs: [{ files: [] }] },
    says: "error scrape/discovery: fileSDConfigs[0].files is empty → name a file, such as '/etc/targets/*.json'",
  },
  {
    rule: 'Kubernetes objects are selected as their role reads them',
    right: { kubernetesSDConfigs: [{ role: 'Endpoints', selectors: [{ role: 'Pod', label: 'a=b' }] }] },
    wrong: { kubernetesSDConfigs: [{ role: 'Pod', selectors: [{ role: 'Service', label: 'a=b' }] } as never] },
    says: 'error scrape/discovery: kubernetesSDConfigs[0].selectors[0].role is "Service": the role Pod reads Pod → select by Pod',
  },
  {
    rule: 'each by one selector',
    right: {
      kubernetesSDConfigs: [
        { role: 'Endpoints', selectors: [{ role: 'Pod', label: 'a=b' }, { role: 'Service', label: 'a=b' }] }, // prettier-ignore
      ],
    },
    wrong: {
      kubernetesSDConfigs: [
        {
          role: 'Pod',
          selectors: [
            { role: 'Pod', label: 'a=b' },
            { role: 'Pod', label: 'c=d' },
          ],
        },
      ],
    },
    says: 'error scrape/discovery: kubernetesSDConfigs[0].selectors[1] is the second of the role Pod in selectors → join them in one',
  },
  {
    rule: 'Prometheus has a namespace only in its own cluster',
    right: { kubernetesSDConfigs: [{ role: 'Pod', apiServer: 'https://other', namespaces: { names: ['a'] } }] },
    wrong: {
      kubernetesSDConfigs: [{ role: 'Pod', apiServer: 'https://other', namespaces: { ownNamespace: true } } as never],
    },
    says: 'error scrape/discovery: kubernetesSDConfigs[0] has both apiServer and namespaces.ownNamespace: Prometheus has no namespace in another cluster → name the namespaces',
  },
  {
    rule: 'metadata of nodes belongs to pods',
    right: { kubernetesSDConfigs: [{ role: 'Pod', attachMetadata: { node: true } }] },
    wrong: { kubernetesSDConfigs: [{ role: 'Service', attachMetadata: { node: true } }] },
    says: 'warning scrape/discovery: kubernetesSDConfigs[0].attachMetadata has no effect on the role Service → remove it',
  },
  {
    rule: 'OAuth at Azure is complete',
    right: { azureSDConfigs: [azure] },
    wrong: { azureSDConfigs: [{ ...azure, tenantID: undefined }] },
    says: 'error scrape/discovery: azureSDConfigs[0].tenantID is missing, which OAuth needs → give it, or set authenticationMethod to another one',
  },
  {
    rule: 'a discovery has an interval that is one',
    right: { httpSDConfigs: [{ ...http, refreshInterval: '5m' }] },
    wrong: { httpSDConfigs: [{ ...http, refreshInterval: '1.5m' as never }] },
    says: "error scrape/duration: httpSDConfigs[0].refreshInterval: '1.5m' is no Prometheus duration → write '1m30s'",
  },
  {
    rule: 'and authenticates in one way',
    right: { httpSDConfigs: [{ ...http, basicAuth: { username: secret } }] },
    wrong: { httpSDConfigs: [{ ...http, basicAuth: { username: secret }, authorization: { credentials: secret } }] },
    says: 'error scrape/authentication: httpSDConfigs[0]: authorization and basicAuth exclude one another → keep one of them',
  },
  {
    rule: 'as the scrape itself does',
    right: { basicAuth: { username: secret } },
    wrong: { basicAuth: { username: secret }, authorization: { credentials: secret } },
    says: 'error scrape/authentication: authorization and basicAuth exclude one another → keep one of them',
  },
  {
    rule: 'relabeling may use any label that a discovery sets',
    right: { relabelings: [{ sourceLabels: ['__meta_consul_dc'], targetLabel: 'dc' }] },
    wrong: { metricRelabelings: [{ sourceLabels: ['__meta_consul_dc'], targetLabel: 'dc' }] },
    says: "error scrape/relabeling: metricRelabelings[0] asks for the label '__meta_consul_dc', which is gone once the target has been scraped → copy it to a label of its own in relabelings, and use that label here",
  },
  {
    rule: 'a field is as old as Prometheus',
    version: '2.48.1',
    right: { trackTimestampsStaleness: true },
    wrong: { enableCompression: false },
    says: "warning scrape/prometheus-version: enableCompression needs Prometheus 2.49, the platform has 2.48.1: the operator leaves it out → remove enableCompression, or raise the platform's Prometheus",
  },
  {
    rule: 'the escaping of names came with Prometheus 3.4',
    version: '3.3.0',
    right: { nameValidationScheme: 'UTF8' },
    wrong: { nameEscapingScheme: 'Dots' },
    says: "warning scrape/prometheus-version: nameEscapingScheme needs Prometheus 3.4, the platform has 3.3.0: the operator leaves it out → remove nameEscapingScheme, or raise the platform's Prometheus",
  },
  {
    rule: 'a field of a discovery is as old as Prometheus',
    version: '2.55.1',
    right: { consulSDConfigs: [{ server: 'consul:8500', pathPrefix: '/c' }] },
    wrong: { consulSDConfigs: [{ server: 'consul:8500', filter: 'a' }] },
    says: "error scrape/prometheus-version: consulSDConfigs[0].filter needs Prometheus 3.0, the platform has 2.55.1: the operator rejects the ScrapeConfig → remove it, or raise the platform's Prometheus",
  },
  {
    rule: 'and so is a value',
    version: '3.1.0',
    right: { openstackSDConfigs: [{ role: 'Instance', region: 'r' }] },
    wrong: { openstackSDConfigs: [{ role: 'LoadBalancer', region: 'r' }] },
    says: "error scrape/prometheus-version: openstackSDConfigs[0].role LoadBalancer needs Prometheus 3.2, the platform has 3.1.0: the operator rejects the ScrapeConfig → remove it, or raise the platform's Prometheus",
  },
];

describe('rules of a ScrapeConfig', () => {
  test.each(cases)('$rule', ({ right, wrong, says, version }) => {
    const facts = version === undefined ? {} : { prometheus: { version } };
    expect(faultsOfJob(configOf(right), {}, facts)).toEqual([]);
    expect(faultsOfJob(configOf(wrong), {}, facts)).toEqual([says]);
  });

  test('Prometheus is not older than all that the operator asks for', () => {
    const faultsWith = (version: string) => faultsOfJob(configOf({}), {}, { prometheus: { version } });
    expect(faultsWith('2.40.0')).toEqual([]);
    expect(faultsWith('2.39.1')).toEqual([
      "warning scrape/prometheus-version: the operator rejects every ScrapeConfig for a Prometheus older than 2.40, the platform has 2.39.1 → raise the platform's Prometheus",
    ]);
  });

  test('a ScrapeConfig is read by a Prometheus of the platform', () => {
    const [silent, reader] = [{ name: 'a', scrapeConfigSelector: 'none' } as const, { name: 'b' }];
    expect(faultsOfJob(configOf({}), {}, { prometheus: silent })).toEqual([
      expect.stringContaining('scrape/no-scrape-configs: no Prometheus of the platform'),
    ]);
    expect(faultsOfJob(configOf({}), {}, { prometheus: [silent, reader] })).toEqual([]);
  });

  test('a ScrapeConfig is never read where there is no operator', () => {
    expect(faultsOfJob(configOf({}), {}, { operator: { installed: false } })).toEqual([
      expect.stringContaining('scrape/no-operator: a ScrapeConfig is never read'),
    ]);
  });

  test('what has the wrong type is left out', () => {
    const wrong = {
      staticConfigs: [{ targets: 'vm:9100' }, null],
      httpSDConfigs: ['http://inventory'],
      path: 5,
    } as never;
    expect(faultsOfJob(ScrapePolicy.scrapeConfig(wrong))).toEqual([
      "error props/type: httpSDConfigs[0] is the string 'http://inventory', expected an object → give an object",
      "error props/type: path is the number 5, expected text → write '5'",
      'error props/type: staticConfigs[0].targets is the string \'vm:9100\', expected a list → write ["vm:9100"]',
      'error props/type: staticConfigs[1] is null, expected { targets, labels } → give { targets, labels }, or leave it out',
      'error scrape/no-targets: staticConfigs[0].targets is empty → name at least one target',
    ]);
  });
});

test('a ScrapeConfig carries the labels by which the platform selects it', () => {
  const scrape = configOf({});
  const { objects } = stack((chart) => void new ScrapeJob(chart, 'website', { scrape }), {
    platform: Platform.kubePrometheusStack({ release: 'kps' }),
  });
  expect(theOnly(objects, 'ScrapeConfig').metadata).toEqual({
    name: 'website',
    namespace: 'shop',
    labels: { 'app.kubernetes.io/name': 'website', release: 'kps' },
  });
});

export function wrongScrapeConfigsDoNotCompile(): void {
  // @ts-expect-error records of type A name no port
  ScrapePolicy.scrapeConfig({ dnsSDConfigs: [{ names: ['db'], type: 'A' }] });
  // @ts-expect-error the role Pod reads no Services
  ScrapePolicy.scrapeConfig({ kubernetesSDConfigs: [{ role: 'Pod', selectors: [{ role: 'Service' }] }] });
  const namespaces = { ownNamespace: true } as const;
  // @ts-expect-error Prometheus has no namespace in another cluster
  ScrapePolicy.scrapeConfig({ kubernetesSDConfigs: [{ role: 'Pod', apiServer: 'https://other', namespaces }] });
  // @ts-expect-error a ScrapeConfig has no targetLabels
  ScrapePolicy.scrapeConfig({ targetLabels: ['a'] });
  // @ts-expect-error a duration without a unit
  ScrapePolicy.scrapeConfig({ httpSDConfigs: [{ url: 'http://a', refreshInterval: '30' }] });
}
