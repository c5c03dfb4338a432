import { spawnSync } from 'child_process';
import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AlertRule,
  AlertRuleProps,
  Exporters,
  ExporterSidecar,
  GrafanaDashboard,
  GrafanaDashboardProps,
  MonitoredApp,
  PrometheusRule,
  RecordingRule,
  RecordingRuleProps,
} from '../../src/constructs';
import { reserveIds, scopeFor, StackError } from '../../src/findings';
import { Platform } from '../../src/platform';
import { MonitoringApp } from '../../src/synth';
import { composed, faultsOf, findingsOfSynth, handWritten, image } from '../support/stack';
import { compileRooms } from '../synth/compile-room';

const base = { image, port: 5000, metrics: {} } as const;
const alert = { expr: 'up == 0', severity: 'warning', summary: 'Down' } as const;

const anApp = () => new MonitoredApp(composed(() => undefined).chart, 'checkout', base);

/** The one report of a construct that cannot be. */
function refusal(create: () => unknown): string {
  try {
    create();
  } catch (error) {
    expect(error).toBeInstanceOf(StackError);
    const { message, stack, findings } = error as StackError;
    expect(stack).toBe(message);
    expect(message).not.toMatch(/^\s+at /m);
    return faultsOf(findings).join('\n');
  }
  return 'nothing was refused';
}

describe('a construct that cannot be says so once, without a stack', () => {
  test.each<[string, (scope: Construct) => unknown]>([
    ['AlertRule', (scope) => new AlertRule(scope, 'X', alert)],
    ['RecordingRule', (scope) => new RecordingRule(scope, 'X', { expr: 'up' })],
    ['PrometheusRule', (scope) => new PrometheusRule(scope, 'X')],
    ['MonitoredApp', (scope) => new MonitoredApp(scope, 'X', base)],
    [
      'MonitoredApp.attach',
      (scope) => MonitoredApp.attach(scope, 'X', { workload: handWritten(new Chart(new App(), 'x')) }),
    ],
    ['GrafanaDashboard', (scope) => new GrafanaDashboard(scope, 'X', { json: {} })],
  ])('%s in no chart', (kind, create) => {
    const noChart = (path: string, under: string) =>
      `construct/no-chart ${path}: ${kind} 'X' is in no chart, but directly under ${under} → create it under a Chart`;
    expect(refusal(() => create(new App()))).toBe(noChart('X', 'the App'));
    expect(refusal(() => create(new Construct(new App(), 'team')))).toBe(noChart('team/X', 'Construct at team'));
    expect(refusal(() => create(undefined as unknown as Construct))).toBe(
      `construct/scope X: ${kind} 'X' has as its scope undefined, expected a chart, or a construct in one` +
        ' → give the chart as the first argument',
    );
  });

  test.each([
    ['', 'an empty id'],
    [undefined, 'as its id undefined'],
    [5, 'as its id the number 5'],
  ])('the id %j', (id, found) => {
    const { chart } = composed(() => undefined);
    expect(refusal(() => new AlertRule(chart, id as string, alert))).toBe(
      `construct/id shop: AlertRule below Chart at shop has ${found}, expected text → give an id as the second argument of AlertRule`,
    );
  });

  const taken = (kind: string, id: string, by: string) =>
    `construct/id-taken shop/checkout/${id}: ${kind} '${id}' has an id that is taken by ${by}; ` +
    `ids are unique below an app or a chart → give the ${kind} another id`;

  test('an id that another construct has', () => {
    const app = anApp();
    new ExporterSidecar(app, 'redis', Exporters.redis());
    expect(refusal(() => new GrafanaDashboard(app, 'redis', { json: {} }))).toBe(
      taken('GrafanaDashboard', 'redis', 'ExporterSidecar at shop/checkout/redis'),
    );
  });

  test.each(['Service', 'Deployment', 'PrometheusRule', 'ServiceMonitor'])('the id %s', (id) => {
    const app = anApp();
    const by = `${id} at shop/checkout/${id}`;
    expect(refusal(() => new AlertRule(app, id, alert))).toBe(taken('AlertRule', id, by));
    expect(refusal(() => new ExporterSidecar(app, id, Exporters.redis()))).toContain('construct/id-taken');
    expect(refusal(() => new GrafanaDashboard(app, id, { json: {} }))).toContain('construct/id-taken');
  });

  test('an id that a construct has reserved', () => {
    const app = MonitoredApp.attach(composed(() => undefined).chart, 'checkout', {
      workload: handWritten(new Chart(new App(), 'x')),
    });
    reserveIds(app, ['Own']);
    for (const id of ['PrometheusRule', 'Service', 'ServiceMonitor', 'NetworkPolicy', 'Own']) {
      expect(refusal(() => new AlertRule(app, id, alert))).toBe(
        taken('AlertRule', id, `the ${id} that AttachedWorkload creates itself`),
      );
    }
    expect(scopeFor(app, 'Other', 'AlertRule')).toBe(app);
  });

  test('an exporter beside no app', () => {
    const { chart } = composed(() => undefined);
    const fix = 'create it under a MonitoredApp, or under what MonitoredApp.attach gives';
    const beside = (scope: unknown) => () => new ExporterSidecar(scope as MonitoredApp, 'redis', Exporters.redis());
    const says = (path: string, scope: string) =>
      `exporters/no-app ${path}: the exporter 'redis' stands beside no app: its scope is ${scope} → ${fix}`;
    expect(refusal(beside(chart))).toBe(says('shop/redis', 'Chart at shop'));
    expect(refusal(beside(undefined))).toBe(says('redis', 'undefined'));
  });
});

