import { App, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AlertRule,
  AlertRuleProps,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  RecordingRule,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { checkRules } from '../../support/promtool';
import { describeWithEngine } from '../../support/engines';
import { expectValidObjects } from '../../support/schemas';
import { goodExpressions } from '../../promql/expressions';
import { goodTemplates } from '../../promql/templates';
import { faults, Stack, stackOn } from '../scrape/scraped-app';

const alert: AlertRuleProps = { expr: 'up == 0', severity: 'warning', summary: 'It is down' };

function withApp(compose: (app: MonitoredApp, chart: Chart) => void, platform = Platform.unknown, props = {}): Stack {
  return stackOn(platform, (chart) =>
    compose(new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 8000, ...props }), chart),
  );
}
const names = (stack: Stack) => stack.rules.map(({ alert: name, record }) => name ?? record);

describe('an alert', () => {
  test('is written with everything that it says', () => {
    const { prometheusRules, findings } = withApp(
      (app) => {
        new AlertRule(app, 'CheckoutErrors', {
          expr: 'rate(http_requests_total{code="5xx"}[5m]) > 1',
          for: Duration.minutes(10),
          keepFiringFor: '5m',
          severity: 'critical',
          summary: 'Checkout fails',
          description: '{{ $value | humanize }} errors per second in {{ $labels.pod }}.',
          labels: { area: 'shop' },
          annotations: { dashboard: 'https://grafana.example/d/checkout' },
        });
      },
      Platform.custom({ links: { runbooks: 'https://runbooks.example/' } }),
      { team: 'payments' },
    );
    expect(findings).toEqual([]);
    expect(prometheusRules).toMatchInlineSnapshot(`
     [
       {
         "apiVersion": "monitoring.coreos.com/v1",
         "kind": "PrometheusRule",
         "metadata": {
           "labels": {
             "app.kubernetes.io/name": "checkout",
             "team": "payments",
           },
           "name": "checkout",
           "namespace": "shop",
         },
         "spec": {
           "groups": [
             {
               "name": "checkout",
               "rules": [
                 {
                   "alert": "CheckoutErrors",
                   "annotations": {
                     "dashboard": "https://grafana.example/d/checkout",
                     "description": "{{ $value | humanize }} errors per second in {{ $labels.pod }}.",
                     "runbook_url": "https://runbooks.example/CheckoutErrors",
                     "summary": "Checkout fails",
                   },
                   "expr": "rate(http_requests_total{code="5xx"}[5m]) > 1",
                   "for": "10m",
                   "keep_firing_for": "5m",
                   "labels": {
                     "area": "shop",
                     "severity": "critical",
                     "team": "payments",
                   },
                 },
               ],
             },
           ],
         },
       },
     ]
    `);
  });

  test('has a runbook of its own, of the platform, or none', () => {
    const runbooks = (runbook: string | undefined, platform?: Platform) =>
      withApp((app) => void new AlertRule(app, 'Too slow?', { ...alert, runbook }), platform).rules[0]?.annotations
        ?.runbook_url;
    const platform = Platform.custom({ links: { runbooks: 'https://runbooks.example' } });
    expect(runbooks('https://wiki.example/slow', platform)).toBe('https://wiki.example/slow');
    expect(runbooks(undefined, platform)).toBe('https://runbooks.example/Too%20slow%3F');
    expect(runbooks(undefined)).toBeUndefined();
  });

  test('carries the team of its app under the label of the platform, made a label of Prometheus', () => {
    const labels = (platform: Platform) =>
      withApp((app) => void new AlertRule(app, 'Down', alert), platform, { team: 'payments' }).rules[0]?.labels;
    expect(labels(Platform.unknown)).toEqual({ team: 'payments', severity: 'warning' });
    expect(labels(Platform.custom({ teamLabel: 'example.org/owner' }))).toEqual({
      example_org_owner: 'payments',
      severity: 'warning',
    });
  });

  test('lets its own labels and annotations win', () => {
    const { rules } = withApp(
      (app) =>
        void new AlertRule(app, 'Down', {
          ...alert,
          labels: { team: 'ops', severity: 'page' },
          annotations: { summary: 'other' },
        }),
      undefined,
      { team: 'payments' },
    );
    expect(rules[0]).toMatchObject({ labels: { team: 'ops', severity: 'page' }, annotations: { summary: 'other' } });
  });
});

