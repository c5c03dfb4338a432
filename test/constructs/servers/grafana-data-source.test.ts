import { GrafanaDataSource, Platform, Prometheus, ThanosQuery } from '../../../src';
import { expectValidObjects } from '../../support/schemas';
import { theOnly } from '../../support/stack';
import { faults, monitoringStack, theObject } from './monitoring-stack';

describe('a data source of Grafana', () => {
  test('is a ConfigMap for the sidecar, with the address and interval of the server', () => {
    const { objects, findings } = monitoringStack((chart) => {
      const server = new Prometheus(chart, 'k8s', {
        namespaces: 'all',
        scrapeInterval: '20s',
        routePrefix: '/metrics',
      });
      const source = new GrafanaDataSource(chart, 'metrics', { server, isDefault: true });
      expect(source.uid).toBe('monitoring-metrics');
    });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
    const configMap = theObject(objects, 'ConfigMap', 'grafana-data-source-metrics');
    expect(configMap.metadata.labels).toEqual({ grafana_datasource: '1' });
    expect(configMap.data).toEqual({
      'monitoring-metrics.yaml': [
        'apiVersion: 1',
        'datasources:',
        '  - name: metrics',
        '    type: prometheus',
        '    access: proxy',
        '    url: http://prometheus-k8s.monitoring.svc:9090/metrics',
        '    isDefault: true',
        '    jsonData:',
        '      httpMethod: POST',
        '      timeInterval: 20s',
        '    uid: monitoring-metrics',
        '',
      ].join('\n'),
    });
  });

  test('is an object of grafana-operator where dashboards come that way', () => {
    const { objects } = monitoringStack((chart, app) => {
      const instanceSelector = { matchLabels: { dashboards: 'grafana' } };
      const prometheus = new Prometheus(chart, 'k8s', { namespaces: 'all', thanos: {} });
      Platform.provide(app, prometheus.asPlatform().with({ grafana: { dashboards: 'operator', instanceSelector } }));
      const server = new ThanosQuery(chart, 'thanos-query', { endpoints: [prometheus] });
      new GrafanaDataSource(chart, 'metrics', { server, title: 'Metrics', uid: 'metrics' });
    });
    expect(theOnly(objects, 'GrafanaDatasource')).toMatchObject({
      apiVersion: 'grafana.integreatly.org/v1beta1',
      spec: {
        instanceSelector: { matchLabels: { dashboards: 'grafana' } },
        uid: 'metrics',
        datasource: { name: 'Metrics', type: 'prometheus', url: 'http://thanos-query.monitoring.svc:10902' },
      },
    });
  });

  test('needs a server, and holds no credentials', () => {
    const found = faults((chart) => {
      new GrafanaDataSource(chart, 'nothing', {} as never);
      new GrafanaDataSource(chart, 'secret', { server: 'https://user:secret@metrics.example' });
    });
    expect(found).toEqual([
      "error servers/data-source: server is undefined, expected a Prometheus, a ThanosQuery or the address of one → give a server of the stack, or write it as 'http://prometheus.monitoring.svc:9090'",
      'error servers/plain-secret: the address of the data source holds credentials, which would be committed with the YAML → leave them out, and set them in Grafana',
    ]);
  });
});

test.each(['two words', 'a'.repeat(41), ''])('the uid %j is none that Grafana takes', (uid) => {
  const found = faults(
    (chart) => void new GrafanaDataSource(chart, 'metrics', { server: 'http://prometheus:9090', uid }),
  );
  expect(found).toEqual([
    expect.stringMatching(/^error servers\/data-source: uid is .*, expected up to 40 letters, digits, - and _ → /),
  ]);
});
