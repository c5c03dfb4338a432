import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Alertmanager as AlertmanagerTarget, PrometheusSpec } from '../../../imports/prometheus';
import { addCheck } from '../../findings';
import { LabelSelector, ObjectSelector, Platform, PrometheusServer } from '../../platform';
import { durationText } from '../../promql';
import { definedFields, generateObject } from '../objects';
import { byteSizeText } from '../scrape/monitor-endpoint';
import { Alertmanager } from './alertmanager';
import type { WatchedJob } from './health-alert';
import type { ServerKind } from './operator-server';
import { alertingAlerts, remoteWriteAlerts, ruleAlerts, scrapingAlerts, sidecarAlerts } from './prometheus-alerts';
import { prometheusFindings } from './prometheus-checks';
import { PrometheusProps, prometheusShape } from './prometheus-props';
import { ScrapingServer, withoutNone } from './scraping-server';
import { checkServerProps } from './server-spec';

const kind: ServerKind = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Prometheus',
  component: 'prometheus',
  prefix: 'prometheus',
  monitor: 'ServiceMonitor',
  usesKubernetes: true,
};

/** Source: prometheus-operator, pkg/prometheus/server/statefulset.go: ports of the container `thanos-sidecar`. */
const sidecarPorts = [
  { name: 'grpc', port: 10901, targetPort: 'grpc', protocol: 'TCP' },
  { name: 'thanos-http', port: 10902, targetPort: 'http', protocol: 'TCP' },
] as const;

/**
 * A Prometheus server that prometheus-operator runs, with the rights that it needs, a Service, a NetworkPolicy, a monitor of
 * its own and alerts about itself. {@link Prometheus.asPlatform} gives what stands below it its facts.
 *
 * @example
 * const alertmanager = new Alertmanager(monitoring, 'main', { replicas: 3 });
 * const prometheus = new Prometheus(monitoring, 'k8s', {
 *   namespaces: 'all',
 *   retention: '15d',
 *   storage: { size: '50Gi' },
 *   alertmanagers: [alertmanager],
 * });
 * Platform.provide(app, prometheus.asPlatform());
 */
export class Prometheus extends ScrapingServer {
  /** Headless Service of the Thanos sidecars; undefined without them. */
  readonly thanosService?: ApiObject;

  private readonly props: PrometheusProps;

  constructor(scope: Construct, id: string, given: PrometheusProps) {
    const checked = checkServerProps(withSidecar(given), prometheusShape);
    const { props } = checked;
    super(
      scope,
      id,
      kind,
      checked,
      alertmanagersOf(props).flatMap(({ namespace }) => namespace ?? []),
    );
    this.props = props;
    for (const alertmanager of alertmanagersOf(props)) alertmanager._admit(this._peer);
    if (props.thanos) {
      this.thanosService = generateObject(this, 'ThanosService', {
        apiVersion: 'v1',
        kind: 'Service',
        name: `prometheus-${this.name}-thanos-sidecar`,
        namespace: this.namespace,
        labels: this.labels,
        options: props.objects?.thanosService,
        content: () => ({ spec: { clusterIP: 'None', ports: sidecarPorts, selector: this.podLabels } }),
      });
    }
    addCheck(this, () => prometheusFindings(props, this.where));
  }

  /** The server as the facts of a platform. */
  override get facts(): PrometheusServer {
    const { evaluationInterval = '30s' } = this.props;
    return { ...super.facts, ...this.ruleSelectors(), evaluationInterval };
  }

  /**
   * The platform that this server makes, with its first Alertmanager: provide it to the app, so that everything below is
   * selected, admitted and checked by these facts. Add what else is known: `asPlatform().with({ grafana: … })`.
   */
  asPlatform(): Platform {
    const [alertmanager] = alertmanagersOf(this.props);
    return Platform.custom({
      operator: { installed: true },
      prometheus: this.facts,
      ...(alertmanager === undefined ? {} : { alertmanager: alertmanager.facts }),
    });
  }

