import { Construct } from 'constructs';
import type { AlertmanagerConfiguration, AlertmanagerSpec } from '../../../imports/alertmanager';
import { addCheck } from '../../findings';
import { LabelSelector, Platform, PlatformProps } from '../../platform';
import type { DurationLike } from '../../promql';
import { durationText } from '../../promql';
import { definedFields, ShapeOf } from '../objects';
import { alertmanagerAlerts, alertmanagerClusterAlerts } from './alertmanager-alerts';
import type { WatchedJob } from './health-alert';
import { OperatorServer, ServerKind, ServerPort } from './operator-server';
import { serverDuration } from './quantities';
import { selectorShape, ServerProps, serverShape } from './server-props';
import { checkServerProps } from './server-spec';

const kind: ServerKind = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Alertmanager',
  component: 'alertmanager',
  prefix: 'alertmanager',
  monitor: 'ServiceMonitor',
  usesKubernetes: false,
};

/** Which alerts an AlertmanagerConfig may see, by their label `namespace`. */
export type AlertmanagerConfigMatcherStrategy = 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';

/** An Alertmanager, in the field names of prometheus-operator. */
export interface AlertmanagerProps extends ServerProps<AlertmanagerSpec> {
  /** How long silences and what was sent are remembered. @default - 120h, the operator's default */
  readonly retention?: DurationLike;
  /** Name of a Secret of the namespace with `alertmanager.yaml`, which something else makes. @default - `alertmanager-<name>` */
  readonly configSecret?: string;
  /** Which AlertmanagerConfigs are taken. @default - all of the namespaces */
  readonly alertmanagerConfigSelector?: LabelSelector;
  /** Namespaces that AlertmanagerConfigs are taken from. @default - all */
  readonly alertmanagerConfigNamespaceSelector?: LabelSelector;
  /** @default - OnNamespace, the operator's default: a config sees the alerts of its own namespace only */
  readonly alertmanagerConfigMatcherStrategy?: AlertmanagerConfigMatcherStrategy;
  /** The AlertmanagerConfig of the namespace that is the configuration itself, in place of `configSecret`. */
  readonly alertmanagerConfiguration?: AlertmanagerConfiguration & { readonly name: string };
  /** Address under which users reach the server: it stands in notifications. */
  readonly externalUrl?: string;
  /** @default - `/` */
  readonly routePrefix?: string;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat?: 'logfmt' | 'json';
}

const alertmanagerShape: ShapeOf<AlertmanagerProps> = {
  ...serverShape,
  retention: serverDuration,
  configSecret: 'text',
  alertmanagerConfigSelector: selectorShape,
  alertmanagerConfigNamespaceSelector: selectorShape,
  alertmanagerConfigMatcherStrategy: { oneOf: ['OnNamespace', 'OnNamespaceExceptForAlertmanagerNamespace', 'None'] },
  alertmanagerConfiguration: { map: 'anything' },
  externalUrl: 'text',
  routePrefix: 'text',
  logLevel: { oneOf: ['debug', 'info', 'warn', 'error'] },
  logFormat: { oneOf: ['logfmt', 'json'] },
};

/** Port over which the members of a cluster talk. Source: prometheus-operator, pkg/alertmanager/statefulset.go. */
const meshPort = 9094;

/**
 * An Alertmanager that prometheus-operator runs. A Prometheus that is given it in `alertmanagers` sends its alerts there and
 * is admitted; replicas form a cluster.
 *
 * @example
 * const alertmanager = new Alertmanager(monitoring, 'main', { replicas: 3, storage: { size: '1Gi' } });
 */
export class Alertmanager extends OperatorServer {
  private readonly props: AlertmanagerProps;

  constructor(scope: Construct, id: string, given: AlertmanagerProps = {}) {
    const checked = checkServerProps(given, alertmanagerShape);
    super(scope, id, kind, checked);
    const { props } = checked;
    this.props = props;
    addCheck(this, () => {
      const { configSecret, alertmanagerConfiguration } = props;
      if (configSecret === undefined || alertmanagerConfiguration === undefined) return [];
      return [
        {
          code: 'servers/alertmanager-config',
          severity: 'error',
          where: this.where,
          message: `configSecret '${configSecret}' has no effect beside alertmanagerConfiguration`,
          fix: 'keep one of them',
        },
      ];
    });
  }

  /** The Alertmanager as the facts of a platform. */
  get facts(): NonNullable<PlatformProps['alertmanager']> {
    return definedFields({
      name: this.name,
      namespace: this.namespace,
      ...this.configSelectors(),
      alertmanagerConfigMatcherStrategy: this.props.alertmanagerConfigMatcherStrategy ?? 'OnNamespace',
    });
  }

  /** A platform of which only the Alertmanager is known; `Prometheus.asPlatform()` has the Alertmanager that it is given. */
  asPlatform(): Platform {
    return Platform.custom({ operator: { installed: true }, alertmanager: this.facts });
  }

  /** Address of every member of the cluster, as Thanos finds it: each must get all alerts. */
  get membersUrl(): string {
    return `dnssrv+http://_web._tcp.${this.hostName()}${this.path}`;
  }

  /** What stands before the paths of the server's pages. */
  get path(): string {
    return (this.props.routePrefix ?? '').replace(/\/+$/, '');
  }

  protected override spec(): Partial<AlertmanagerSpec> {
    const { retention, alertmanagerConfigMatcherStrategy: type, ...props } = this.props;
    return {
      ...this.configSelectors(),
      retention: retention === undefined ? undefined : durationText(retention),
      configSecret: props.configSecret,
      alertmanagerConfigMatcherStrategy: type === undefined ? undefined : { type },
      alertmanagerConfiguration: props.alertmanagerConfiguration,
      externalUrl: props.externalUrl,
      routePrefix: props.routePrefix,
      logLevel: props.logLevel,
      logFormat: props.logFormat,
    };
  }

  protected override ports(): readonly ServerPort[] {
    return [
      { name: 'web', port: 9093, metricsPath: `${this.path}/metrics` },
      { name: 'reloader-web', port: 8080, metricsPath: '/metrics' },
    ];
  }

  /** Members of the cluster reach each other, and nobody else reaches them there. */
  protected override furtherIngress(): readonly object[] {
    const ports = ['TCP', 'UDP'].map((protocol) => ({ protocol, port: meshPort }));
    return [{ from: [{ podSelector: { matchLabels: this.podLabels } }], ports }];
  }

  protected override watched(): readonly WatchedJob[] {
    const alerts = [...alertmanagerAlerts, ...((this.props.replicas ?? 1) > 1 ? alertmanagerClusterAlerts : [])];
    return [{ alerts, matchers: () => this.jobLabels() }];
  }

  private configSelectors(): {
    alertmanagerConfigSelector: LabelSelector;
    alertmanagerConfigNamespaceSelector: LabelSelector;
  } {
    const { alertmanagerConfigSelector = {}, alertmanagerConfigNamespaceSelector = {} } = this.props;
    return { alertmanagerConfigSelector, alertmanagerConfigNamespaceSelector };
  }
}
