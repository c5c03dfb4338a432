import { Chart } from 'cdk8s';
import {
  LabelSelector,
  MonitoredApp,
  Platform,
  PlatformProps,
  Prometheus,
  PrometheusAgent,
  ScrapePolicy,
} from '../../../src';
import { faultsOf, image, stack } from '../../support/stack';
import { monitoringStack, theObject } from '../servers/monitoring-stack';

function faultsOn(prometheus: PlatformProps['prometheus'], scrape?: ScrapePolicy): string[] {
  const { findings } = stack(
    (chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {}, scrape }),
    { platform: Platform.custom({ prometheus }) },
  );
  return faultsOf(findings);
}

describe("a selector 'none'", () => {
  test('is a finding for each object that nothing would take, and for no other', () => {
    const nothing = { serviceMonitorSelector: 'none', podMonitorSelector: {}, ruleSelector: {} } as const;
    expect(faultsOn(nothing)).toEqual([
      "platform/selects-none shop/web/ServiceMonitor: no Prometheus of the platform takes ServiceMonitors (serviceMonitorSelector 'none'): 'web' would have no effect → use what it does take, or give the platform the serviceMonitorSelector of the Prometheus that is meant",
    ]);
    expect(faultsOn(nothing, ScrapePolicy.podMonitor())).toEqual([]);
    expect(faultsOn({ ruleSelector: 'none' })).toEqual([
      expect.stringMatching(/^platform\/selects-none shop\/web\/PrometheusRule: /),
    ]);
  });

  test('of one server is no fault where another takes the object, or where it is unknown', () => {
    const none = { name: 'a', serviceMonitorSelector: 'none' } as const;
    expect(faultsOn([none, { name: 'b', serviceMonitorSelector: {} }])).toEqual([]);
    expect(faultsOn([none, { name: 'b' }])).toEqual([]);
  });

  test('gives an object no labels', () => {
    const platform = Platform.custom({ prometheus: { serviceMonitorSelector: 'none' } });
    expect(platform.labelsToBeSelected('serviceMonitorSelector')).toEqual({});
  });

  test('is a field that a Prometheus does not have', () => {
    const { objects } = monitoringStack((chart) => {
      new Prometheus(chart, 'k8s', { namespaces: 'all', probeSelector: 'none', ruleSelector: 'none' });
    });
    const { spec } = theObject(objects, 'Prometheus', 'k8s');
    expect(spec).not.toHaveProperty('probeSelector');
    expect(spec).not.toHaveProperty('ruleSelector');
    expect(spec).toMatchObject({ serviceMonitorSelector: {}, podMonitorSelector: {} });
  });

  test('is what an agent on every node makes of all but PodMonitors', () => {
    const platforms: Platform[] = [];
    const remoteWrite = [{ url: 'https://metrics.example/api/v1/write' }] as const;
    monitoringStack((chart) => {
      const agent = new PrometheusAgent(chart, 'edge', { mode: 'DaemonSet', namespaces: 'all', remoteWrite });
      platforms.push(agent.asPlatform());
    });
    expect(platforms.map((platform) => platform.selectsNone('serviceMonitorSelector'))).toEqual([true]);
    expect(platforms.map((platform) => platform.selectsNone('podMonitorSelector'))).toEqual([false]);
  });
});

describe('the namespace of an object', () => {
  const of = (serviceMonitorNamespaceSelector: LabelSelector, labels?: Record<string, string>) => {
    const { findings } = stack((chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {} }), {
      platform: Platform.custom({
        prometheus: { serviceMonitorSelector: {}, ruleSelector: {}, serviceMonitorNamespaceSelector },
        ...(labels ? { namespaces: { shop: { labels } } } : {}),
      }),
    });
    return findings
      .filter(({ code }) => code === 'platform/namespace-not-selected')
      .map(({ severity, message, nearMiss }) => [severity, message, nearMiss]);
  };
  const named = (...values: string[]): LabelSelector => ({
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }],
  });

  test('that no Prometheus looks into is an error, with the near miss', () => {
    expect(of(named('monitoring', 'shops'))).toEqual([
      [
        'error',
        "no Prometheus of the platform takes ServiceMonitors from namespace 'shop': it asks for kubernetes.io/metadata.name in (monitoring, shops)",
        'shops',
      ],
    ]);
    expect(of(named('shop'))).toEqual([]);
    expect(of({})).toEqual([]);
  });

  test('is judged by the labels that the platform says it has: a missing one may only be unknown', () => {
    const scraped: LabelSelector = { matchLabels: { monitoring: 'on' } };
    expect(of(scraped, { monitoring: 'off' })).toEqual([
      ['error', expect.stringContaining('monitoring=on'), undefined],
    ]);
    expect(of(scraped, { team: 'pay' })).toEqual([['warning', expect.stringContaining('monitoring=on'), undefined]]);
    expect(of(scraped)).toEqual([]);
    expect(of({ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['system'] }] }, { team: 'pay' })).toEqual(
      [],
    );
  });

  test('that is not among those of a Prometheus of the stack is an error', () => {
    const { findings } = stack((chart) => {
      const servers = new Chart(chart, 'servers', { namespace: 'monitoring' });
      const prometheus = new Prometheus(servers, 'k8s', { namespaces: ['shpo'] });
      Platform.provide(chart, prometheus.asPlatform());
      new MonitoredApp(chart, 'web', { image, port: 8080, metrics: {} });
    });
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(/^platform\/namespace-not-selected shop\/web\/ServiceMonitor: /),
      expect.stringMatching(/^platform\/namespace-not-selected shop\/web\/PrometheusRule: /),
    ]);
  });
});
