import { ApiObject, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, compareText, described, Finding, scopeFor, Shape } from '../../findings';
import { objectOptions } from '../app/app-shapes';
import { checkProps, generateObject, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import type { FluxGitRepository } from './flux-git-repository';
import { durationRule, goDurationText, requiredText } from './gitops-shapes';

/** A source of Flux that is made elsewhere. */
export interface FluxSource {
  readonly kind: 'GitRepository' | 'OCIRepository' | 'Bucket';
  readonly name: string;
  readonly namespace?: string;
}

export interface FluxKustomizationProps extends ObjectOptions {
  /** Where the manifests are. */
  readonly source: FluxGitRepository | FluxSource;
  /** Folder of the manifests in the source: `./dist/prod`. */
  readonly path: string;
  /**
   * The charts whose manifests are in that folder. Where one of them depends on a chart of another FluxKustomization, this
   * one waits for that one.
   *
   * @default - unknown
   */
  readonly charts?: readonly Chart[];
  /** What has to be ready first, beside what follows from `charts`. @default - nothing */
  readonly dependsOn?: readonly (FluxKustomization | { readonly name: string; readonly namespace?: string })[];
  /** Is what goes from Git removed from the cluster? @default true */
  readonly prune?: boolean;
  /** Is it ready only when all of its objects are, so that what depends on it waits for that? @default true */
  readonly wait?: boolean;
  /** How often the cluster is compared with the source: `10m`. @default - 10 minutes */
  readonly interval?: Duration | string;
  /** How long to wait for objects to become ready. @default - the interval less 30 seconds */
  readonly timeout?: Duration | string;
  /** Namespace of objects, whatever they say. @default - as the objects say */
  readonly targetNamespace?: string;
  /** Account that applies the objects. @default - that of Flux */
  readonly serviceAccountName?: string;
  /** @default - that of the chart, otherwise `flux-system` */
  readonly namespace?: string;
}

const source: Shape = {
  required: true,
  problem: (value, place) => {
    const { object, kind, name } = (value ?? {}) as { object?: unknown; kind?: unknown; name?: unknown };
    if (object !== undefined || (typeof kind === 'string' && typeof name === 'string')) return undefined;
    const expected = "a FluxGitRepository or { kind: 'GitRepository', name }";
    return { message: `${place} is ${described(value)}, expected ${expected}`, fix: `give ${expected}` };
  },
};

const shape: ShapeOf<FluxKustomizationProps> = {
  ...objectOptions,
  source,
  path: requiredText('./dist/prod'),
  charts: { list: { withMember: 'node', expected: 'a chart' } },
  dependsOn: { list: { withMember: 'name', expected: 'a FluxKustomization or { name }' } },
  prune: 'boolean',
  wait: 'boolean',
  interval: durationRule,
  timeout: durationRule,
  targetNamespace: 'text',
  serviceAccountName: 'text',
  namespace: 'text',
};

const applierOf = new WeakMap<Chart, FluxKustomization>();

/**
 * A Kustomization of Flux, which keeps a cluster as a folder of a source says. Put it into a folder of its own, applied by
 * another Kustomization (`flux bootstrap` makes one) or by hand. Within a folder, Flux itself applies namespaces and
 * CustomResourceDefinitions first; order between folders is said by `dependsOn`.
 *
 * Source of the fields: fluxcd/kustomize-controller, api/v1/kustomization_types.go.
 *
 * @example
 * const shop = new FluxKustomization(chart, 'shop', { source: fleet, path: './dist/prod/shop', dependsOn: [operators] });
 */
export class FluxKustomization extends Construct {
  /** Name of the Kustomization object. */
  readonly name: string;
  readonly namespace: string;
  private readonly props: FluxKustomizationProps;

  constructor(scope: Construct, id: string, given: FluxKustomizationProps) {
    super(scopeFor(scope, id, 'FluxKustomization'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    this.props = props;
    this.name = props.name ?? toObjectName(id);
    this.namespace = props.namespace ?? Chart.of(this).namespace ?? 'flux-system';
    for (const chart of props.charts ?? []) applierOf.set(chart, this);
    generateObject(this, 'Kustomization', {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      name: this.name,
      namespace: this.namespace,
      labels: {},
      options: props,
      content: () => ({ spec: this.spec() }),
    });
    addCheck(this, () => this.findings());
  }

  private spec(): Readonly<Record<string, unknown>> {
    const { path, prune = true, wait = true, interval = '10m', timeout } = this.props;
    const { targetNamespace, serviceAccountName } = this.props;
    const dependsOn = this.dependencies().map(({ name, namespace }) => ({ name, ...this.elsewhere(namespace) }));
    return {
      sourceRef: this.sourceRef(),
      path,
      prune,
      wait,
      interval: goDurationText(interval),
      ...(timeout === undefined ? {} : { timeout: goDurationText(timeout) }),
      ...(targetNamespace === undefined ? {} : { targetNamespace }),
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
      ...(dependsOn.length === 0 ? {} : { dependsOn }),
    };
  }

  private sourceRef(): Readonly<Record<string, unknown>> {
    const given = (this.props.source ?? {}) as Partial<FluxSource> & { readonly object?: ApiObject };
    const { kind, name } = given.object ?? given;
    return { kind, name, ...this.elsewhere(given.object?.metadata.namespace ?? given.namespace) };
  }

  /** A namespace only where it is another one. */
  private elsewhere(namespace: string | undefined): { namespace?: string } {
    return namespace === undefined || namespace === this.namespace ? {} : { namespace };
  }

  /** By name, each once. */
  private dependencies(): readonly { readonly name: string; readonly namespace?: string }[] {
    const all = [...(this.props.dependsOn ?? []), ...this.appliersOfOthers()];
    const byKey = new Map(all.map((each) => [`${each.namespace ?? this.namespace}/${each.name}`, each]));
    return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each);
  }

  private appliersOfOthers(): FluxKustomization[] {
    const targets = (this.props.charts ?? [])
      .flatMap((chart) => chart.node.findAll())
      .flatMap((construct) => construct.node.dependencies)
      .flatMap(({ node }) => node.scopes.filter((scope): scope is Chart => Chart.isChart(scope)));
    const appliers = new Set(targets.map((chart) => applierOf.get(chart)));
    return [...appliers].filter((each): each is FluxKustomization => each !== undefined && each !== this);
  }

  private findings(): Finding[] {
    return [...this.cycleFindings(), ...this.nestedFindings()];
  }

  /** Flux applies what is in folders below, too: two Kustomizations of one object undo each other's work. */
  private nestedFindings(): Finding[] {
    const outer = this.node.root.node
      .findAll()
      .filter((each): each is FluxKustomization => each instanceof FluxKustomization && each !== this)
      .find((each) => this.source === each.source && this.isIn(each));
    if (outer === undefined) return [];
    return [
      {
        code: 'gitops/nested-path',
        severity: 'warning',
        where: { construct: this.node.path },
        message: `the path '${this.props.path}' is in that of ${outer.node.path}, '${outer.props.path}': both apply what is in it, unless a kustomization.yaml there leaves it out`,
        fix: 'give each a folder of its own, beside the other',
      },
    ];
  }

  private get source(): string {
    return JSON.stringify([this.sourceRef(), this.namespace]);
  }

  /** From the root of the source, with a slash at its end: `dist/prod/`. Undefined where the path is at fault itself. */
  private get folder(): string | undefined {
    const steps = (this.props.path as string | undefined)?.split('/').filter((step) => step !== '' && step !== '.');
    return steps?.map((step) => `${step}/`).join('');
  }

  /** Of two with one folder, the second is at fault. */
  private isIn(other: FluxKustomization): boolean {
    const [inner, outer] = [this.folder, other.folder];
    if (inner === undefined || outer === undefined || !inner.startsWith(outer)) return false;
    return inner !== outer || other.node.path < this.node.path;
  }

  /** Kustomizations that wait for each other, or for themselves, wait for ever. */
  private cycleFindings(): Finding[] {
    const isOwn = ({ name, namespace = this.namespace }: { readonly name: string; readonly namespace?: string }) =>
      name === this.name && namespace === this.namespace;
    const trail = this.dependencies().some(isOwn) ? [this] : this.circle(this, new Set());
    if (trail === undefined || trail.some(({ node }) => node.path < this.node.path)) return []; // said by the first of them
    const names = [this, ...trail].map(({ name }) => name).join(' => ');
    return [
      {
        code: 'gitops/dependency-cycle',
        severity: 'error',
        where: { construct: this.node.path },
        message: `the Kustomizations ${names} depend on each other, so Flux applies none of them`,
        fix: 'remove one of these dependencies, or let one Kustomization apply the charts together',
      },
    ];
  }

  private circle(to: FluxKustomization, seen: Set<FluxKustomization>): FluxKustomization[] | undefined {
    for (const next of this.dependencies()) {
      if (!(next instanceof FluxKustomization) || seen.has(next)) continue;
      if (next === to) return [next];
      seen.add(next);
      const rest = next.circle(to, seen);
      if (rest) return [next, ...rest];
    }
    return undefined;
  }
}
