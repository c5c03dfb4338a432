import {
  istioFederation,
  IstioFederationOptions,
  IstioMonitors,
  IstioMonitorsProps,
  ScrapeJob,
} from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, stack, theOnly } from '../../support/stack';

const federated = (options: IstioFederationOptions) => {
  const { objects, findings } = stack(
    (chart) =>
      void new ScrapeJob(chart, 'istio', {
        scrape: istioFederation({ targets: ['prometheus.istio-system.svc:9090'], ...options }),
      }),
  );
  expectValidObjects(objects);
  return { findings, spec: theOnly(objects, 'ScrapeConfig').spec };
};

test("what Istio counts is copied from its own Prometheus, with that one's labels", () => {
  const { spec, findings } = federated({ interval: '30s' });
  expect(spec).toMatchObject({
    metricsPath: '/federate',
    honorLabels: true,
    scrapeInterval: '30s',
    params: { 'match[]': ['{__name__=~"istio_.*"}', '{__name__=~"pilot_.*|citadel_.*|galley_.*"}'] },
    staticConfigs: [{ targets: ['prometheus.istio-system.svc:9090'] }],
  });
  expect(findings).toEqual([]);
});

test('aggregated series lose their prefix, before other relabelings', () => {
  const drop = { action: 'drop', sourceLabels: ['__name__'], regex: 'istio_tcp_.*' } as const;
  const { spec } = federated({ series: 'aggregated', metricRelabelings: [drop] });
  expect(spec.params['match[]'][0]).toBe('{__name__=~"workload:istio_.*"}');
  expect(spec.metricRelabelings).toEqual([
    { sourceLabels: ['__name__'], regex: 'workload:(.*)', targetLabel: '__name__' },
    drop,
  ]);
});

test('other series can be asked for', () => {
  expect(federated({ match: ['istio_requests_total'] }).spec.params['match[]']).toEqual(['istio_requests_total']);
});

const targets = ['prometheus.istio-system.svc:9090'];

test('series that it does not know are an error', () => {
  const series = 'agregated' as 'aggregated';
  const found = findingsOfSynth(
    (chart) => void new ScrapeJob(chart, 'istio', { scrape: istioFederation({ targets, series }) }),
  );
  expect(faultsOf(found)).toEqual([expect.stringMatching(/series is the string 'agregated'.*write 'aggregated'/)]);
});

describe('beside monitors of the proxies', () => {
  const beside = (props: IstioMonitorsProps) =>
    faultsOf(
      findingsOfSynth((chart) => {
        new IstioMonitors(chart, 'mesh', props);
        new ScrapeJob(chart, 'istio', { scrape: istioFederation({ targets, series: 'aggregated' }) });
      }),
    );

  test('every request would be counted twice', () => {
    const twice =
      'mesh/scraped-twice shop/mesh: ScrapeConfig istio copies what Istio counts from another Prometheus, and proxies are monitored as well: every request is counted twice → leave out sidecars, mergedMetrics and gateways here, or the federation';
    expect(beside({})).toEqual([twice]);
    expect(beside({ mergedMetrics: {} })).toEqual([twice]);
  });

  test('the control plane alone, or rules for the Prometheus that is federated from, are no such case', () => {
    expect(beside({ sidecars: false, gateways: false })).toEqual([]);
    expect(beside({ workloadRules: true })).toEqual([]);
  });
});
