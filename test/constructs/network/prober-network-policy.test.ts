import {
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  ProbeOptions,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { admits } from '../../support/network-policies';
import { expectValidObjects } from '../../support/schemas';
import { findingsOfSynth, image, stack, theOnly } from '../../support/stack';

const prober = { url: 'blackbox:9115', namespace: 'monitoring', podLabels: { app: 'blackbox' } };
const closed: PlatformProps = { prober, network: { defaultDeny: true }, prometheus: { namespace: 'prometheus' } };
const ofProber = { namespace: 'monitoring', labels: { app: 'blackbox' } };
const pods = { namespace: 'shop', labels: { 'app.kubernetes.io/name': 'checkout' } };

const probed = (facts: PlatformProps, options: ProbeOptions = {}, props: Partial<MonitoredAppProps> = {}) => {
  const compose: Parameters<typeof stack>[0] = (chart) => {
    const scrape = ScrapePolicy.probe(options);
    const app = new MonitoredApp(chart, 'checkout', {
      image,
      port: 8000,
      metrics: { scrape },
      ...props,
    } as MonitoredAppProps);
    new ExporterSidecar(app, 'redis', Exporters.redis());
  };
  const on = { platform: Platform.custom(facts) };
  const { objects } = stack(compose, on);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const unknown = findingsOfSynth(compose, on).filter(({ code }) => code === 'network/unknown-prober');
  return { objects, policies, unknown };
};

test('the prober is let in to the endpoint that it asks, and to no other', () => {
  const { policies, unknown } = probed(closed);
  expectValidObjects(policies);
  expect(unknown).toEqual([]);
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['checkout-prober', 'checkout-scrape']);
  expect(admits(policies, { from: ofProber, to: pods, port: 8000 })).toBe(true);
  expect(admits(policies, { from: ofProber, to: pods, port: 9121 })).toBe(false);
  expect(admits(policies, { from: { ...ofProber, labels: {} }, to: pods, port: 8000 })).toBe(false);
});

test('an app that is isolated lets it in as well, by a policy that takes a name and labels', () => {
  const proberNetworkPolicy = { name: 'blackbox', labels: { tier: 'edge' } };
  const { policies } = probed({ prober, prometheus: {} }, {}, { isolate: true, objects: { proberNetworkPolicy } });
  const policy = policies.find(({ metadata }) => metadata.name === 'blackbox');
  expect(policy?.metadata.labels).toMatchObject({ tier: 'edge' });
});

test('no policy is made where the pods are open, or where the prober asks something else', () => {
  const open: PlatformProps = { ...closed, network: { defaultDeny: false } };
  const names = (...given: Parameters<typeof probed>) => probed(...given).policies.map(({ metadata }) => metadata.name);
  expect(names(open)).not.toContain('checkout-prober');
  expect(names(closed, { targets: { static: ['https://shop.example'] } })).not.toContain('checkout-prober');
});

test('a port that a prober asks is not closed for Prometheus alone', () => {
  const open: PlatformProps = { ...closed, network: { defaultDeny: false } };
  const { policies } = probed(open, {}, {
    ports: { health: 8086 },
    metrics: { port: 'health', dedicated: true, scrape: ScrapePolicy.probe() },
  } as Partial<MonitoredAppProps>);
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['checkout-scrape']);
  expect(admits(policies, { from: ofProber, to: pods, port: 8086 })).toBe(true);
  expect(admits(policies, { from: ofProber, to: pods, port: 9121 })).toBe(false);
});

test.each<[string, PlatformProps, ProbeOptions, string]>([
  [
    'the platform does not say where it runs',
    { ...closed, prober: { url: 'blackbox:9115' } },
    {},
    'the pods of checkout are closed, and the platform does not say where the pods of the prober run',
  ],
  [
    "it is not the platform's",
    closed,
    { prober: { url: 'edge:9115' } },
    'the pods of checkout are closed, and where the pods of the prober edge:9115 run is not known',
  ],
])('nobody is let in where %s, and that is said', (_, facts, options, message) => {
  const { policies, unknown } = probed(facts, options);
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['checkout-scrape']);
  expect(unknown.map((finding) => finding.message)).toEqual([message]);
});

test('alerts of an endpoint that is probed speak of the prober', () => {
  const rules: { alert: string; expr: string; annotations: { summary: string; description: string } }[] = theOnly(
    probed(closed).objects,
    'PrometheusRule',
  ).spec.groups[0].rules;
  const textOf = (name: string) => rules.find(({ alert }) => alert === name)?.annotations;
  expect(textOf('CheckoutDown')).toMatchObject({
    summary: 'A probe of checkout fails',
    description: '{{ $labels.instance }} does not answer as the module of the prober expects.',
  });
  expect(textOf('CheckoutTargetDown')?.summary).toBe('The prober of checkout does not answer');
  expect(textOf('CheckoutTargetAbsent')?.description).toBe('Prometheus does not select the Probe.');
  expect(textOf('CheckoutRedisDown')?.summary).toBe('What the redis exporter of checkout watches does not answer');
});
