import { App, Chart } from 'cdk8s';
import {
  Alertmanager,
  MonitoringHealthAlerts,
  Platform,
  Prometheus,
  PrometheusAgent,
  ThanosQuery,
  ThanosRuler,
} from '../../../src';
import { faults, monitoringStack, synthFaults, theObject } from './monitoring-stack';

/** What is said of a Prometheus with these props. */
function prometheusFaults(props: object): string[] {
  return faults((chart) => void new Prometheus(chart, 'k8s', { namespaces: 'all', ...props } as never));
}

describe('a value of the wrong form', () => {
  test.each<[string, object, string]>([
    [
      'a retention without a unit',
      { retention: '15' },
      "error servers/duration: retention: '15' is no Prometheus duration → write '15s'",
    ],
    [
      'a retention in words',
      { retention: '15 days' },
      "error servers/duration: retention: '15 days' is no Prometheus duration → write '15d'",
    ],
    [
      'a size that Prometheus cannot read',
      { retentionSize: '45Gi' },
      "error servers/size: retentionSize is the string '45Gi', which is no size in bytes → write it as '45GiB'",
    ],
    [
      'a volume in the spelling of Prometheus',
      { storage: { size: '50GiB' } },
      "error servers/size: storage.size is the string '50GiB', which is no size of a volume → write it as '50Gi'",
    ],
    [
      'a volume of a few bytes',
      { storage: { size: 50 } },
      "error servers/size: storage.size is the number 50, which is no size of a volume → write it as '50Gi'",
    ],
    [
      'a selector of another kind',
      { serviceMonitorSelector: 'all' },
      "error props/type: serviceMonitorSelector is the string 'all', expected { matchLabels, matchExpressions } or 'none' → give { matchLabels, matchExpressions } or 'none'",
    ],
    [
      'no shards',
      { shards: 0 },
      'error servers/count: shards is the number 0, expected a whole number from 1 → give a whole number from 1, or leave it out',
    ],
    [
      'half a replica',
      { replicas: 1.5 },
      'error servers/count: replicas is the number 1.5, expected a whole number from 0 → give a whole number from 0, or leave it out',
    ],
    [
      'the version latest',
      { version: 'latest' },
      "error servers/version: version is the string 'latest', which is no version that the operator can read → write a version such as '3.13.1'",
    ],
    [
      'a remote write without a scheme',
      { remoteWrite: [{ url: 'metrics.example/write' }] },
      "error servers/url: remoteWrite[0].url is the string 'metrics.example/write', expected an address that begins with http:// or https:// → write it as 'https://metrics.example/api/v1/write'",
    ],
    [
      'a misspelled prop',
      { retentoin: '15d' },
      "warning props/unknown: retentoin is no prop, and has no effect → write 'retention'",
    ],
    [
      'a bucket without its key',
      { thanos: { objectStorage: { secret: { name: 'bucket' } } } },
      "error servers/secret: thanos.objectStorage is without the key of its Secret, expected { secret: { name, key } } → refer to a Secret of the same namespace, such as { secret: { name: 'object-storage', key: 'thanos.yaml' } }",
    ],
  ])('%s is one finding', (_, props, fault) => {
    expect(prometheusFaults(props)).toEqual([fault]);
  });
});

