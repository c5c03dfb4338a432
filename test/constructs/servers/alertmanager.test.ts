import { Alertmanager, AlertmanagerProps, Platform } from '../../../src';
import { expectValidObjects } from '../../support/schemas';
import { faults, monitoringStack, theObject } from './monitoring-stack';

function alertmanager(props: AlertmanagerProps = {}) {
  const { objects, findings } = monitoringStack((chart) => void new Alertmanager(chart, 'main', props));
  expectValidObjects(objects);
  expect(findings).toEqual([]);
  return { objects, spec: theObject(objects, 'Alertmanager', 'main').spec };
}

describe('an Alertmanager', () => {
  test('has the fields that it is given, as the operator spells them', () => {
    const { spec } = alertmanager({
      version: '0.33.1',
      replicas: 3,
      retention: '240h',
      storage: { size: '1Gi' },
      configSecret: 'routes',
      alertmanagerConfigSelector: { matchLabels: { alerts: 'yes' } },
      alertmanagerConfigMatcherStrategy: 'None',
      externalUrl: 'https://alerts.example',
    });
    expect(spec).toMatchObject({
      version: 'v0.33.1',
      replicas: 3,
      retention: '240h',
      storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1Gi' } } } } },
      configSecret: 'routes',
      alertmanagerConfigSelector: { matchLabels: { alerts: 'yes' } },
      alertmanagerConfigNamespaceSelector: {},
      alertmanagerConfigMatcherStrategy: { type: 'None' },
      externalUrl: 'https://alerts.example',
      serviceAccountName: 'alertmanager-main',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
  });

  test('lets its members reach each other, over both protocols, and nobody else there', () => {
    const { objects } = alertmanager({ replicas: 3 });
    const members = { 'app.kubernetes.io/name': 'alertmanager', 'app.kubernetes.io/instance': 'main' };
    expect(theObject(objects, 'NetworkPolicy', 'alertmanager-main').spec.ingress).toEqual([
      {
        from: [{ podSelector: {} }],
        ports: [
          { protocol: 'TCP', port: 9093 },
          { protocol: 'TCP', port: 8080 },
        ],
      },
      {
        from: [{ podSelector: { matchLabels: members } }],
        ports: [
          { protocol: 'TCP', port: 9094 },
          { protocol: 'UDP', port: 9094 },
        ],
      },
    ]);
  });

  test('has no token of Kubernetes, and a Service that leads to every member', () => {
    const { objects } = alertmanager();
    expect(theObject(objects, 'ServiceAccount', 'alertmanager-main')).toMatchObject({
      automountServiceAccountToken: false,
    });
    expect(theObject(objects, 'Service', 'alertmanager-main').spec.clusterIP).toBe('None');
  });

  test('is scraped by the platform around it, from whatever namespace that scrapes', () => {
    const { objects } = monitoringStack((chart, app) => {
      Platform.provide(app, Platform.kubePrometheusStack({ release: 'kps', namespace: 'infra' }));
      new Alertmanager(chart, 'main');
    });
    expect(theObject(objects, 'ServiceMonitor', 'alertmanager-main').metadata.labels).toMatchObject({ release: 'kps' });
    expect(theObject(objects, 'PrometheusRule', 'alertmanager-main').metadata.labels).toMatchObject({ release: 'kps' });
    expect(theObject(objects, 'NetworkPolicy', 'alertmanager-main').spec.ingress[0].from).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'infra' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    });
  });

  test('watches its cluster only where there is one', () => {
    const alertsOf = (replicas: number) =>
      (
        theObject(alertmanager({ replicas }).objects, 'PrometheusRule', 'alertmanager-main').spec.groups[0].rules as {
          alert: string;
        }[]
      ).map(({ alert }) => alert);
    expect(alertsOf(3)).toContain('AlertmanagerMembersMissing');
    expect(alertsOf(1)).not.toContain('AlertmanagerMembersMissing');
  });

  test('has one source of its configuration', () => {
    expect(
      faults((chart) => {
        new Alertmanager(chart, 'main', { configSecret: 'routes', alertmanagerConfiguration: { name: 'global' } });
      }),
    ).toEqual([
      "error servers/alertmanager-config: configSecret 'routes' has no effect beside alertmanagerConfiguration → keep one of them",
    ]);
  });

  test('is all that is known of its own platform', () => {
    monitoringStack((chart) => {
      expect(new Alertmanager(chart, 'main').asPlatform().facts).toEqual({
        operator: { installed: true },
        alertmanager: {
          name: 'main',
          namespace: 'monitoring',
          alertmanagerConfigSelector: {},
          alertmanagerConfigNamespaceSelector: {},
          alertmanagerConfigMatcherStrategy: 'OnNamespace',
        },
      });
    });
  });
});
