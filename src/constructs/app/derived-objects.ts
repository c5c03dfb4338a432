import { ApiObject } from 'cdk8s';
import type { Finding } from '../../findings';
import { Manifest, refine, rendered, renderedByMaker, renderOnce, toObjectName } from '../objects';
import { markAsOpen, policiesThatClose } from '../network/other-policies';
import { proberIsKnown, proberNetworkPolicy } from '../network/prober-network-policy';
import { knowsPrometheusPeer, scrapeNetworkPolicy } from '../network/scrape-network-policy';
import { scrapeAnnotations, takenAnnotationFindings } from '../scrape/annotations';
import { annotatedOn, MetricsEndpoint, needsService } from '../scrape/metrics-endpoint';
import { defaultJobLabel } from '../scrape/monitor-endpoint';
import { probe } from '../scrape/probe';
import type { OptionsOf } from '../scrape/scrape-policy';
import { unknownSelectorsOf } from '../scrape/unknown-selector';
import { appService, ServicePort } from './app-service';
import type { AppToDeriveFrom, EndpointObjects } from './app-to-derive-from';
import { DerivedMonitors } from './derived-monitors';
import type { Labels } from './pods-source';

/**
 * The Services, the monitors and the NetworkPolicy of an app. Each is made as soon as an endpoint needs it; what is in
 * it is computed when it is rendered.
 */
export class DerivedObjects {
  service?: ApiObject;
  networkPolicy?: ApiObject;
  /** Is the platform's prober let in to the endpoints that it asks? */
  private admitsProber = false;
  private readonly monitors: DerivedMonitors;
  /** Services that exist for the annotations of one endpoint. */
  private readonly annotatedServices = new Map<MetricsEndpoint, ApiObject>();

  constructor(private readonly app: AppToDeriveFrom) {
    this.monitors = new DerivedMonitors(
      app,
      () => this.serviceSelector(),
      () => this.job,
    );
    if (Object.keys(app.ports).length > 0) this.ensureService();
  }

  /** Keys of the labels that tell the app's Service from others. */
  get selectBy(): readonly string[] {
    return [defaultJobLabel, ...Object.keys(this.app.serviceLabels)];
  }

  /** Labels of the Service through which the pods are found; none where there is no Service. */
  labelsOfService(): Labels {
    const { existingService } = this.app.pods;
    if (existingService) return existingService.labels();
    return this.service ? (rendered(this.service).metadata.labels ?? {}) : {};
  }

  /** What `job` is where nothing else is said: the name of the app, as the Service in front of it is labelled. */
  get job(): string {
    const { name, labels, options, pods } = this.app;
    const ofService = typeof options.service === 'object' ? options.service.labels?.[defaultJobLabel] : undefined;
    return pods.existingService ? name : (ofService ?? labels[defaultJobLabel] ?? name);
  }

  /** The Service by which an endpoint is found, as rules know it. */
  serviceOf(endpoint: MetricsEndpoint): { readonly name: string; readonly labels: Labels } {
    const own = this.annotatedServices.get(endpoint);
    if (own) return { name: own.name, labels: rendered(own).metadata.labels ?? {} };
    const name = this.service?.name ?? this.app.pods.existingService?.name ?? this.app.name;
    const { labels, serviceLabels } = this.app;
    const isThere = this.service !== undefined || this.app.pods.existingService !== undefined;
    return { name, labels: isThere ? this.labelsOfService() : { ...labels, ...serviceLabels } };
  }

  addEndpoint(endpoint: MetricsEndpoint, objects: EndpointObjects): void {
    if (needsService(endpoint) && !this.hasOwnService(endpoint)) this.ensureService();
    this.addAnnotatedService(endpoint, objects);
    if (!needsService(endpoint) || this.service || this.app.pods.existingService) {
      this.monitors.add(endpoint, objects);
      this.addProbe(endpoint, objects);
    }
    this.ensureNetworkPolicy(endpoint);
  }

  /** The annotations of the pods: those of the first endpoint that is found by them. */
  podAnnotations(): Record<string, string> {
    const annotated = this.app.endpoints().find((endpoint) => annotatedOn(endpoint) === 'pods');
    return annotated === undefined ? {} : scrapeAnnotations(annotated, this.app.platform);
  }

  /** Pods that no PodMonitor can select, annotations that the app's Service cannot take, and what is open about selectors. */
  findings(): Finding[] {
    const { construct, platform } = this.app;
    return [
      ...this.podSelectorFindings(),
      ...this.annotationFindings(),
      ...unknownSelectorsOf(this.app.endpoints(), platform, { construct: construct.node.path }),
    ];
  }

  /** Pods of a workload are looked at with the workload. */
  private podSelectorFindings(): Finding[] {
    const { construct, pods } = this.app;
    const byPods = this.app.endpoints().some(({ scrape }) => scrape.kind === 'podMonitor');
    if (!byPods || pods.workload !== undefined || Object.keys(pods.podSelector()).length > 0) return [];
    return [
      {
        code: 'scrape/no-pod-labels',
        severity: 'error',
        where: { construct: construct.node.path },
        message: `the labels of the pods behind ${pods.what} are not known: a PodMonitor would select every pod of the namespace`,
        fix: 'find them through the Service: ScrapePolicy.serviceMonitor(), or attach to the pods themselves: pods: { labels, ports }',
      },
    ];
  }

