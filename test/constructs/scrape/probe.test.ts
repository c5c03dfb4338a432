import { ProbeOptions, ScrapePolicy } from '../../../src/constructs';
import type { PlatformProps } from '../../../src/platform';
import { faultsOfJob, jobWith } from '../jobs/jobs';

const secret = { name: 'credentials', key: 'token' };
const targets = { static: ['https://shop.example'] };
const probeOf = (options: ProbeOptions) => ScrapePolicy.probe({ targets, ...options });
const selector = { matchLabels: { app: 'shop' } };

describe('the prober of a probe', () => {
  const facts: PlatformProps = { prober: { url: 'ours:9115', scheme: 'https', path: '/ask', namespace: 'monitoring' } };

  test('is that of the platform', () => {
    expect(jobWith(probeOf({}), {}, facts).object.spec.prober).toEqual({
      url: 'ours:9115',
      scheme: 'https',
      path: '/ask',
    });
  });

  test('is another one as a whole, with what it says beside it', () => {
    const prober = { url: 'theirs:9115', path: '/probe' };
    expect(jobWith(probeOf({ prober }), {}, facts).object.spec.prober).toEqual(prober);
  });
});

interface Case {
  readonly rule: string;
  readonly right: ProbeOptions;
  readonly wrong: ProbeOptions;
  readonly says: string;
  readonly facts?: PlatformProps;
}

const cases: readonly Case[] = [
  {
    rule: 'there is a prober',
    facts: { prober: undefined },
    right: { prober: { url: 'blackbox' } },
    wrong: {},
    says: "error scrape/prober: the probe has no prober.url, and the platform names no prober → set prober: { url: 'blackbox-exporter.monitoring.svc:9115' } on the platform, or prober.url here",
  },
  {
    rule: 'its address has no scheme',
    right: { prober: { url: 'blackbox:9115' } },
    wrong: { prober: { url: 'https://blackbox:9115' } },
    says: "error scrape/prober: prober.url 'https://blackbox:9115' is no host or host:port → write url: 'blackbox:9115', scheme: 'https'",
  },
  {
    rule: 'and no path',
    right: { prober: { url: '[::1]:9115' } },
    wrong: { prober: { url: 'blackbox:9115/ask' } },
    says: "error scrape/prober: prober.url 'blackbox:9115/ask' is no host or host:port → write url: 'blackbox:9115', path: '/ask'",
  },
  {
    rule: 'least of all the path a second time',
    right: { prober: { url: '10.0.0.1:9115', path: '/probe' } },
    wrong: { prober: { url: 'blackbox:9115/probe', path: '/probe' } },
    says: "error scrape/prober: prober.url 'blackbox:9115/probe' has the path '/probe', which stands in prober.path as well → write url: 'blackbox:9115'",
  },
  {
    rule: 'nor the one that is meant anyway',
    right: { prober: { url: 'fe80::1' } },
    wrong: { prober: { url: 'blackbox:9115/probe' } },
    says: "error scrape/prober: prober.url 'blackbox:9115/probe' has the path '/probe', which stands in prober.path as well → write url: 'blackbox:9115'",
  },
  {
    rule: 'its port is one',
    right: { prober: { url: 'blackbox:65535' } },
    wrong: { prober: { url: 'blackbox:65536' } },
    says: "error scrape/prober: prober.url 'blackbox:65536' is no host or host:port → write it as 'blackbox-exporter.monitoring.svc:9115'",
  },
  {
    rule: 'its path begins with /',
    right: { prober: { path: '/probe' } },
    wrong: { prober: { path: 'probe' } },
    says: "error scrape/prober: prober.path 'probe' does not begin with / → write '/probe'",
  },
  {
    rule: 'its path has no query',
    right: { params: { debug: ['true'] } },
    wrong: { prober: { path: '/probe?debug=true' } },
    says: "error scrape/prober: prober.path '/probe?debug=true' has a query, which Prometheus would escape → give it as params",
  },
  {
    rule: 'the module is given once',
    right: { params: { module: ['tcp'] } },
    wrong: { module: 'http_2xx', params: { module: ['tcp'] } },
    says: "error scrape/probe-params: the module is given twice: module 'http_2xx', params.module 'tcp' → keep module",
  },
  {
    rule: 'the target is no parameter',
    right: {},
    wrong: { params: { target: ['shop.example'] } },
    says: 'error scrape/probe-params: params.target has no effect: each target of the probe takes its place → give it in targets.static',
  },
  {
    rule: 'a parameter has a value',
    right: { params: { debug: ['true'] } },
    wrong: { params: { debug: [] } },
    says: 'error scrape/probe-params: params.debug has no values → give one, or remove it',
  },
  {
    rule: 'there are targets',
    right: {},
    wrong: { targets: undefined },
    says: "error scrape/no-targets: the probe has no targets, and no app with a Service around it → give targets: { static: ['https://shop.example'] }, or create it under a MonitoredApp",
  },
  {
    rule: 'a list of targets is not empty',
    right: { targets: { static: ['a'] } },
    wrong: { targets: { static: [] } },
    says: 'error scrape/no-targets: targets.static is empty → name at least one target',
  },
  {
    rule: 'a target is not empty',
    right: { targets: { static: ['a'] } },
    wrong: { targets: { static: [' '] } },
    says: 'error scrape/target: targets.static[0] is empty → give an address, or remove it',
  },
  {
    rule: 'a target is named once',
    right: { targets: { static: ['a', 'b'] } },
    wrong: { targets: { static: ['a', 'b', 'a'] } },
    says: "warning scrape/duplicate-target: targets.static names 'a' twice → name it once",
  },
  {
    rule: 'the job is no label of the targets',
    right: { targets: { static: ['a'], labels: { area: 'eu' } } },
    wrong: { targets: { static: ['a'], labels: { job: 'site' } } },
    says: "error scrape/target-label: targets.labels.job has no effect: the label job is that of the scrape job → give it as job of the ScrapeJob: 'site'",
  },
  {
    rule: 'labels have plain names before Prometheus 3',
    facts: { prometheus: { version: '2.55.1' } },
    right: { targets: { static: ['a'], labels: { area_1: 'eu' } } },
    wrong: { targets: { static: ['a'], labels: { 'my-area': 'eu' } } },
    says: "error scrape/target-label: targets.labels: 'my-area' cannot name a label before Prometheus 3 → use letters, digits and _",
  },
  {
    rule: 'since Prometheus 3 any name will do but none',
    right: { targets: { static: ['a'], labels: { 'my-area': 'eu' } } },
    wrong: { targets: { static: ['a'], labels: { '': 'eu' } } },
    says: "error scrape/target-label: targets.labels: '' cannot name a label → use letters, digits and _",
  },
  {
    rule: 'a path is for the Service of an app',
    right: {},
    wrong: { path: '/ready' },
    says: "error scrape/path: the path '/ready' has no effect beside targets → write it in each target",
  },
  {
    rule: 'the timeout is not above the interval',
    right: { interval: '1m', scrapeTimeout: '1m' },
    wrong: { interval: '10s', scrapeTimeout: '11s' },
    says: 'error scrape/timeout: the scrapeTimeout 11s is above the interval 10s → lower the timeout, or raise the interval',
  },
  {
    rule: 'there is one way of authenticating at the prober',
    right: { basicAuth: { username: secret } },
    wrong: { basicAuth: { username: secret }, authorization: { credentials: secret } },
    says: 'error scrape/authentication: authorization and basicAuth exclude one another → keep one of them',
  },
  {
    rule: 'a proxy of the prober is an address',
    right: { prober: { proxyUrl: 'http://proxy' } },
    wrong: { prober: { noProxy: 'localhost' } },
    says: 'error scrape/proxy: noProxy needs proxyUrl → add proxyUrl, or remove noProxy',
  },
  {
    rule: 'relabeling may use any label of an Ingress',
    right: {
      targets: { ingress: { selector } },
      relabelings: [{ sourceLabels: ['__meta_kubernetes_ingress_host'], targetLabel: 'host' }],
    },
    wrong: { relabelings: [{ action: 'replace' } as never] },
    says: 'error scrape/relabeling: relabelings[0]: the action replace needs targetLabel → add targetLabel',
  },
  {
    rule: 'a field is as old as Prometheus',
    facts: { prometheus: { version: '2.40.0' } },
    right: { sampleLimit: 1 },
    wrong: { keepDroppedTargets: 1 },
    says: "warning scrape/prometheus-version: keepDroppedTargets needs Prometheus 2.47, the platform has 2.40.0: the operator leaves it out → remove keepDroppedTargets, or raise the platform's Prometheus",
  },
];

