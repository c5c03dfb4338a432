import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { AlertRule, MonitoredApp } from '../../../src/constructs';
import { Platform, PlatformProps } from '../../../src/platform';
import { MonitoringApp } from '../../../src/synth';
import { synthesize } from '../../../src/synth/synthesis';
import { faultsOf, image } from '../../support/stack';

const argocd = (facts: Partial<NonNullable<PlatformProps['gitops']>> = {}, more: PlatformProps = {}) =>
  Platform.custom({ gitops: { tool: 'argocd', ...facts }, ...more });

const wave = 'argocd.argoproj.io/sync-wave';
const options = 'argocd.argoproj.io/sync-options';

const object = (
  scope: Construct,
  id: string,
  props: { kind?: string; apiVersion?: string; [key: string]: unknown } = {},
) => new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, ...props });

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** The annotations of each object that has some, and what is said of the stack. */
function applied(compose: (app: App, chart: Chart) => void, platform: Platform) {
  const app = new MonitoringApp({ platform, summary: false });
  compose(app, new Chart(app, 'shop', { namespace: 'shop' }));
  const { documents, findings } = synthesize(app);
  const manifests = documents.map(({ value }) => value as Manifest);
  const annotations = manifests
    .filter(({ metadata }) => metadata.annotations !== undefined)
    .map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.annotations]);
  return {
    annotations: Object.fromEntries(annotations) as Record<string, Record<string, string>>,
    findings,
    manifests,
  };
}

describe('sync waves', () => {
  test('follow the dependencies that the stack declares, and are left out everywhere else', () => {
    const { annotations } = applied((_, chart) => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => object(chart, id)) as [
        ApiObject,
        ApiObject,
        ApiObject,
        ApiObject,
      ];
      object(chart, 'namespace', { kind: 'Namespace' });
      c.addDependency(a, b);
      b.addDependency(a);
      d.addDependency(a);
    }, argocd());
    expect(annotations).toEqual({
      'ConfigMap b': { [wave]: '1' },
      'ConfigMap c': { [wave]: '2' },
      'ConfigMap d': { [wave]: '1' },
    });
  });

  test('follow dependencies of whole charts, but a chart does not wait for those below it', () => {
    const { annotations } = applied((app, chart) => {
      object(chart, 'a');
      const operator = new Chart(app, 'operator');
      object(operator, 'b');
      object(new Chart(chart, 'below'), 'c');
      chart.addDependency(operator);
    }, argocd());
    expect(annotations).toEqual({ 'ConfigMap a': { [wave]: '1' } });
  });

  test('are for the object alone that depends on one of another chart', () => {
    const { annotations } = applied((app, chart) => {
      object(chart, 'a').addDependency(object(new Chart(app, 'other'), 'b'));
      object(chart, 'c');
    }, argocd());
    expect(annotations).toEqual({ 'ConfigMap a': { [wave]: '1' } });
  });

  test('count from those that the user has given, and a warning says which contradict a dependency', () => {
    const given = (value: string, name: string) => ({ metadata: { name, annotations: { [wave]: value } } });
    const { annotations, findings } = applied((_, chart) => {
      const first = object(chart, 'first', given('-1', 'first'));
      const late = object(chart, 'late', given('7', 'late'));
      object(chart, 'after-late').addDependency(late);
      object(chart, 'after-first').addDependency(first);
      object(chart, 'early', given('7', 'early')).addDependency(late);
    }, argocd());
    expect(annotations).toEqual({
      'ConfigMap after-late': { [wave]: '8' },
      'ConfigMap early': { [wave]: '7' },
      'ConfigMap first': { [wave]: '-1' },
      'ConfigMap late': { [wave]: '7' },
    });
    expect(faultsOf(findings)).toEqual([
      `gitops/sync-wave shop/early: the ConfigMap 'early' is in sync wave 7, but what it depends on is in wave 7 → leave its annotation ${wave} out, or make it 8 at least`,
    ]);
  });
});

