import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  Exporters,
  ExporterProps,
  ExporterSidecar,
  GrafanaDashboard,
  MonitoredApp,
  MonitoredAppProps,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { MonitoringApp, SynthesisError } from '../../../src/synth';
import { composed, faultsOf, findingsOfSynth, handWritten, image } from '../../support/stack';

const base = { image, port: 5000, metrics: {} } as const;

/** What a whole synth says of an app with wrong props: JavaScript has no types that would keep them out. */
const faultsOfApp = (props: object, id = 'checkout') =>
  faultsOf(findingsOfSynth((chart) => void new MonitoredApp(chart, id, { ...base, ...props } as MonitoredAppProps)));

const faultsOfExporter = (props: object, id = 'redis') =>
  faultsOf(
    findingsOfSynth((chart) => {
      const app = new MonitoredApp(chart, 'checkout', base);
      new ExporterSidecar(app, id, { image, port: 9121, ...props } as ExporterProps);
    }),
  );

describe('one fault of an app is one error, with its value, its place and the way out', () => {
  test.each([
    [{ image: undefined }, 'workload/image'],
    [{ image: '  ' }, 'workload/image'],
    [{ image: 5 }, 'workload/image'],
    [{ scrape: '15s' }, 'props/type'],
    [{ scrape: ScrapePolicy.serviceMonitor('15s' as never) }, 'props/type'],
    [{ port: '5000' }, 'ports/invalid'],
    [{ port: 0 }, 'ports/invalid'],
    [{ port: 65536 }, 'ports/invalid'],
    [{ port: 1.5 }, 'ports/invalid'],
    [{ port: NaN }, 'ports/invalid'],
    [{ port: null }, 'ports/missing'],
    [{ portName: 'Web_Port' }, 'ports/invalid'],
    [{ portName: 'a-port-name-too-long' }, 'ports/invalid'],
    [{ portName: '' }, 'ports/invalid'],
    [{ portName: 80 }, 'ports/invalid'],
    [{ ports: { web: 5000 } }, 'ports/duplicate-number'],
    [{ ports: { http: 5001 } }, 'ports/duplicate-name'],
    [{ ports: { 'Admin Port': 5001 } }, 'ports/invalid'],
    [{ ports: { admin: undefined } }, 'ports/invalid'],
    [{ metrics: true }, 'props/type'],
    [{ metrics: { port: 'htp' } }, 'ports/unknown'],
    [{ metrics: { port: '5000' } }, 'ports/invalid'],
    [{ metrics: { port: 70000 } }, 'ports/invalid'],
    [{ metrics: { port: 9090, portName: 'http' } }, 'ports/duplicate-name'],
    [{ metrics: { path: 'metrics' } }, 'scrape/path'],
    [{ metrics: { scheme: 'ftp' } }, 'props/type'],
    [{ scrape: '15s' }, 'props/type'],
    [{ team: 'Büro 1' }, 'props/label'],
    [{ team: 5 }, 'props/label'],
    [{ labels: { 'a b': 'x' } }, 'props/label'],
    [{ labels: { tier: undefined } }, 'props/label'],
    [{ labels: ['tier'] }, 'props/type'],
    [{ name: '' }, 'workload/name'],
    [{ name: 5 }, 'props/type'],
    [{ env: { HOST: undefined } }, 'props/type'],
    [{ env: { PORT: 5000 } }, 'props/type'],
    [{ env: { PASSWORD: { secret: { name: 'db' } } } }, 'props/type'],
    [{ env: { DB_PASSWORD: 'hunter2' } }, 'workload/plain-secret'],
    [{ replicas: '3' }, 'props/type'],
    [{ replicas: -1 }, 'props/type'],
    [{ imagePullPolicy: 'always' }, 'props/type'],
    [{ writableFolders: '/tmp' }, 'props/type'],
    [{ writableFolders: ['tmp'] }, 'workload/writable-folder'],
    [{ service: 'headless' }, 'props/type'],
    [{ service: { type: 'LoadBalancer' } }, 'props/type'],
    [{ service: { port: '80' } }, 'ports/invalid'],
    [{ service: { port: 5001 }, ports: { admin: 5001 } }, 'ports/duplicate-service-port'],
    [{ service: { patches: [JsonPatch.remove('/metadata/labels')] } }, 'scrape/service-labels'],
    [{ objects: { serviceMonitor: { patches: [{ op: 'remove', path: '/spec' }] } } }, 'props/type'],
    [{ objects: { deployment: { patches: [JsonPatch.replace('/spec/replica', 3)] } } }, 'synth/patch'],
    [
      {
        objects: {
          deployment: { patches: [JsonPatch.remove('/spec/template/metadata/labels/app.kubernetes.io~1name')] },
        },
      },
      'workload/selector',
    ],
    [{ replica: 3 }, 'props/unknown'],
  ])('%j', (props, code) => {
    const faults = faultsOfApp(props);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${code} shop/checkout.*: .+ → .+`));
  });

  test.each(['Checkout', 'my app', 'кофе', 'a'.repeat(64), '-'])('the name %j', (id) => {
    const faults = faultsOfApp({}, id);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^workload\/name .* → write '[a-z-]+', as the id or as name$/);
  });
});

describe('one fault of an exporter is one error', () => {
  test.each([
    [{ image: '' }, 'workload/image'],
    [{ port: undefined }, 'ports/invalid'],
    [{ port: '9121' }, 'ports/invalid'],
    [{ port: 0 }, 'ports/invalid'],
    [{ port: 5000 }, 'ports/duplicate-number'],
    [{ portName: 'http' }, 'ports/duplicate-name'],
    [{ portName: 'Redis_Port' }, 'ports/invalid'],
    [{ containerName: 'checkout' }, 'workload/duplicate-container'],
    [{ containerName: 'Redis Exporter' }, 'workload/name'],
    [{ args: '--x' }, 'props/type'],
    [{ args: [5] }, 'props/type'],
    [{ args: [Lazy.any({ produce: () => 'x' })] }, 'props/type'],
    [{ env: { A: null } }, 'props/type'],
    [{ env: { REDIS_PASSWORD: 'hunter2' } }, 'exporters/plain-secret'],
    [{ path: 'metrics' }, 'scrape/path'],
    [{ portname: 'x' }, 'props/unknown'],
  ])('%j', (props, code) => {
    const faults = faultsOfExporter(props);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${code} shop/checkout.*: .+ → .+`));
  });

  test.each(['app', 'кэш', '---'])('the id %j', (id) => {
    const faults = faultsOfExporter({}, id);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^exporters\/id /);
  });

  test.each(['Redis Cache', 'x'.repeat(80), 'checkout', 'a'])('the id %j is none', (id) => {
    expect(faultsOfExporter({}, id)).toEqual([]);
  });

  test('an exporter beside no app', () => {
    const { chart } = composed(() => undefined);
    expect(() => new ExporterSidecar(chart as unknown as MonitoredApp, 'redis', Exporters.redis())).toThrow(
      "the exporter 'redis' stands beside no app: its scope is Chart at shop",
    );
  });

  test('two of one id', () => {
    const { chart } = composed(() => undefined);
    const app = new MonitoredApp(chart, 'checkout', base);
    new ExporterSidecar(app, 'redis', Exporters.redis());
    expect(() => new ExporterSidecar(app, 'redis', Exporters.redis())).toThrow(
      "ExporterSidecar 'redis' has an id that is taken by ExporterSidecar at shop/checkout/redis",
    );
  });

  test('a port that the mesh keeps for itself', () => {
    const platform = Platform.custom({ mesh: { istio: '1.28' }, operator: { installed: true } });
    const reserved = (props: object) =>
      faultsOf(
        findingsOfSynth(
          (chart) =>
            void new ExporterSidecar(new MonitoredApp(chart, 'checkout', base), 'x', { image, port: 9121, ...props }),
          { platform },
        ),
      ).join();
    expect(reserved({ port: 15020 })).toContain("port 15020 ('x-metrics') is reserved by Istio's sidecar");
    expect(reserved({ portName: 'http-envoy-prom' })).toContain("the port name 'http-envoy-prom' is reserved");
    expect(reserved({})).toBe('');
  });
});

