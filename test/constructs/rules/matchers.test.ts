import { Chart } from 'cdk8s';
import {
  AlertRule,
  Exporters,
  ExporterSidecar,
  MonitoredApp,
  MonitoredAppProps,
  RecordingRule,
  ScrapeJob,
  ScrapePolicy,
} from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { faults, stackOn } from '../scrape/scraped-app';

const kubePrometheus = Platform.custom({ operator: { installed: true } });
const appIn = (chart: Chart, props: Partial<MonitoredAppProps> = {}, name = 'checkout') =>
  new MonitoredApp(chart, name, { image: 'a:1', port: 8000, metrics: {}, ...props } as MonitoredAppProps);

/** What is said of a rule of an app about other targets. */
function saidOf(expr: string, platform = kubePrometheus, props = {}, more: (chart: Chart) => void = () => undefined) {
  const stack = stackOn(platform, (chart) => {
    const app = appIn(chart, props);
    new AlertRule(app, 'Busy', { expr, severity: 'warning', summary: 'It is busy' });
    more(chart);
  });
  return faults(stack).filter((fault) => fault.includes('rules/other-targets: the expression'));
}

describe('matchers', () => {
  const ofApp = (platform: Platform, use: (app: MonitoredApp) => string, props = {}) => {
    let text = '';
    stackOn(platform, (chart) => (text = use(appIn(chart, props))));
    return text;
  };

  test('are namespace and job, and endpoint for one of the endpoints', () => {
    expect(ofApp(kubePrometheus, (app) => app.matchers())).toBe('namespace="shop", job="checkout"');
    expect(ofApp(kubePrometheus, (app) => app.matchers(app.endpoints[0]))).toBe(
      'namespace="shop", job="checkout", endpoint="http"',
    );
  });

  test('are what the targets really have', () => {
    const annotations = Platform.annotationDiscovery();
    expect(ofApp(annotations, (app) => app.matchers())).toBe(
      'namespace="shop", job="kubernetes-pods", app_kubernetes_io_name="checkout"',
    );
    const scrape = ScrapePolicy.serviceMonitor({ relabelings: [{ targetLabel: 'job', replacement: 'shops' }] });
    expect(ofApp(kubePrometheus, (app) => app.matchers(), { scrape })).toBe('namespace="shop", job="shops"');
  });

  test('are those that all endpoints share', () => {
    const withRedis = (app: MonitoredApp) => {
      const scrape = ScrapePolicy.serviceMonitor({ relabelings: [{ targetLabel: 'job', replacement: 'redis' }] });
      new ExporterSidecar(app, 'redis', Exporters.redis({ scrape }));
      return app.matchers();
    };
    expect(ofApp(kubePrometheus, withRedis)).toBe('namespace="shop"');
  });

  test('are name and namespace before there is an endpoint', () => {
    expect(ofApp(kubePrometheus, (app) => app.matchers(), { metrics: undefined })).toBe(
      'namespace="shop", job="checkout"',
    );
  });

  test('of a job are those of its targets', () => {
    stackOn(kubePrometheus, (chart) => {
      const scrape = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['db.example:9100'] }] });
      const job = new ScrapeJob(chart, 'database', { scrape });
      expect(job.matchers()).toBe('namespace="shop", job="database"');
    });
  });
});

describe('a rule of an app', () => {
  test.each([
    ['x{job="chekout"} > 0', 'job="chekout"', 'job="checkout"'],
    ['x{job="chekcout"} > 0', 'job="chekcout"', 'job="checkout"'],
    ['x{job="Checkout"} > 0', 'job="Checkout"', 'job="checkout"'],
    ['x{namespace="shpo", job="checkout"} > 0', 'namespace="shpo"', 'namespace="shop"'],
    ['x{job="checkout", endpoint="htpp"} > 0', 'endpoint="htpp"', 'endpoint="http"'],
  ])('is warned of the typo in %s', (expr, typo, meant) => {
    expect(saidOf(expr)).toEqual([
      `warning rules/other-targets: the expression asks for ${typo}, which no target of the app has → ` +
        `write ${meant}: the matchers of the app are namespace="shop", job="checkout"`,
    ]);
  });

  test('is warned of the name of the app where its targets have another job', () => {
    expect(saidOf('x{namespace="shop", job="checkout"} > 0', Platform.annotationDiscovery())).toEqual([
      'warning rules/other-targets: the expression asks for job="checkout", and the targets of the app have job="kubernetes-pods" → ' +
        'write namespace="shop", job="kubernetes-pods", app_kubernetes_io_name="checkout", which matchers() of the app gives',
    ]);
  });

  test.each([
    'x{job="checkout"} > 0',
    'x{job="checkout-db"} > 0',
    'x{job="checkout-2"} > 0',
    'x{job=~"chekout"} > 0',
    'x{job!="chekout"} > 0',
    'kube_pod_info{namespace="shops", job="kube-state-metrics", endpoint="https"} > 0',
    'kube_pod_info{namespace="shpo"} > 0',
  ])('may be about others: %s', (expr) => expect(saidOf(expr)).toEqual([]));

  test('may be about another app or job of the stack', () => {
    const others = (chart: Chart) => {
      appIn(chart, {}, 'chekout');
      const scrape = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['db.example:9100'] }] });
      new ScrapeJob(chart, 'checkouts', { scrape });
    };
    expect(saidOf('x{job="chekout"} > y{job="checkouts"}')).toHaveLength(2);
    expect(saidOf('x{job="chekout"} > y{job="checkouts"}', kubePrometheus, {}, others)).toEqual([]);
  });

  test('is not judged where the job is computed', () => {
    const scrape = ScrapePolicy.serviceMonitor({ relabelings: [{ targetLabel: 'job', sourceLabels: ['instance'] }] });
    expect(saidOf('x{job="checkout"} > 0', kubePrometheus, { scrape })).toEqual([]);
  });

  test('is judged by a recording rule as well, with its own matchers silently', () => {
    const stack = stackOn(Platform.annotationDiscovery(), (chart) => {
      const app = appIn(chart);
      new RecordingRule(app, 'a:sum', { expr: 'sum(x{job="checkout"})' });
      new RecordingRule(app, 'b:sum', { expr: `sum(x{${app.matchers()}})` });
    });
    expect(stack.findings.filter(({ message }) => message.startsWith('the expression asks'))).toEqual([
      expect.objectContaining({ where: { construct: 'shop/checkout/a:sum' } }),
    ]);
  });
});
