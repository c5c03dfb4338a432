import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { addCheck, addFinding, compareText, Finding, reserveIds } from '../../findings';
import { Platform } from '../../platform';
import { canBeRendered, nameProblem, ObjectOptions, refine, rendered, renderedByMaker, toObjectName } from '../objects';
import { addDefaultAlerts, camelCase, DefaultAlerts } from '../rules/default-alerts';
import { RuleSet } from '../rules/rule-set';
import { endpointFindings, namespaceSelectorFindings, scrapeFindings } from '../scrape/endpoint-checks';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { defaultJobLabel } from '../scrape/monitor-endpoint';
import { layeredMechanism, ScrapeMechanism, ScrapePolicy } from '../scrape/scrape-policy';
import { targetLabels } from '../scrape/target-labels';
import { addressedPorts, ContainerManifest, ContainerPort } from './container';
import { DerivedObjects } from './derived-objects';
import type { MonitoringOptions } from './monitoring-props';
import {
  allContainers,
  appContainerOf,
  hasPodTemplate,
  PodAdditions,
  podTemplateOf,
  withPodAdditions,
} from './pod-template';
import { workloadFindings } from './workload-checks';

/** An endpoint as an app or exporter declares it. */
export interface EndpointDeclaration extends Omit<MetricsEndpoint, 'scrape' | 'port'> {
  /** Container port; a function where it can be known only when the workload is complete. */
  readonly port: number | (() => number);
  readonly policy?: ScrapePolicy;
  readonly alerts?: false | DefaultAlerts;
  readonly upMetric?: string;
  /** Options of the ServiceMonitor, where the endpoint needs one of its own. */
  readonly serviceMonitor?: ObjectOptions;
}

/** What a subclass tells of the workload and of the Service in front of it. */
export interface WorkloadFacts {
  /** The object whose pods are scraped. */
  readonly workload: ApiObject;
  /** Container of the app; the first one when it is left out. */
  readonly container?: string;
  /** Ports of the app itself, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Name of the Service. */
  readonly serviceName: string;
  /** Labels of the Service beside those of the app, by which a monitor tells it from others. */
  readonly serviceLabels: Readonly<Record<string, string>>;
}

const monitoredBy = new WeakMap<ApiObject, MonitoredWorkload>();