describe('values that do not go together', () => {
  test.each<[string, object, string]>([
    [
      'a timeout above the interval',
      { scrapeTimeout: '40s' },
      'error servers/scrape-timeout: scrapeTimeout 40s is above scrapeInterval 30s → lower scrapeTimeout, or raise scrapeInterval',
    ],
    [
      'a retention that fills the volume',
      { retentionSize: '50GiB', storage: { size: '50Gi' } },
      'warning servers/retention: retentionSize 50GiB fills the volume of 50Gi, which also holds what is not compacted yet → lower retentionSize to about 85% of the volume, or make that larger',
    ],
    [
      'two default scrape classes',
      {
        scrapeClasses: [
          { name: 'a', default: true },
          { name: 'b', default: true },
        ],
      },
      'error servers/scrape-class: scrapeClasses has 2 defaults: a, b → leave default: true at one of them',
    ],
    [
      'two ways of authenticating',
      { remoteWrite: [{ url: 'https://metrics.example', basicAuth: {}, oauth2: {} }] },
      'error servers/remote-write: remoteWrite[0] has 2 ways of authenticating: basicAuth, oauth2 → keep one of them',
    ],
    [
      'two remote writes of one name',
      {
        remoteWrite: [
          { url: 'https://a.example', name: 'far' },
          { url: 'https://b.example', name: 'far' },
        ],
      },
      "error servers/remote-write: remoteWrite has the name 'far' twice → give each a name of its own",
    ],
    [
      'a storage of both kinds',
      { storage: { size: '1Gi', emptyDir: {} } },
      "error servers/storage: the storage has both size and emptyDir → give one: { size: '50Gi' } for a volume, { emptyDir: {} } for data that goes with the pod",
    ],
    [
      'a password in scrape configs',
      { additionalScrapeConfigs: [{ job_name: 'vm', basic_auth: { username: 'u', password: 'p' } }] },
      'warning servers/plain-secret: additionalScrapeConfigs[0].basic_auth.password holds a secret in plain text, which would be committed with the YAML → keep these scrape configs in a Secret that is made elsewhere, and refer to it: { name, key }',
    ],
    [
      'scrape configs in half a Secret',
      { additionalScrapeConfigs: { name: 'jobs' } },
      "error servers/secret: additionalScrapeConfigs has no key, so the operator finds no scrape configs → write { name: 'additional-scrape-configs', key: 'scrape-configs.yaml' }",
    ],
    [
      'selectors that select nothing',
      {
        serviceMonitorSelector: 'none',
        podMonitorSelector: 'none',
        probeSelector: 'none',
        scrapeConfigSelector: 'none',
      },
      "warning servers/unmanaged: serviceMonitorSelector, podMonitorSelector, probeSelector, scrapeConfigSelector are all 'none': the operator then writes no configuration, and leaves it to its user → select something, or keep the configuration in a Secret of the name that the operator expects",
    ],
    [
      'an Alertmanager that is none',
      { alertmanagers: [{ name: 'main' }] },
      "error servers/alertmanagers: alertmanagers[0] has no port, expected an Alertmanager, or the name, namespace and port of a Service → give an Alertmanager of the stack, or { name: 'alertmanager-main', namespace: 'monitoring', port: 'web' }",
    ],
    [
      'an alert that does not come with it',
      { alerts: { PrometheusRuleFailure: false } },
      expect.stringMatching(
        /^error rules\/unknown-alert: alerts\.PrometheusRuleFailure .* → write 'PrometheusRuleFailures'$/,
      ) as never,
    ],
  ])('%s are one finding', (_, props, fault) => {
    expect(prometheusFaults(props)).toEqual([fault]);
  });
});

describe('namespaces', () => {
  test.each<[unknown, string]>([
    [
      undefined,
      "namespaces is undefined, expected 'all' or a list of names → say where targets are: 'all' gives the server a ClusterRole, a list a Role in each namespace",
    ],
    ['shop', "namespaces is the string 'shop', expected 'all' or a list of names → write ['shop']"],
    [
      ['*'],
      "the namespace '*' is not lower-case letters, digits and -, beginning and ending with a letter or digit → write namespaces: 'all'",
    ],
    [[5], 'namespaces has the number 5, expected the name of a namespace → write the name of a namespace'],
  ])('%j are refused', (namespaces, fault) => {
    const found = prometheusFaults({ namespaces });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('error servers/namespaces: ');
    if (JSON.stringify(namespaces) !== '["*"]') expect(found[0]).toBe(`error servers/namespaces: ${fault}`);
    else expect(found[0]).toMatch(/the namespace '\*'.* → write namespaces: 'all'$/);
  });
});