describe('sync options', () => {
  test('let Argo CD apply custom resources to a cluster that does not know their kind yet', () => {
    const { annotations } = applied((_, chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image, port: 80, metrics: {} });
      new AlertRule(app, 'Down', { expr: 'up == 0', severity: 'warning', summary: 'Down' });
      object(chart, 'application', { kind: 'Application', apiVersion: 'argoproj.io/v1alpha1' });
    }, argocd());
    const skip = { [options]: 'SkipDryRunOnMissingResource=true' };
    expect(annotations).toEqual({ 'PrometheusRule checkout': skip, 'ServiceMonitor checkout': skip });
  });

  test('are joined with those that the user has given', () => {
    const monitor = (id: string, given: string) => (chart: Chart) =>
      object(chart, id, {
        kind: 'Grafana',
        apiVersion: 'grafana.integreatly.org/v1beta1',
        metadata: { name: id, annotations: { [options]: given } },
      });
    const { annotations } = applied((_, chart) => {
      monitor('a', 'Prune=false, Validate=false')(chart);
      monitor('b', 'SkipDryRunOnMissingResource=false')(chart);
    }, argocd());
    expect(annotations).toEqual({
      'Grafana a': { [options]: 'Prune=false,Validate=false,SkipDryRunOnMissingResource=true' },
      'Grafana b': { [options]: 'SkipDryRunOnMissingResource=false' },
    });
  });

  const large = (id: string, annotations?: Record<string, string>) => (_: App, chart: Chart) =>
    object(chart, id, { metadata: { name: id, annotations }, data: { text: 'x'.repeat(256 * 1024) } });

  test('apply on the server what is too large for an annotation, where not everything is', () => {
    expect(applied(large('a'), argocd()).annotations).toEqual({ 'ConfigMap a': { [options]: 'ServerSideApply=true' } });
    expect(applied(large('a'), argocd({ apply: 'server' })).annotations).toEqual({});
    const replaced = applied(large('a', { [options]: 'Replace=true' }), argocd());
    expect(replaced.annotations).toEqual({ 'ConfigMap a': { [options]: 'Replace=true' } });
    const small = (_: App, chart: Chart) => object(chart, 'a', { data: { text: 'x'.repeat(255 * 1024) } });
    expect(applied(small, argocd()).annotations).toEqual({});
  });

  test('that forbid it are an error', () => {
    const { findings } = applied(large('a', { [options]: 'ServerSideApply=false' }), argocd());
    expect(faultsOf(findings)).toEqual([expect.stringMatching(/^gitops\/object-size shop\/a: .*too large/)]);
  });
});

test('a stack of a platform without a GitOps tool, or with Flux, keeps its bytes', () => {
  const compose = (_: App, chart: Chart) => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 80, metrics: {} });
    object(chart, 'a').addDependency(app);
  };
  const flux = applied(compose, Platform.custom({ gitops: { tool: 'flux' } }));
  const none = applied(compose, Platform.custom({}));
  expect(none.annotations).toEqual({});
  expect(flux.manifests).toEqual(none.manifests);
});

test('annotations stand in the order in which cdk8s prints them', () => {
  const { manifests } = applied((_, chart) => {
    const first = object(chart, 'first');
    object(chart, 'a', { metadata: { name: 'a', annotations: { 'z/z': 'z', 'a/a': 'a' } } }).addDependency(first);
  }, argocd());
  const { metadata } = manifests.find(({ metadata: { name } }) => name === 'a')!;
  expect(Object.keys(metadata)).toEqual(['annotations', 'name', 'namespace']);
  expect(Object.keys(metadata.annotations ?? {})).toEqual(['a/a', wave, 'z/z']);
});

describe('a label that Argo CD overwrites', () => {
  const instance = 'app.kubernetes.io/instance';
  const compose = (_: App, chart: Chart) => {
    const labels = { [instance]: 'eu' };
    object(chart, 'service', { kind: 'Service', metadata: { name: 'a', labels }, spec: { ports: [{ port: 80 }] } });
    object(chart, 'monitor', {
      kind: 'ServiceMonitor',
      apiVersion: 'monitoring.coreos.com/v1',
      spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'http' }] },
    });
  };

  test('is a warning where a monitor selects Services by it', () => {
    expect(faultsOf(applied(compose, argocd({ tracking: 'label' })).findings)).toEqual([
      expect.stringMatching(
        /^gitops\/instance-label shop\/monitor: the ServiceMonitor 'monitor' selects Services by app/,
      ),
    ]);
  });

  test('is a warning, once for a chart, where the Prometheus selects monitors by it', () => {
    const prometheus = { serviceMonitorSelector: { matchLabels: { [instance]: 'kps' } } };
    const two = (_: App, chart: Chart) => {
      for (const name of ['a', 'b']) new MonitoredApp(chart, name, { image, port: 80, metrics: {} });
    };
    const { findings } = applied(two, argocd({ tracking: 'label' }, { prometheus }));
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(
        /^gitops\/instance-label shop: the platform's serviceMonitorSelector selects ServiceMonitors by app/,
      ),
    ]);
  });

  test('is nothing where it tracks by annotation, where that is unknown, or where the Services are elsewhere', () => {
    const elsewhere = (app: App, chart: Chart) => {
      compose(app, chart);
      chart.node.tryRemoveChild('service');
    };
    expect(faultsOf(applied(compose, argocd({ tracking: 'annotation' })).findings)).toEqual([]);
    expect(faultsOf(applied(compose, argocd()).findings)).toEqual([]);
    expect(faultsOf(applied(elsewhere, argocd({ tracking: 'label' })).findings)).toEqual([]);
  });
});
