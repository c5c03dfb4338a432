import type { PodMonitor, PodMonitorSpec } from '../../../imports/pod-monitor';
import { MonitoredApp, PodMonitorOptions, ScrapePolicy } from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { faultsOf, handWritten, stack, theOnly } from '../../support/stack';
import { faults, scrapedApp, Stack } from './scraped-app';

const secret = { name: 'credentials', key: 'token' };
const rule = { targetLabel: 'cluster', replacement: 'a' } as const;

function podMonitored(options: PodMonitorOptions, facts: PlatformProps = {}, path?: string): Stack {
  return scrapedApp(ScrapePolicy.podMonitor(options), facts, { metrics: { path } });
}

function monitorOf({ objects }: Pick<Stack, 'objects'>): PodMonitor {
  const monitors = objects.filter(({ kind }) => kind === 'PodMonitor');
  expect(monitors).toHaveLength(1);
  return monitors[0] as unknown as PodMonitor;
}

test('a PodMonitor selects the pods by their labels, and is selected by the platform', () => {
  const facts: PlatformProps = { prometheus: { podMonitorSelector: { matchLabels: { release: 'kps' } } } };
  expect(monitorOf(podMonitored({}, facts, '/internal/metrics'))).toEqual({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      labels: { 'app.kubernetes.io/name': 'checkout', release: 'kps' },
      name: 'checkout',
      namespace: 'shop',
    },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      podMetricsEndpoints: [{ path: '/internal/metrics', port: 'http' }],
      selector: { matchLabels: { 'app.kubernetes.io/name': 'checkout' } },
    },
  });
});

describe('labels that the operator does not set for pods are pinned', () => {
  const attached = (options: PodMonitorOptions) =>
    stack((chart) => {
      MonitoredApp.attach(chart, 'web', {
        workload: handWritten(chart),
        metrics: { port: 'http' },
        scrape: ScrapePolicy.podMonitor(options),
      });
    });
  const spec = (options: PodMonitorOptions) => theOnly(attached(options).objects, 'PodMonitor').spec as PodMonitorSpec;

  test('job, where the pods have no label that names the app', () => {
    expect(spec({})).not.toHaveProperty('jobLabel');
    expect(spec({ relabelings: [rule] }).podMetricsEndpoints?.[0]?.relabelings).toEqual([
      { targetLabel: 'job', replacement: 'web' },
      rule,
    ]);
  });

  test('but not where a label of the pods shall give the job', () => {
    expect(spec({ jobLabel: 'app' })).toMatchObject({ jobLabel: 'app' });
    expect(spec({ jobLabel: 'app' }).podMetricsEndpoints?.[0]).not.toHaveProperty('relabelings');
  });

  test('endpoint, where the port goes by its number', () => {
    expect(spec({ port: 'number', jobLabel: 'app' }).podMetricsEndpoints).toEqual([
      { path: '/metrics', portNumber: 8080, relabelings: [{ targetLabel: 'endpoint', replacement: 'http' }] },
    ]);
  });

  test('and rules know what a rule makes of them', () => {
    const relabelings = [{ targetLabel: 'job', replacement: 'front' }] as const;
    const { objects } = attached({ relabelings });
    const rules = theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { expr: string }[];
    expect(rules.map(({ expr }) => expr)).toEqual([
      'absent(up{namespace="shop", job="front", endpoint="http"})',
      'up{namespace="shop", job="front", endpoint="http"} == 0',
    ]);
  });
});

