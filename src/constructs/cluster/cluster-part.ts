import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, Finding } from '../../findings';
import {
  clusterFacts,
  ClusterPart,
  ClusterPartFacts,
  ClusterServiceFacts,
  Platform,
  RelabelingRule,
} from '../../platform';
import { definedFields, generateObject, rendered } from '../objects';
import { addChosenAlerts, AlertToChoose, camelCase, labelMatchers } from '../rules/default-alerts';
import type { RuleSet } from '../rules/rule-set';
import { endpointFindings, scrapeFindings } from '../scrape/endpoint-checks';
import { layeredMechanism } from '../scrape/layers';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { defaultJobLabel, serviceMonitorOptions } from '../scrape/monitor-endpoint';
import { ScrapePolicy } from '../scrape/scrape-policy';
import { serviceMonitor } from '../scrape/service-monitor';
import { targetLabels } from '../scrape/target-labels';
import type { PartToRead } from './cluster-access';
import { labelFindings } from './cluster-checks';
import type { ControlPlaneOptions, KubeletOptions } from './cluster-props';

/** The cluster whose part is monitored, as far as the part needs it. */
export interface ClusterOfPart {
  /** Stem of the names of objects. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly rules: RuleSet;
}

/** Whatever can be said of any part: each has its own type for the user. */
type PartOptions = KubeletOptions & ControlPlaneOptions;

/** Ways in which Prometheus shows its own account. */
const authentications = ['bearerTokenFile', 'authorization'];

/** The monitor of one part of a cluster, the Service in front of its pods where there is none, and its alerts. */
export class MonitoredClusterPart extends Construct {
  private readonly facts: ClusterPartFacts;
  /** Where the platform, or the user, says that the part is. */
  private readonly location: ClusterServiceFacts;
  private readonly namespace: string;
  private readonly monitorNamespace?: string;
  private readonly monitor: ApiObject;
  private readonly port: string;
  /** The Service, where we make it. */
  private readonly service?: ApiObject;

  constructor(
    private readonly cluster: ClusterOfPart,
    scope: Construct,
    private readonly part: ClusterPart,
    private readonly options: PartOptions,
  ) {
    super(scope, part);
    const { name, labels, platform } = cluster;
    const server = platform.prometheusServers[0];
    this.facts = clusterFacts[part];
    this.location = { ...platform.facts.clusterServices?.[part], ...definedFields(options.service) };
    this.namespace = this.location.namespace ?? this.facts.namespace ?? server?.namespace ?? 'monitoring';
    this.port = this.location.port ?? this.facts.port;
    this.service = options.makeService === false ? undefined : this.madeService();
    // a Prometheus that ignores namespaceSelector looks into the monitor's own namespace
    this.monitorNamespace = server?.ignoreNamespaceSelectors ? this.namespace : Chart.of(this).namespace;
    const endpoints = this.endpoints();
    const { namespaceSelector: _, ...settings } = serviceMonitorOptions(endpoints[0]!.scrape);
    this.monitor = serviceMonitor(this, 'ServiceMonitor', {
      name: `${name}-${this.facts.job}`,
      namespace: this.monitorNamespace,
      labels: { ...labels, [defaultJobLabel]: this.facts.job },
      options: options.serviceMonitor,
      platform,
      selector: () => this.selector(),
      settings: {
        ...settings,
        ...(this.monitorNamespace === this.namespace ? {} : { namespaceSelector: { matchNames: [this.namespace] } }),
      },
      endpoints: () => endpoints.map((endpoint) => ({ endpoint, portName: this.port })),
    });
    this.addAlerts(endpoints[0]!);
    addCheck(this, () => this.findings(endpoints));
  }

  /** @internal What Prometheus has to read of it. */
  get _toRead(): PartToRead {
    const { part, facts, namespace } = this;
    const isAuthorized = this.endpoints().some(({ scrape: { options } }) =>
      authentications.some((way) => way in options),
    );
    return { part, title: facts.title, namespace, isAuthorized };
  }

  private madeService(): ApiObject | undefined {
    const { pods, job } = this.facts;
    if (pods === undefined) return undefined;
    const { makeService } = this.options;
    const {
      podLabels = pods.labels,
      port = pods.port,
      ...objectOptions
    } = typeof makeService === 'object' ? makeService : {};
    const name = `${this.cluster.name}-${job}`;
    return generateObject(this, 'Service', {
      apiVersion: 'v1',
      kind: 'Service',
      name,
      namespace: this.namespace,
      labels: {
        ...this.cluster.labels,
        ...(this.location.labels ?? this.facts.serviceLabels),
        'app.kubernetes.io/instance': name,
      },
      options: objectOptions,
      content: () => ({
        spec: {
          type: 'ClusterIP',
          clusterIP: 'None',
          selector: { ...podLabels },
          ports: [{ name: this.port, port, targetPort: port, protocol: 'TCP' }],
        },
      }),
    });
  }

