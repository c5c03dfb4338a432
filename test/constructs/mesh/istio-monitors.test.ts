import { JsonPatch } from 'cdk8s';
import { IstioMonitors, IstioMonitorsProps } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, kubePrometheusStack, stack, theOnly } from '../../support/stack';

const monitors = (props: IstioMonitorsProps = {}, platform: Platform = kubePrometheusStack) =>
  stack((chart) => void new IstioMonitors(chart, 'istio', props), { platform, namespace: 'monitoring' });
const namesOf = (...given: Parameters<typeof monitors>) =>
  monitors(...given)
    .objects.filter(({ kind }) => kind.endsWith('Monitor'))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const ambient = kubePrometheusStack.with({ mesh: { istio: '1.31', dataPlaneMode: 'ambient' } });

test('the control plane, sidecars and gateways are monitored, each as Istio names its ports', () => {
  const { objects, findings } = monitors();
  expect(
    objects
      .filter(({ kind }) => kind !== 'PrometheusRule')
      .map(({ kind, metadata, spec }) => [kind, metadata.name, spec]),
  ).toEqual([
    [
      'ServiceMonitor',
      'istio-istiod',
      {
        selector: { matchLabels: { istio: 'pilot' } },
        namespaceSelector: { matchNames: ['istio-system'] },
        targetLabels: ['app'],
        endpoints: [{ port: 'http-monitoring', relabelings: [{ targetLabel: 'job', replacement: 'istiod' }] }],
      },
    ],
    [
      'PodMonitor',
      'istio-sidecars',
      {
        selector: {
          matchExpressions: [
            { key: 'istio-prometheus-ignore', operator: 'DoesNotExist' },
            { key: 'security.istio.io/tlsMode', operator: 'Exists' },
          ],
        },
        namespaceSelector: { any: true },
        podMetricsEndpoints: [
          {
            port: 'http-envoy-prom',
            path: '/stats/prometheus',
            relabelings: [{ targetLabel: 'job', replacement: 'envoy-stats' }],
          },
        ],
      },
    ],
    [
      'PodMonitor',
      'istio-gateways',
      expect.objectContaining({
        selector: {
          matchExpressions: [
            { key: 'istio-prometheus-ignore', operator: 'DoesNotExist' },
            { key: 'security.istio.io/tlsMode', operator: 'DoesNotExist' },
          ],
        },
      }),
    ],
  ]);
  for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ release: 'kps' });
  expect(findings).toEqual([]);
  expectValidObjects(objects);
});

test('an ambient mesh has ztunnel instead of sidecars', () => {
  expect(namesOf({}, ambient)).toEqual([
    'ServiceMonitor istio-istiod',
    'PodMonitor istio-gateways',
    'PodMonitor istio-ztunnel',
  ]);
  const { spec } = theOnly(
    monitors({ istiod: false, gateways: false }, ambient).objects.filter(({ kind }) => kind === 'PodMonitor'),
    'PodMonitor',
  );
  expect(spec).toMatchObject({
    selector: { matchLabels: { app: 'ztunnel' } },
    podMetricsEndpoints: [{ port: 'ztunnel-stats', path: '/stats/prometheus' }],
  });
});

test('merged metrics of annotated pods come instead of those of sidecars', () => {
  expect(namesOf({ mergedMetrics: {}, istiod: false, gateways: false })).toEqual(['PodMonitor istio-merged-metrics']);
  const { objects, findings } = monitors({ mergedMetrics: { interval: '15s' }, gateways: false });
  const { selector, podMetricsEndpoints } = theOnly(objects, 'PodMonitor').spec;
  expect(selector.matchExpressions).toContainEqual({ key: 'istio-prometheus-ignore', operator: 'DoesNotExist' });
  expect(podMetricsEndpoints).toHaveLength(1);
  const { relabelings, ...endpoint } = podMetricsEndpoints[0];
  expect(endpoint).toEqual({ port: 'http-envoy-prom', path: '/stats/prometheus', interval: '15s' });
  const dialled = (address: string, port: string) => {
    const rule = relabelings.find(({ targetLabel }: { targetLabel?: string }) => targetLabel === '__address__');
    return `${address};${port}`.replace(new RegExp(`^(?:${rule.regex})$`), rule.replacement);
  };
  expect(dialled('10.0.0.7:15090', '15020')).toBe('10.0.0.7:15020');
  expect(dialled('[fd00::7]:15090', '15020')).toBe('[fd00::7]:15020');
  expect(findings).toEqual([]);
  expectValidObjects(objects);
  expect(faultsOf(monitors({ mergedMetrics: {}, sidecars: {} }).findings)).toEqual([
    "mesh/scraped-twice shop/istio: merged metrics hold Envoy's, and sidecars are monitored as well: every request is counted twice → leave out sidecars, or mergedMetrics",
  ]);
});