describe('rules of a probe', () => {
  test.each(cases)('$rule', ({ right, wrong, says, facts }) => {
    expect(faultsOfJob(probeOf(right), {}, facts)).toEqual([]);
    expect(faultsOfJob(probeOf(wrong), {}, facts)).toEqual([says]);
  });

  test('a Probe is never read where there is no operator', () => {
    expect(faultsOfJob(probeOf({}), {}, { operator: { installed: false } })).toEqual([
      "error scrape/no-operator: a Probe is never read on the platform 'custom', which has no prometheus-operator → choose a platform with the operator, or set operator.installed to true if it is there",
    ]);
  });

  test('what has the wrong type is left out', () => {
    const wrong = { targets: { static: 'https://shop.example' }, module: 5, prober: [] } as never;
    expect(faultsOfJob(ScrapePolicy.probe(wrong))).toEqual([
      "error props/type: module is the number 5, expected text → write '5'",
      'error props/type: prober is a list, expected { url, scheme, path, … } → give { url, scheme, path, … }',
      'error props/type: targets.static is the string \'https://shop.example\', expected a list → write ["https://shop.example"]',
      'error scrape/no-targets: targets.static is empty → name at least one target',
    ]);
  });
});

export function wrongProbesDoNotCompile(): void {
  // @ts-expect-error a probe has static targets or Ingresses
  ScrapePolicy.probe({ targets: { static: ['a'], ingress: { selector } } });
  // @ts-expect-error an Ingress needs a selector
  ScrapePolicy.probe({ targets: { ingress: {} } });
  // @ts-expect-error a Probe reads no files
  ScrapePolicy.probe({ tlsConfig: { caFile: '/ca' } });
  // @ts-expect-error a Probe has no honorLabels
  ScrapePolicy.probe({ honorLabels: true });
  // @ts-expect-error the scheme of a prober
  ScrapePolicy.probe({ prober: { scheme: 'ftp' } });
}
