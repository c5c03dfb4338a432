import { AlertRule, MonitoredApp, MonitoringDefaults } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { faults, stackOn } from '../scrape/scraped-app';

const severityLabels = { critical: { receiver: 'pager' }, warning: { receiver: 'slack' } };

const saidOf = (severity: string, labels?: typeof severityLabels) =>
  faults(
    stackOn(Platform.unknown, (chart) => {
      MonitoringDefaults.provide(chart, { severityLabels: labels });
      const app = new MonitoredApp(chart, 'checkout', { image: 'a:1', port: 8000, metrics: {} });
      new AlertRule(app, 'Busy', { expr: 'up == 0', severity, summary: 'It is busy' });
    }),
  ).filter((fault) => fault.includes('rules/severity'));

test.each([
  ['critcal', 'critical'],
  ['Critical', 'critical'],
  ['warn', 'warning'],
])('the severity %s misses the labels of %s', (severity, meant) => {
  expect(saidOf(severity, severityLabels)).toEqual([
    `warning rules/severity: the alert 'Busy' has the severity '${severity}', for which severityLabels has no labels → ` +
      `write '${meant}' in both places`,
  ]);
});

test('a severity without labels is none that misses them', () => {
  expect(saidOf('info', severityLabels)).toEqual([]);
  expect(saidOf('page', severityLabels)).toEqual([]);
  expect(saidOf('critical', severityLabels)).toEqual([]);
  expect(saidOf('critcal')).toEqual([]);
});