describe('servers', () => {
  test('need a namespace, which rights and addresses name', () => {
    expect(faults((chart) => void new Alertmanager(chart, 'main'), null)).toEqual([
      "error servers/no-namespace: the chart of the Alertmanager 'main' has no namespace, which rights, policies and addresses name → give the chart one: new Chart(app, 'monitoring', { namespace: 'monitoring' })",
    ]);
  });

  test('of one kind, name and namespace are one too many', () => {
    const two = (other: (app: App, chart: Chart) => Chart) =>
      faults((chart, app) => {
        new Alertmanager(chart, 'one', { name: 'main' });
        new Alertmanager(other(app as App, chart), 'two', { name: 'main' });
      });
    const path = (place: string) => `monitoring/one are both the Alertmanager 'main' in one namespace → ${place}`;
    const fix = 'give one of them another name, or put it into a chart of another namespace';
    expect(two((_, chart) => chart)).toEqual([`error servers/same-name: monitoring/two and ${path(fix)}`]);
    // charts may go to different clusters: a synth of both says what they share
    expect(two((app) => new Chart(app, 'again', { namespace: 'monitoring' }))).toEqual([]);
    expect(two((app) => new Chart(app, 'again', { namespace: 'other' }))).toEqual([]);
  });

  test('of one name are one finding, and no finding for each of their objects', () => {
    const findings = synthFaults((chart, app) => {
      const first = new Prometheus(chart, 'one', { name: 'k8s', namespaces: 'all' });
      new Prometheus(chart, 'two', { name: 'k8s', namespaces: 'all' });
      new Prometheus(chart, 'three', { name: 'k8s', namespaces: 'all' });
      Platform.provide(app, first.asPlatform());
    });
    expect(findings.map(({ code, where }) => [code, where])).toEqual([
      ['servers/same-name', { construct: 'monitoring/three' }],
      ['servers/same-name', { construct: 'monitoring/two' }],
    ]);
  });

  test.each([true, {}, { clients: null }])('take a networkPolicy of %j for what happens anyway', (networkPolicy) => {
    const policyOf = (props: object) =>
      theObject(
        monitoringStack((chart) => void new Alertmanager(chart, 'main', props)).objects,
        'NetworkPolicy',
        'alertmanager-main',
      );
    expect(policyOf({ networkPolicy })).toEqual(policyOf({}));
  });

  test('refer to half a Secret of scrape configs in one finding', () => {
    const findings = synthFaults((chart) => {
      new Prometheus(chart, 'k8s', { namespaces: 'all', additionalScrapeConfigs: { name: 'jobs' } as never });
    });
    expect(findings.map(({ code }) => code)).toEqual(['servers/secret']);
  });

  test('of Thanos say once that they have no usable name', () => {
    const findings = synthFaults((chart) => {
      new ThanosQuery(chart, 'query', { name: '', endpoints: ['store:10901'] });
    });
    expect(findings.map(({ code }) => code)).toEqual(['servers/name']);
  });

  test('have names after which the operator can call a StatefulSet and its revisions', () => {
    const found = faults((chart) => {
      new Prometheus(chart, 'a'.repeat(42), { namespaces: 'all' });
      new Prometheus(chart, 'b'.repeat(41), { namespaces: 'all' });
      new Prometheus(chart, 'K8s', { namespaces: 'all' });
    });
    expect(found).toHaveLength(2);
    for (const fault of found) expect(fault).toMatch(/^error servers\/name: /);
  });

  test.each([
    undefined,
    null,
    5,
    'text',
    [],
    { namespaces: {}, alertmanagers: 5, remoteWrite: {}, alerts: 5, storage: 5 },
  ])('survive %j for their props', (props) => {
    const found = faults((chart) => {
      new Prometheus(chart, 'a', props as never);
      new PrometheusAgent(chart, 'b', props as never);
      new Alertmanager(chart, 'c', props as never);
      new ThanosRuler(chart, 'd', props as never);
      new MonitoringHealthAlerts(chart, 'e', props as never);
    });
    expect(found.filter((fault) => fault.startsWith('error')).length).toBeGreaterThan(2);
  });
});
