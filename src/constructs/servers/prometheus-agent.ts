import { Construct } from 'constructs';
import type { PrometheusAgentSpec } from '../../../imports/prometheus-agent';
import { addCheck, Finding, FindingLocation } from '../../findings';
import { Platform } from '../../platform';
import type { ShapeOf } from '../objects';
import type { WatchedJob } from './health-alert';
import type { ServerKind } from './operator-server';
import { remoteWriteAlerts, scrapingAlerts } from './prometheus-alerts';
import { RemoteWriteOptions, ScrapingServerProps, scrapingServerShape } from './scraping-props';
import { ScrapingServer, Selectors } from './scraping-server';
import { checkServerProps } from './server-spec';

/** What a DaemonSet cannot have. Source: the validation rules of the CRD prometheusagents.monitoring.coreos.com. */
const notInDaemonSet = [
  'replicas',
  'storage',
  'shards',
  'shardingStrategy',
  'serviceMonitorSelector',
  'serviceMonitorNamespaceSelector',
  'probeSelector',
  'probeNamespaceSelector',
  'scrapeConfigSelector',
  'scrapeConfigNamespaceSelector',
  'additionalScrapeConfigs',
] as const satisfies readonly (keyof ScrapingServerProps<PrometheusAgentSpec>)[];

/** What only a Prometheus has: an agent keeps no samples, so there is nothing that rules or queries could ask. */
const onlyOfPrometheus = [
  'ruleSelector',
  'ruleNamespaceSelector',
  'evaluationInterval',
  'alertmanagers',
  'retention',
  'retentionSize',
  'thanos',
] as const;

interface CommonAgentProps extends ScrapingServerProps<PrometheusAgentSpec> {
  /** Where the samples go: an agent keeps none. */
  readonly remoteWrite: readonly [RemoteWriteOptions, ...RemoteWriteOptions[]];
}

/** A PrometheusAgent, in the field names of prometheus-operator. */
export type PrometheusAgentProps =
  | (CommonAgentProps & {
      /** One set of pods that finds all targets. @default - StatefulSet */
      readonly mode?: 'StatefulSet';
    })
  | (Omit<CommonAgentProps, (typeof notInDaemonSet)[number]> & {
      /**
       * A pod on each node, for the pods of that node: it reads PodMonitors only. prometheus-operator needs the feature
       * gate `PrometheusAgentDaemonSet`.
       */
      readonly mode: 'DaemonSet';
    } & { readonly [K in (typeof notInDaemonSet)[number]]?: never });

/** Props of either mode. */
type AnyAgentProps = Omit<CommonAgentProps, 'remoteWrite'> & {
  readonly remoteWrite?: readonly RemoteWriteOptions[];
  readonly mode?: 'StatefulSet' | 'DaemonSet';
};

const shape: ShapeOf<AnyAgentProps> = { ...scrapingServerShape, mode: { oneOf: ['StatefulSet', 'DaemonSet'] } };

/** What has a check of its own below is let through to it. */
const shapeWithRefused = {
  ...shape,
  ...Object.fromEntries(onlyOfPrometheus.map((field) => [field, 'anything' as const])),
};

function kindOf(mode: AnyAgentProps['mode']): ServerKind {
  return {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'PrometheusAgent',
    component: 'prometheus-agent',
    prefix: 'prom-agent',
    monitor: mode === 'DaemonSet' ? 'PodMonitor' : 'ServiceMonitor',
    usesKubernetes: true,
  };
}

/**
 * A PrometheusAgent that prometheus-operator runs: it scrapes, and sends what it scrapes on. It evaluates no rules; the alerts
 * about it carry the labels of the platform's Prometheus, and work where its samples arrive.
 *
 * @example
 * new PrometheusAgent(monitoring, 'edge', { namespaces: 'all', remoteWrite: [{ url: 'https://metrics.example/api/v1/write' }] });
 */
export class PrometheusAgent extends ScrapingServer {
  private readonly props: AnyAgentProps;

  constructor(scope: Construct, id: string, given: PrometheusAgentProps) {
    const checked = checkServerProps<AnyAgentProps>(given, shapeWithRefused);
    const { mode } = checked.props;
    super(scope, id, kindOf(mode), checked, []);
    this.props = checked.props;
    addCheck(this, () => agentFindings(this.props, this.where));
  }

  /** The platform that this agent makes: what it selects. Its rules are evaluated elsewhere, and their labels are unknown. */
  asPlatform(): Platform {
    return Platform.custom({ operator: { installed: true }, prometheus: this.facts });
  }

  protected override spec(): Partial<PrometheusAgentSpec> {
    const { mode } = this.props;
    const fields = { ...super.spec(), mode };
    if (mode !== 'DaemonSet') return fields;
    return Object.fromEntries(
      Object.entries(fields).filter(([field]) => !(notInDaemonSet as readonly string[]).includes(field)),
    );
  }

  protected override selectors(): Selectors {
    if (this.props.mode !== 'DaemonSet') return super.selectors();
    return {
      ...super.selectors(),
      serviceMonitorSelector: 'none',
      probeSelector: 'none',
      scrapeConfigSelector: 'none',
    };
  }

  protected override watched(): readonly WatchedJob[] {
    return [{ alerts: [...scrapingAlerts, ...remoteWriteAlerts], matchers: () => this.jobLabels() }];
  }
}

function agentFindings(props: AnyAgentProps, where: FindingLocation): Finding[] {
  const refused = onlyOfPrometheus.filter((field) => field in props);
  const misplaced = props.mode === 'DaemonSet' ? notInDaemonSet.filter((field) => props[field] !== undefined) : [];
  const finding = (message: string, fix: string): Finding => ({
    code: 'servers/agent',
    severity: 'error',
    where,
    message,
    fix,
  });
  return [
    ...(props.remoteWrite?.length
      ? []
      : [finding('the agent has no remoteWrite: its samples go nowhere', 'say where: remoteWrite: [{ url: … }]')]),
    ...(refused.length === 0
      ? []
      : [
          finding(
            `an agent has no ${refused.join(', ')}: it keeps no samples to ask`,
            'leave it out, or make a Prometheus',
          ),
        ]),
    ...(misplaced.length === 0
      ? []
      : [
          finding(
            `an agent in DaemonSet mode has no ${misplaced.join(', ')}`,
            "leave it out, or set mode: 'StatefulSet'",
          ),
        ]),
  ];
}
