import { App, Chart } from 'cdk8s';
import type { PrometheusRuleSpec, Rule } from '../../../imports/prometheus-rule';
import {
  AlertRule,
  GrafanaDashboard,
  MonitoredApp,
  MonitoredAppProps,
  MonitoringDefaults,
  RecordingRule,
  ScrapeJob,
  ScrapeJobProps,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { admits } from '../../support/network-policies';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import {
  findingsOfSynth,
  handWritten,
  image,
  KubernetesObject,
  kubePrometheusStack,
  stack,
  theOnly,
} from '../../support/stack';
import { faultsIn, faultsOfJob, jobWith } from './jobs';

const website = ScrapePolicy.probe({ module: 'http_2xx', targets: { static: ['https://shop.example'] } });
const machines = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['vm-1:9100'] }] });
const ofMesh = { match: ['{__name__=~"istio_.*"}'], targets: ['prometheus.istio-system.svc:9090'] } as const;
const mesh = ScrapePolicy.federate(ofMesh);

function rulesOf(objects: readonly KubernetesObject[]): readonly Rule[] {
  const spec = theOnly(objects, 'PrometheusRule').spec as PrometheusRuleSpec;
  return (spec.groups ?? []).flatMap(({ rules }) => rules ?? []);
}

const expressionsOf = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(rulesOf(objects).map(({ alert, record, expr }) => [alert ?? record, expr]));

describe('a scrape job', () => {
  test('makes a Probe with the labels by which the platform selects it', () => {
    const { objects } = stack(
      (chart) => void new ScrapeJob(chart, 'website', { scrape: website, team: 'storefront' }),
      {
        platform: kubePrometheusStack.with({ prober: { url: 'blackbox:9115' } }),
      },
    );
    expect(objects.map(({ kind }) => kind)).toEqual(['Probe', 'PrometheusRule']);
    expect(theOnly(objects, 'Probe').metadata).toEqual({
      name: 'website',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'website', team: 'storefront', release: 'kps' },
    });
    expect(rulesOf(objects).map(({ labels }) => labels?.team)).toEqual(Array(4).fill('storefront'));
  });

  test('belongs to the team of the defaults above it, and has their labels', () => {
    const made = (props: Partial<ScrapeJobProps>) =>
      stack((chart) => {
        MonitoringDefaults.provide(chart, { team: 'platform', labels: { tier: 'edge' } });
        new ScrapeJob(chart, 'machines', { scrape: machines, ...props });
      }).objects;
    const teams = (objects: readonly KubernetesObject[]) => [
      theOnly(objects, 'ScrapeConfig').metadata.labels,
      ...new Set(rulesOf(objects).map(({ labels }) => labels?.team)),
    ];
    expect(teams(made({}))).toEqual([expect.objectContaining({ team: 'platform', tier: 'edge' }), 'platform']);
    expect(teams(made({ team: 'storefront', labels: { tier: 'core' } }))).toEqual([
      expect.objectContaining({ team: 'storefront', tier: 'core' }),
      'storefront',
    ]);
  });

  test('is called after its id, or as it is told', () => {
    expect(jobWith(machines).object.spec.jobName).toBe('website');
    const { object, objects } = jobWith(machines, { job: 'machines' });
    expect(object.spec.jobName).toBe('machines');
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['machines', 'machines']);
    expect(expressionsOf(objects).MachinesTargetDown).toBe('up{namespace="shop", job="machines"} == 0');
  });

  test('federates another Prometheus by its address', () => {
    const { object, findings } = jobWith(mesh);
    expect(findings).toEqual([]);
    expectValidObjects([object]);
    expect(object.kind).toBe('ScrapeConfig');
    expect(object.spec).toEqual({
      jobName: 'website',
      metricsPath: '/federate',
      honorLabels: true,
      params: { 'match[]': ['{__name__=~"istio_.*"}'] },
      staticConfigs: [{ targets: ['prometheus.istio-system.svc:9090'], labels: { namespace: 'shop' } }],
    });
  });

  test('federates with other settings', () => {
    const scrape = ScrapePolicy.federate({
      ...ofMesh,
      path: '/prometheus/federate',
      scheme: 'https',
      honorLabels: false,
      params: { dedup: ['true'] },
      tlsConfig: { serverName: 'prometheus' },
      interval: '1m',
    });
    expect(jobWith(scrape).object.spec).toMatchObject({
      metricsPath: '/prometheus/federate',
      scheme: 'https',
      honorLabels: false,
      params: { dedup: ['true'], 'match[]': ofMesh.match },
      tlsConfig: { serverName: 'prometheus' },
      scrapeInterval: '1m',
    });
  });

  test('has the settings of the platform below its own', () => {
    const scrape = { interval: '2m', sampleLimit: 5000, honorLabels: true, jobLabel: 'app' } as const;
    expect(jobWith(machines, {}, { scrape }).object.spec).toMatchObject({
      scrapeInterval: '2m',
      sampleLimit: 5000,
      honorLabels: true,
    });
    const slower = ScrapePolicy.probe({ ...website.mechanism.options, interval: '5m' } as object);
    const { spec } = jobWith(slower, {}, { scrape }).object;
    expect(spec).toMatchObject({ interval: '5m', sampleLimit: 5000 });
    expect(spec).not.toHaveProperty('honorLabels');
  });

  test('takes names, labels, annotations and patches of its objects', () => {
    const options = (name: string) => ({ name, labels: { of: name }, annotations: { by: 'us' } });
    const { objects } = jobWith(
      website,
      { labels: { area: 'eu' }, objects: { probe: options('p'), prometheusRule: options('r') } },
      {},
    );
    for (const [kind, name] of [
      ['Probe', 'p'],
      ['PrometheusRule', 'r'],
    ] as const) {
      expect(theOnly(objects, kind).metadata).toMatchObject({
        name,
        labels: { area: 'eu', of: name },
        annotations: { by: 'us' },
      });
    }
    expect(jobWith(machines, { objects: { scrapeConfig: options('s') } }).object.metadata.name).toBe('s');
  });

  test('is the owner of rules and dashboards below it', () => {
    const compose = (chart: Chart) => {
      const job = new ScrapeJob(chart, 'website', { scrape: website, team: 'storefront', alerts: false });
      new AlertRule(job, 'SlowSite', { expr: 'probe_duration_seconds > 3', severity: 'info', summary: 'Slow' });
      new RecordingRule(job, 'job:probe_success:avg', { expr: 'avg by (job) (probe_success)' });
      new GrafanaDashboard(job, 'overview', { json: { title: 'Website', panels: [], schemaVersion: 39 } });
    };
    const { objects } = stack(compose, { platform: kubePrometheusStack.with({ prober: { url: 'blackbox:9115' } }) });
    expect(theOnly(objects, 'PrometheusRule').metadata.name).toBe('website');
    expect(rulesOf(objects)).toMatchObject([
      { record: 'job:probe_success:avg' },
      { alert: 'SlowSite', labels: { team: 'storefront', severity: 'info' } },
    ]);
    expect(theOnly(objects, 'ConfigMap').metadata).toMatchObject({
      name: 'website-overview',
      namespace: 'shop',
      labels: { team: 'storefront' },
    });
  });
});

