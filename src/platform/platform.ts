import { IConstruct } from 'constructs';
import { addFinding, checkShape, described, nearMiss } from '../findings';
import { NamespaceMismatch, namespaceMismatch } from './namespace-selection';
import type { PlatformProblem, readPlatformFile } from './platform-file';
import { ObjectSelector, PlatformProps, PrometheusServer } from './platform-props';
import { platformShape, platformSubject } from './platform-shape';
import * as presets from './presets';
import { meantServer, serverProblems } from './server-checks';
import type { ScrapeClass } from './server-scraping';

const providedTo = new WeakMap<IConstruct, Platform>();
const askedBy = new WeakMap<IConstruct, IConstruct>();

/**
 * The facts about a cluster's monitoring that an application team should never type, as one immutable value. Set it once,
 * at the app or at a chart; every construct below finds it through the construct tree.
 *
 * @example
 * const app = new MonitoringApp({ platform: Platform.kubePrometheusStack({ release: 'kps' }) });
 */
export class Platform {
  /** Nothing is known: monitors carry no labels, no NetworkPolicy is made, and the summary says so. */
  static readonly unknown = new Platform('unknown', {}, []);

  /** The Helm chart kube-prometheus-stack; every fact can be overridden beside `release` and `namespace`. */
  static kubePrometheusStack(options: presets.KubePrometheusStackOptions): Platform {
    return Platform.preset('kube-prometheus-stack', options);
  }

  /** The manifests of kube-prometheus. */
  static kubePrometheus(overrides: PlatformProps = {}): Platform {
    return Platform.preset('kube-prometheus', overrides);
  }

  /** OpenShift's monitoring for user-defined projects. */
  static openShift(overrides: PlatformProps = {}): Platform {
    return Platform.preset('openshift', overrides);
  }

  /** A Prometheus without the operator that discovers targets by `prometheus.io/*` annotations. */
  static annotationDiscovery(options: presets.AnnotationDiscoveryOptions = {}): Platform {
    return Platform.preset('annotations', options);
  }

  /** The Ministry of Justice's Cloud Platform, where namespaces deny ingress by default. */
  static cloudPlatform(overrides: PlatformProps = {}): Platform {
    return Platform.preset('cloud-platform', overrides);
  }

  /** A platform of one's own: only what `facts` says is known. */
  static custom(facts: PlatformProps): Platform {
    return Platform.unknown.withName('custom').with(facts);
  }

  /**
   * Reads a platform from a YAML file: an optional `preset` (with `release` and `namespace` where it takes them), and any
   * of the facts of {@link PlatformProps} by name. What is wrong in the file is reported at synth, with its line.
   */
  static fromFile(file: string): Platform {
    // The YAML parser takes 20 ms to load: only a stack with a platform file pays for it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const reader = require('./platform-file') as { readPlatformFile: typeof readPlatformFile };
    const { preset, release, namespace, facts, problems } = reader.readPlatformFile(file);
    const base = presets.presetFacts(preset, release, namespace);
    return new Platform(preset ?? 'custom', merge(base, facts), problems);
  }

  /** Makes a platform known to a construct and everything below it. Set it before the constructs that need it. */
  static provide(scope: IConstruct, platform: Platform): void {
    const early = askedBy.get(scope);
    if (early) {
      addFinding(scope, {
        code: 'platform/too-late',
        severity: 'error',
        where: { construct: scope.node.path || 'the app' },
        message: `the platform is set after ${early.node.path} had been built on another one`,
        fix: `set the platform before ${early.node.path} is made`,
      });
    }
    const isPlatform = Platform.isPlatform(platform);
    providedTo.set(scope, isPlatform ? platform : Platform.unknown);
    reportProblems(scope, isPlatform ? platform.problems : [noPlatform(platform)]);
  }

  /**
   * @internal Says which of several Prometheus servers is meant by a construct and everything below it. Call it before the
   * construct uses its platform.
   */
  static provideServer(scope: IConstruct, server: string): void {
    const base = Platform.of(scope.node.scope ?? scope);
    const platform = base.forServer(server);
    providedTo.set(scope, platform);
    // what is wrong with the platform itself is shown where that was provided
    reportProblems(scope, platform.problems.slice(base.problems.length));
  }

  /** The platform of a construct: its own, or that of the nearest scope above it. @default - {@link Platform.unknown} */
  static of(construct: IConstruct): Platform {
    for (const scope of construct.node.scopes.reverse()) {
      const platform = providedTo.get(scope);
      if (platform) return platform;
      if (!askedBy.has(scope)) askedBy.set(scope, construct);
    }
    return Platform.unknown;
  }