describe('what the operator or Prometheus would refuse is a finding', () => {
  const noFiles: PlatformProps = { scrape: { tlsConfig: { caFile: '/ca.crt' } } };

  test.each<[string, PodMonitorOptions, PlatformProps]>([
    [
      'error scrape/timeout: the scrapeTimeout 20s is above the interval 10s → lower the timeout, or raise the interval',
      { interval: '10s', scrapeTimeout: '20s' },
      {},
    ],
    [
      'error scrape/authentication: authorization and basicAuth exclude one another → keep one of them',
      { authorization: { credentials: secret }, basicAuth: {} },
      {},
    ],
    ['error scrape/file-access: tlsConfig.caFile names a file, which a PodMonitor cannot → use ca', {}, noFiles],
    [
      "error scrape/target-port: port is 8000, expected 'name' or 'number': which port it is follows from the endpoint → write 'number'",
      { port: 8000 as never },
      {},
    ],
    [
      "error scrape/relabeling: relabelings[0] asks for the label '__meta_kubernetes_service_name', which pods found without a Service do not have → use a label of the pod",
      { relabelings: [{ sourceLabels: ['__meta_kubernetes_service_name'], targetLabel: 'a' }] },
      {},
    ],
    [
      "warning scrape/relabeling: relabelings[0]: no label 'service' is set before this rule: its value is always empty → copy it with podTargetLabels, or read '__meta_kubernetes_pod_label_service'",
      { relabelings: [{ sourceLabels: ['service'], targetLabel: 'a' }] },
      {},
    ],
    [
      "warning scrape/prometheus-version: fallbackScrapeProtocol needs Prometheus 3.0, the platform has 2.53.0: the operator leaves it out → remove fallbackScrapeProtocol, or raise the platform's Prometheus",
      { fallbackScrapeProtocol: 'PrometheusText0.0.4' },
      { prometheus: { version: '2.53.0' } },
    ],
    [
      "error scrape/namespace-selector: namespaceSelector looks into other, and the app's pods are in 'shop' → add 'shop' to matchNames, or leave out namespaceSelector",
      { namespaceSelector: { matchNames: ['other'] } },
      {},
    ],
    [
      "error scrape/no-operator: a PodMonitor is never read on the platform 'custom', which has no prometheus-operator → choose a platform with the operator, or set operator.installed to true if it is there",
      {},
      { operator: { installed: false } },
    ],
  ])('%s', (says, options, facts) => expect(faults(podMonitored(options, facts))).toEqual([says]));

  test('attachMetadata needs no newer Prometheus for pods than 2.35', () => {
    const facts = (version: string): PlatformProps => ({ prometheus: { version } });
    expect(faults(podMonitored({ attachMetadata: { node: true } }, facts('2.35.0')))).toEqual([]);
    expect(faults(podMonitored({ attachMetadata: { node: true } }, facts('2.34.0')))).toHaveLength(1);
  });
});

test('a PodMonitor takes name, labels, annotations and patches like every object', () => {
  const { objects, findings } = stack(
    (chart) => {
      new MonitoredApp(chart, 'checkout', {
        image: 'registry.example/checkout:1.4.2',
        port: 8000,
        metrics: {},
        scrape: ScrapePolicy.podMonitor(),
        objects: { podMonitor: { name: 'pods', labels: { tier: 'a' }, annotations: { note: 'b' } } },
      });
      new MonitoredApp(chart, 'catalog', {
        image: 'registry.example/catalog:1.4.2',
        port: 8000,
        metrics: { podMonitor: { name: 'own' } },
        scrape: ScrapePolicy.podMonitor(),
      });
    },
    { platform: Platform.kubePrometheus() },
  );
  const monitors = objects.filter(({ kind }) => kind === 'PodMonitor').map(({ metadata }) => metadata);
  expect(monitors).toEqual([
    expect.objectContaining({
      name: 'pods',
      labels: { 'app.kubernetes.io/name': 'checkout', tier: 'a' },
      annotations: { note: 'b' },
    }),
    expect.objectContaining({ name: 'own' }),
  ]);
  expect(faultsOf(findings)).toEqual([]);
});

export function settingsThatCannotBeRightDoNotCompile(): void {
  const take = (options: PodMonitorOptions): void => void options;
  // @ts-expect-error a PodMonitor reads no file
  take({ bearerTokenFile: '/token' });
  // @ts-expect-error a PodMonitor reads no file
  take({ tlsConfig: { caFile: '/ca' } });
  // @ts-expect-error there is no Service to copy labels from
  take({ targetLabels: ['team'] });
  // @ts-expect-error pods are found as pods
  take({ serviceDiscoveryRole: 'EndpointSlice' });
  // @ts-expect-error which port it is follows from the endpoint
  take({ port: 8000 });
  // @ts-expect-error a PodMonitor has `port`
  take({ targetPort: 'number' });
}