test('each part is switched on and off, and its alerts with it', () => {
  expect(namesOf({ istiod: false, sidecars: false, ztunnel: {} })).toEqual([
    'PodMonitor istio-gateways',
    'PodMonitor istio-ztunnel',
  ]);
  const alertsOf = (props: IstioMonitorsProps) =>
    (theOnly(monitors(props).objects, 'PrometheusRule').spec.groups[0].rules as { alert: string }[]).map(
      ({ alert }) => alert,
    );
  expect(alertsOf({ sidecars: false, gateways: false })).toEqual([
    'IstioConfigurationRejected',
    'IstioRootCertificateExpires',
    'IstiodAbsent',
  ]);
  expect(alertsOf({ istiod: false })).toEqual(['IstioProxiesDown']);
  expect(monitors({ alerts: false }).objects.map(({ kind }) => kind)).not.toContain('PrometheusRule');
});

test('a monitor takes an interval, metric relabelings, a name, labels and patches', () => {
  const { objects } = monitors({
    istioNamespace: 'mesh',
    istiod: {
      interval: '15s',
      metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'pilot_debug_.*' }],
      name: 'control-plane',
      labels: { tier: 'mesh' },
      patches: [JsonPatch.add('/spec/sampleLimit', 5000)],
    },
  });
  const { metadata, spec } = theOnly(objects, 'ServiceMonitor');
  expect([metadata.name, metadata.labels?.tier, spec.sampleLimit]).toEqual(['control-plane', 'mesh', 5000]);
  expect(spec.namespaceSelector).toEqual({ matchNames: ['mesh'] });
  expect(spec.endpoints).toMatchObject([{ interval: '15s', metricRelabelings: [{ action: 'drop' }] }]);
});

test('an alert is changed or switched off by its name', () => {
  const rules = theOnly(
    monitors({ alerts: { istiodAbsent: { for: '1m', severity: 'warning' }, proxiesDown: false } }).objects,
    'PrometheusRule',
  ).spec.groups[0].rules as { alert: string; for: string; labels: object }[];
  expect(rules.find(({ alert }) => alert === 'IstiodAbsent')).toMatchObject({
    for: '1m',
    labels: { severity: 'warning' },
  });
  expect(rules.map(({ alert }) => alert)).not.toContain('IstioProxiesDown');
  const named = monitors({ prometheusRule: { name: 'mesh-rules' } });
  expect(theOnly(named.objects, 'PrometheusRule').metadata.name).toBe('mesh-rules');
});

test('what is wrong is said', () => {
  const faults = (props: object, platform: Platform = kubePrometheusStack) =>
    faultsOf(
      findingsOfSynth((chart) => void new IstioMonitors(chart, 'istio', props), { platform, namespace: 'monitoring' }),
    ).join('\n');
  expect(faults({ sidecar: {} })).toContain("sidecar is no prop, and has no effect → write 'sidecars'");
  expect(faults({ sidecars: { interval: '15x' } })).toContain('scrape/duration shop/istio');
  expect(faults({ alerts: { istiodAbsnt: false } })).toContain('istiodAbsnt');
  const narrow = Platform.custom({
    prometheus: { namespace: 'monitoring', ignoreNamespaceSelectors: true },
    operator: { installed: true },
  });
  expect(faults({}, narrow)).toContain(
    "mesh/namespaces shop/istio: the platform's Prometheus ignores namespace selectors",
  );
});

describeWithEngine('promtool', (promtool) => {
  test('takes the alerts on Istio', () => {
    expect(checkRules(promtool, [theOnly(monitors().objects, 'PrometheusRule')])).toMatchObject({ ok: true });
  });
});

test('recording rules sum over the pods of a workload, under the names that a federation copies', () => {
  const rulesOf = (props: IstioMonitorsProps) =>
    (
      theOnly(monitors(props).objects, 'PrometheusRule').spec as {
        groups: { rules: { record?: string; expr: string }[] }[];
      }
    ).groups[0]!.rules;
  const recorded = rulesOf({ workloadRules: true }).filter(({ record }) => record !== undefined);
  expect(recorded).toHaveLength(16);
  for (const { record, expr } of recorded) {
    expect(expr).toBe(
      `sum without (instance, namespace, pod) (${String(record).replace(/^workload:(istio_.+)$/, '$1')})`,
    );
  }
  expect(recorded).toContainEqual(expect.objectContaining({ record: 'workload:istio_requests_total' }));
  expect(rulesOf({}).filter(({ record }) => record !== undefined)).toEqual([]);
});

test('an interval that is none is one finding', () => {
  const found = findingsOfSynth(
    (chart) => void new IstioMonitors(chart, 'istio', { istiod: { interval: '5' as never } }),
  );
  expect(faultsOf(found)).toEqual([
    "scrape/duration shop/istio: istiod.interval: '5' is no Prometheus duration → write '5s'",
  ]);
});
