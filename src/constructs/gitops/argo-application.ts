import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addFinding, described, scopeFor, ShapeRule } from '../../findings';
import { Platform } from '../../platform';
import { objectOptions } from '../app/app-shapes';
import { checkProps, generateObject, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import { requiredText, textList } from './gitops-shapes';

export interface ArgoApplicationProps extends ObjectOptions {
  /** Address of the Git repository. */
  readonly repoURL: string;
  /** Folder of the manifests in the repository: `dist/prod`. */
  readonly path: string;
  /** Branch, tag or commit. @default - `HEAD`, the default branch */
  readonly targetRevision?: string;
  /** Are folders below `path` applied as well? Not with a `kustomization.yaml`, which says so itself. @default - they are not */
  readonly recurse?: boolean;
  /** @default - `default` */
  readonly project?: string;
  /** Cluster, by the address of its API server or by its name, and namespace of objects that name none. @default - the cluster of Argo CD */
  readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
  /**
   * Does Argo CD apply what changes in Git (and remove what goes, `prune`), and undo what changes in the cluster (`selfHeal`)?
   *
   * @default - all of it; `false` waits for someone to press the button
   */
  readonly automated?: false | { readonly prune?: boolean; readonly selfHeal?: boolean };
  /** Such as `CreateNamespace=true`. @default - `ServerSideApply=true` where the platform applies on the server */
  readonly syncOptions?: readonly string[];
  /** Namespace of Argo CD. @default - that of the chart, otherwise `argocd` */
  readonly namespace?: string;
}

const pathRule: ShapeRule = {
  required: true,
  problem: (value, place) => {
    if (typeof value !== 'string' || value === '') return requiredText('dist/prod').problem(value, place, 'path');
    if (!value.startsWith('/')) return undefined;
    const fix = `write '${value.replace(/^\/+/, '') || '.'}'`;
    return { message: `${place} is ${described(value)}, but is counted from the root of the repository`, fix };
  },
};

const shape: ShapeOf<ArgoApplicationProps> = {
  ...objectOptions,
  repoURL: requiredText('https://git.example/shop.git'),
  path: pathRule,
  targetRevision: 'text',
  recurse: 'boolean',
  project: 'text',
  destination: { fields: { server: 'text', name: 'text', namespace: 'text' } },
  automated: { either: [{ fields: { prune: 'boolean', selfHeal: 'boolean' } }, 'boolean'] },
  syncOptions: textList,
  namespace: 'text',
};

/** Argo CD's name for the cluster that it runs in. */
const ownCluster = 'https://kubernetes.default.svc';

/**
 * An Application of Argo CD, which keeps a cluster as a folder of a Git repository says. Put it into a folder of its own,
 * applied by another Application or by hand.
 *
 * Source of the fields: argoproj/argo-cd, docs/operator-manual/application.yaml.
 *
 * @example
 * new ArgoApplication(chart, 'shop-prod', { repoURL: 'https://git.example/shop.git', path: 'dist/prod' });
 */
export class ArgoApplication extends Construct {
  constructor(scope: Construct, id: string, given: ArgoApplicationProps) {
    super(scopeFor(scope, id, 'ArgoApplication'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    const { project = 'default', repoURL, path, targetRevision = 'HEAD', recurse, destination = {}, automated } = props;
    if (destination.server !== undefined && destination.name !== undefined) {
      addFinding(this, {
        code: 'gitops/destination',
        severity: 'error',
        where: { construct: this.node.path },
        message: 'destination has both a server and a name, and Argo CD takes one of them',
        fix: 'leave out one of them',
      });
    }
    const { server = destination.name === undefined ? ownCluster : undefined } = destination;
    const onServer = Platform.of(this).facts.gitops?.apply === 'server';
    const syncOptions = props.syncOptions ?? (onServer ? ['ServerSideApply=true'] : []);
    const syncPolicy = {
      ...(automated === false ? {} : { automated: { prune: true, selfHeal: true, ...(automated || {}) } }),
      ...(syncOptions.length === 0 ? {} : { syncOptions }),
    };
    generateObject(this, 'Application', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      name: toObjectName(id),
      namespace: props.namespace ?? Chart.of(this).namespace ?? 'argocd',
      labels: {},
      options: props,
      content: () => ({
        spec: {
          project,
          source: { repoURL, targetRevision, path, ...(recurse === undefined ? {} : { directory: { recurse } }) },
          destination: { ...destination, ...(server === undefined ? {} : { server }) },
          ...(Object.keys(syncPolicy).length === 0 ? {} : { syncPolicy }),
        },
      }),
    });
  }
}