  /** Where ThanosQuery asks the Thanos sidecars; undefined without them. */
  get storeEndpoint(): string | undefined {
    return this.thanosService && `dnssrv+_grpc._tcp.${this.hostName(this.thanosService)}`;
  }

  protected override spec(): Partial<PrometheusSpec> {
    const { retention, retentionSize, evaluationInterval, alertmanagers, thanos } = this.props;
    return {
      ...super.spec(),
      ...withoutNone(this.ruleSelectors()),
      retention: retention === undefined ? undefined : durationText(retention),
      retentionSize: retentionSize === undefined ? undefined : byteSizeText(retentionSize),
      evaluationInterval: evaluationInterval === undefined ? undefined : durationText(evaluationInterval),
      alerting: alertmanagers?.length ? { alertmanagers: alertmanagers.map(alertmanagerTarget) } : undefined,
      thanos: thanos && thanosSpec(thanos),
    };
  }

  protected override metricsEndpoints(): readonly { readonly port: string; readonly path: string }[] {
    const ofSidecar = this.props.thanos ? [{ port: 'thanos-http', path: '/metrics' }] : [];
    return [...super.metricsEndpoints(), ...ofSidecar];
  }

  protected override openPorts(): readonly number[] {
    return [...super.openPorts(), ...(this.props.thanos ? sidecarPorts.map(({ port }) => port) : [])];
  }

  protected override watched(): readonly WatchedJob[] {
    const { alertmanagers = [], remoteWrite = [], spec = {} } = this.props;
    const hasAlertmanagers = alertmanagers.length > 0 || 'alerting' in spec || 'additionalAlertManagerConfigs' in spec;
    const alerts = [
      ...scrapingAlerts,
      ...ruleAlerts,
      ...(hasAlertmanagers ? alertingAlerts : []),
      ...(remoteWrite.length > 0 ? remoteWriteAlerts : []),
    ];
    return [
      { alerts, matchers: () => this.jobLabels() },
      ...(this.thanosService ? [{ alerts: sidecarAlerts, matchers: () => this.jobLabels(this.thanosService) }] : []),
    ];
  }

  private ruleSelectors(): { ruleSelector: ObjectSelector; ruleNamespaceSelector: LabelSelector } {
    const { ruleSelector = {}, ruleNamespaceSelector = this.namespaceSelector() } = this.props;
    return { ruleSelector, ruleNamespaceSelector };
  }
}

/** A sidecar that stands in `spec` alone has its Service and its policy too. */
function withSidecar(given: PrometheusProps): PrometheusProps {
  return given?.spec?.thanos === undefined || given.thanos !== undefined ? given : { ...given, thanos: {} };
}

/** The Alertmanagers of the stack, known by a member: there may be two copies of this package. */
function alertmanagersOf({ alertmanagers = [] }: PrometheusProps): Alertmanager[] {
  return alertmanagers.filter((each): each is Alertmanager => isAlertmanager(each));
}

function isAlertmanager(value: unknown): value is Alertmanager {
  return typeof (value as Partial<Alertmanager> | null)?._admit === 'function';
}

/** The operator finds an Alertmanager by its Service. Source: pkg/prometheus/promcfg.go, `generateAlertmanagerConfig`. */
function alertmanagerTarget(alertmanager: Alertmanager | AlertmanagerTarget): AlertmanagerTarget {
  if (!isAlertmanager(alertmanager)) return alertmanager;
  const { service, namespace, path } = alertmanager;
  return definedFields({
    name: service.name,
    namespace,
    port: 'web',
    pathPrefix: path === '' ? undefined : path,
  }) as AlertmanagerTarget;
}

function thanosSpec({ version, image, objectStorage, resources }: NonNullable<PrometheusProps['thanos']>): object {
  return definedFields({
    // the operator takes it as the tag of the image, and tags begin with v
    version: version === undefined ? undefined : `v${version.replace(/^v/, '')}`,
    image,
    objectStorageConfig: objectStorage?.secret,
    resources,
  });
}