describe('a set of rules', () => {
  const compose: readonly ((app: MonitoredApp) => void)[] = [
    (app) => void new AlertRule(app, 'Zebra', alert),
    (app) => void new AlertRule(app, 'Ant', { ...alert, expr: 'job:errors:ratio > 0.1' }),
    (app) => void new RecordingRule(app, 'job:errors:ratio', { expr: 'job:errors:rate5m / job:requests:rate5m' }),
    (app) => void new RecordingRule(app, 'job:requests:rate5m', { expr: 'sum by (job) (rate(requests_total[5m]))' }),
    (app) => void new RecordingRule(app, 'job:errors:rate5m', { expr: 'sum by (job) (rate(errors_total[5m]))' }),
    (app) => void new RecordingRule(app, 'a:uses:ratio', { expr: 'avg(job:errors:ratio)' }),
  ];

  test('has recording rules after those that they use, then alerts by name, whatever the order of construction', () => {
    const inOrder = withApp((app) => compose.forEach((make) => make(app)));
    expect(names(inOrder)).toEqual([
      'job:errors:rate5m',
      'job:requests:rate5m',
      'job:errors:ratio',
      'a:uses:ratio',
      'Ant',
      'Zebra',
    ]);
    for (let rotation = 1; rotation < compose.length; rotation++) {
      const other = [...compose.slice(rotation), ...compose.slice(0, rotation)].reverse();
      expect(withApp((app) => other.forEach((make) => make(app))).prometheusRules).toEqual(inOrder.prometheusRules);
    }
  });

  test('orders recording rules that use one another in a circle by name, and one that uses itself anywhere', () => {
    const stack = withApp((app) => {
      new RecordingRule(app, 'c', { expr: 'c offset 1m' });
      new RecordingRule(app, 'b', { expr: 'a' });
      new RecordingRule(app, 'a', { expr: 'b' });
    });
    expect(names(stack)).toEqual(['c', 'a', 'b']);
  });

  test('is one object with the labels by which the platform selects it', () => {
    const { prometheusRules } = withApp(
      (app) => compose.forEach((make) => make(app)),
      Platform.kubePrometheusStack({ release: 'kps' }),
    );
    expect(prometheusRules.map(({ metadata }) => metadata)).toEqual([
      { name: 'checkout', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'checkout', release: 'kps' } },
    ]);
    expect(prometheusRules[0]?.spec.groups?.map(({ name }) => name)).toEqual(['checkout']);
  });

  test('of a chart holds what belongs to no app', () => {
    const { prometheusRules } = withApp(
      (app, chart) => {
        new AlertRule(chart, 'Everything', alert);
        new AlertRule(new Construct(chart, 'group'), 'More', alert);
        new AlertRule(app, 'Checkout', alert);
      },
      Platform.kubePrometheusStack({ release: 'kps' }),
    );
    expect(
      prometheusRules.map(({ metadata, spec }) => [
        metadata.name,
        metadata.labels?.release,
        spec.groups?.[0]?.rules?.map((rule) => rule.alert),
      ]),
    ).toEqual([
      ['checkout', 'kps', ['Checkout']],
      ['shop-rules', 'kps', ['Everything', 'More']],
    ]);
  });

  test('does not exist without rules', () => expect(withApp(() => undefined).prometheusRules).toEqual([]));

  test('outside of a chart cannot be', () => {
    expect(() => new AlertRule(new App(), 'Lost', alert)).toThrow("AlertRule 'Lost' is in no chart");
  });

  test('with two rules of one name and the same labels is refused, at the second', () => {
    const stack = withApp((app) => {
      new AlertRule(new Construct(app, 'one'), 'Down', alert);
      new AlertRule(new Construct(app, 'two'), 'Down', { ...alert, expr: 'up == 1' });
      new AlertRule(new Construct(app, 'three'), 'Down', { ...alert, severity: 'critical' });
      new RecordingRule(app, 'a', { record: 'x', expr: 'y' });
      new RecordingRule(app, 'b', { record: 'x', expr: 'z', labels: { window: '5m' } });
    });
    const found = stack.findings.filter(({ severity }) => severity === 'error');
    expect(found.map(({ code, where, message }) => ({ code, where, message }))).toEqual([
      {
        code: 'rules/duplicate',
        where: { construct: 'shop/checkout/two/Down' },
        message: "the rule 'Down' stands twice with the same labels, also at shop/checkout/one/Down",
      },
    ]);
  });
});

