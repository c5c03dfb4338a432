import { Construct } from 'constructs';
import type { RemoteWrite, ThanosRulerSpec } from '../../../imports/thanos-ruler';
import { addCheck, described, Finding } from '../../findings';
import { LabelSelector, Platform } from '../../platform';
import { DurationLike, durationText } from '../../promql';
import type { ShapeOf } from '../objects';
import type { Alertmanager } from './alertmanager';
import type { WatchedJob } from './health-alert';
import { isJoinedServer, QueryServer } from './joined-server';
import { OperatorServer, ServerKind, ServerPort } from './operator-server';
import { Prometheus } from './prometheus';
import { serverDuration } from './quantities';
import { SecretReference, secretReference } from './secret-reference';
import { selectorShape, ServerProps, serverShape } from './server-props';
import { checkServerProps } from './server-spec';
import { rulerAlerts } from './thanos-alerts';

const kind: ServerKind = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ThanosRuler',
  component: 'thanos-ruler',
  prefix: 'thanos-ruler',
  monitor: 'ServiceMonitor',
  usesKubernetes: false,
};

/** A Thanos Ruler, in the field names of prometheus-operator. */
export interface ThanosRulerProps extends ServerProps<ThanosRulerSpec> {
  /** What its rules ask: a ThanosQuery or a Prometheus of the stack, or an address such as `http://query.other.svc:10902`. */
  readonly queryEndpoints?: readonly (QueryServer | string)[];
  /** In place of `queryEndpoints`: a Secret with the configuration of them. */
  readonly queryConfig?: SecretReference;
  /** Who gets the alerts: Alertmanagers of the stack, or addresses. @default - nobody */
  readonly alertmanagers?: readonly (Alertmanager | string)[];
  /** In place of `alertmanagers`: a Secret with the configuration of them. */
  readonly alertmanagersConfig?: SecretReference;
  /** Which PrometheusRules are evaluated: others than those of the Prometheus servers, which would do it again. */
  readonly ruleSelector: LabelSelector;
  /** @default - its own namespace */
  readonly ruleNamespaceSelector?: LabelSelector;
  /** Bucket to which the results of recording rules go. @default - they stay with the ruler */
  readonly objectStorage?: SecretReference;
  /** @default - 15s, the operator's default */
  readonly evaluationInterval?: DurationLike;
  /** How long results are kept. @default - 24h, the operator's default */
  readonly retention?: DurationLike;
  /** Labels of what it records and of its alerts; Thanos wants at least one that no other server has. @default - the operator's */
  readonly ruleLabels?: Readonly<Record<string, string>>;
  readonly enforcedNamespaceLabel?: string;
  /** Address under which alerts link to their query. */
  readonly alertQueryUrl?: string;
  /** @default - `/` */
  readonly routePrefix?: string;
  readonly remoteWrite?: readonly Omit<RemoteWrite, 'bearerToken'>[];
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat?: 'logfmt' | 'json';
}

const shape: ShapeOf<ThanosRulerProps> = {
  ...serverShape,
  queryEndpoints: { list: 'anything' },
  queryConfig: secretReference,
  alertmanagers: { list: 'anything' },
  alertmanagersConfig: secretReference,
  ruleSelector: selectorShape,
  ruleNamespaceSelector: selectorShape,
  objectStorage: secretReference,
  evaluationInterval: serverDuration,
  retention: serverDuration,
  ruleLabels: { map: 'text' },
  enforcedNamespaceLabel: 'text',
  alertQueryUrl: 'text',
  routePrefix: 'text',
  remoteWrite: { list: { map: 'anything' } },
  logLevel: { oneOf: ['debug', 'info', 'warn', 'error'] },
  logFormat: { oneOf: ['logfmt', 'json'] },
};

/**
 * A Thanos Ruler that prometheus-operator runs: it evaluates rules over what a ThanosQuery knows.
 *
 * @example
 * new ThanosRuler(monitoring, 'global', {
 *   queryEndpoints: [query],
 *   alertmanagers: [alertmanager],
 *   ruleSelector: { matchLabels: { scope: 'global' } },
 * });
 */
export class ThanosRuler extends OperatorServer {
  private readonly props: ThanosRulerProps;

  constructor(scope: Construct, id: string, given: ThanosRulerProps) {
    const checked = checkServerProps(given, shape);
    super(scope, id, kind, checked);
    this.props = checked.props;
    const { queryEndpoints = [], alertmanagers = [] } = this.props;
    for (const server of [...queryEndpoints, ...alertmanagers]) {
      if (isJoinedServer(server)) server._admit(this._peer);
    }
    this.checkJoins();
    addCheck(this, () => this.rulesTakenTwice());
  }

  /** A platform whose rules are evaluated by this ruler: those below it get the labels by which it selects them. */
  asPlatform(platform: Platform): Platform {
    const [first, ...others] = platform.prometheusServers;
    return platform.with({ prometheus: [{ ...first, ...this.ruleSelectors() }, ...others] });
  }

  /** Where ThanosQuery asks it. */
  get storeEndpoint(): string {
    return `dnssrv+_grpc._tcp.${this.hostName()}`;
  }

