import { AlertRule, AlertRuleProps, MonitoredApp, RecordingRule } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { faults, stackOn } from '../scrape/scraped-app';

const alert: AlertRuleProps = { expr: 'up == 0', severity: 'warning', summary: 'It is down' };
const missing = (undefined as { limit?: number } | undefined)?.limit;

const saidOf = (props: Partial<AlertRuleProps>) =>
  faults(
    stackOn(Platform.unknown, (chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 8000, metrics: {} });
      new AlertRule(app, 'Busy', { ...alert, ...props });
    }),
  ).filter((fault) => fault.includes('rules/') || fault.includes('promql/'));

const fix = 'give the value that the program puts there: a template literal writes what is missing as text';

test.each([
  [`sum(x) > ${missing}`, 'undefined stands as a metric'],
  [`sum(x) > ${null}`, 'null stands as a metric'],
  [`rate(${missing}[5m]) > 0`, 'undefined stands as a metric'],
  [`x > ${{}.toString()}`, 'an object stands as [object Object]'],
  [`x{namespace="${missing}"} > 0`, 'namespace="undefined" stands'],
])('%s is an error, though PromQL reads it', (expr, what) => {
  expect(saidOf({ expr })).toEqual([
    `error rules/undefined-value: the alert 'Busy': ${what} in the expression: ${expr} → ${fix}`,
  ]);
});

test.each([
  'sum(x) > NaN',
  'undefined_total > 1',
  'requests_total{code="undefined"} > 1',
  'x{job!="null"} > 0',
  'label_replace(x, "a", "undefined", "b", "") > 0',
])('%s is left alone', (expr) => expect(saidOf({ expr })).toEqual([]));

test.each<[string, Partial<AlertRuleProps>, string]>([
  ['a summary', { summary: `${missing}` }, "the annotation 'summary' is the text 'undefined'"],
  ['a severity', { severity: `${missing}` }, "the label 'severity' is the text 'undefined'"],
  ['a label', { labels: { area: `${missing}` } }, "the label 'area' is the text 'undefined'"],
  [
    'a description',
    { description: `More than ${{}.toString()}` },
    "the annotation 'description' is the text 'More than [object Object]'",
  ],
])('%s that is a missing value is an error', (_what, props, message) => {
  expect(saidOf(props)).toEqual([`error rules/undefined-value: ${message} → ${fix}`]);
});

test('a sentence may speak of undefined', () => {
  expect(saidOf({ summary: 'The price is undefined', description: 'It was null' })).toEqual([]);
});

test('a recording rule is judged alike', () => {
  const stack = stackOn(Platform.unknown, (chart) => {
    new RecordingRule(chart, 'x:sum', { expr: `sum(${missing})`, labels: { area: `${missing}` } });
  });
  expect(faults(stack).map((fault) => fault.split(':')[0])).toEqual([
    'error rules/undefined-value',
    'error rules/undefined-value',
  ]);
});