  private annotationFindings(): Finding[] {
    const { construct, pods } = this.app;
    const object = this.service ?? pods.existingService?.object;
    const wanted = this.serviceAnnotations();
    const where = { construct: construct.node.path };
    if (Object.keys(wanted).length === 0) return [];
    if (object !== undefined) {
      const present = renderedByMaker(object).metadata.annotations ?? {};
      return takenAnnotationFindings(`Service ${object.name}`, present, wanted, where);
    }
    if (pods.existingService === undefined) return [];
    return [
      {
        code: 'scrape/annotation-out-of-reach',
        severity: 'error',
        where,
        message: `${pods.what} is not in the code, so it cannot be annotated`,
        fix: `add ${Object.entries(wanted)
          .map(([key, value]) => `${key}: '${value}'`)
          .join(', ')} where it is made, and use ScrapePolicy.none() here`,
      },
    ];
  }

  /** Policies of the stack that close the pods already: to open "the rest" beside them would undo them. */
  policiesOfOthers(): ApiObject[] {
    return renderOnce(this, 'policies of others', () => {
      const { construct, namespace, pods } = this.app;
      return policiesThatClose(this.networkPolicy, construct.node.root, namespace, pods.podLabels());
    });
  }

  servicePorts(): ServicePort[] {
    const { options, ports } = this.app;
    const { port: servicePort, type } = typeof options.service === 'object' ? options.service : {};
    const app = Object.entries(ports).map(([name, port], index) => ({
      name,
      port: index === 0 ? (servicePort ?? port) : port,
      targetPort: port,
      protocol: 'TCP' as const,
    }));
    // beside ports of the app there is room for all, unless each is open on every node; a Service that is made for metrics
    // holds those that it is made for
    const others = this.app
      .endpoints()
      .filter(
        (endpoint) =>
          (app.length > 0 && type !== 'NodePort') || (needsService(endpoint) && !this.hasOwnService(endpoint)),
      )
      .filter(({ port }) => !app.some(({ targetPort }) => targetPort === port));
    const asked = others.filter(
      ({ scrape }) => scrape.kind !== 'serviceMonitor' || scrape.options.targetPort === undefined,
    );
    // a Service without any port would find no pods
    const metrics = (app.length + asked.length === 0 ? others : asked).map((endpoint) => this.portOf(endpoint));
    return [...app, ...metrics];
  }

  private ensureService(): void {
    const { construct, namespace, labels, serviceLabels, serviceName, options, pods } = this.app;
    if (this.service || pods.existingService || options.service === 'none') return;
    this.service = appService(construct, 'Service', {
      name: serviceName,
      namespace,
      labels: { ...labels, ...serviceLabels },
      options: options.service,
      selector: () => pods.podSelector(),
      ports: () => this.servicePorts(),
    });
    refine(this.service, (manifest) => withAnnotations(manifest, this.serviceAnnotations()));
  }

  /** An exporter whose annotations stand on a Service has one of its own: a Service has room for one port as well. */
  private hasOwnService(endpoint: MetricsEndpoint): boolean {
    return annotatedOn(endpoint) === 'service' && endpoint.exporter !== '';
  }

  private addAnnotatedService(endpoint: MetricsEndpoint, { service }: EndpointObjects): void {
    const { construct, name, namespace, labels, platform, options, pods } = this.app;
    if (annotatedOn(endpoint) !== 'service') return;
    if (!this.hasOwnService(endpoint)) {
      const existing = pods.existingService?.object;
      if (existing) refine(existing, (manifest) => withAnnotations(manifest, this.serviceAnnotations()));
      return;
    }
    if (options.service === 'none') return;
    const own = appService(construct, `Service-${endpoint.exporter}`, {
      name: `${name}-${toObjectName(endpoint.exporter)}`,
      namespace,
      labels,
      options: service,
      selector: () => pods.podSelector(),
      ports: () => [this.portOf(endpoint)],
    });
    refine(own, (manifest) => withAnnotations(manifest, scrapeAnnotations(endpoint, platform)));
    this.annotatedServices.set(endpoint, own);
  }

  private serviceAnnotations(): Record<string, string> {
    const own = this.app.endpoints().find((each) => annotatedOn(each) === 'service' && !this.hasOwnService(each));
    return own === undefined ? {} : scrapeAnnotations(own, this.app.platform);
  }