  private selector(): Record<string, string> {
    const asked = { ...(this.location.labels ?? this.facts.serviceLabels) };
    if (this.service === undefined) return asked;
    const labels = rendered(this.service).metadata.labels ?? {};
    const keys = [...Object.keys(asked), 'app.kubernetes.io/instance'];
    return Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])));
  }

  private endpoints(): MetricsEndpoint[] {
    const { cAdvisor = true, probes = true, makeService } = this.options;
    const madePort = typeof makeService === 'object' ? makeService.port : undefined;
    const leftOut = [...(cAdvisor ? [] : ['/metrics/cadvisor']), ...(probes ? [] : ['/metrics/probes'])];
    return this.facts.endpoints
      .filter(({ path }) => !leftOut.includes(path))
      .map(({ path, options }) => ({
        declaredBy: this,
        exporter: this.facts.job,
        port: madePort ?? this.facts.pods?.port ?? 0,
        portName: this.port,
        path,
        scheme: this.options.scheme ?? this.location.scheme ?? this.facts.scheme,
        dedicated: false,
        scrape: layeredMechanism(
          this.cluster.platform,
          ScrapePolicy.serviceMonitor({ ...options, ...this.location.scrape }),
          ScrapePolicy.serviceMonitor({ ...this.options.scrape, ...this.rulesOf(options) }),
        ),
      }));
  }

  /** `job` is what rules ask for, whatever the Service is labelled; rules of the platform and the user come after ours. */
  private rulesOf(ofPart: ClusterPartFacts['endpoints'][number]['options']): {
    relabelings: readonly RelabelingRule[];
    metricRelabelings?: readonly RelabelingRule[];
  } {
    const { scrape: ofPlatform = {} } = this.cluster.platform.facts;
    const { scrape = {} } = this.options;
    const pinned: RelabelingRule = { targetLabel: 'job', replacement: this.facts.job };
    const own = scrape.relabelings ?? ofPlatform.relabelings ?? [];
    const samples = [...(ofPart.metricRelabelings ?? []), ...(ofPlatform.metricRelabelings ?? [])];
    return {
      // what is no list is left to the checks of the scrape
      relabelings: Array.isArray(own) ? [pinned, ...(ofPart.relabelings ?? []), ...own] : own,
      ...definedFields({ metricRelabelings: scrape.metricRelabelings ?? (samples.length > 0 ? samples : undefined) }),
    };
  }

  private addAlerts(endpoint: MetricsEndpoint): void {
    const { platform, rules } = this.cluster;
    const { title, job } = this.facts;
    const enforcedNamespaceLabel = platform.enforcedNamespaceLabelOf({
      kind: 'ServiceMonitor',
      namespace: this.monitorNamespace,
      name: this.monitor.name,
    });
    const matchers = () =>
      targetLabels(endpoint, {
        job,
        namespace: enforcedNamespaceLabel === 'namespace' ? this.monitorNamespace : this.namespace,
        enforcedNamespaceLabel,
        portName: this.port,
        serviceName: job,
        serviceLabels: {},
        podSelector: () => ({}),
        podLabels: () => ({}),
      });
    const prefix = camelCase(job);
    const alerts: (readonly ['targetDown' | 'targetAbsent', AlertToChoose])[] = [
      [
        'targetDown',
        {
          name: `${prefix}TargetDown`,
          expr: () => `up${labelMatchers(matchers())} == 0`,
          for: '5m',
          severity: 'warning',
          summary: `Prometheus cannot scrape ${title}`,
          description: 'Every scrape of {{ $labels.instance }} fails.',
        },
      ],
      [
        'targetAbsent',
        {
          name: `${prefix}TargetAbsent`,
          expr: () => `absent(up${labelMatchers(matchers())})`,
          for: '10m',
          severity: 'critical',
          summary: `Prometheus has no target for ${title}`,
          description:
            'Nothing is discovered: it is gone, or no Service with the expected labels and port leads to it.',
        },
      ],
    ];
    const subject = { declaredBy: this, what: title, matchers };
    addChosenAlerts(rules, subject, alerts, this.options.alerts, platform);
  }

  /** The endpoints of a part share most settings: what is wrong with them is shown once. */
  private findings(endpoints: readonly MetricsEndpoint[]): Finding[] {
    const { platform } = this.cluster;
    const where = { construct: this.node.path };
    const ofScrapes = endpoints.flatMap((endpoint) => [
      ...endpointFindings(endpoint, platform),
      ...scrapeFindings(endpoint.scrape, platform, where),
    ]);
    const distinct = new Map(ofScrapes.map((finding) => [`${finding.code} ${finding.message}`, finding]));
    return [...labelFindings(this.facts, platform, this.node.path), ...distinct.values()];
  }
}
