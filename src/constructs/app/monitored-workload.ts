import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, addFinding, compareText, Finding, reserveIds } from '../../findings';
import { Platform } from '../../platform';
import { canBeRendered, nameProblem, rendered, renderedByMaker, toObjectName } from '../objects';
import { MonitoringDefaults } from '../defaults/monitoring-defaults';
import type { MeshAccess } from '../mesh/mesh-access';
import { addDefaultAlerts, camelCase, withoutAbsence } from '../rules/default-alerts';
import { labelMatchers } from '../rules/label-matchers';
import { sharedMatchers } from '../rules/matcher-checks';
import { RuleSet } from '../rules/rule-set';
import { endpointFindings, namespaceSelectorFindings, scrapeFindings } from '../scrape/endpoint-checks';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { defaultJobLabel } from '../scrape/monitor-endpoint';
import { sharedPodFindings } from '../scrape/annotations';
import { layeredMechanism, mechanismOf } from '../scrape/layers';
import { endpointPath, mechanismFindings } from '../scrape/mechanism-checks';
import type { ScrapeMechanism, ScrapePolicy } from '../scrape/scrape-policy';
import { type Discovered, sharedLabels, targetLabels } from '../scrape/target-labels';
import { usableMechanism } from '../scrape/usable-mechanism';
import { isOlder } from '../scrape/version-checks';
import { claim, reportSharedName } from './apps-of-tree';
import { meshAccessOf } from './app-in-mesh';
import { DerivedObjects } from './derived-objects';
import type { EndpointDeclaration, WorkloadFacts } from './endpoint-declaration';
import type { MonitoringOptions } from './monitoring-props';
import { throughExistingService } from './existing-service';
import { foundPodsFindings } from './found-pods-checks';
import { nothingScrapedFindings } from './nothing-scraped';
import type { PodAdditions } from './pod-additions';
import { PodChanges } from './pod-changes';
import { allContainers, podTemplateOf, runsToCompletion } from './pod-template';
import type { DeclaredPort } from './pods-source';
import { type ProbedService, probedService } from './probed-service';
import { workloadFindings } from './workload-checks';

/**
 * A workload whose metrics are scraped: everything that monitoring needs is derived from its endpoints. Use
 * `MonitoredApp` to make a new one, `MonitoredApp.attach` for one that exists.
 */
export abstract class MonitoredWorkload extends Construct {
  /** Name of the app, and the value of the `job` label of its series. */
  readonly name: string;
  /** Namespace of the app; undefined where neither the workload nor its chart names one. */
  readonly namespace?: string;
  readonly platform: Platform;
  readonly team?: string;
  /** Labels of every object of the app. */
  readonly labels: Readonly<Record<string, string>>;
  /** The object whose pods are scraped; undefined where it is not in the code. */
  readonly workload?: ApiObject;

  private readonly objectsNamespace?: string;
  private readonly options: MonitoringOptions;
  private readonly facts: WorkloadFacts;
  private readonly declared: MetricsEndpoint[] = [];
  private readonly podChanges: PodChanges;
  private readonly rules: RuleSet;
  private readonly objects: DerivedObjects;
  private readonly mesh?: MeshAccess;