describe('one fault of an attached workload is one error', () => {
  const template = (spec: object, labels: object = { app: 'web' }) => ({
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels }, spec },
  });
  const web = { name: 'web', image };
  const faultsOfWorkload = (make: (chart: Chart) => unknown, props: object = { metrics: { port: 8080 } }) =>
    faultsOf(
      findingsOfSynth((chart) => {
        const workload = make(chart) as ApiObject;
        const app = MonitoredApp.attach(chart, 'web', { workload, ...props });
        new ExporterSidecar(app, 'redis', Exporters.redis());
      }),
    ).filter((fault) => !fault.startsWith('schema/'));

  test.each<[string, (chart: Chart) => unknown]>([
    ['workload/none shop/web: there is nothing to attach to: workload is undefined', () => undefined],
    ['workload/none shop/web: there is nothing to attach to: workload is shop,', (chart) => chart],
    ['workload/none shop/web: there is nothing to attach to: workload is an object', () => ({ kind: 'Deployment' })],
    ['workload/kind', (chart) => new kplus.Service(chart, 's', { ports: [{ port: 80 }] })],
    ['workload/kind', (chart) => handWritten(chart, 'web', { kind: 'PodDisruptionBudget' })],
    ['workload/no-container', (chart) => handWritten(chart, 'web', { spec: { template: undefined } })],
    ['workload/no-container', (chart) => handWritten(chart, 'web', { spec: { template: null } })],
    ['workload/no-container', (chart) => handWritten(chart, 'web', { spec: template({ containers: {} }) })],
    ['workload/no-container', (chart) => handWritten(chart, 'web', { spec: template({ containers: [null] }) })],
    ['workload/no-container', (chart) => patched(handWritten(chart), JsonPatch.remove('/spec'))],
    [
      'workload/selector',
      (chart) => handWritten(chart, 'web', { spec: template({ containers: [web] }, { app: 'other' }) }),
    ],
    [
      'workload/pod-labels',
      (chart) => handWritten(chart, 'web', { spec: { selector: {}, template: { spec: { containers: [web] } } } }),
    ],
    [
      'workload/lost-container',
      (chart) => patched(handWritten(chart), JsonPatch.replace('/spec/template/spec/containers', [web])),
    ],
    [
      'workload/duplicate-container',
      (chart) =>
        patched(
          handWritten(chart),
          JsonPatch.add('/spec/template/spec/containers/-', { name: 'redis-exporter', image }),
        ),
    ],
    [
      'workload/duplicate-container',
      (chart) =>
        handWritten(chart, 'web', {
          spec: template({ containers: [web], initContainers: [{ name: 'redis-exporter', image }] }),
        }),
    ],
    ['synth/patch', (chart) => patched(handWritten(chart), JsonPatch.remove(''))],
    [
      'synth/render',
      (chart) => handWritten(chart, 'web', { spec: { x: Lazy.any({ produce: () => JSON.parse('{') as unknown }) } }),
    ],
  ])('%s', (expected, make) => {
    const faults = faultsOfWorkload(make);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.startsWith(expected)).toBe(true);
  });

  const patched = (object: ApiObject, patch: JsonPatch) => {
    object.addJsonPatch(patch);
    return object;
  };

  test('a container that is not there, with the near miss', () => {
    expect(faultsOfWorkload(handWritten, { container: 'wep', metrics: { port: 8080 } })).toEqual([
      "workload/container shop/web: Deployment web has no container 'wep', only web → write 'web'",
    ]);
  });

  test('a name that leaves no room for that of the Service', () => {
    const named = (length: number, service?: object) =>
      faultsOfWorkload(handWritten, { name: 'a'.repeat(length), service, metrics: { port: 8080 } });
    expect(named(55)).toEqual([]);
    expect(named(56)).toMatchObject([expect.stringMatching(/^workload\/name .*at most 55 characters \(it has 56\)/)]);
    expect(named(56, { name: 'front' })).toEqual([]);
  });

  test('lists that are none are left to the schema, and crash nothing', () => {
    const spec = template({
      containers: [{ ...web, ports: 8080, env: 'x', volumeMounts: {} }],
      volumes: 'x',
      initContainers: 5,
    });
    expect(faultsOfWorkload((chart) => handWritten(chart, 'web', { spec }))).toEqual([]);
  });

  test('a workload that is monitored already, by an app or by another attachment', () => {
    const circular = findingsOfSynth((chart) => {
      const app = new MonitoredApp(chart, 'checkout', base);
      MonitoredApp.attach(chart, 'again', { workload: app.deployment, metrics: { port: 5000 } });
      const workload = handWritten(chart);
      MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8080 } });
      MonitoredApp.attach(chart, 'once-more', { workload, metrics: { port: 8080 } });
    });
    expect(faultsOf(circular).map((fault) => fault.split(' → ')[0])).toEqual([
      'workload/attached-twice shop/again: the Deployment shop/checkout/Deployment/Resource is monitored already, by shop/checkout',
      'workload/attached-twice shop/once-more: the Deployment shop/web-workload is monitored already, by shop/web',
    ]);
  });

  test('an app that is attached to itself', () => {
    const faults = findingsOfSynth((chart) => {
      const app = new MonitoredApp(chart, 'checkout', base);
      MonitoredApp.attach(app, 'self', { workload: app as unknown as ApiObject, metrics: { port: 5000 } });
    });
    expect(faultsOf(faults)).toMatchObject([
      expect.stringMatching(/^workload\/none shop\/checkout\/self: .*is shop\/checkout/),
    ]);
  });
});