  /** Known by a member: there may be two copies of this package. */
  private static isPlatform(value: unknown): value is Platform {
    return typeof (value as Partial<Platform> | null | undefined)?.labelsToBeSelected === 'function';
  }

  /** A preset with its options, and the facts that override it. */
  private static preset(name: presets.PresetName, options: PlatformProps): Platform {
    const choice: Record<string, unknown> = {};
    const overrides: Record<string, unknown> = {};
    const taken: readonly string[] = presets.presetOptions[name];
    for (const [key, value] of Object.entries(options ?? {})) (taken.includes(key) ? choice : overrides)[key] = value;
    const problems = taken
      .filter((key) => typeof choice[key] !== 'string' && (key === 'release' || choice[key] !== undefined))
      .map((key) => ({
        message: `the ${key} of the platform is ${JSON.stringify(choice[key])}`,
        fix: `give ${key} as a string`,
      }));
    const [release, namespace] = ['release', 'namespace'].map((key) => textOrNothing(choice[key]));
    return new Platform(name, presets.presetFacts(name, release, namespace), problems).with(overrides);
  }

  private constructor(
    /** Name of the preset that it began as, `custom` or `unknown`. */
    readonly name: string,
    /** Everything that is known. */
    readonly facts: PlatformProps,
    /** @internal */
    readonly problems: readonly PlatformProblem[],
    /** Name of the server that is meant, where one was said. */
    private readonly meant?: string,
  ) {}

  /** A copy in which `overrides` replace the facts of the same name; `namespaces` are joined. */
  with(overrides: PlatformProps): Platform {
    const { value, problems: ofShape } = checkShape(overrides, platformShape, platformSubject);
    const problems = [...ofShape, ...serverProblems(value as PlatformProps | undefined)];
    // As given or not at all: a selector without its faulty part would select more, and `undefined` unsays a fact.
    const faulty = new Set(problems.map(({ path }) => path[0]));
    const sound = value === undefined ? [] : Object.entries(overrides).filter(([section]) => !faulty.has(section));
    const facts = merge(this.facts, Object.fromEntries(sound));
    const platform = new Platform(this.name, facts, [...this.problems, ...problems]);
    return this.meant === undefined ? platform : platform.forServer(this.meant);
  }

  /**
   * The same platform for what one of its Prometheus servers scrapes: labels, defaults and limits are those of that server,
   * and network policies admit it alone. A name that no server has is reported where the platform is provided.
   *
   * @param server name of the Prometheus object, or `namespace/name` where two have the same name
   *
   * @example
   * Platform.provide(chart, platform.forServer('app'));
   */
  forServer(server: string): Platform {
    const { problem } = meantServer(server, serversOf(this.facts));
    if (problem === undefined) return new Platform(this.name, this.facts, this.problems, server);
    return new Platform(this.name, this.facts, [...this.problems, problem]);
  }

  private withName(name: string): Platform {
    return new Platform(name, this.facts, this.problems, this.meant);
  }

  /** The Prometheus servers that may scrape, in the order given: the one that is meant, or all that are known. */
  get prometheusServers(): readonly PrometheusServer[] {
    const servers = serversOf(this.facts);
    const meant = this.meant === undefined ? undefined : meantServer(this.meant, servers).found;
    return meant === undefined ? servers : [meant];
  }

  /** Key of the label that carries an app's team. */
  get teamLabel(): string {
    return this.facts.teamLabel ?? 'team';
  }

  /**
   * The settings that the first Prometheus server has ready for a monitor: those of the class that it names, else of the
   * default class. A class that is not known gives none.
   */
  scrapeClassOf(monitor: { readonly scrapeClass?: string }): ScrapeClass | undefined {
    const classes = this.prometheusServers[0]?.scrapeClasses ?? [];
    return monitor.scrapeClass === undefined
      ? classes.find((scrapeClass) => scrapeClass.default)
      : classes.find(({ name }) => name === monitor.scrapeClass);
  }

  /**
   * The labels that an object needs so that the first Prometheus server selects it, from that server's selector.
   * A selector that asks for one of several values gets the first.
   */
  labelsToBeSelected(selector: SelectorOfPrometheus): Record<string, string> {
    return labelsThatSatisfy(this.prometheusServers[0]?.[selector]);
  }