  /** A prober asks the endpoint by the name of the Service; `endpoint` is pinned to what a monitor would set. */
  private addProbe(endpoint: MetricsEndpoint, objects: EndpointObjects): void {
    const { construct, name, namespace, labels, platform, portNameOf } = this.app;
    if (endpoint.scrape.kind !== 'probe') return;
    const { options } = endpoint.scrape;
    const settings: OptionsOf<'probe'> = {
      ...options,
      get relabelings() {
        return [{ targetLabel: 'endpoint', replacement: portNameOf(endpoint) }, ...(options.relabelings ?? [])];
      },
    };
    const ofExporter = endpoint.exporter !== '';
    probe(construct, ofExporter ? `Probe-${endpoint.exporter}` : 'Probe', {
      name: ofExporter ? `${name}-${toObjectName(endpoint.exporter)}` : name,
      namespace,
      labels,
      options: objects.probe,
      platform,
      job: this.job,
      settings,
      defaultTarget: () => this.addressOf(endpoint),
    });
    if (options.targets === undefined) this.admitProber(endpoint, options.prober?.url);
  }

  private admitProber({ declaredBy }: MetricsEndpoint, ownProber: string | undefined): void {
    const { construct, name, namespace, labels, options, platform, pods } = this.app;
    if (!this.isClosed || !pods.canBeGuarded() || !proberIsKnown(declaredBy, name, platform, ownProber)) return;
    if (this.admitsProber) return;
    this.admitsProber = true;
    proberNetworkPolicy(construct, 'ProberNetworkPolicy', {
      name: `${name}-prober`,
      namespace,
      labels,
      options: options.objects?.proberNetworkPolicy,
      platform,
      probed: () => {
        const probed = this.app
          .endpoints()
          .filter(({ scrape }) => scrape.kind === 'probe' && asksService(scrape.options));
        const ports = new Set(probed.map(({ port }) => port));
        return { podSelector: pods.podSelector(), targetPorts: [...ports].sort((a, b) => a - b) };
      },
    });
  }

  /** Do only policies open the pods? */
  get isClosed(): boolean {
    const { options, platform } = this.app;
    return platform.facts.network?.defaultDeny === true || options.isolate === true;
  }

  private addressOf(endpoint: MetricsEndpoint): string {
    const { namespace, pods, options } = this.app;
    const { name } = this.serviceOf(endpoint);
    const ofService = pods.namespace ?? namespace;
    const host = ofService === undefined ? name : `${name}.${ofService}.svc`;
    const isHeadless = typeof options.service === 'object' && options.service.type === 'headless';
    const ports = pods.existingService
      ? pods.declaredPorts().map(({ containerPort, servicePort }) => ({ port: servicePort, targetPort: containerPort }))
      : this.servicePorts();
    const { port } = ports.find(({ targetPort }) => targetPort === endpoint.port && !isHeadless) ?? endpoint;
    return `${endpoint.scheme}://${host}:${port ?? endpoint.port}${endpoint.path}`;
  }

  private portOf(endpoint: MetricsEndpoint): ServicePort {
    const { port } = endpoint;
    return { name: this.app.portNameOf(endpoint), port, targetPort: port, protocol: 'TCP' };
  }

  private ensureNetworkPolicy(endpoint: MetricsEndpoint): void {
    const { construct, name, namespace, labels, options, platform } = this.app;
    const denied = platform.facts.network?.defaultDeny;
    const closes = this.isClosed;
    const wanted = closes || (denied === false && isForPrometheusAlone(endpoint));
    if (!wanted || this.networkPolicy || !knowsPrometheusPeer(platform) || !this.app.pods.canBeGuarded()) return;
    this.networkPolicy = scrapeNetworkPolicy(construct, 'NetworkPolicy', {
      name: `${name}-scrape`,
      namespace,
      labels,
      options: options.objects?.networkPolicy,
      platform,
      podSelector: () => this.app.pods.podSelector(),
      metricsPorts: () => {
        const closed = closes || this.policiesOfOthers().length > 0;
        const admitted = this.app.endpoints().filter((each) => closed || isForPrometheusAlone(each));
        // where an agent merges the metrics of dedicated ports, its own port is as much for Prometheus alone
        return [...admitted.map(({ port }) => port), ...(admitted.length > 0 ? this.app.portsBesideEndpoints() : [])];
      },
      keepRestOpen: () => !closes && this.policiesOfOthers().length === 0,
    });
    if (!closes) markAsOpen(this.networkPolicy);
  }

  /** The labels by which a monitor selects the Service. */
  private serviceSelector(): Labels {
    const { existingService } = this.app.pods;
    if (existingService) return existingService.selector();
    const labels = this.labelsOfService();
    return Object.fromEntries(this.selectBy.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])));
  }
}

/** A dedicated port that a prober asks has to let the prober in as well. */
function isForPrometheusAlone({ dedicated, scrape }: MetricsEndpoint): boolean {
  return dedicated && scrape.kind !== 'probe';
}

/** Does the platform's prober ask the app's Service? */
function asksService({ prober, targets }: OptionsOf<'probe'>): boolean {
  return prober?.url === undefined && targets === undefined;
}

/** Annotations that are there already stay as they are. */
function withAnnotations(manifest: Manifest, annotations: Readonly<Record<string, string>>): Manifest {
  if (Object.keys(annotations).length === 0) return manifest;
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, annotations: { ...annotations, ...metadata.annotations } } };
}