  protected override spec(): Partial<ThanosRulerSpec> {
    const { queryEndpoints = [], alertmanagers = [], evaluationInterval, retention, ...props } = this.props;
    return {
      queryEndpoints: queryEndpoints.length === 0 ? undefined : queryEndpoints.flatMap(queryUrl),
      queryConfig: props.queryConfig?.secret,
      alertmanagersUrl: alertmanagers.length === 0 ? undefined : alertmanagers.flatMap(alertmanagerUrl),
      alertmanagersConfig: props.alertmanagersConfig?.secret,
      ...this.ruleSelectors(),
      objectStorageConfig: props.objectStorage?.secret,
      evaluationInterval: evaluationInterval === undefined ? undefined : durationText(evaluationInterval),
      retention: retention === undefined ? undefined : durationText(retention),
      labels: props.ruleLabels,
      enforcedNamespaceLabel: props.enforcedNamespaceLabel,
      alertQueryUrl: props.alertQueryUrl,
      routePrefix: props.routePrefix,
      remoteWrite: props.remoteWrite,
      logLevel: props.logLevel,
      logFormat: props.logFormat,
    };
  }

  protected override ports(): readonly ServerPort[] {
    const path = (this.props.routePrefix ?? '').replace(/\/+$/, '');
    return [
      { name: 'web', port: 10902, metricsPath: `${path}/metrics` },
      { name: 'grpc', port: 10901 },
      { name: 'reloader-web', port: 8080, metricsPath: '/metrics' },
    ];
  }

  protected override watched(): readonly WatchedJob[] {
    return [{ alerts: rulerAlerts, matchers: () => this.jobLabels() }];
  }

  private ruleSelectors(): { ruleSelector: LabelSelector; ruleNamespaceSelector?: LabelSelector } {
    const { ruleSelector = {}, ruleNamespaceSelector } = this.props;
    return { ruleSelector, ...(ruleNamespaceSelector === undefined ? {} : { ruleNamespaceSelector }) };
  }

  /** A Prometheus that takes every rule takes the ruler's too: then each alert comes twice, from the two of them. */
  private rulesTakenTwice(): Finding[] {
    const { ruleSelector } = this.props;
    if (ruleSelector === undefined) return [];
    const others = this.node.root.node.findAll().filter((each): each is Prometheus => each instanceof Prometheus);
    const greedy = others.filter(({ facts }) => {
      const taken = facts.ruleSelector;
      return taken !== undefined && [{}, ruleSelector].some((each) => JSON.stringify(each) === JSON.stringify(taken));
    });
    const [key, value] = Object.entries(ruleSelector.matchLabels ?? {})[0] ?? [];
    const without = `ruleSelector: { matchExpressions: [{ key: '${key}', operator: 'NotIn', values: ['${value}'] }] }`;
    return greedy.map(({ node }) => ({
      code: 'servers/rules-twice',
      severity: 'warning',
      where: this.where,
      message: `the Prometheus ${node.path} takes the rules of the ruler as well: each of their alerts would come twice`,
      fix:
        key === undefined ? 'give both a ruleSelector, so that no rule is for both' : `give that Prometheus ${without}`,
    }));
  }

  private checkJoins(): void {
    const { queryEndpoints = [], queryConfig, alertmanagers = [], alertmanagersConfig, ruleSelector } = this.props;
    if (ruleSelector === undefined) {
      const fix = "say which, such as ruleSelector: { matchLabels: { scope: 'global' } }";
      this.report('servers/rule-selector', 'the ruler does not say which rules are its own', fix);
    }
    if (queryEndpoints.length === 0 && queryConfig === undefined) {
      this.report(
        'servers/query-endpoints',
        'the ruler has nothing that its rules could ask',
        'give queryEndpoints, such as a ThanosQuery of the stack, or queryConfig',
      );
    }
    if (queryEndpoints.length > 0 && queryConfig !== undefined) {
      this.report('servers/query-endpoints', 'queryEndpoints have no effect beside queryConfig', 'keep one of them');
    }
    queryEndpoints.forEach((given, index) => {
      if (queryUrl(given).length > 0) return;
      const message = `queryEndpoints[${index}] is ${described(given)}, which answers no queries`;
      this.report('servers/query-endpoints', message, 'give a ThanosQuery, a Prometheus or an address');
    });
    if (alertmanagers.length > 0 && alertmanagersConfig !== undefined) {
      this.report(
        'servers/alertmanagers',
        'alertmanagers have no effect beside alertmanagersConfig',
        'keep one of them',
      );
    }
    alertmanagers.forEach((given, index) => {
      if (alertmanagerUrl(given).length > 0) return;
      const message = `alertmanagers[${index}] is ${described(given)}, expected an Alertmanager or an address`;
      this.report('servers/alertmanagers', message, "give an Alertmanager, or 'http://alertmanager.other.svc:9093'");
    });
  }
}

function queryUrl(given: QueryServer | string): string[] {
  const address = typeof given === 'string' ? given : (given as Partial<QueryServer> | null)?.url;
  return typeof address === 'string' && address.trim() !== '' ? [address] : [];
}

function alertmanagerUrl(given: Alertmanager | string): string[] {
  const address = typeof given === 'string' ? given : (given as Partial<Alertmanager> | null)?.membersUrl;
  return typeof address === 'string' && address.trim() !== '' ? [address] : [];
}
