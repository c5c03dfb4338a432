import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import {
  AnnotationOptions,
  annotationScrapeConfigs,
  annotationScrapeFacts,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, handWritten, image, KubernetesObject, stack, theOnly } from '../../support/stack';

const chartOfHelm = Platform.annotationDiscovery();

interface Given {
  readonly app?: ScrapePolicy;
  readonly redis?: ScrapePolicy;
  readonly platform?: Platform;
  readonly path?: string;
  readonly scheme?: 'https';
}

function shop({ app, redis, platform = chartOfHelm, path, scheme }: Given) {
  const made = stack(
    (chart) => {
      const checkout = new MonitoredApp(chart, 'checkout', {
        image,
        port: 8000,
        metrics: { path, scheme },
        scrape: app,
      });
      if (redis)
        new ExporterSidecar(checkout, 'redis', Exporters.redis({ address: 'redis://localhost:6379', scrape: redis }));
    },
    { platform },
  );
  expectValidObjects(made.objects);
  return { ...made, faults: faultsOf(made.findings) };
}

function podAnnotations(objects: readonly KubernetesObject[]): unknown {
  return theOnly(objects, 'Deployment').spec.template.metadata.annotations;
}

function selectorsOf(objects: readonly KubernetesObject[]): string[] {
  const [file = ''] = Object.values(theOnly(objects, 'ConfigMap').data ?? {});
  const { groups } = parse(file) as { groups: { rules: { expr: string }[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return [...new Set(rules.map(({ expr }) => /\{.*\}/.exec(expr)?.[0] ?? ''))];
}

describe('annotations of pods', () => {
  test('are what a platform without the operator reads by default', () => {
    const { objects, faults } = shop({});
    expect(podAnnotations(objects)).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '8000',
      'prometheus.io/path': '/metrics',
    });
    expect(faults).toEqual([]);
    expect(
      objects.filter(({ apiVersion, kind }) => apiVersion.startsWith('monitoring') && kind !== 'PrometheusRule'),
    ).toEqual([]);
  });

  test('say the scheme, the path, parameters and that a scrape is slow', () => {
    const app = ScrapePolicy.annotations({ params: { format: ['prometheus'] }, slow: true });
    expect(podAnnotations(shop({ app, path: '/internal', scheme: 'https' }).objects)).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/scrape-slow': 'true',
      'prometheus.io/port': '8000',
      'prometheus.io/path': '/internal',
      'prometheus.io/scheme': 'https',
      'prometheus.io/param_format': 'prometheus',
    });
  });

  test('have the prefix of the platform', () => {
    const platform = chartOfHelm.with({ annotations: { prefix: 'metrics.example' } });
    expect(podAnnotations(shop({ platform }).objects)).toMatchObject({ 'metrics.example/scrape': 'true' });
  });

  test('are left alone where they are there already and say the same', () => {
    const annotated = (port: string) =>
      stack(
        (chart) => {
          const workload = handWritten(chart, 'web', {
            spec: {
              selector: { matchLabels: { app: 'web' } },
              template: {
                metadata: { labels: { app: 'web' }, annotations: { 'prometheus.io/port': port } },
                spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080, name: 'http' }] }] },
              },
            },
          });
          MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 'http' } });
        },
        { platform: chartOfHelm },
      );
    expect(faultsOf(annotated('8080').findings)).toEqual([]);
    expect(faultsOf(annotated('9090').findings)).toEqual([
      "workload/annotation-taken shop/web: the annotation prometheus.io/port of the pods shall be '8080', and the pods have '9090' there → remove prometheus.io/port where the pods are made, or let both agree",
    ]);
  });

  test('have room for one port, and a second endpoint is told so', () => {
    const { objects, faults } = shop({ redis: ScrapePolicy.annotations() });
    expect(faults).toEqual([
      "scrape/annotation-ports shop/checkout/redis: the annotations of a pod hold one port, which is 8000 already: 9121 would never be scraped → scrape one of them with ScrapePolicy.annotations({ on: 'service' }), which gives it a Service of its own, or with a monitor",
    ]);
    expect(podAnnotations(objects)).toMatchObject({ 'prometheus.io/port': '8000' });
  });
});