describe('two apps that nothing tells apart', () => {
  const apps = (
    one: [string, string, object],
    two: [string, string, object],
    app: App = new MonitoringApp({ summary: false }),
  ) => {
    for (const [chart, id, props] of [one, two]) {
      const scope = (app.node.tryFindChild(chart) as Chart | undefined) ?? new Chart(app, chart, { namespace: 'shop' });
      new MonitoredApp(scope, id, { ...base, ...props });
    }
    return app instanceof MonitoringApp ? app.findings().filter(({ code }) => code === 'workload/same-name') : [];
  };
  const label = { labels: { 'app.kubernetes.io/name': 'shop' } };

  test('are an error in one chart', () => {
    expect(apps(['a', 'web', label], ['a', 'worker', label])).toMatchObject([
      { severity: 'error', where: { construct: 'a/worker' } },
    ]);
  });

  test('are a warning over charts, which may go to different clusters', () => {
    expect(apps(['a', 'web', {}], ['b', 'web', {}])).toMatchObject([{ severity: 'warning' }]);
  });

  test('are none where the Services differ', () => {
    expect(
      apps(
        ['a', 'web', label],
        ['a', 'worker', { ...label, service: { labels: { 'app.kubernetes.io/name': 'worker' } } }],
      ),
    ).toEqual([]);
  });

  test('fail the synth of a plain App, too', () => {
    const app = new App();
    apps(['a', 'web', label], ['a', 'worker', label], app);
    expect(() => app.synthYaml()).toThrow(/workload\/same-name/);
  });
});