  /**
   * The label that the first Prometheus server sets to the namespace of an object, on the series that it finds by it; undefined
   * where it sets none, or the object is left out of that.
   * Source: prometheus-operator, pkg/namespacelabeler/labeler.go, `IsExcluded`.
   */
  enforcedNamespaceLabelOf(object: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }): string | undefined {
    const { enforcedNamespaceLabel, excludedFromEnforcement = [] } = this.prometheusServers[0] ?? {};
    const isExcluded = excludedFromEnforcement.some(
      ({ resource, namespace, name }) =>
        resource === `${object.kind.toLowerCase()}s` &&
        namespace === object.namespace &&
        (name === undefined || name === '' || name === object.name),
    );
    return isExcluded ? undefined : enforcedNamespaceLabel;
  }

  /** Is it certain that no Prometheus server takes objects of a kind, whatever their labels? */
  selectsNone(selector: SelectorOfPrometheus): boolean {
    const servers = this.prometheusServers;
    return servers.length > 0 && servers.every((server) => server[selector] === 'none');
  }

  /**
   * Why no Prometheus server takes objects of a kind from a namespace; undefined where one does, or where that is not known.
   * @internal
   */
  _namespaceMismatch(selector: SelectorOfPrometheus, namespace: string): NamespaceMismatch | undefined {
    const labels = this.facts.namespaces?.[namespace]?.labels;
    const field = selector.replace('Selector', 'NamespaceSelector') as `${'rule'}NamespaceSelector`;
    const mismatches = this.prometheusServers.map((server) => {
      const namespaces = server[field];
      return namespaces === undefined ? undefined : namespaceMismatch(namespaces, namespace, labels);
    });
    if (mismatches.some((mismatch) => mismatch === undefined)) return undefined;
    return mismatches.find((mismatch) => !mismatch?.isCertain) ?? mismatches[0];
  }
}

/** The selectors by which a Prometheus server finds its objects. */
export type SelectorOfPrometheus =
  'serviceMonitorSelector' | 'podMonitorSelector' | 'probeSelector' | 'scrapeConfigSelector' | 'ruleSelector';

/** The selector that decides on the objects of each kind. */
export const selectorOfKind: Readonly<Record<string, SelectorOfPrometheus | undefined>> = {
  ServiceMonitor: 'serviceMonitorSelector',
  PodMonitor: 'podMonitorSelector',
  Probe: 'probeSelector',
  ScrapeConfig: 'scrapeConfigSelector',
  PrometheusRule: 'ruleSelector',
};

/** How code writes each preset. */
const factories: Record<presets.PresetName, string> = {
  'kube-prometheus-stack': "Platform.kubePrometheusStack({ release: '…' })",
  'kube-prometheus': 'Platform.kubePrometheus()',
  openshift: 'Platform.openShift()',
  annotations: 'Platform.annotationDiscovery()',
  'cloud-platform': 'Platform.cloudPlatform()',
};

/** What JavaScript may give for a platform: the name of a preset, facts, the content of a platform file. */
function noPlatform(given: unknown): PlatformProblem {
  const name: unknown = isRecord(given) ? given.preset : given;
  const preset = typeof name === 'string' ? nearMiss(name, Object.keys(factories)) : undefined;
  const meant = preset === undefined ? 'Platform.custom({ … })' : factories[preset as presets.PresetName];
  return {
    message: `the platform is ${described(given)}, expected a Platform`,
    fix: preset === undefined ? `make one, such as ${meant} or Platform.fromFile('platform.yaml')` : `write ${meant}`,
  };
}

function reportProblems(scope: IConstruct, problems: readonly PlatformProblem[]): void {
  for (const { message, nearMiss, fix, file, line } of problems) {
    addFinding(scope, {
      code: 'platform/invalid',
      severity: 'error',
      where: file === undefined ? { construct: scope.node.path || 'the app' } : { file, line },
      message,
      ...(nearMiss === undefined ? {} : { nearMiss }),
      fix,
    });
  }
}

function serversOf({ prometheus }: PlatformProps): readonly PrometheusServer[] {
  if (prometheus === undefined) return [];
  return Array.isArray(prometheus) ? (prometheus as readonly PrometheusServer[]) : [prometheus as PrometheusServer];
}

/** Facts replace facts of the same name within a section; a selector is one fact, and so is a list. */
function merge(base: PlatformProps, overrides: PlatformProps): PlatformProps {
  const merged: Record<string, unknown> = { ...base };
  for (const [section, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const before = merged[section];
    const changesForm =
      section === 'grafana' && isRecord(before) && isRecord(value) && before.dashboards !== value.dashboards;
    merged[section] = isRecord(before) && isRecord(value) && !changesForm ? { ...before, ...value } : value;
  }
  return merged;
}

function labelsThatSatisfy(selector: ObjectSelector | undefined): Record<string, string> {
  if (selector === 'none') return {};
  const labels: Record<string, string> = { ...selector?.matchLabels };
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    if (key in labels) continue;
    if (operator === 'In' && values?.[0] !== undefined) labels[key] = values[0];
    if (operator === 'Exists') labels[key] = 'true';
  }
  return labels;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