  protected constructor(
    scope: Construct,
    id: string,
    options: MonitoringOptions,
    makeWorkload: (app: MonitoredWorkload, labels: Readonly<Record<string, string>>) => WorkloadFacts,
    longestName = 63,
  ) {
    super(scope, id);
    reserveIds(this, [
      'Deployment',
      'Workload',
      'Service',
      'ServiceMonitor',
      'PodMonitor',
      'Probe',
      'NetworkPolicy',
      'ProberNetworkPolicy',
    ]);
    this.options = options;
    this.name = this.usableName(options.name ?? id, longestName);
    const defaults = MonitoringDefaults.of(this);
    this.team = options.team ?? defaults.team;
    if (options.prometheus !== undefined) Platform.provideServer(this, options.prometheus);
    this.platform = Platform.of(this);
    this.labels = {
      [defaultJobLabel]: this.name,
      ...(this.team === undefined ? {} : { [this.platform.teamLabel]: this.team }),
      ...defaults.labels,
      ...options.labels,
    };
    this.facts = makeWorkload(this, this.labels);
    const { pods } = this.facts;
    this.workload = pods.workload;
    this.namespace = pods.namespace ?? Chart.of(this).namespace;
    this.objectsNamespace = pods.objectsNamespace ?? this.namespace;
    this.rules = new RuleSet(this, {
      name: this.name,
      namespace: this.objectsNamespace,
      labels: this.labels,
      alertLabels:
        options.team === undefined ? {} : { [this.platform.teamLabel.replace(/[^a-zA-Z0-9_]/g, '_')]: options.team },
      options: options.objects?.prometheusRule,
    });
    this.rules.addTargets({ name: this.name, labels: () => this.targets() });
    this.podChanges = new PodChanges({
      name: this.name,
      container: this.facts.container,
      endpoints: () => this.endpoints,
    });
    const isFirst = pods.monitored !== undefined && claim(this, pods.monitored);
    if (isFirst && this.workload !== undefined) this.podChanges.applyTo(this.workload);
    const { service } = options;
    const ofService = typeof service === 'object' ? service.labels?.[defaultJobLabel] : undefined;
    reportSharedName(this, this.namespace, ofService ?? this.labels[defaultJobLabel] ?? this.name);
    this.reportTwoTeams();
    this.objects = new DerivedObjects({
      ...this.facts,
      construct: this,
      name: this.name,
      namespace: this.objectsNamespace,
      labels: this.labels,
      platform: this.platform,
      options,
      scrapeAs: (kind) => this.reached(this.throughService(mechanismOf(kind, this.platform, options.scrape))),
      portsBesideEndpoints: () => this.mesh?.ports() ?? [],
      endpoints: () => this.endpoints,
      portNameOf: (endpoint) => this.portNameOf(endpoint),
    });
    this.mesh = meshAccessOf({
      ...this.facts,
      construct: this,
      name: this.name,
      namespace: this.namespace,
      labels: this.labels,
      platform: this.platform,
      options,
      rules: this.rules,
      objects: this.objects,
      labelsOf: (endpoint) => this.labelsOf(endpoint),
    });
    this._addToPods(() => ({ podAnnotations: this.objects.podAnnotations() }));
    this._addToPods(() => this.mesh?.podAdditions() ?? {});
    addCheck(this, () => this.findings());
  }

  /** All endpoints of the app: its own first, then those of its exporters by id. */
  get endpoints(): readonly MetricsEndpoint[] {
    return [...this.declared].sort((a, b) => compareText(a.exporter, b.exporter));
  }

  /** Name of an endpoint's container port: that of the workload where it declares the port under a name of its own. */
  portNameOf(endpoint: MetricsEndpoint): string {
    return this.declaredPortName(endpoint) ?? endpoint.portName;
  }

  /** The labels that single out the series of an endpoint, in the order in which rules print them. */
  labelsOf(declared: MetricsEndpoint): Record<string, string> {
    const endpoint = this.mesh?.scrapedAs(declared) ?? declared;
    return targetLabels(endpoint, this.discovered(endpoint));
  }

  /**
   * The matchers of an endpoint's series for an expression of yours, without braces: `namespace="shop", job="checkout",
   * endpoint="http"`. They follow what the policies, `jobLabel` and relabeling make of the labels.
   *
   * @param endpoint one of `endpoints`. @default - what all endpoints of the app share, without `endpoint`; the namespace
   * and the name of the app where it has none so far
   */
  matchers(endpoint?: MetricsEndpoint): string {
    if (endpoint !== undefined) return labelMatchers(this.labelsOf(endpoint)).slice(1, -1);
    const { namespace, name: job } = this;
    const unscraped = [{ ...(namespace === undefined ? {} : { namespace }), job }];
    return sharedMatchers(this.declared.length === 0 ? unscraped : this.targets());
  }

  private targets(): Record<string, string>[] {
    return this.endpoints.map((endpoint) => this.labelsOf(endpoint));
  }

  private discovered(endpoint: MetricsEndpoint): Discovered {
    const { name, objectsNamespace } = this;
    const monitor = { kind: endpoint.scrape.kind, namespace: objectsNamespace, name };
    const enforcedNamespaceLabel = this.platform.enforcedNamespaceLabelOf(monitor);
    const service = this.objects.serviceOf(endpoint);
    const { pods } = this.facts;
    return {
      job: this.objects.job,
      // An enforced label is the namespace of the monitor, wherever the pods are.
      namespace: enforcedNamespaceLabel === 'namespace' ? this.objectsNamespace : this.namespace,
      enforcedNamespaceLabel,
      portName: this.portNameOf(endpoint),
      serviceLabels: service.labels,
      serviceName: service.name,
      podSelector: () => pods.podSelector(),
      podLabels: () => pods.podLabels(),
      annotations: this.platform.facts.annotations,
    };
  }