describe('many faults', () => {
  const compose = (chart: Chart) => {
    const app = new MonitoredApp(chart, 'Checkout', { ...base, image: '', portName: 'Web', team: 'a b' });
    new ExporterSidecar(app, 'redis', { image: '', port: 0 });
    new ExporterSidecar(app, 'кэш', Exporters.memcached());
    MonitoredApp.attach(chart, 'web', { workload: undefined as unknown as ApiObject, metrics: {} });
    new GrafanaDashboard(app, 'overview', { file: '/nowhere.json' });
  };
  const codes = [
    'dashboards/file',
    'exporters/id',
    'ports/invalid',
    'ports/invalid',
    'props/label',
    'workload/image',
    'workload/image',
    'workload/name',
    'workload/none',
  ];

  test('are all shown in one run, and nothing is written', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bad-input-'));
    const app = new MonitoringApp({ outdir: path.join(folder, 'dist'), summary: false });
    composed(compose, { app });
    let error: unknown;
    try {
      app.synth();
    } catch (thrown) {
      error = thrown;
    }
    expect(
      (error as SynthesisError).findings.flatMap(({ code, severity }) => (severity === 'error' ? code : [])).sort(),
    ).toEqual(codes);
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  });

  test('are shown in a plain App as well', () => {
    const { app } = composed(compose);
    let message = '';
    try {
      app.synthYaml();
    } catch (error) {
      message = (error as Error).message;
    }
    for (const code of codes) expect(message).toContain(`error    ${code}`);
  });
});

describe('a team that is said twice', () => {
  const faults = (team: string, label: string) =>
    faultsOf(
      findingsOfSynth((chart) => void new MonitoredApp(chart, 'checkout', { ...base, team, labels: { team: label } })),
    );

  test('is an error where the two differ: alerts would go to the one, objects be the other', () => {
    expect(faults('payments', 'shop')).toEqual([
      "workload/team shop/checkout: team is 'payments', and the label team is 'shop': alerts would go to the one, objects be the other's → leave team out of labels",
    ]);
  });

  test('is none where they agree', () => {
    expect(faults('payments', 'payments')).toEqual([]);
  });
});