describe('annotations of Services', () => {
  const onServices = shop({
    app: ScrapePolicy.annotations({ on: 'service' }),
    redis: ScrapePolicy.annotations({ slow: true }),
  });

  test("are split: the app's own stand on its Service, each exporter has one of its own", () => {
    const services = onServices.objects
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata, spec }) => [metadata.name, metadata.annotations, spec.ports.length]);
    expect(services).toEqual([
      [
        'checkout',
        { 'prometheus.io/path': '/metrics', 'prometheus.io/port': '8000', 'prometheus.io/scrape': 'true' },
        2,
      ],
      [
        'checkout-redis',
        {
          'prometheus.io/path': '/metrics',
          'prometheus.io/port': '9121',
          'prometheus.io/scrape': 'true',
          'prometheus.io/scrape-slow': 'true',
        },
        1,
      ],
    ]);
    expect(podAnnotations(onServices.objects)).toBeUndefined();
    expect(onServices.faults).toEqual([]);
  });

  test('are told from one another by the name of the Service', () => {
    expect(selectorsOf(onServices.objects)).toEqual([
      '{namespace="shop", job="kubernetes-service-endpoints-slow", service="checkout-redis"}',
      '{namespace="shop", job="kubernetes-service-endpoints", service="checkout"}',
    ]);
  });

  test('do not replace what the user has set', () => {
    const { objects, findings } = stack(
      (chart) => {
        new MonitoredApp(chart, 'checkout', {
          image,
          port: 8000,
          metrics: {},
          scrape: ScrapePolicy.annotations({ on: 'service' }),
          service: { annotations: { 'prometheus.io/port': '1', 'prometheus.io/scrape': 'true' } },
        });
      },
      { platform: chartOfHelm },
    );
    expect(theOnly(objects, 'Service').metadata.annotations).toMatchObject({ 'prometheus.io/port': '1' });
    expect(faultsOf(findings)).toEqual([
      "workload/annotation-taken shop/checkout: the annotation prometheus.io/port of Service checkout shall be '8000', and '1' is there already → remove prometheus.io/port where it is set, or let both agree",
    ]);
  });

  test('take name, labels and patches of an exporter’s own Service', () => {
    const { objects } = stack(
      (chart) => {
        const app = new MonitoredApp(chart, 'checkout', { image, port: 8000, metrics: {} });
        const scrape = ScrapePolicy.annotations({ on: 'service' });
        const address = 'redis://localhost:6379';
        new ExporterSidecar(app, 'redis', Exporters.redis({ address, scrape, service: { name: 'cache' } }));
      },
      { platform: chartOfHelm },
    );
    expect(objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)).toEqual([
      'checkout',
      'cache',
    ]);
    expect(selectorsOf(objects)[0]).toContain('service="cache"');
  });
});

describe('rules match what discovery makes of the targets', () => {
  const selectors = (annotations: Parameters<typeof Platform.annotationDiscovery>[0], app?: ScrapePolicy) =>
    selectorsOf(shop({ app, platform: Platform.annotationDiscovery(annotations) }).objects);

  test('the jobs of the Helm chart copy the labels of the pods', () => {
    expect(selectors({})).toEqual(['{namespace="shop", job="kubernetes-pods", app_kubernetes_io_name="checkout"}']);
  });

  test('jobs of our own pin the name of the app', () => {
    expect(selectors({ annotations: annotationScrapeFacts })).toEqual(['{namespace="shop", job="checkout"}']);
    expect(selectors({ annotations: annotationScrapeFacts }, ScrapePolicy.annotations({ on: 'service' }))).toEqual([
      '{namespace="shop", job="checkout", service="checkout"}',
    ]);
  });

  test('of unknown jobs the namespace is certain, and the alerts say whom else they are about', () => {
    const { objects, faults } = shop({ platform: chartOfHelm.with({ annotations: { pods: {} } }) });
    expect(selectorsOf(objects)).toEqual(['{namespace="shop"}']);
    expect(faults).toEqual([
      'rules/other-targets shop/checkout: the alerts of checkout match all targets of the same namespace: it is not known how discovery by annotations labels them → set annotations.pods and annotations.services on the platform, or alerts: false',
    ]);
  });
});