  /** @internal Adds an endpoint, and the objects that it needs. */
  _addEndpoint(declared: EndpointDeclaration): void {
    const { policy, upMetric, errorMetric, serviceMonitor, podMonitor, probe, service, port, path, ...declaration } =
      declared;
    const asked = this.offTheNodes(usableMechanism(declaration.declaredBy, this.scrapeWith(policy)), port);
    const wanted = { path: path ?? endpointPath(asked), scheme: declaration.scheme, scrape: asked };
    const reach = this.mesh?.reach(wanted) ?? wanted;
    const { scrape } = reach;
    const endpoint: MetricsEndpoint = {
      ...declaration,
      ...reach,
      get port() {
        return typeof port === 'function' ? port() : port;
      },
    };
    this.declared.push(endpoint);
    this.mesh?.add(endpoint, wanted, declared.alerts !== false);
    const alerts = this.mesh?.alertsOf(endpoint, declared.alerts) ?? declared.alerts;
    this.objects.addEndpoint(endpoint, { serviceMonitor, podMonitor, probe, service });
    const prefix = camelCase(this.name) + camelCase(endpoint.exporter);
    addDefaultAlerts(
      this.rules,
      {
        declaredBy: endpoint.declaredBy,
        prefix,
        what: endpoint.exporter === '' ? this.name : `the ${endpoint.exporter} exporter of ${this.name}`,
        matchers: () => this.labelsOf(endpoint),
        sharedLabels: () => sharedLabels(endpoint, this.discovered(endpoint)),
        isProbed: scrape.kind === 'probe',
        upMetric,
        errorMetric,
        metricRelabelings: 'metricRelabelings' in scrape.options ? scrape.options.metricRelabelings : undefined,
      },
      this.workload && runsToCompletion(this.workload.kind) ? withoutAbsence(alerts) : alerts,
      this.platform,
    );
  }

  /**
   * @internal Adds containers, volumes, annotations and the like to the pods of the workload, when they are rendered; a
   * function where they can be known only then.
   */
  _addToPods(additions: Partial<PodAdditions> | (() => Partial<PodAdditions>)): void {
    this.podChanges.add(additions);
  }

  /** @internal What a prober may ask: the Service in front of the pods, and its first port. */
  get _probed(): ProbedService | undefined {
    return probedService(this.objects.service, this.facts.pods);
  }

  /** @internal Do only policies open the pods, and can one be written? */
  get _needsAdmission(): boolean {
    return this.objects.isClosed && this.facts.pods.canBeGuarded();
  }

  /** @internal Would the app's place in the mesh keep a prober away from its Service? */
  _refusesProber(ownProber: string | undefined): boolean {
    return this.mesh?.refusesProber(ownProber) ?? false;
  }

  /** Ports of the app's container, or of its Service, as whoever makes them declares them. */
  protected declaredPorts(): readonly DeclaredPort[] {
    return this.facts.pods.declaredPorts();
  }

  /** Is what the pods come from at fault itself? Then other faults may follow from it. */
  protected podsAreFaulty(): boolean {
    return (this.facts.pods.findings?.(this.endpoints) ?? []).some(({ severity }) => severity === 'error');
  }

  /** A name that no object could have is shown once, here, and not at every object that would be called after it. */
  private usableName(name: string, longest: number): string {
    const problem = nameProblem(name, longest);
    if (problem === undefined) return name;
    addFinding(this, { code: 'workload/name', severity: 'error', where: { construct: this.node.path }, ...problem });
    return toObjectName(name, longest);
  }

  private reportTwoTeams(): void {
    const { teamLabel } = this.platform;
    const label = this.options.labels?.[teamLabel];
    if (this.team === undefined || label === undefined || label === this.team) return;
    addFinding(this, {
      code: 'workload/team',
      severity: 'error',
      where: { construct: this.node.path },
      message: `team is '${this.team}', and the label ${teamLabel} is '${label}': alerts would go to the one, objects be the other's`,
      fix: `leave ${teamLabel} out of labels`,
    });
  }

