import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Platform } from '../../platform';
import { ObjectOptions, rendered, renderOnce, toObjectName } from '../objects';
import { markAsOpen, policiesThatClose } from '../network/other-policies';
import { knowsPrometheusPeer, scrapeNetworkPolicy } from '../network/scrape-network-policy';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { defaultJobLabel, monitorSettingsKey } from '../scrape/monitor-endpoint';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import { serviceMonitor } from '../scrape/service-monitor';
import { appService, ServicePort } from './app-service';
import type { MonitoringOptions } from './monitoring-props';
import { podLabelsOf, podSelectorOf } from './pod-template';

/** An app, as far as its objects derive from it. */
export interface AppToDeriveFrom {
  readonly construct: Construct;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly options: MonitoringOptions;
  readonly workload: ApiObject;
  /** Ports of the app itself, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly serviceName: string;
  /** Labels of the Service beside those of the app, by which a monitor tells it from others. */
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Scrape settings of the app, below those of an endpoint. */
  readonly scrape: ScrapeMechanism;
  endpoints(): readonly MetricsEndpoint[];
  portNameOf(endpoint: MetricsEndpoint): string;
}

/**
 * The Service, the ServiceMonitors and the NetworkPolicy of an app. Each is made as soon as an endpoint needs it; what is in
 * it is computed when it is rendered.
 */
export class DerivedObjects {
  service?: ApiObject;
  networkPolicy?: ApiObject;
  private readonly withOwnMonitor = new Set<MetricsEndpoint>();
  private hasCommonMonitor = false;

  constructor(private readonly app: AppToDeriveFrom) {
    if (Object.keys(app.ports).length > 0) this.ensureService();
  }

  /** Keys of the labels that tell the app's Service from others. */
  get selectBy(): readonly string[] {
    return [defaultJobLabel, ...Object.keys(this.app.serviceLabels)];
  }

  /** @param monitor options of a monitor for this endpoint alone */
  addEndpoint(endpoint: MetricsEndpoint, monitor?: ObjectOptions): void {
    this.ensureService();
    if (this.service) this.ensureServiceMonitor(endpoint, monitor);
    this.ensureNetworkPolicy(endpoint);
  }

  /** Policies of the stack that close the pods already: to open "the rest" beside them would undo them. */
  policiesOfOthers(): ApiObject[] {
    return renderOnce(this, 'policies of others', () => {
      const { construct, namespace, workload } = this.app;
      return policiesThatClose(this.networkPolicy, construct.node.root, namespace, podLabelsOf(rendered(workload)));
    });
  }

  servicePorts(): ServicePort[] {
    const { options, ports } = this.app;
    const servicePort = typeof options.service === 'object' ? options.service.port : undefined;
    const app = Object.entries(ports).map(([name, port], index) => ({
      name,
      port: index === 0 ? (servicePort ?? port) : port,
      targetPort: port,
      protocol: 'TCP' as const,
    }));
    const others = this.app.endpoints().filter(({ port }) => !app.some(({ targetPort }) => targetPort === port));
    const asked = others.filter(({ scrape }) => scrape.options.targetPort === undefined);
    // a Service without any port would find no pods
    const metrics = (app.length + asked.length === 0 ? others : asked).map((endpoint) => ({
      name: this.app.portNameOf(endpoint),
      port: endpoint.port,
      targetPort: endpoint.port,
      protocol: 'TCP' as const,
    }));
    return [...app, ...metrics];
  }

  private ensureService(): void {
    const { construct, namespace, labels, serviceLabels, serviceName, options } = this.app;
    if (this.service || options.service === 'none') return;
    this.service = appService(construct, 'Service', {
      name: serviceName,
      namespace,
      labels: { ...labels, ...serviceLabels },
      options: options.service,
      selector: () => this.podSelector(),
      ports: () => this.servicePorts(),
    });
  }

  /** Endpoints share the app's monitor, but for those whose settings differ in what stands once in a monitor. */
  private ensureServiceMonitor(endpoint: MetricsEndpoint, monitor?: ObjectOptions): void {
    const { construct, name, namespace, labels, options, platform, scrape } = this.app;
    const ofItsOwn =
      monitor !== undefined || monitorSettingsKey(endpoint.scrape.options) !== monitorSettingsKey(scrape.options);
    const common = {
      namespace,
      labels,
      platform,
      service: () => this.service ?? this.app.workload,
      selectBy: this.selectBy,
      settings: endpoint.scrape.options,
    };
    const withPortName = (member: MetricsEndpoint) => ({ endpoint: member, portName: this.app.portNameOf(member) });
    if (ofItsOwn) {
      const suffix = endpoint.exporter || 'app';
      this.withOwnMonitor.add(endpoint);
      serviceMonitor(construct, `ServiceMonitor-${suffix}`, {
        ...common,
        name: `${name}-${toObjectName(suffix)}`,
        options: monitor,
        endpoints: () => [withPortName(endpoint)],
      });
      return;
    }
    if (this.hasCommonMonitor) return;
    this.hasCommonMonitor = true;
    const members = () => this.app.endpoints().filter((member) => !this.withOwnMonitor.has(member));
    serviceMonitor(construct, 'ServiceMonitor', {
      ...common,
      name,
      options: options.objects?.serviceMonitor,
      endpoints: () => members().map(withPortName),
    });
  }

  private ensureNetworkPolicy(endpoint: MetricsEndpoint): void {
    const { construct, name, namespace, labels, options, platform } = this.app;
    const denied = platform.facts.network?.defaultDeny;
    const closes = denied === true || options.isolate === true;
    const wanted = closes || (denied === false && endpoint.dedicated);
    if (!wanted || this.networkPolicy || !knowsPrometheusPeer(platform)) return;
    this.networkPolicy = scrapeNetworkPolicy(construct, 'NetworkPolicy', {
      name: `${name}-scrape`,
      namespace,
      labels,
      options: options.objects?.networkPolicy,
      platform,
      podSelector: () => this.podSelector(),
      metricsPorts: () => {
        const closed = closes || this.policiesOfOthers().length > 0;
        const admitted = this.app.endpoints().filter(({ dedicated }) => closed || dedicated);
        return admitted.map(({ port }) => port);
      },
      keepRestOpen: () => !closes && this.policiesOfOthers().length === 0,
    });
    if (!closes) markAsOpen(this.networkPolicy);
  }

  private podSelector(): Readonly<Record<string, string>> {
    return renderOnce(this, 'pod selector', () => podSelectorOf(rendered(this.app.workload)));
  }
}