describe('what annotations cannot say is a finding', () => {
  const says = (options: object, platform?: Platform) =>
    shop({ app: ScrapePolicy.annotations(options as AnnotationOptions), platform }).faults;

  test.each([
    [
      { interval: '5s' },
      'scrape/annotation-field shop/checkout: annotations cannot say interval → leave it to the Prometheus that reads the annotations',
    ],
    [{ param: {} }, "scrape/annotation-field shop/checkout: annotations cannot say param → write 'params'"],
    [
      { on: 'services' },
      "scrape/annotation-field shop/checkout: on is the string 'services', expected 'pods' or 'service' → write 'pods' or 'service'",
    ],
    [
      { slow: 'yes' },
      "scrape/annotation-field shop/checkout: slow is the string 'yes', expected true or false → write true or false",
    ],
    [
      { params: { 'match[]': ['up'] } },
      "scrape/annotation-field shop/checkout: an annotation cannot name the parameter 'match[]' → use a monitor, or letters, digits and _ alone",
    ],
    [
      { params: { a: ['b', 'c'] } },
      "scrape/annotation-field shop/checkout: params.a has 2 values, and an annotation holds one → give it as ['value']",
    ],
  ])('%j', (options, message) => expect(says(options)).toEqual([message]));

  test.each([null, 5, 'text', [], ['a'], { a: null }, { a: 5 }, { a: [null] }])(
    'params %j from JavaScript do not crash',
    (params) => expect(() => says({ params })).not.toThrow(),
  );

  test('they are ignored where only the operator is there', () => {
    expect(says({}, Platform.kubePrometheusStack({ release: 'kps' }))).toEqual([
      "scrape/no-annotation-discovery shop/checkout: nothing on the platform 'kube-prometheus-stack' is known to read annotations: prometheus-operator ignores them → use ScrapePolicy.podMonitor, or set annotations on the platform if its Prometheus has jobs that read them",
    ]);
    expect(says({}, Platform.custom({}))).toEqual([expect.stringMatching(/^rules\/other-targets /)]);
  });
});

export function annotationsThatCannotBeRightDoNotCompile(): void {
  const take = (options: AnnotationOptions): void => void options;
  // @ts-expect-error the Prometheus that reads them decides how often
  take({ interval: '15s' });
  // @ts-expect-error an annotation holds one value
  take({ params: { a: ['b', 'c'] } });
  // @ts-expect-error no such place
  take({ on: 'services' });
}

describe('jobs of a Prometheus of one’s own', () => {
  const jobs = annotationScrapeConfigs(chartOfHelm.with({ annotations: { prefix: 'metrics.example' } }));

  test('find pods and Services, the slow ones seldom', () => {
    expect(jobs.map(({ job_name, scrape_interval }) => [job_name, scrape_interval])).toEqual([
      ['annotated-pods', undefined],
      ['annotated-pods-slow', '5m'],
      ['annotated-services', undefined],
      ['annotated-services-slow', '5m'],
    ]);
  });

  test('read the prefix of the platform, and set job to the name of the app', () => {
    expect(jobs[0]?.relabel_configs).toEqual(
      expect.arrayContaining([
        {
          source_labels: ['__meta_kubernetes_pod_annotation_metrics_example_scrape'],
          action: 'keep',
          regex: 'true',
        },
        {
          source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'],
          target_label: 'job',
          regex: '(.+)',
        },
      ]),
    );
  });
});

describeWithEngine('promtool', (promtool) => {
  test('Prometheus takes the jobs as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'annotation-jobs-'));
    try {
      const file = join(folder, 'prometheus.yml');
      writeFileSync(file, stringify({ scrape_configs: annotationScrapeConfigs(chartOfHelm) }));
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'config', file], { encoding: 'utf8' });
      expect({ status, output: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
