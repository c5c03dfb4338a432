import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, reserveIds, scopeFor } from '../../findings';
import { Platform } from '../../platform';
import { MonitoredWorkload } from '../app/monitored-workload';
import { MonitoringDefaults } from '../defaults/monitoring-defaults';
import { refusedProbeFinding } from '../mesh/mesh-probes';
import { proberIsKnown, proberNetworkPolicy } from '../network/prober-network-policy';
import { checkProps, nameProblem, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import { labelMatchers } from '../rules/label-matchers';
import { RuleSet } from '../rules/rule-set';
import type { FederateOptions } from '../scrape/federate-options';
import { layeredMechanism } from '../scrape/layers';
import { defaultJobLabel } from '../scrape/monitor-endpoint';
import { probe } from '../scrape/probe';
import { probeFindings, probeShape } from '../scrape/probe-checks';
import type { ProbeOptions } from '../scrape/probe-options';
import { scrapeConfig } from '../scrape/scrape-config';
import { scrapeConfigFindings, scrapeConfigShape } from '../scrape/scrape-config-checks';
import type { ScrapeConfigOptions } from '../scrape/scrape-config-options';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import { unknownSelectorFindings } from '../scrape/unknown-selector';
import { federatedBy, federateFindings, federateShape } from './federated';
import { addJobAlerts, JobKind } from './job-alerts';
import { probeLabels, scrapeConfigLabels, TargetLabels } from './job-labels';
import { ScrapeJobProps, scrapeJobShape } from './scrape-job-props';

/**
 * A scrape of what is no workload of the stack: something outside the cluster, another Prometheus, or any address as a prober
 * sees it. Rules and dashboards created under it join it. Under an app, a probe asks the app's own Service, and its alerts are
 * in the PrometheusRule of the app.
 *
 * @example
 * new ScrapeJob(chart, 'website', {
 *   scrape: ScrapePolicy.probe({ module: 'http_2xx', targets: { static: ['https://shop.example'] } }),
 *   team: 'storefront',
 * });
 */
export class ScrapeJob extends Construct {
  /** Value of the label `job` of its series, and the stem of all object names. */
  readonly name: string;
  /** Namespace of the job, and of its series unless their targets have another one; undefined where the chart names none. */
  readonly namespace?: string;
  readonly platform: Platform;
  readonly team?: string;
  /** Labels of every object of the job. */
  readonly labels: Readonly<Record<string, string>>;
  /** The Probe or the ScrapeConfig; undefined where the policy is none that a job can have. */
  readonly object?: ApiObject;

  private readonly app?: MonitoredWorkload;
  private readonly objects: NonNullable<ScrapeJobProps['objects']>;
  private targetLabels: () => TargetLabels = () => ({});

  constructor(scope: Construct, id: string, given: ScrapeJobProps) {
    super(scopeFor(scope, id, 'ScrapeJob'), id);
    reserveIds(this, ['Probe', 'ScrapeConfig', 'NetworkPolicy']);
    const { props, problems } = checkProps(given, scrapeJobShape);
    reportProps(this, problems);
    this.app = scope.node.scopes.reverse().find((construct) => construct instanceof MonitoredWorkload);
    this.platform = Platform.of(this);
    this.name = this.usableName(props.job ?? (this.app === undefined ? id : `${this.app.name}-${id}`));
    this.namespace = this.app?.namespace ?? Chart.of(this).namespace;
    const defaults = MonitoringDefaults.of(this);
    this.team = props.team ?? this.app?.team ?? defaults.team;
    this.labels = {
      [defaultJobLabel]: this.name,
      ...defaults.labels,
      ...this.app?.labels,
      ...(this.team === undefined ? {} : { [this.platform.teamLabel]: this.team }),
      ...props.labels,
    };
    this.objects = props.objects ?? {};
    const rules = this.app === undefined ? this.ownRules(props.team) : RuleSet.of(this.app);
    if (props.scrape === undefined) {
      const isReported = problems.some(({ path }) => path[0] === 'scrape');
      if (!isReported) this.refuse('the job has no scrape', 'give one, such as ScrapePolicy.probe({ … })');
      return;
    }
    const mechanism = layeredMechanism(this.platform, props.scrape);
    this.object = this.objectOf(mechanism, props.scrape.mechanism.options);
    if (this.object === undefined) return;
    const { kind: kindOfObject } = this.object;
    addCheck(this, () => unknownSelectorFindings(kindOfObject, this.platform, { construct: this.node.path }));
    const kind: JobKind = mechanism.kind === 'probe' ? 'probe' : 'targets';
    const { metricRelabelings } = mechanism.options as ProbeOptions;
    const matchers = () => this.labelsOf();
    const subject = { declaredBy: this, what: this.name, job: this.name, kind, matchers, metricRelabelings };
    rules.addTargets({ name: this.name, labels: () => [this.labelsOf()] });
    addJobAlerts(rules, subject, props.alerts, this.platform);
  }

  /** The labels that single out the series of the job, in the order in which rules print them. */
  labelsOf(): Record<string, string> {
    return this.targetLabels();
  }

  /** The matchers of the job's series for an expression of yours, without braces: `namespace="shop", job="website"`. */
  matchers(): string {
    return labelMatchers(this.labelsOf()).slice(1, -1);
  }

  /** @param given the options of the job's own policy, without those of the platform */
  private objectOf(mechanism: ScrapeMechanism, given: object): ApiObject | undefined {
    switch (mechanism.kind) {
      case 'probe':
        return this.makeProbe(mechanism.options);
      case 'scrapeConfig':
        return this.makeScrapeConfig(this.usable(mechanism.options, scrapeConfigShape), mechanism.kind);
      case 'federate':
        addCheck(this, () => federateFindings(given as Partial<FederateOptions>, { construct: this.node.path }));
        return this.makeScrapeConfig(federatedBy(this.usable(mechanism.options, federateShape)), mechanism.kind);
      default: {
        const [message, fix] = refusals[mechanism.kind];
        this.refuse(message, fix);
        return undefined;
      }
    }
  }

  private makeProbe(given: ProbeOptions): ApiObject {
    const settings = this.usable(given, probeShape);
    const { targets, path } = settings;
    this.targetLabels = () => probeLabels(settings, this);
    addCheck(this, () => {
      const isOfApp = this.app?._probed !== undefined;
      const ofProbe = probeFindings(settings, this.platform, { construct: this.node.path }, isOfApp);
      return targets === undefined && isOfApp
        ? [...ofProbe, ...this.unknownNamespace(), ...this.refusedByMesh(settings)]
        : ofProbe;
    });
    if (targets === undefined) this.admitProber(settings);
    return probe(this, 'Probe', {
      ...this.common(this.objects.probe),
      settings,
      defaultTarget: () => {
        const service = this.app?._probed;
        const namespace = this.namespace === undefined ? '' : `.${this.namespace}.svc`;
        return service && `http://${service.name}${namespace}:${service.port}${path ?? '/'}`;
      },
    });
  }

  private makeScrapeConfig(settings: ScrapeConfigOptions, writtenAs: 'scrapeConfig' | 'federate'): ApiObject {
    this.targetLabels = () => scrapeConfigLabels(settings, this);
    addCheck(this, () => scrapeConfigFindings(settings, this.platform, { construct: this.node.path }, writtenAs));
    return scrapeConfig(this, 'ScrapeConfig', { ...this.common(this.objects.scrapeConfig), settings });
  }

  /** Lets the prober in to the pods of the app that it asks, where only policies open them. */
  private admitProber({ prober: own }: ProbeOptions): void {
    const { app, name, namespace, labels } = this;
    if (!app?._needsAdmission || !proberIsKnown(this, app.name, this.platform, own?.url)) return;
    proberNetworkPolicy(this, 'NetworkPolicy', {
      name: `${name}-prober`,
      namespace,
      labels,
      options: this.objects.networkPolicy,
      platform: this.platform,
      probed: () => app._probed && { podSelector: app._probed.podSelector, targetPorts: [app._probed.targetPort] },
    });
  }

  /** A prober looks for a Service without a namespace in its own. */
  private unknownNamespace(): Finding[] {
    if (this.namespace !== undefined) return [];
    return [
      {
        code: 'scrape/target',
        severity: 'warning',
        where: { construct: this.node.path },
        message: `the Service of ${this.app?.name} has no namespace that is known: the prober would look for it in its own`,
        fix: 'give the chart a namespace, or name the address in targets.static',
      },
    ];
  }

  private refusedByMesh({ prober }: ProbeOptions): Finding[] {
    const { app } = this;
    return app?._refusesProber(prober?.url) ? [refusedProbeFinding(app.name, { construct: this.node.path })] : [];
  }

  private common(options: ObjectOptions | undefined) {
    const { name, namespace, labels, platform } = this;
    return { name, namespace, labels, platform, job: name, options };
  }

  /** @param team the one that the job itself names; that of defaults is a label of all their alerts */
  private ownRules(team: string | undefined): RuleSet {
    const { name, namespace, labels, platform } = this;
    const teamLabel = platform.teamLabel.replace(/[^a-zA-Z0-9_]/g, '_');
    const alertLabels = team === undefined ? {} : { [teamLabel]: team };
    return new RuleSet(this, { name, namespace, labels, alertLabels, options: this.objects.prometheusRule });
  }

  /** Options without what has the wrong type, which is reported. */
  private usable<O extends object>(options: O, shape: ShapeOf<O>): O {
    const { props, problems } = checkProps(options, shape);
    reportProps(this, problems);
    return props;
  }

  private usableName(name: string): string {
    const problem = nameProblem(name, 63);
    if (problem === undefined) return name;
    addFinding(this, { code: 'workload/name', severity: 'error', where: { construct: this.node.path }, ...problem });
    return toObjectName(name, 63);
  }

  private refuse(message: string, fix: string): void {
    addFinding(this, {
      code: 'scrape/job-mechanism',
      severity: 'error',
      where: { construct: this.node.path },
      message,
      fix,
    });
  }
}

const ofWorkloads = 'use it at a MonitoredApp, or MonitoredApp.attach for a workload that exists';

/** Why a job cannot be scraped so, and what to do instead. */
const refusals = {
  serviceMonitor: ['ScrapePolicy.serviceMonitor finds the pods of a workload, and a ScrapeJob has none', ofWorkloads],
  podMonitor: ['ScrapePolicy.podMonitor finds the pods of a workload, and a ScrapeJob has none', ofWorkloads],
  annotations: ['ScrapePolicy.annotations marks the pods of a workload, and a ScrapeJob has none', ofWorkloads],
  none: ['ScrapePolicy.none scrapes nothing, and a ScrapeJob is nothing but a scrape', 'leave out the ScrapeJob'],
} as const satisfies { readonly [K in ScrapeMechanism['kind']]?: readonly [message: string, fix: string] };