  private declaredPortName(endpoint: MetricsEndpoint): string | undefined {
    if (endpoint.container !== undefined) return undefined;
    const declared = this.declaredPorts().filter(({ containerPort }) => containerPort === endpoint.port);
    return (declared.find(({ name }) => name === endpoint.portName) ?? declared[0])?.name;
  }

  /**
   * Every port of a NodePort Service is open on every node, so one that is for metrics alone stays out of it, and Prometheus
   * finds it in the pod; one older than 3.0 would not find that of a native sidecar there, and Istio exempts ports of Services.
   */
  private offTheNodes(scrape: ScrapeMechanism, port: EndpointDeclaration['port']): ScrapeMechanism {
    const { service } = this.options;
    const isOfApp = typeof port === 'function' || Object.values(this.facts.ports).includes(port);
    if (typeof service !== 'object' || service.type !== 'NodePort' || isOfApp || this.mesh) return scrape;
    if (scrape.kind !== 'serviceMonitor' || scrape.options.targetPort !== undefined) return scrape;
    if (isOlder(this.platform.prometheusServers[0]?.version ?? '', '3.0')) return scrape;
    return { kind: scrape.kind, options: { ...scrape.options, targetPort: 'name' } };
  }

  /** A scrape of the app as the mesh lets it through. */
  private reached(scrape: ScrapeMechanism): ScrapeMechanism {
    return this.mesh?.settingsOf(scrape) ?? scrape;
  }

  private scrapeWith(ofEndpoint?: ScrapePolicy): ScrapeMechanism {
    return this.throughService(layeredMechanism(this.platform, this.options.scrape, ofEndpoint));
  }

  private throughService(scrape: ScrapeMechanism): ScrapeMechanism {
    return this.facts.pods.existingService === undefined
      ? scrape
      : throughExistingService(scrape, this.name, this.namespace, this.objectsNamespace);
  }

  /** What an endpoint inherits from the app is reported once, at the app. */
  private endpointFindings(): Finding[] {
    if (this.declared.length === 0) return nothingScrapedFindings(this, this.options);
    const ofScrape = (scrape: ScrapeMechanism, declaredBy: Construct) => {
      const where = { construct: declaredBy.node.path };
      return [
        ...scrapeFindings(scrape, this.platform, where),
        ...namespaceSelectorFindings(scrape, this.namespace, where),
      ];
    };
    const appScrape = this.scrapeWith();
    const isUsed = this.declared.some(({ scrape }) => scrape.kind === appScrape.kind);
    const ofApp = isUsed ? ofScrape(appScrape, this) : [];
    const known = new Set(ofApp.map(({ message }) => message));
    const ofEndpoints = this.endpoints.flatMap((endpoint) => {
      const own = ofScrape(endpoint.scrape, endpoint.declaredBy).filter(({ message }) => !known.has(message));
      return [
        ...endpointFindings(endpoint, this.platform),
        ...mechanismFindings(endpoint, this.options.scrape, this.platform),
        ...own,
      ];
    });
    return [...ofApp, ...ofEndpoints, ...sharedPodFindings(this.endpoints), ...this.objects.findings()];
  }

  private findings(): Finding[] {
    const { pods, ports, container } = this.facts;
    if (this.workload !== undefined && !canBeRendered(this.workload)) return this.endpointFindings();
    const { service, networkPolicy, selectBy } = this.objects;
    const common = {
      app: this,
      pods,
      service: service ? rendered(service) : undefined,
      selectBy,
      hasService: this.options.service !== 'none',
      servicePorts: service ? this.objects.servicePorts() : [],
      hasNetworkPolicy: networkPolicy !== undefined,
      policiesOfOthers: () => this.objects.policiesOfOthers(),
      isolate: this.options.isolate === true,
    };
    const { added } = this.podChanges;
    if (this.workload === undefined) return [...foundPodsFindings({ ...common, added }), ...this.endpointFindings()];
    const given = renderedByMaker(this.workload);
    const ofWorkload = workloadFindings({
      ...common,
      workload: this.workload,
      manifest: rendered(this.workload),
      givenContainers: allContainers(podTemplateOf(given)).map(({ name }) => name),
      ports,
      addedSidecars: added.sidecars,
      addedContainers: [...added.sidecars, ...added.nativeSidecars, ...added.initContainers],
      additionProblems: this.podChanges.problemsIn(this.workload),
      container,
    });
    return [...ofWorkload, ...this.endpointFindings()];
  }
}