describe('the alerts of a scrape job', () => {
  test('of a probe ask for its labels', () => {
    expect(expressionsOf(jobWith(website).objects)).toEqual({
      WebsiteTargetDown: 'up{namespace="shop", job="website"} == 0',
      WebsiteTargetAbsent: 'absent(up{namespace="shop", job="website"})',
      WebsiteProbeFailed: 'probe_success{namespace="shop", job="website"} == 0',
      WebsiteCertificateExpiry:
        'probe_ssl_earliest_cert_expiry{namespace="shop", job="website"} - time() < 21 * 24 * 3600',
    });
  });

  test('of other jobs are about their targets', () => {
    const names = ['WebsiteTargetAbsent', 'WebsiteTargetDown'];
    expect(rulesOf(jobWith(machines).objects).map(({ alert }) => alert)).toEqual(names);
    expect(rulesOf(jobWith(mesh).objects).map(({ alert }) => alert)).toEqual(names);
  });

  test('can be changed and switched off', () => {
    const alerts = {
      targetDown: false,
      certificateExpiry: false,
      probeFailed: { for: '10m', severity: 'info' },
    } as const;
    const { objects } = jobWith(website, { alerts });
    expect(rulesOf(objects)).toMatchObject([
      { alert: 'WebsiteProbeFailed', for: '10m', labels: { severity: 'info' } },
      { alert: 'WebsiteTargetAbsent' },
    ]);
    expect(jobWith(website, { alerts: false }).objects.map(({ kind }) => kind)).toEqual(['Probe']);
  });

  const known: readonly [what: string, ScrapePolicy, labels: Record<string, string>, PlatformProps?][] = [
    ['a probe in the namespace of its object', website, { namespace: 'shop', job: 'website' }],
    [
      'static targets in another namespace',
      ScrapePolicy.probe({ targets: { static: ['a'], labels: { namespace: 'db' } } }),
      { namespace: 'db', job: 'website' },
    ],
    [
      'Ingresses in the own namespace',
      ScrapePolicy.probe({ targets: { ingress: { selector: {} } } }),
      { namespace: 'shop', job: 'website' },
    ],
    [
      'Ingresses in one other namespace',
      ScrapePolicy.probe({ targets: { ingress: { selector: {}, namespaceSelector: { matchNames: ['web'] } } } }),
      { namespace: 'web', job: 'website' },
    ],
    [
      'Ingresses anywhere',
      ScrapePolicy.probe({ targets: { ingress: { selector: {}, namespaceSelector: { any: true } } } }),
      { job: 'website' },
    ],
    [
      'Ingresses anywhere, where the platform enforces the namespace',
      ScrapePolicy.probe({ targets: { ingress: { selector: {}, namespaceSelector: { any: true } } } }),
      { namespace: 'shop', job: 'website' },
      { prometheus: { enforcedNamespaceLabel: 'namespace' } },
    ],
    [
      'a relabeling that names another namespace',
      ScrapePolicy.probe({
        targets: { static: ['a'] },
        relabelings: [{ targetLabel: 'namespace', replacement: 'edge' }],
      }),
      { namespace: 'edge', job: 'website' },
    ],
    ['a ScrapeConfig', machines, { namespace: 'shop', job: 'website' }],
    [
      'static targets of several namespaces',
      ScrapePolicy.scrapeConfig({
        staticConfigs: [{ targets: ['a:1'] }, { targets: ['b:1'], labels: { namespace: 'db' } }],
      }),
      { job: 'website' },
    ],
    [
      'discovered targets',
      ScrapePolicy.scrapeConfig({ consulSDConfigs: [{ server: 'consul:8500' }] }),
      { namespace: 'shop', job: 'website' },
    ],
  ];

  test.each(known)('know %s', (...[, scrape, labels, facts = {}]) => {
    const app = new App();
    Platform.provide(app, Platform.custom(facts));
    const job = new ScrapeJob(new Chart(app, 'shop', { namespace: 'shop' }), 'website', { scrape });
    expect(job.labelsOf()).toEqual(labels);
    expect(Object.keys(job.labelsOf())).toEqual(Object.keys(labels));
  });

  test('are a warning where relabeling drops what they ask for', () => {
    const scrape = ScrapePolicy.probe({
      targets: { static: ['a'] },
      metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'probe_ssl_.*' }],
    });
    expect(faultsOfJob(scrape)).toEqual([
      'warning rules/dropped-metric: the alert WebsiteCertificateExpiry can never fire: metricRelabelings[0] drops its metric probe_ssl_earliest_cert_expiry → keep probe_ssl_earliest_cert_expiry in the regex, or set alerts: { certificateExpiry: false }',
    ]);
    expect(faultsOfJob(scrape, { alerts: { certificateExpiry: false } })).toEqual([]);
  });

  test('that do not exist are named', () => {
    expect(faultsOfJob(machines, { alerts: { probeFaild: false } as never })).toEqual([
      'error rules/unknown-alert: alerts.probeFaild is none of the alerts that come with an endpoint: targetDown, targetAbsent → remove it, or use an AlertRule',
    ]);
    expect(faultsOfJob(website, { alerts: { probeFaild: false } as never })).toEqual([
      expect.stringContaining("write 'probeFailed'"),
    ]);
  });
});

