import { Construct } from 'constructs';
import type { PodMonitorSpec } from '../../../imports/pod-monitor';
import type { ServiceMonitorSpec } from '../../../imports/service-monitor';
import { addCheck, Finding, FindingLocation, reserveIds, scopeFor, Shape } from '../../findings';
import { Platform, RelabelingRule, ScrapeOptions } from '../../platform';
import { durationRule, durationText } from '../../promql';
import { objectOptions, prometheusRuleOptions } from '../app/app-shapes';
import { checkProps, generateObject, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import type { PrometheusRuleOptions } from '../rules/rule-group';
import { RuleSet } from '../rules/rule-set';
import { scrapeFindings } from '../scrape/endpoint-checks';
import { federatedAsWell } from './istio-federated';
import { addIstioAlerts, IstioAlerts } from './istio-alerts';
import { addWorkloadRules } from './istio-workload-rules';
import { mergedMetrics } from './mesh-reach';

/** What can be said of the monitor of one part of Istio. */
export interface IstioMonitorOptions
  extends ObjectOptions, Pick<ScrapeOptions, 'interval' | 'scrapeTimeout' | 'metricRelabelings'> {}

export interface IstioMonitorsProps {
  /** Namespace of the control plane. @default - the root namespace of the platform's mesh, else `istio-system` */
  readonly istioNamespace?: string;
  /** The control plane. @default - monitored */
  readonly istiod?: false | IstioMonitorOptions;
  /**
   * Envoy in every pod with a sidecar, in all namespaces, but for pods labelled `istio-prometheus-ignore`: apps whose metrics
   * the agent merges are, since Envoy's come with theirs.
   * @default - monitored, but not where the mesh is ambient, or `mergedMetrics` has the same series
   */
  readonly sidecars?: false | IstioMonitorOptions;
  /**
   * What the agents of sidecars merge, of pods in all namespaces that are annotated for it and that no app of the stack stands
   * for: pods of other teams, and of charts. `job` is their label `app.kubernetes.io/name` where they have it.
   * @default - not monitored
   */
  readonly mergedMetrics?: false | IstioMonitorOptions;
  /** Envoy in gateways and waypoints, in all namespaces. @default - monitored */
  readonly gateways?: false | IstioMonitorOptions;
  /** The proxy on every node of an ambient mesh. @default - monitored where the mesh is ambient */
  readonly ztunnel?: false | IstioMonitorOptions;
  /** The alerts on Istio itself, by name. @default - all of them, with their defaults */
  readonly alerts?: false | IstioAlerts;
  /**
   * Recording rules `workload:istio_…`, sums over the pods of each workload: for the Prometheus that another one federates
   * from, see `istioFederation` with `series: 'aggregated'`.
   * @default - false
   */
  readonly workloadRules?: boolean;
  /** Name, labels and patches of the PrometheusRule. @default - `<id>-rules` */
  readonly prometheusRule?: PrometheusRuleOptions;
}

const monitor: ShapeOf<IstioMonitorOptions> = {
  ...objectOptions,
  interval: durationRule('scrape/duration'),
  scrapeTimeout: durationRule('scrape/duration'),
  metricRelabelings: { list: { map: 'anything' } },
};
const part: Shape = { either: [{ fields: monitor }, 'boolean'] };

const shape: ShapeOf<IstioMonitorsProps> = {
  istioNamespace: 'text',
  istiod: part,
  sidecars: part,
  mergedMetrics: part,
  gateways: part,
  ztunnel: part,
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  workloadRules: 'boolean',
  prometheusRule: { fields: prometheusRuleOptions },
};

/** Istio's own label that takes a pod out of the monitors of all proxies. */
const notIgnored = { key: 'istio-prometheus-ignore', operator: 'DoesNotExist' } as const;
/** The injector labels pods with a sidecar so; those of gateways have a proxy and no such label. */
const tlsMode = 'security.istio.io/tlsMode';
/** Of a proxy's container, be it a container or, as a native sidecar, an init container. */
const envoyPort = 'http-envoy-prom';

/**
 * Monitors of a mesh itself: control plane, sidecars, gateways, ztunnel. One per cluster.
 * Source: istio, samples/addons/extras/prometheus-operator.yaml, and the charts of istiod, gateway and ztunnel.
 *
 * @example
 * new IstioMonitors(chart, 'istio', { sidecars: { interval: '15s' } });
 */
export class IstioMonitors extends Construct {
  private readonly platform: Platform;
  private readonly istioNamespace: string;

  constructor(scope: Construct, id: string, given: IstioMonitorsProps = {}) {
    super(scopeFor(scope, id, 'IstioMonitors'), id);
    reserveIds(this, ['Istiod', 'Sidecars', 'MergedMetrics', 'Gateways', 'Ztunnel']);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    this.platform = Platform.of(this);
    const { mesh } = this.platform.facts;
    this.istioNamespace = props.istioNamespace ?? mesh?.rootNamespace ?? 'istio-system';
    const isAmbient = mesh?.dataPlaneMode === 'ambient';
    const { istiod = {}, gateways = {}, mergedMetrics: merged = false, ztunnel = isAmbient ? {} : false } = props;
    const { sidecars = isAmbient || merged !== false ? false : {} } = props;
    if (istiod !== false) this.monitorIstiod(optionsOf(istiod));
    if (sidecars !== false) this.monitorProxies('Sidecars', 'Exists', optionsOf(sidecars));
    if (merged !== false) this.monitorMergedMetrics(optionsOf(merged));
    if (gateways !== false) this.monitorProxies('Gateways', 'DoesNotExist', optionsOf(gateways));
    if (ztunnel !== false) this.monitorZtunnel(optionsOf(ztunnel));
    const rules = new RuleSet(this, { name: `${toObjectName(id, 57)}-rules`, options: props.prometheusRule });
    if (props.workloadRules) addWorkloadRules(rules, this);
    addIstioAlerts(this, rules, props.alerts, {
      istioNamespace: this.istioNamespace,
      istiod: istiod !== false,
      proxies: sidecars !== false || gateways !== false,
    });
    const where = { construct: this.node.path };
    const countsRequests = sidecars !== false || merged !== false || gateways !== false;
    addCheck(this, () => [
      ...this.findings([istiod, sidecars, merged, gateways, ztunnel], where),
      ...(sidecars !== false && merged !== false ? [scrapedTwice(where)] : []),
      // with rules for a federation these are monitors of the Prometheus that is federated from
      ...(countsRequests && !props.workloadRules ? federatedAsWell(this, where) : []),
    ]);
  }

  private monitorIstiod(options: IstioMonitorOptions): void {
    const spec: ServiceMonitorSpec = {
      selector: { matchLabels: { istio: 'pilot' } },
      namespaceSelector: { matchNames: [this.istioNamespace] },
      // Istio's dashboards ask for app="istiod"
      targetLabels: ['app'],
      endpoints: [{ port: 'http-monitoring', ...scrapeOf(options), relabelings: job('istiod') }],
    };
    this.generate('Istiod', 'ServiceMonitor', options, spec);
  }

  private monitorProxies(id: string, sidecarLabel: 'Exists' | 'DoesNotExist', options: IstioMonitorOptions): void {
    const spec: PodMonitorSpec = {
      selector: { matchExpressions: [notIgnored, { key: tlsMode, operator: sidecarLabel }] },
      namespaceSelector: { any: true },
      podMetricsEndpoints: [
        { port: envoyPort, path: mergedMetrics.path, ...scrapeOf(options), relabelings: job('envoy-stats') },
      ],
    };
    this.generate(id, 'PodMonitor', options, spec);
  }

  private monitorMergedMetrics(options: IstioMonitorOptions): void {
    const pod = '__meta_kubernetes_pod';
    const relabelings: RelabelingRule[] = [
      { action: 'keep', sourceLabels: [`${pod}_annotation_prometheus_io_scrape`], regex: 'true' },
      {
        sourceLabels: ['__address__', `${pod}_annotation_prometheus_io_port`],
        regex: '(.+?)(?::\\d+)?;(\\d+)',
        replacement: '$1:$2',
        targetLabel: '__address__',
      },
      ...job('envoy-stats'),
      { sourceLabels: [`${pod}_label_app_kubernetes_io_name`], regex: '(.+)', targetLabel: 'job' },
    ];
    const spec: PodMonitorSpec = {
      selector: { matchExpressions: [notIgnored, { key: tlsMode, operator: 'Exists' }] },
      namespaceSelector: { any: true },
      // the agent's own port is none that the container declares: its neighbour's target is led there
      podMetricsEndpoints: [{ port: envoyPort, path: mergedMetrics.path, ...scrapeOf(options), relabelings }],
    };
    this.generate('MergedMetrics', 'PodMonitor', options, spec);
  }

  private monitorZtunnel(options: IstioMonitorOptions): void {
    const spec: PodMonitorSpec = {
      selector: { matchLabels: { app: 'ztunnel' } },
      namespaceSelector: { matchNames: [this.istioNamespace] },
      podTargetLabels: ['app'],
      podMetricsEndpoints: [
        { port: 'ztunnel-stats', path: mergedMetrics.path, ...scrapeOf(options), relabelings: job('ztunnel') },
      ],
    };
    this.generate('Ztunnel', 'PodMonitor', options, spec);
  }

  private generate(
    id: string,
    kind: 'PodMonitor' | 'ServiceMonitor',
    options: IstioMonitorOptions,
    spec: PodMonitorSpec | ServiceMonitorSpec,
  ): void {
    const selector = kind === 'PodMonitor' ? 'podMonitorSelector' : 'serviceMonitorSelector';
    const name = `${toObjectName(this.node.id, 63 - id.length - 1)}-${toObjectName(id)}`;
    generateObject(this, id, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind,
      name,
      labels: { 'app.kubernetes.io/name': name, ...this.platform.labelsToBeSelected(selector) },
      options,
      content: () => ({ spec }),
    });
  }

  private findings(parts: readonly (boolean | IstioMonitorOptions)[], where: FindingLocation): Finding[] {
    const monitored = parts.filter((each) => each !== false);
    const ofParts = monitored.flatMap((options) => {
      const { interval, scrapeTimeout, metricRelabelings } = optionsOf(options);
      return scrapeFindings(
        { kind: 'podMonitor', options: { interval, scrapeTimeout, metricRelabelings } },
        this.platform,
        where,
      );
    });
    const distinct = [...new Map(ofParts.map((finding) => [finding.message, finding])).values()];
    if (monitored.length === 0 || !this.platform.prometheusServers[0]?.ignoreNamespaceSelectors) return distinct;
    return [
      ...distinct,
      {
        code: 'mesh/namespaces',
        severity: 'warning',
        where,
        message:
          "the platform's Prometheus ignores namespace selectors: the monitors find the proxies of their own namespace alone",
        fix: `put an IstioMonitors into a chart of namespace '${this.istioNamespace}', and PodMonitors beside the apps`,
      },
    ];
  }
}

function scrapedTwice(where: FindingLocation): Finding {
  return {
    code: 'mesh/scraped-twice',
    severity: 'warning',
    where,
    message: "merged metrics hold Envoy's, and sidecars are monitored as well: every request is counted twice",
    fix: 'leave out sidecars, or mergedMetrics',
  };
}

function optionsOf(given: boolean | IstioMonitorOptions): IstioMonitorOptions {
  return typeof given === 'object' ? given : {};
}

function scrapeOf({ interval, scrapeTimeout, metricRelabelings }: IstioMonitorOptions) {
  return {
    ...(interval === undefined ? {} : { interval: durationText(interval) }),
    ...(scrapeTimeout === undefined ? {} : { scrapeTimeout: durationText(scrapeTimeout) }),
    ...(metricRelabelings === undefined ? {} : { metricRelabelings }),
  };
}

/** The name that jobs have in Istio's own configuration: without it they would be called after the monitor. */
function job(name: string): RelabelingRule[] {
  return [{ targetLabel: 'job', replacement: name }];
}
