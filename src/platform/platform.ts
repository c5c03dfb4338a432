import { IConstruct } from 'constructs';
import { addFinding, checkShape, described, nearMiss } from '../findings';
import type { PlatformProblem, readPlatformFile } from './platform-file';
import { LabelSelector, PlatformProps, PrometheusServer } from './platform-props';
import { platformShape, platformSubject } from './platform-shape';
import * as presets from './presets';

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
        where: { construct: scope.node.path },
        message: `the platform is set after ${early.node.path} had been built on another one`,
        fix: 'set the platform before the first construct that uses it',
      });
    }
    const isPlatform = Platform.isPlatform(platform);
    providedTo.set(scope, isPlatform ? platform : Platform.unknown);
    const problems = isPlatform ? platform.problems : [noPlatform(platform)];
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
  ) {}

  /** A copy in which `overrides` replace the facts of the same name; `namespaces` are joined. */
  with(overrides: PlatformProps): Platform {
    const { value, problems } = checkShape(overrides, platformShape, platformSubject);
    // As given or not at all: a selector without its faulty part would select more, and `undefined` unsays a fact.
    const faulty = new Set(problems.map(({ path }) => path[0]));
    const sound = value === undefined ? [] : Object.entries(overrides).filter(([section]) => !faulty.has(section));
    return new Platform(this.name, merge(this.facts, Object.fromEntries(sound)), [...this.problems, ...problems]);
  }

  private withName(name: string): Platform {
    return new Platform(name, this.facts, this.problems);
  }

  /** All Prometheus servers that are known, in the order given. */
  get prometheusServers(): readonly PrometheusServer[] {
    const { prometheus } = this.facts;
    if (prometheus === undefined) return [];
    return Array.isArray(prometheus) ? (prometheus as readonly PrometheusServer[]) : [prometheus as PrometheusServer];
  }

  /** Key of the label that carries an app's team. */
  get teamLabel(): string {
    return this.facts.teamLabel ?? 'team';
  }

  /**
   * The labels that an object needs so that the first Prometheus server selects it, from that server's selector.
   * A selector that asks for one of several values gets the first.
   */
  labelsToBeSelected(selector: SelectorOfPrometheus): Record<string, string> {
    return labelsThatSatisfy(this.prometheusServers[0]?.[selector]);
  }
}

/** The selectors by which a Prometheus server finds its objects. */
export type SelectorOfPrometheus =
  'serviceMonitorSelector' | 'podMonitorSelector' | 'probeSelector' | 'scrapeConfigSelector' | 'ruleSelector';

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

function labelsThatSatisfy(selector: LabelSelector | undefined): Record<string, string> {
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