describeWithEngine('promtool', (promtool) => {
  test('the alerts of every kind of job are accepted', () => {
    const { objects } = stack(
      (chart) => {
        new ScrapeJob(chart, 'website', { scrape: website });
        new ScrapeJob(chart, 'machines', { scrape: machines });
        new ScrapeJob(chart, 'mesh', { scrape: mesh });
      },
      { platform: Platform.custom({ prober: { url: 'blackbox:9115' } }) },
    );
    const rules = objects.filter(({ kind }) => kind === 'PrometheusRule');
    expect(rules).toHaveLength(3);
    expect(checkRules(promtool, rules)).toMatchObject({ ok: true });
  });
});

const prober = { url: 'blackbox:9115', namespace: 'monitoring', podLabels: { app: 'blackbox' } };

describe('a scrape job under an app', () => {
  const ofApp = ScrapePolicy.probe({ module: 'http_2xx' });

  function underApp(
    job: Partial<ScrapeJobProps> = {},
    facts: PlatformProps = {},
    props: Partial<MonitoredAppProps> = {},
  ): (chart: Chart) => void {
    return (chart) => {
      Platform.provide(chart, Platform.custom({ prober, ...facts }));
      const checkout = new MonitoredApp(chart, 'checkout', {
        image,
        port: 5000,
        team: 'payments',
        ...props,
      } as MonitoredAppProps);
      new ScrapeJob(checkout, 'blackbox', { scrape: ofApp, ...job });
    };
  }
  const objectsUnderApp = (...given: Parameters<typeof underApp>) => stack(underApp(...given)).objects;
  const targetsUnderApp = (...given: Parameters<typeof underApp>) =>
    theOnly(objectsUnderApp(...given), 'Probe').spec.targets;

  test('probes the Service of the app, under a job of its own', () => {
    const { metadata, spec } = theOnly(objectsUnderApp(), 'Probe');
    expect(metadata).toEqual({
      name: 'checkout-blackbox',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'checkout', team: 'payments' },
    });
    expect(spec).toMatchObject({
      jobName: 'checkout-blackbox',
      targets: { staticConfig: { static: ['http://checkout.shop.svc:5000/'] } },
    });
  });

  test('probes another path, another port, other targets', () => {
    const target = (url: string) => ({ staticConfig: { static: [url] } });
    expect(targetsUnderApp({ scrape: ScrapePolicy.probe({ path: '/ready' }) })).toEqual(
      target('http://checkout.shop.svc:5000/ready'),
    );
    expect(targetsUnderApp({}, {}, { service: { name: 'pay', port: 80 } })).toEqual(target('http://pay.shop.svc:80/'));
    const outside = ScrapePolicy.probe({ targets: { static: ['https://pay.example'] } });
    expect(targetsUnderApp({ scrape: outside })).toEqual(target('https://pay.example'));
  });

  test('has its alerts and rules among those of the app', () => {
    const rules = rulesOf(objectsUnderApp());
    expect(rules.map(({ alert }) => alert)).toContain('CheckoutBlackboxProbeFailed');
    expect(rules.every(({ labels }) => labels?.team === 'payments')).toBe(true);
  });

  test('is admitted to the pods where only policies open them', () => {
    const objects = objectsUnderApp({}, { network: { defaultDeny: true } });
    const policy = theOnly(objects, 'NetworkPolicy');
    expect(policy.metadata.name).toBe('checkout-blackbox-prober');
    expectValidObjects([policy]);
    const to = { namespace: 'shop', labels: { 'app.kubernetes.io/name': 'checkout' } };
    const from = { namespace: 'monitoring', labels: { app: 'blackbox' } };
    expect(admits([policy], { from, to, port: 5000 })).toBe(true);
    expect(admits([policy], { from, to, port: 5001 })).toBe(false);
    expect(admits([policy], { from: { ...from, labels: { app: 'other' } }, to, port: 5000 })).toBe(false);
    expect(admits([policy], { from: { ...from, namespace: 'other' }, to, port: 5000 })).toBe(false);
  });

  test('is admitted to an isolated app as well', () => {
    const objects = objectsUnderApp({}, { prometheus: { namespace: 'monitoring' } }, { isolate: true, metrics: {} });
    expect(objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual([
      'checkout-scrape',
      'checkout-blackbox-prober',
    ]);
  });

  test('needs no policy where the pods are open, or are not asked directly', () => {
    const kinds = (...given: Parameters<typeof underApp>) => objectsUnderApp(...given).map(({ kind }) => kind);
    const closed: PlatformProps = { network: { defaultDeny: true } };
    expect(kinds({}, { network: { defaultDeny: false } })).not.toContain('NetworkPolicy');
    const outside = ScrapePolicy.probe({ targets: { static: ['https://pay.example'] } });
    expect(kinds({ scrape: outside }, closed)).not.toContain('NetworkPolicy');
  });

  test('says so where nobody knows whom to admit', () => {
    const facts: PlatformProps = { network: { defaultDeny: true }, prober: { url: 'blackbox:9115' } };
    const found = findingsOfSynth(underApp({}, facts)).filter(({ code }) => code === 'network/unknown-prober');
    expect(found).toEqual([
      {
        code: 'network/unknown-prober',
        severity: 'warning',
        where: { construct: 'shop/checkout/blackbox' },
        message: 'the pods of checkout are closed, and the platform does not say where the pods of the prober run',
        fix: 'set prober.namespace on the platform',
      },
    ]);
  });

  test('is warned of where mutual TLS keeps its prober away', () => {
    const inMesh = (mtls: 'STRICT' | 'PERMISSIVE', facts: PlatformProps = {}, scrape?: ScrapePolicy) =>
      findingsOfSynth(underApp(scrape === undefined ? {} : { scrape }, { mesh: { mtls }, ...facts }))
        .filter(({ code }) => code === 'mesh/refused-probe')
        .map(({ severity, where }) => ({ severity, where }));
    const warning = { severity: 'warning', where: { construct: 'shop/checkout/blackbox' } };
    expect(inMesh('STRICT')).toEqual([warning]);
    expect(inMesh('PERMISSIVE')).toEqual([]);
    expect(inMesh('STRICT', {}, ScrapePolicy.probe({ targets: { static: ['https://pay.example'] } }))).toEqual([]);
    const injected = { namespaces: { monitoring: { labels: { 'istio-injection': 'enabled' } } } };
    expect(inMesh('STRICT', { prober: { url: 'blackbox:9115', namespace: 'monitoring' }, ...injected })).toEqual([]);
    const elsewhere = ScrapePolicy.probe({ prober: { url: 'other:9115' } });
    expect(inMesh('STRICT', injected, elsewhere)).toEqual([warning]);
  });

  test('probes the Service of a workload that exists', () => {
    const { objects } = stack((chart) => {
      Platform.provide(chart, Platform.custom({ prober, network: { defaultDeny: true } }));
      const web = MonitoredApp.attach(chart, 'web', { workload: handWritten(chart), metrics: { port: 8080 } });
      new ScrapeJob(web, 'blackbox', { scrape: ofApp });
    });
    expect(theOnly(objects, 'Probe').spec.targets.staticConfig.static).toEqual(['http://web-metrics.shop.svc:8080/']);
    const to = { namespace: 'shop', labels: { app: 'web' } };
    const from = { namespace: 'monitoring', labels: { app: 'blackbox' } };
    expect(admits(objects, { from, to, port: 8080 })).toBe(true);
    expect(admits(objects, { from: { ...from, namespace: 'other' }, to, port: 8080 })).toBe(false);
  });

  test.each<[string, object, string]>([
    ['of its namespace', {}, 'http://legacy.shop.svc:80/'],
    ['of another namespace', { namespace: 'old' }, 'http://legacy.old.svc:80/'],
  ])('probes a Service %s that is not in the code, by its name and its first port', (_, given, address) => {
    const compose = (chart: Chart) => {
      const existingService = { name: 'legacy', labels: { app: 'legacy' }, ports: { http: 80 }, ...given };
      const legacy = MonitoredApp.attach(chart, 'legacy', { existingService, metrics: {} });
      new ScrapeJob(legacy, 'blackbox', { scrape: ofApp });
    };
    const platform = Platform.custom({ prober });
    expect(theOnly(stack(compose, { platform }).objects, 'Probe').spec.targets.staticConfig.static).toEqual([address]);
    expect(faultsIn(findingsOfSynth(compose, { platform }))).toEqual([]);
  });

  test('has nothing to ask where the Service is given without its name', () => {
    const compose = (chart: Chart) => {
      const existingService = { labels: { app: 'legacy' }, ports: { http: 80 } };
      const legacy = MonitoredApp.attach(chart, 'legacy', { existingService, metrics: {} });
      new ScrapeJob(legacy, 'blackbox', { scrape: ofApp });
    };
    expect(faultsIn(findingsOfSynth(compose, { platform: Platform.custom({ prober }) }))).toEqual([
      expect.stringMatching(/^error scrape\/no-targets: /),
    ]);
  });

  test('warns where the namespace of the Service is not known', () => {
    const found = findingsOfSynth(underApp(), { namespace: null }).filter(({ code }) => code === 'scrape/target');
    expect(faultsIn(found)).toEqual([
      'warning scrape/target: the Service of checkout has no namespace that is known: the prober would look for it in its own → give the chart a namespace, or name the address in targets.static',
    ]);
  });

  test('needs a Service, or targets', () => {
    const compose = underApp({}, {}, { service: 'none' });
    expect(faultsIn(findingsOfSynth(compose))).toEqual([
      "error scrape/no-targets: the probe has no targets, and no app with a Service around it → give targets: { static: ['https://shop.example'] }, or create it under a MonitoredApp",
    ]);
  });
});

