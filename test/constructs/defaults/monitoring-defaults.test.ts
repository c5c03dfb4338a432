import { App, Chart } from 'cdk8s';
import {
  AlertRule,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoringDefaults,
  MonitoringDefaultsProps,
  PrometheusRule,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { faultsOf, image, KubernetesObject, stack, theOnly } from '../../support/stack';

const base = { image, port: 5000, metrics: {} } as const;

interface Alert {
  readonly alert: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const alertsOf = (objects: readonly KubernetesObject[]): Record<string, Alert> => {
  const rules = objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap(({ spec }) => spec.groups[0].rules as Alert[]);
  return Object.fromEntries(rules.map((rule) => [rule.alert, rule]));
};

describe('the defaults of a team', () => {
  const team: MonitoringDefaultsProps = {
    team: 'payments',
    labels: { 'app.kubernetes.io/part-of': 'shop' },
    alertLabels: { receiver: 'slack', area: 'shop' },
    severityLabels: { critical: { receiver: 'pager' } },
    alerts: { targetDown: { for: '10m', severity: 'info' }, targetAbsent: { for: '20m' } },
    runbooks: 'https://runbooks.example/payments/',
  };

  test('hold for every object of every app below, and for the pods', () => {
    const { objects, findings } = stack(
      (chart) => {
        MonitoringDefaults.provide(chart, team);
        const app = new MonitoredApp(chart, 'checkout', base);
        new ExporterSidecar(app, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
        expect(app.team).toBe('payments');
      },
      { platform: Platform.kubePrometheusStack({ release: 'kps', network: { defaultDeny: true } }) },
    );
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'NetworkPolicy',
      'PrometheusRule',
      'Service',
      'ServiceMonitor',
    ]);
    const labels = { team: 'payments', 'app.kubernetes.io/part-of': 'shop' };
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject(labels);
    expect(theOnly(objects, 'Deployment').spec.template.metadata.labels).toMatchObject(labels);
    expect(faultsOf(findings)).toEqual([]);
  });

  test('hold for every alert below: its labels, those of its severity, its runbook, and the thresholds of default alerts', () => {
    const { objects } = stack((chart) => {
      MonitoringDefaults.provide(chart, team);
      const app = new MonitoredApp(chart, 'checkout', base);
      new AlertRule(app, 'Slow', {
        expr: 'up > 0',
        severity: 'warning',
        summary: 'Slow',
        runbook: 'https://own.example',
      });
    });
    const { CheckoutTargetDown: down, CheckoutTargetAbsent: absent, Slow: slow } = alertsOf(objects);
    expect(down).toMatchObject({
      for: '10m',
      labels: { team: 'payments', receiver: 'slack', area: 'shop', severity: 'info' },
      annotations: { runbook_url: 'https://runbooks.example/payments/CheckoutTargetDown' },
    });
    expect(absent).toMatchObject({
      for: '20m',
      labels: { team: 'payments', receiver: 'pager', area: 'shop', severity: 'critical' },
    });
    expect(slow).toMatchObject({ labels: { receiver: 'slack' }, annotations: { runbook_url: 'https://own.example' } });
  });

  test('hold for rules that belong to no app', () => {
    const { objects } = stack((chart) => {
      MonitoringDefaults.provide(chart, team);
      const rule = { expr: 'vector(1)', severity: 'critical', summary: 'Works' };
      new AlertRule(chart, 'OfChart', rule);
      new AlertRule(new PrometheusRule(chart, 'own'), 'OfObject', rule);
    });
    const alerts = alertsOf(objects);
    for (const name of ['OfChart', 'OfObject']) {
      expect(alerts[name]?.labels).toEqual({ team: 'payments', receiver: 'pager', area: 'shop', severity: 'critical' });
    }
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ team: 'payments' });
  });

  test('give way to what an app, an endpoint or an alert says itself', () => {
    const { objects } = stack((chart) => {
      MonitoringDefaults.provide(chart, team);
      const app = new MonitoredApp(chart, 'checkout', {
        ...base,
        team: 'search',
        labels: { 'app.kubernetes.io/part-of': 'other' },
        metrics: { alerts: { targetDown: { for: '1m' }, targetAbsent: false } },
      });
      const labels = { receiver: 'nobody' };
      new AlertRule(app, 'Own', { expr: 'up > 0', severity: 'critical', summary: 'Own', labels });
    });
    const labels = { team: 'search', 'app.kubernetes.io/part-of': 'other' };
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject(labels);
    const { CheckoutTargetDown: down, CheckoutTargetAbsent: absent, Own: own } = alertsOf(objects);
    expect(down).toMatchObject({ for: '1m', labels: { team: 'search', severity: 'info' } });
    expect(absent).toBeUndefined();
    expect(own?.labels).toMatchObject({ team: 'search', receiver: 'nobody', area: 'shop' });
  });

  test('are joined over all levels, the nearer winning field by field and label by label', () => {
    const app = new App();
    MonitoringDefaults.provide(app, { ...team, labels: { a: 'far', b: 'far' } });
    const chart = new Chart(app, 'shop');
    MonitoringDefaults.provide(chart, {
      labels: { b: 'near' },
      alertLabels: { area: 'near' },
      severityLabels: { critical: { page: 'yes' }, info: { receiver: 'none' } },
      alerts: { targetDown: { for: '1m' }, exporterDown: false },
      team: undefined,
    });
    expect(MonitoringDefaults.of(chart)).toEqual({
      team: 'payments',
      runbooks: team.runbooks,
      labels: { a: 'far', b: 'near' },
      alertLabels: { receiver: 'slack', area: 'near' },
      severityLabels: { critical: { receiver: 'pager', page: 'yes' }, info: { receiver: 'none' } },
      alerts: { targetDown: { for: '1m', severity: 'info' }, targetAbsent: { for: '20m' }, exporterDown: false },
    });
    expect(MonitoringDefaults.of(new Chart(app, 'other')).labels).toEqual({ a: 'far', b: 'far' });
  });

  test('can switch default alerts off, which an app can switch on again', () => {
    const { objects } = stack((chart) => {
      MonitoringDefaults.provide(chart, { alerts: false });
      new MonitoredApp(chart, 'quiet', base);
      new MonitoredApp(chart, 'loud', { ...base, metrics: { alerts: {} } });
    });
    expect(Object.keys(alertsOf(objects))).toEqual(['LoudTargetAbsent', 'LoudTargetDown']);
  });

  test('replace the runbooks of the platform', () => {
    const platform = Platform.custom({ links: { runbooks: 'https://platform.example' } });
    const url = (defaults: MonitoringDefaultsProps) => {
      const { objects } = stack(
        (chart) => {
          MonitoringDefaults.provide(chart, defaults);
          new MonitoredApp(chart, 'checkout', base);
        },
        { platform },
      );
      return alertsOf(objects)['CheckoutTargetDown']?.annotations['runbook_url'];
    };
    expect(url({})).toBe('https://platform.example/CheckoutTargetDown');
    expect(url({ runbooks: 'https://team.example' })).toBe('https://team.example/CheckoutTargetDown');
  });
});