test('an alert of a chart may be called like the object that holds it', () => {
  const found = findingsOfSynth((chart) => void new AlertRule(chart, 'PrometheusRule', alert));
  expect(faultsOf(found)).toEqual([]);
});

describe('what can go on is found with all the rest', () => {
  const faults = (compose: (app: MonitoredApp, chart: Chart) => unknown) =>
    faultsOf(findingsOfSynth((chart) => void compose(new MonitoredApp(chart, 'checkout', base), chart)));

  test('rules and dashboards without props', () => {
    const found = faults((app, chart) => {
      new AlertRule(app, 'A', undefined as unknown as AlertRuleProps);
      new RecordingRule(chart, 'd', undefined as unknown as RecordingRuleProps);
      new GrafanaDashboard(chart, 'g', undefined as unknown as GrafanaDashboardProps);
      new PrometheusRule(chart, 'p', { labels: 5 } as never);
    });
    expect(found.sort()).toEqual([
      "dashboards/source shop/g: the dashboard has neither json nor file → give one, such as file: 'dashboards/app.json'",
      "promql/syntax shop/checkout/A: the alert 'A' has no expression → give expr, as a string",
      "promql/syntax shop/d: the recording rule 'd' has no expression → give expr, as a string",
      'props/type shop/p: labels is the number 5, expected an object → give an object',
      "rules/incomplete shop/checkout/A: the alert 'A' has no severity → give one, such as severity: 'warning'",
      "rules/incomplete shop/checkout/A: the alert 'A' has no summary → say in a sentence what happened",
    ]);
  });

  test('props of rules of a wrong type or name', () => {
    const found = faults((app) => {
      new AlertRule(app, 'A', { ...alert, runbook: 5, keepFiring: '5m', description: null } as never);
      new RecordingRule(app, 'd', { expr: 'up', record: 5 } as never);
    });
    expect(found.sort()).toEqual([
      "props/type shop/checkout/A: runbook is the number 5, expected text → write '5'",
      "props/type shop/checkout/d: record is the number 5, expected text → write '5'",
      expect.stringMatching(/^props\/unknown shop\/checkout\/A: keepFiring is no prop, and has no effect → /),
    ]);
  });

  const exporter = (props: unknown) => faults((app) => new ExporterSidecar(app, 'db', props as never)).sort();
  const passwordFix = "write password: { name: '<name of the Secret>', key: 'password' }";

  test('options of ready-made exporters', () => {
    const { postgres, mysqld, redis, nginx, memcached } = Exporters as unknown as Record<
      string,
      (o?: unknown) => object
    >;
    const at = 'props/type shop/checkout/db:';
    const noPassword = `${at} password is undefined, expected a key of a Secret → ${passwordFix}`;
    expect(exporter(postgres!())).toEqual([
      noPassword,
      `${at} user is undefined, expected text or a key of a Secret → give text, or { name: '<name of the Secret>', key: 'user' }`,
    ]);
    expect(exporter(postgres!(null))).toHaveLength(2);
    expect(exporter(mysqld!({}))).toEqual([noPassword, `${at} user is undefined, expected text → give user as text`]);
    expect(exporter({ ...redis!({ password: 'hunter2' }), native: false })).toEqual([
      `${at} password is text, expected a key of a Secret → ${passwordFix}`,
    ]);
    expect(exporter(memcached!({ adress: 'x' }))).toEqual([
      "props/unknown shop/checkout/db: adress is no prop, and has no effect → write 'address'",
    ]);
    expect(exporter(nginx!({ plus: 'true', port: '9' }))).toEqual([
      expect.stringMatching(/^ports\/invalid /),
      `${at} plus is the string 'true', expected true or false → write true`,
    ]);
    expect(exporter(redis!('redis://x'))).toHaveLength(1);
    expect(exporter(Exporters.custom(undefined as never))).toHaveLength(2);
  });

  test.each([
    ['openshift', "the string 'openshift'", 'write Platform.openShift()'],
    [{ preset: 'kube-prometheus' }, 'an object', 'write Platform.kubePrometheus()'],
    [{ preset: 'x' }, 'an object', "make one, such as Platform.custom({ … }) or Platform.fromFile('platform.yaml')"],
    [{}, 'an object', "make one, such as Platform.custom({ … }) or Platform.fromFile('platform.yaml')"],
  ])('the platform %j', (given, found, fix) => {
    const platform = given as unknown as Platform;
    const app = new MonitoringApp({ platform });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    Platform.provide(chart, platform);
    new MonitoredApp(chart, 'checkout', base);
    const says = (place: string) => `platform/invalid ${place}: the platform is ${found}, expected a Platform → ${fix}`;
    expect(Platform.of(chart)).toBe(Platform.unknown);
    expect(faultsOf(app.findings()).sort()).toEqual([says('shop'), says('the app')]);
  });
});

test('an uncaught refusal ends a program with 1 and the report alone on standard error', () => {
  const room = compileRooms();
  writeFileSync(
    join(room, 'main.js'),
    "const { AlertRule } = require('.'); const { App } = require('cdk8s'); new AlertRule(new App(), 'Lost', {});",
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: room, encoding: 'utf8' });
  rmSync(room, { recursive: true, force: true });
  expect({ status, stdout, stderr }).toMatchInlineSnapshot(`
   {
     "status": 1,
     "stderr": "error    construct/no-chart  Lost
     AlertRule 'Lost' is in no chart, but directly under the App
     fix: create it under a Chart
   ",
     "stdout": "",
   }
  `);
});