describe('a scrape job is refused', () => {
  const attach = 'use it at a MonitoredApp, or MonitoredApp.attach for a workload that exists';

  test.each<[ScrapePolicy, string]>([
    [
      ScrapePolicy.serviceMonitor(),
      `ScrapePolicy.serviceMonitor finds the pods of a workload, and a ScrapeJob has none → ${attach}`,
    ],
    [
      ScrapePolicy.podMonitor(),
      `ScrapePolicy.podMonitor finds the pods of a workload, and a ScrapeJob has none → ${attach}`,
    ],
    [
      ScrapePolicy.annotations(),
      `ScrapePolicy.annotations marks the pods of a workload, and a ScrapeJob has none → ${attach}`,
    ],
    [
      ScrapePolicy.none(),
      'ScrapePolicy.none scrapes nothing, and a ScrapeJob is nothing but a scrape → leave out the ScrapeJob',
    ],
  ])('with a policy of workloads: $mechanism.kind', (scrape, says) => {
    expect(faultsOfJob(scrape)).toEqual([`error scrape/job-mechanism: ${says}`]);
  });

  test('without a policy, or with something else for one', () => {
    expect(faultsOfJob(undefined as never)).toEqual([
      'error scrape/job-mechanism: the job has no scrape → give one, such as ScrapePolicy.probe({ … })',
    ]);
    expect(faultsOfJob({ module: 'http_2xx' } as never)).toEqual([
      expect.stringContaining('error props/type: scrape is an object, expected a ScrapePolicy'),
    ]);
  });

  test('with a name that no object can have', () => {
    expect(faultsOfJob(machines, { job: 'My Job' })).toEqual([
      expect.stringContaining("error workload/name: the name 'My Job'"),
    ]);
  });

  test('with a federation of nothing, or of nobody', () => {
    expect(faultsOfJob(ScrapePolicy.federate({ ...ofMesh, match: [] as never }))).toEqual([
      expect.stringContaining('error scrape/federate-match: match is empty'),
    ]);
    expect(faultsOfJob(ScrapePolicy.federate({ match: ['up'] }))).toEqual([
      expect.stringContaining('error scrape/no-targets: the federation has no targets'),
    ]);
    expect(faultsOfJob(ScrapePolicy.federate({ ...ofMesh, targets: ['a:9090', 'a:9090'] }))).toEqual([
      expect.stringContaining('error scrape/duplicate-target'),
    ]);
  });

  test('at an endpoint, which is a target itself', () => {
    const compose = (chart: Chart) => {
      const scrape = ScrapePolicy.federate({ ...ofMesh, scheme: 'https' });
      new MonitoredApp(chart, 'prometheus', { image, port: 9090, metrics: { scrape } });
    };
    expect(faultsIn(findingsOfSynth(compose))).toEqual([
      'error scrape/endpoint-mechanism: targets and scheme of a federation are for a ScrapeJob: an endpoint is the target itself, with a scheme of its own → leave out targets and scheme, or federate another Prometheus by a ScrapeJob',
    ]);
  });

  test('with a setting that a ScrapeConfig does not have, only where it is its own', () => {
    expect(faultsOfJob(ScrapePolicy.federate({ ...ofMesh, followRedirects: false }))).toEqual([
      'warning scrape/lost-setting: followRedirects has no effect: a ScrapeJob federates by a ScrapeConfig, which has no such field → leave it out',
    ]);
    expect(faultsOfJob(mesh, {}, { scrape: { followRedirects: false } })).toEqual([]);
    expect(faultsOfJob(ScrapePolicy.federate({ ...ofMesh, serviceDiscoveryRole: 'EndpointSlice' }))).toEqual([
      'warning scrape/lost-setting: serviceDiscoveryRole has no effect: a ScrapeJob federates by a ScrapeConfig, which has no such field → leave it out',
    ]);
  });
});

export function wrongJobsDoNotCompile(chart: Chart): void {
  // @ts-expect-error a job is a scrape
  new ScrapeJob(chart, 'website', {});
  // @ts-expect-error an alert that does not exist
  new ScrapeJob(chart, 'website', { scrape: website, alerts: { exporterDown: false } });
  // @ts-expect-error match is not empty
  ScrapePolicy.federate({ match: [] });
}
