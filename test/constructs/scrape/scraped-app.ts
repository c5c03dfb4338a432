import { ApiObject, App, Chart } from 'cdk8s';
import { MonitoredApp, MonitoredAppProps, ScrapePolicy, ServiceMonitorOptions } from '../../../src/constructs';
import { Finding, findingsOf } from '../../../src/findings';
import { Platform, PlatformProps } from '../../../src/platform';
import type { PrometheusRule, Rule } from '../../../imports/prometheus-rule';
import type { ServiceMonitor } from '../../../imports/service-monitor';

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** A composed chart: what it renders, and what its checks say. */
export interface Stack {
  readonly objects: readonly KubernetesObject[];
  readonly monitors: readonly ServiceMonitor[];
  readonly prometheusRules: readonly PrometheusRule[];
  /** The rules of all PrometheusRules. */
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
}

/** Composes a chart `shop` in a plain cdk8s App, on a platform. */
export function stackOn(platform: Platform, compose: (chart: Chart) => void): Stack {
  const app = new App();
  Platform.provide(app, platform);
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  compose(chart);
  const findings = findingsOf(app);
  const objects = chart.node
    .findAll()
    .filter(ApiObject.isApiObject)
    .map((object) => object.toJson() as KubernetesObject);
  const ofKind = (kind: string): unknown[] => objects.filter((object) => object.kind === kind);
  const prometheusRules = ofKind('PrometheusRule') as PrometheusRule[];
  return {
    objects,
    findings,
    prometheusRules,
    monitors: ofKind('ServiceMonitor') as ServiceMonitor[],
    rules: prometheusRules.flatMap(({ spec }) => spec.groups ?? []).flatMap(({ rules }) => rules ?? []),
  };
}

/** An app `checkout` with metrics of its own. */
export function scrapedApp(
  scrape: ServiceMonitorOptions | ScrapePolicy,
  facts: PlatformProps = {},
  props: Partial<MonitoredAppProps> = {},
): Stack {
  const policy = scrape instanceof ScrapePolicy ? scrape : ScrapePolicy.serviceMonitor(scrape);
  return stackOn(Platform.custom(facts), (chart) => {
    new MonitoredApp(chart, 'checkout', {
      image: 'registry.example/checkout:1.4.2',
      port: 8000,
      metrics: {},
      scrape: policy,
      ...props,
    } as MonitoredAppProps);
  });
}

/** `code severity message → fix`, as far as the findings are errors or warnings. */
export function faults({ findings }: Pick<Stack, 'findings'>): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, severity, message, fix }) => `${severity} ${code}: ${message} → ${fix}`);
}
