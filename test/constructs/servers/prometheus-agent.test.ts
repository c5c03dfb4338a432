import { PrometheusAgent, PrometheusAgentProps } from '../../../src';
import { expectValidObjects } from '../../support/schemas';
import { faults, monitoringStack, theObject } from './monitoring-stack';

const remoteWrite: PrometheusAgentProps['remoteWrite'] = [{ url: 'https://metrics.example/api/v1/write' }];

function agent(props: PrometheusAgentProps) {
  const { objects, findings } = monitoringStack((chart) => void new PrometheusAgent(chart, 'edge', props));
  expectValidObjects(objects);
  expect(findings).toEqual([]);
  return objects;
}

describe('a PrometheusAgent', () => {
  test('scrapes like a Prometheus, and sends on what it scrapes', () => {
    const objects = agent({ namespaces: ['shop'], remoteWrite, replicas: 2, shards: 2 });
    const { apiVersion, spec } = theObject(objects, 'PrometheusAgent', 'edge');
    expect(apiVersion).toBe('monitoring.coreos.com/v1alpha1');
    expect(spec).toMatchObject({ remoteWrite, replicas: 2, shards: 2, serviceMonitorSelector: {} });
    expect(Object.keys(spec as object).filter((field) => /rule|alert|retention/i.test(field))).toEqual([]);
    expect(theObject(objects, 'NetworkPolicy', 'prometheus-agent-edge').spec.podSelector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'prometheus-agent',
      'app.kubernetes.io/instance': 'edge',
    });
  });

  test('on each node reads PodMonitors and pods, and nothing else', () => {
    const objects = agent({ namespaces: 'all', remoteWrite, mode: 'DaemonSet', access: { metricsUrls: false } });
    const { spec } = theObject(objects, 'PrometheusAgent', 'edge');
    expect(Object.keys(spec as object).filter((field) => field.endsWith('Selector'))).toEqual([
      'podMonitorNamespaceSelector',
      'podMonitorSelector',
    ]);
    expect(theObject(objects, 'ClusterRole', 'prometheus-agent-monitoring-edge')).toMatchObject({
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    expect(theObject(objects, 'PodMonitor', 'prometheus-agent-edge').spec.podMetricsEndpoints).toEqual([
      { port: 'web', path: '/metrics' },
      { port: 'reloader-web', path: '/metrics' },
    ]);
    const rules = theObject(objects, 'PrometheusRule', 'prometheus-agent-edge').spec.groups[0].rules as {
      expr: string;
    }[];
    expect(rules[0]?.expr).toContain('job="monitoring/prometheus-agent-edge"');
  });

  test('refuses what only a Prometheus has, and what no DaemonSet can have', () => {
    const found = faults((chart) => {
      new PrometheusAgent(chart, 'rules', {
        namespaces: 'all',
        remoteWrite,
        ruleSelector: {},
        retention: '1d',
      } as never);
      new PrometheusAgent(chart, 'nowhere', { namespaces: 'all' } as never);
      new PrometheusAgent(chart, 'nodes', { namespaces: 'all', remoteWrite, mode: 'DaemonSet', shards: 2 } as never);
    });
    expect(found).toEqual([
      'error servers/agent: an agent has no ruleSelector, retention: it keeps no samples to ask → leave it out, or make a Prometheus',
      'error servers/agent: the agent has no remoteWrite: its samples go nowhere → say where: remoteWrite: [{ url: … }]',
      "error servers/agent: an agent in DaemonSet mode has no shards → leave it out, or set mode: 'StatefulSet'",
    ]);
  });

  test('is known by type to keep no rules, and to be one per node or many', () => {
    faults((chart) => {
      // @ts-expect-error an agent evaluates no rules
      new PrometheusAgent(chart, 'rules', { namespaces: 'all', remoteWrite, ruleSelector: {} });
      // @ts-expect-error a DaemonSet has no replicas
      new PrometheusAgent(chart, 'nodes', { namespaces: 'all', remoteWrite, mode: 'DaemonSet', replicas: 2 });
      // @ts-expect-error samples have to go somewhere
      new PrometheusAgent(chart, 'nowhere', { namespaces: 'all', remoteWrite: [] });
      expect(chart.node.children).toHaveLength(3);
    });
  });
});