/** The apps of a tree, by what their monitors select Services by. */
const appsOf = new WeakMap<IConstruct, Map<string, MonitoredWorkload>>();

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
  /** The object whose pods are scraped. */
  readonly workload: ApiObject;

  private readonly options: MonitoringOptions;
  private readonly facts: WorkloadFacts;
  private readonly declared: MetricsEndpoint[] = [];
  private readonly additions: Partial<PodAdditions>[] = [];
  private readonly rules: RuleSet;
  private readonly objects: DerivedObjects;

  protected constructor(
    scope: Construct,
    id: string,
    options: MonitoringOptions,
    makeWorkload: (app: MonitoredWorkload, labels: Readonly<Record<string, string>>) => WorkloadFacts,
    longestName = 63,
  ) {
    super(scope, id);
    reserveIds(this, ['Deployment', 'Workload', 'Service', 'ServiceMonitor', 'NetworkPolicy']);
    this.options = options;
    this.name = this.usableName(options.name ?? id, longestName);
    this.team = options.team;
    this.platform = Platform.of(this);
    this.labels = {
      [defaultJobLabel]: this.name,
      ...(options.team === undefined ? {} : { [this.platform.teamLabel]: options.team }),
      ...options.labels,
    };
    this.facts = makeWorkload(this, this.labels);
    this.workload = this.facts.workload;
    this.namespace = this.workload.metadata.namespace ?? Chart.of(this).namespace;
    this.rules = new RuleSet(this, {
      name: this.name,
      namespace: this.namespace,
      labels: this.labels,
      alertLabels:
        options.team === undefined ? {} : { [this.platform.teamLabel.replace(/[^a-zA-Z0-9_]/g, '_')]: options.team },
      options: options.objects?.prometheusRule,
    });
    this.takeOverWorkload();
    this.reportSharedName();
    this.objects = new DerivedObjects({
      ...this.facts,
      construct: this,
      name: this.name,
      namespace: this.namespace,
      labels: this.labels,
      platform: this.platform,
      options,
      scrape: this.appScrape,
      endpoints: () => this.endpoints,
      portNameOf: (endpoint) => this.portNameOf(endpoint),
    });
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
  labelsOf(endpoint: MetricsEndpoint): Record<string, string> {
    const { service } = this.objects;
    return targetLabels(endpoint, {
      namespace: this.namespace,
      enforcedNamespaceLabel: this.platform.prometheusServers[0]?.enforcedNamespaceLabel,
      portName: this.portNameOf(endpoint),
      serviceLabels: service ? (rendered(service).metadata.labels ?? {}) : {},
      serviceName: service?.name ?? this.name,
    });
  }

  /** @internal Adds an endpoint, and the objects that it needs. */
  _addEndpoint({ policy, alerts, upMetric, serviceMonitor: monitor, port, ...declaration }: EndpointDeclaration): void {
    const scrape = layeredMechanism(this.platform.facts.scrape, this.options.scrape, policy);
    const endpoint: MetricsEndpoint = {
      ...declaration,
      get port() {
        return typeof port === 'function' ? port() : port;
      },
      scrape,
    };
    this.declared.push(endpoint);
    this.objects.addEndpoint(endpoint, monitor);
    const prefix = camelCase(this.name) + camelCase(endpoint.exporter);
    addDefaultAlerts(
      this.rules,
      {
        declaredBy: endpoint.declaredBy,
        prefix,
        what: endpoint.exporter === '' ? this.name : `the ${endpoint.exporter} exporter of ${this.name}`,
        matchers: () => this.labelsOf(endpoint),
        upMetric,
        metricRelabelings: scrape.options.metricRelabelings,
      },
      alerts,
      this.platform,
    );
  }

  /** @internal Adds containers, volumes and the like to the pods of the workload, when they are rendered. */
  _addToPods(additions: Partial<PodAdditions>): void {
    this.additions.push(additions);
  }

  /** Ports of the app's container as the workload itself declares them. */
  protected declaredPorts(): readonly ContainerPort[] {
    const container = appContainerOf(podTemplateOf(renderedByMaker(this.workload)), this.facts.container);
    return container === undefined ? [] : addressedPorts(container);
  }

  /** A name that no object could have is shown once, here, and not at every object that would be called after it. */
  private usableName(name: string, longest: number): string {
    const problem = nameProblem(name, longest);
    if (problem === undefined) return name;
    addFinding(this, { code: 'workload/name', severity: 'error', where: { construct: this.node.path }, ...problem });
    return toObjectName(name, longest);
  }

  /** Two apps that share namespace and name label would each scrape the other's pods. */
  private reportSharedName(): void {
    const { service } = this.options;
    const own = typeof service === 'object' ? service.labels?.[defaultJobLabel] : undefined;
    const label = own ?? this.labels[defaultJobLabel] ?? this.name;
    const apps = appsOf.get(this.node.root) ?? new Map<string, MonitoredWorkload>();
    appsOf.set(this.node.root, apps);
    const key = `${this.namespace ?? ''}/${label}`;
    const other = apps.get(key);
    if (other === undefined) {
      apps.set(key, this);
      return;
    }
    // Charts may go to different clusters; in one chart nothing tells the two apart.
    const inOneChart = Chart.of(this) === Chart.of(other);
    addFinding(this, {
      code: 'workload/same-name',
      severity: inOneChart ? 'error' : 'warning',
      where: { construct: this.node.path },
      message: `${this.node.path} and ${other.node.path} are both ${defaultJobLabel}=${label} in one namespace: each would scrape the other's pods`,
      fix: 'give one of them another name, or its chart another namespace',
    });
  }

  private takeOverWorkload(): void {
    const other = monitoredBy.get(this.workload);
    if (other) {
      addFinding(this, {
        code: 'workload/attached-twice',
        severity: 'error',
        where: { construct: this.node.path },
        message: `the workload ${this.workload.node.path} is monitored already, by ${other.node.path}`,
        fix: `add exporters and rules to ${other.node.path} instead of attaching to its workload again`,
      });
      return;
    }
    monitoredBy.set(this.workload, this);
    if (hasPodTemplate(this.workload.kind))
      refine(this.workload, (manifest) => withPodAdditions(manifest, this.podAdditions()));
  }

  private podAdditions(): PodAdditions {
    const byName = (a: ContainerManifest, b: ContainerManifest) => compareText(a.name, b.name);
    const own = this.endpoints.filter(({ container }) => container === undefined);
    return {
      container: this.facts.container,
      ports: own.map(({ portName, port }) => ({ name: portName, containerPort: port })),
      env: this.additions.flatMap(({ env }) => env ?? []),
      volumeMounts: this.additions.flatMap(({ volumeMounts }) => volumeMounts ?? []),
      volumes: this.additions.flatMap(({ volumes }) => volumes ?? []),
      sidecars: this.additions.flatMap(({ sidecars }) => sidecars ?? []).sort(byName),
      nativeSidecars: this.additions.flatMap(({ nativeSidecars }) => nativeSidecars ?? []).sort(byName),
    };
  }

  private declaredPortName(endpoint: MetricsEndpoint): string | undefined {
    if (endpoint.container !== undefined) return undefined;
    return this.declaredPorts().find(({ containerPort }) => containerPort === endpoint.port)?.name;
  }

  private get appScrape(): ScrapeMechanism {
    return layeredMechanism(this.platform.facts.scrape, this.options.scrape);
  }

  /** What an endpoint inherits from the app is reported once, at the app. */
  private endpointFindings(): Finding[] {
    if (this.declared.length === 0) return [];
    const ofScrape = (scrape: ScrapeMechanism, declaredBy: Construct) => {
      const where = { construct: declaredBy.node.path };
      return [
        ...scrapeFindings(scrape, this.platform, where),
        ...namespaceSelectorFindings(scrape, this.namespace, where),
      ];
    };
    const ofApp = ofScrape(this.appScrape, this);
    const known = new Set(ofApp.map(({ message }) => message));
    const ofEndpoints = this.endpoints.flatMap((endpoint) => {
      const own = ofScrape(endpoint.scrape, endpoint.declaredBy).filter(({ message }) => !known.has(message));
      return [...endpointFindings(endpoint), ...own];
    });
    return [...ofApp, ...ofEndpoints];
  }

  private findings(): Finding[] {
    if (!canBeRendered(this.workload)) return this.endpointFindings();
    const { service, networkPolicy, selectBy } = this.objects;
    const ofWorkload = workloadFindings({
      app: this,
      manifest: rendered(this.workload),
      givenContainers: allContainers(podTemplateOf(renderedByMaker(this.workload))).map(({ name }) => name),
      ports: this.facts.ports,
      service: service ? rendered(service) : undefined,
      selectBy,
      addedContainers: this.additions.flatMap(({ sidecars, nativeSidecars }) => [
        ...(sidecars ?? []),
        ...(nativeSidecars ?? []),
      ]),
      container: this.facts.container,
      hasService: this.options.service !== 'none',
      servicePorts: service ? this.objects.servicePorts() : [],
      hasNetworkPolicy: networkPolicy !== undefined,
      policiesOfOthers: () => this.objects.policiesOfOthers(),
      isolate: this.options.isolate === true,
    });
    return [...ofWorkload, ...this.endpointFindings()];
  }
}