describe('what is wrong with a rule', () => {
  const of = (props: object) => faults(withApp((app) => void new AlertRule(app, 'Down', { ...alert, ...props })));
  const ofRecording = (id: string, props: object) =>
    faults(withApp((app) => void new RecordingRule(app, id, { expr: 'up', ...props })));

  test.each<[object, string]>([
    [{ expr: 'sum(rate(up[5m])' }, "error promql/syntax: the alert 'Down': the expression ends too early"],
    [{ expr: '' }, "error promql/syntax: the alert 'Down': the expression is empty"],
    [{ expr: undefined }, "error promql/syntax: the alert 'Down' has no expression"],
    [{ expr: 1 }, "error promql/syntax: the alert 'Down' has no expression"],
    [{ for: '5' }, "error rules/duration: for: '5' is no Prometheus duration → write '5s'"],
    [{ for: Duration.millis(0.5) }, 'error rules/duration: for: a duration of 0.5 ms'],
    [{ severity: undefined }, "error rules/incomplete: the alert 'Down' has no severity"],
    [{ severity: ' ' }, "error rules/incomplete: the alert 'Down' has no severity"],
    [{ summary: 5 }, "error rules/incomplete: the alert 'Down' has no summary"],
    [
      { labels: { 'a-b': 'x' } },
      "error rules/label: 'a-b' cannot name a label of a rule → use letters, digits and _, such as 'a_b'",
    ],
    [{ labels: { '': 'x' } }, "error rules/label: '' cannot name a label of a rule"],
    [
      { labels: { '1a': 'x' } },
      "error rules/label: '1a' cannot name a label of a rule → use letters, digits and _, such as '_1a'",
    ],
    [
      { labels: { __name__: 'x' } },
      "error rules/label: '__name__' cannot name a label of a rule → use letters, digits and _, such as '___name__'",
    ],
    [{ labels: { priority: 1 } }, "error rules/label: the label 'priority' is 1, no string → put it in quotes: '1'"],
    [
      { labels: { priority: null } },
      "error rules/label: the label 'priority' is null, no string → give a text, or leave out the label",
    ],
    [{ labels: ['a'] }, 'error rules/label: the labels are ["a"], not a map'],
    [{ annotations: 'text' }, 'error rules/annotation: the annotations are "text", not a map'],
    [{ annotations: { 'a b': 'x' } }, "error rules/annotation: 'a b' cannot name a annotation of a rule"],
    [
      { description: '{{ $value' },
      "error rules/annotation: the annotation 'description': the template '{{ $value' is not closed",
    ],
    [
      { summary: '{{ humanise $value }}' },
      "error rules/annotation: the annotation 'summary': the template function 'humanise' does not exist",
    ],
    [{ labels: { pod: '{{ $label.pod }}' } }, "error rules/label: the label 'pod': the variable $label is not defined"],
    [{ runbook: 5 }, "error props/type: runbook is the number 5, expected text → write '5'"],
  ])('%p', (props, message) => expect(of(props).join('\n')).toContain(message));

  test('a place in a long expression is shown', () => {
    const expr = 'sum by (job) (rate(http_requests_total[5m])) and by job';
    const { findings } = withApp((app) => void new AlertRule(app, 'Down', { ...alert, expr }));
    expect(findings.find(({ code }) => code === 'promql/syntax')?.message).toMatchInlineSnapshot(`
     "the alert 'Down': unexpected 'job' at character 53
        (rate(http_requests_total[5m])) and by job
                                               ^"
    `);
  });

  test('a recording rule has a plain name, and labels that are no templates', () => {
    expect(ofRecording('job:up:sum', { labels: { text: '{{ not a template' } })).toEqual([]);
    expect(ofRecording('job-up', {})).toEqual([
      expect.stringContaining(
        "error rules/record-name: 'job-up' cannot name a series → use letters, digits, _ and :, such as 'job_up'",
      ),
    ]);
    expect(ofRecording('job:up', { labels: { 'a-b': 'x' } })).toEqual([
      expect.stringContaining("'a-b' cannot name a label of a rule"),
    ]);
    expect(ofRecording('job:up', { expr: 'sum(' })).toEqual([expect.stringContaining("the recording rule 'job:up': ")]);
  });

  test('keepFiringFor is left out by an operator that serves an old Prometheus', () => {
    const on = (version: string) =>
      faults(
        withApp(
          (app) => void new AlertRule(app, 'Down', { ...alert, keepFiringFor: '5m' }),
          Platform.custom({ prometheus: { version } }),
        ),
      );
    expect(on('2.41.0')).toEqual([
      expect.stringContaining('warning rules/prometheus-version: keepFiringFor needs Prometheus 2.42'),
    ]);
    expect(on('2.42.0')).toEqual([]);
  });

  test('all of it is reported at once', () => {
    expect(of({ expr: '(', for: '5', severity: '', labels: { 'a-b': 1 }, description: '{{' })).toHaveLength(5);
  });
});

