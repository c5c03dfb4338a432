import { App, Chart } from 'cdk8s';
import { findingsOf } from '../../src/findings';
import { Platform, PlatformProps } from '../../src/platform';
import { byteSizeOf } from '../../src/platform/byte-size';
import { MonitoredApp } from '../../src/constructs';
import { faultsOf, image, stack, theOnly } from '../support/stack';

const infra = { name: 'infra', namespace: 'monitoring', ruleSelector: { matchLabels: { prometheus: 'infra' } } };
const ofApps = {
  name: 'app',
  namespace: 'app-monitoring',
  shards: 3,
  serviceMonitorSelector: { matchLabels: { prometheus: 'app' } },
  ruleSelector: { matchLabels: { prometheus: 'app' } },
};
const both = Platform.custom({ prometheus: [infra, ofApps], network: { defaultDeny: true } });

const problemsOf = (platform: Platform) => platform.problems.map(({ message, fix }) => `${message} → ${fix}`);

describe('of several Prometheus servers', () => {
  test('the one that is meant decides labels, and every other fact stays', () => {
    const platform = both.forServer('app');
    expect(platform.problems).toEqual([]);
    expect(platform.prometheusServers).toEqual([ofApps]);
    expect(platform.labelsToBeSelected('ruleSelector')).toEqual({ prometheus: 'app' });
    expect(platform.facts).toEqual(both.facts);
    expect(both.labelsToBeSelected('ruleSelector')).toEqual({ prometheus: 'infra' });
  });

  test('stays meant when facts are overridden, and can be exchanged', () => {
    expect(both.forServer('app').with({ teamLabel: 'owner' }).prometheusServers).toEqual([ofApps]);
    expect(both.forServer('app').forServer('infra').prometheusServers).toEqual([infra]);
  });

  test('is told from its namesake by its namespace', () => {
    const platform = Platform.custom({
      prometheus: [
        { name: 'k8s', namespace: 'monitoring' },
        { name: 'k8s', namespace: 'apps' },
      ],
    });
    expect(platform.forServer('apps/k8s').prometheusServers).toEqual([{ name: 'k8s', namespace: 'apps' }]);
    expect(problemsOf(platform.forServer('k8s'))).toEqual([
      "the platform has 2 servers 'k8s' → write monitoring/k8s or apps/k8s",
    ]);
  });

  test.each<[string, Platform, string]>([
    ['ap', both, "the platform has no Prometheus 'ap', only infra, app → write 'app'"],
    [
      'elsewhere',
      both,
      "the platform has no Prometheus 'elsewhere', only infra, app → name one of them, or add it to the platform",
    ],
    [
      'app',
      Platform.custom({ prometheus: { namespace: 'monitoring' } }),
      "the platform names no Prometheus, and 'app' is asked for → give prometheus a name on the platform",
    ],
    [
      'app',
      Platform.unknown,
      "the platform names no Prometheus, and 'app' is asked for → give prometheus a name on the platform",
    ],
  ])('there is no %s', (name, platform, problem) => expect(problemsOf(platform.forServer(name))).toEqual([problem]));

  test('what JavaScript gives for a name is one finding', () =>
    expect(problemsOf(both.forServer(undefined as never))).toEqual([
      "the platform has no Prometheus 'undefined', only infra, app → name one of them, or add it to the platform",
    ]));
});

describe('an app on several servers', () => {
  const objectsOf = (prometheus: string | undefined, platform = both) =>
    stack((chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {}, prometheus }), { platform });
  const peersOf = (prometheus: string | undefined) =>
    theOnly(objectsOf(prometheus).objects, 'NetworkPolicy').spec.ingress[0].from.map(
      ({ namespaceSelector }: { namespaceSelector: { matchLabels: object } }) =>
        Object.values(namespaceSelector.matchLabels)[0],
    );

  test('admits all of them where none is meant', () =>
    expect(peersOf(undefined)).toEqual(['app-monitoring', 'monitoring']));

  test('says by which it is scraped: labels and policy are for that one, however many shards it has', () => {
    const { objects, findings } = objectsOf('app');
    expect(faultsOf(findings)).toEqual([]);
    expect(theOnly(objects, 'ServiceMonitor').metadata.labels).toMatchObject({ prometheus: 'app' });
    expect(theOnly(objects, 'PrometheusRule').metadata.labels).toMatchObject({ prometheus: 'app' });
    expect(peersOf('app')).toEqual(['app-monitoring']);
  });

  test('or its chart says it', () => {
    const app = new App();
    Platform.provide(app, both);
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    Platform.provide(chart, both.forServer('app'));
    expect(new MonitoredApp(chart, 'web', { image, port: 8080 }).platform.prometheusServers).toEqual([ofApps]);
    expect(findingsOf(app)).toEqual([]);
  });

  test('and a mistyped name is shown at the app, once, with what was meant', () => {
    const { findings } = objectsOf('ap');
    expect(faultsOf(findings)).toEqual([
      "platform/invalid shop/web: the platform has no Prometheus 'ap', only infra, app → write 'app'",
    ]);
    expect(findings.find(({ code }) => code === 'platform/invalid')?.nearMiss).toBe('app');
  });

  test('does not repeat what is wrong with the platform itself', () => {
    const faulty = both.with({ netwrk: {} } as PlatformProps);
    expect(faultsOf(objectsOf('app', faulty).findings)).toEqual([
      "platform/invalid the app: platform netwrk is no fact of a platform → write 'network'",
    ]);
  });
});

describe('servers that cannot be', () => {
  test.each<[PlatformProps['prometheus'], string[]]>([
    [
      [],
      [
        'platform prometheus is an empty list: it names no Prometheus → name one, or leave prometheus out where it is unknown',
      ],
    ],
    [
      [infra, infra],
      ['platform prometheus[1] is called monitoring/infra, like another server → give each its own name'],
    ],
    [
      {
        scrapeClasses: [
          { name: 'a', default: true },
          { name: 'b', default: true },
        ],
      },
      ['platform prometheus.scrapeClasses has 2 defaults: a, b → keep one default'],
    ],
    [
      [infra, { scrapeClasses: [{ name: 'a' }, { name: 'a' }] }],
      ["platform prometheus[1].scrapeClasses has 'a' twice → rename one of them"],
    ],
    [
      { scrapeClasses: [{} as never] },
      ['platform prometheus.scrapeClasses has a class without a name → give each class a name'],
    ],
    [
      { enforcedBodySizeLimit: '10 MB' as never },
      [
        "platform prometheus.enforcedBodySizeLimit is the string '10 MB', expected a size in bytes → write it as '10MiB'",
      ],
    ],
    [
      { nameValidationScheme: 'utf8' as never },
      ["platform prometheus.nameValidationScheme is the string 'utf8', expected 'UTF8' or 'Legacy' → write 'UTF8'"],
    ],
  ])('%j', (prometheus, problems) => {
    const platform = Platform.custom({ prometheus });
    expect(problemsOf(platform)).toEqual(problems);
    expect(platform.prometheusServers).toEqual([]);
  });
});

test.each<[unknown, number | undefined]>([
  ['0', 0],
  ['512B', 512],
  ['1.5KB', 1536],
  ['1KiB', 1024],
  ['10MiB', 10 * 1024 ** 2],
  ['10mb', undefined],
  [10, undefined],
  [undefined, undefined],
])('%j is %j bytes', (size, bytes) => expect(byteSizeOf(size)).toBe(bytes));