test('an app without defaults has the bytes that it always had', () => {
  const compose = (defaults?: MonitoringDefaultsProps) =>
    stack((chart) => {
      if (defaults) MonitoringDefaults.provide(chart, defaults);
      new MonitoredApp(chart, 'checkout', base);
    }).objects;
  expect(compose({})).toEqual(compose());
  expect(compose({ team: 'a' })).not.toEqual(compose());
});

describe('defaults that cannot be', () => {
  const faults = (given: unknown) =>
    faultsOf(
      stack((chart) => {
        MonitoringDefaults.provide(chart, given as MonitoringDefaultsProps);
        new MonitoredApp(chart, 'a', base);
        new MonitoredApp(chart, 'b', base);
      }).findings,
    );

  test.each([
    [{ labels: { 'a b': 'c' } }, /^props\/label shop: the label key 'a b'/],
    [{ team: 'not valid!' }, /^props\/label shop: /],
    [{ alertLabels: { 'a-b': 'c' } }, /^rules\/label shop: 'a-b' cannot name a label of a rule/],
    [{ severityLabels: { critical: { a: 5 } } }, /^rules\/label shop: the label 'a' is 5, no string/],
    [{ alerts: { targetDown: { for: '10 minutes' } } }, /^rules\/duration shop: alerts\.targetDown\.for: /],
    [{ alerts: { targetDwon: {} } }, /^props\/unknown shop: alerts\.targetDwon .*→ write 'targetDown'/],
    [{ receivers: {} }, /^props\/unknown shop: receivers is no prop/],
    ['payments', /^props\/type shop: the defaults are the string 'payments'/],
  ])('are one fault, however many apps there are: %j', (given, fault) => {
    expect(faults(given)).toEqual([expect.stringMatching(fault)]);
  });

  test('come after an app that would have needed them, or twice', () => {
    const { findings } = stack((chart) => {
      new MonitoredApp(chart, 'a', base);
      MonitoringDefaults.provide(chart, { team: 'a' });
      MonitoringDefaults.provide(chart, { team: 'b' });
    });
    expect(faultsOf(findings).map((fault) => fault.split(':')[0])).toEqual([
      'defaults/too-late shop',
      'defaults/too-late shop',
      'defaults/twice shop',
    ]);
  });
});