describe('default alerts', () => {
  const redis = (alerts?: object) =>
    withApp(
      (app) =>
        void new ExporterSidecar(app, 'redis', {
          ...Exporters.redis({ address: 'redis://localhost:6379' }),
          alerts: alerts as never,
        }),
    );

  test('come with every endpoint, those of an exporter with its own up metric', () => {
    expect(names(redis())).toEqual(['CheckoutRedisDown', 'CheckoutRedisTargetAbsent', 'CheckoutRedisTargetDown']);
    expect(names(withApp(() => undefined, undefined, { metrics: {} }))).toEqual([
      'CheckoutTargetAbsent',
      'CheckoutTargetDown',
    ]);
  });

  test('are switched off all together, or by name', () => {
    expect(names(redis(false as never))).toEqual([]);
    expect(names(redis({ targetAbsent: false }))).toEqual(['CheckoutRedisDown', 'CheckoutRedisTargetDown']);
    expect(names(redis({ targetAbsent: false, targetDown: false, exporterDown: false }))).toEqual([]);
  });

  test('are changed by name, the rest stays', () => {
    const { rules, ...stack } = redis({
      targetDown: { for: Duration.minutes(1), severity: 'critical', labels: { page: 'yes' }, summary: undefined },
    });
    expect(faults(stack)).toEqual([]);
    expect(rules.find(({ alert: name }) => name === 'CheckoutRedisTargetDown')).toMatchObject({
      for: '1m',
      labels: { severity: 'critical', page: 'yes' },
      annotations: { summary: 'Prometheus cannot scrape the redis exporter of checkout' },
    });
    expect(rules.find(({ alert: name }) => name === 'CheckoutRedisDown')).toMatchObject({ for: '2m' });
  });

  test('that are changed to what is wrong are reported as those of a user', () => {
    const stack = redis({
      targetDown: { for: '5', labels: { 'a-b': 'x' }, description: '{{ $x }}' },
      exporterDow: false,
    });
    expect(faults(stack).map((fault) => fault.split(':')[0])).toEqual([
      'error rules/unknown-alert',
      'error rules/duration',
      'error rules/label',
      'error rules/annotation',
    ]);
    expect(stack.findings.find(({ code }) => code === 'rules/unknown-alert')).toMatchObject({
      nearMiss: 'exporterDown',
      fix: "write 'exporterDown'",
      where: { construct: 'shop/checkout/redis' },
    });
  });
});

export function rulesThatCannotBeRightDoNotCompile(chart: Chart): void {
  // @ts-expect-error a duration has a unit
  new AlertRule(chart, 'A', { ...alert, for: '15' });
  // @ts-expect-error every alert has a severity
  new AlertRule(chart, 'B', { expr: 'up', summary: 'x' });
  // @ts-expect-error every alert says what happened
  new AlertRule(chart, 'C', { expr: 'up', severity: 'info' });
  // @ts-expect-error a recording rule has no severity
  new RecordingRule(chart, 'd', { expr: 'up', severity: 'info' });
}

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('promtool accepts what we write, whatever stands in names and texts', () => {
      const { prometheusRules, objects, findings } = withApp(
        (app) => {
          goodExpressions
            .filter((expr) => !/^("|'|`)|\[[^\]]*\]( offset \S+)?$/.test(expr))
            .forEach((expr, index) => void new RecordingRule(app, `recorded_${index}`, { expr }));
          goodTemplates.forEach(
            (text, index) =>
              void new AlertRule(app, `Template${index}`, { ...alert, description: text, labels: { text } }),
          );
          new AlertRule(app, 'Ünïcode "quoted" \\ ☃', {
            ...alert,
            summary: 'line\nbreak: "yes" # no',
            labels: { a: '"}\n\\', b: '=', c: '<<' },
          });
          new ExporterSidecar(app, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
        },
        Platform.kubePrometheusStack({ release: 'kps' }),
        { team: 'payments', metrics: {} },
      );
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const verdict = checkRules(promtool, prometheusRules);
      expect(verdict).toMatchObject({ ok: true });
      expectValidObjects(objects);
    });
  });
}
