import { ApiObject, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { addFinding, scopeFor } from '../../findings';
import { objectOptions } from '../app/app-shapes';
import {
  checkProps,
  definedFields,
  generateObject,
  ObjectOptions,
  reportProps,
  ShapeOf,
  toObjectName,
} from '../objects';
import { durationRule, goDurationText, repositoryUrlRule } from './gitops-shapes';

export interface FluxGitRepositoryProps extends ObjectOptions {
  /** Address of the repository, beginning with `https://` or `ssh://`. */
  readonly url: string;
  /** What is checked out: one of these. @default - the branch `main` */
  readonly ref?: {
    readonly branch?: string;
    readonly tag?: string;
    readonly semver?: string;
    readonly commit?: string;
  };
  /** How often Flux looks for commits: `1m`. @default - 1 minute */
  readonly interval?: Duration | string;
  /** Name of the Secret with the credentials, in the same namespace. @default - the repository is public */
  readonly secretRef?: string;
  /** @default - that of the chart, otherwise `flux-system` */
  readonly namespace?: string;
}

const shape: ShapeOf<FluxGitRepositoryProps> = {
  ...objectOptions,
  url: repositoryUrlRule,
  ref: { fields: { branch: 'text', tag: 'text', semver: 'text', commit: 'text' } },
  interval: durationRule,
  secretRef: 'text',
  namespace: 'text',
};

/**
 * A GitRepository of Flux: where the folders are that `FluxKustomization` applies.
 *
 * Source of the fields: fluxcd/source-controller, api/v1/gitrepository_types.go.
 *
 * @example
 * const fleet = new FluxGitRepository(chart, 'fleet', { url: 'https://git.example/fleet.git' });
 */
export class FluxGitRepository extends Construct {
  readonly object: ApiObject;

  constructor(scope: Construct, id: string, given: FluxGitRepositoryProps) {
    super(scopeFor(scope, id, 'FluxGitRepository'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    const { url, interval = '1m', secretRef } = props;
    const ref = definedFields(props.ref);
    const chosen = Object.keys(ref);
    if (chosen.length > 1) {
      addFinding(this, {
        code: 'gitops/ref',
        severity: 'warning',
        where: { construct: this.node.path },
        message: `ref has ${chosen.join(' and ')}, of which Flux takes one: commit before semver, tag and branch`,
        fix: 'leave out the others',
      });
    }
    this.object = generateObject(this, 'GitRepository', {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      name: toObjectName(id),
      namespace: props.namespace ?? Chart.of(this).namespace ?? 'flux-system',
      labels: {},
      options: props,
      content: () => ({
        spec: {
          url,
          interval: goDurationText(interval),
          ref: chosen.length === 0 ? { branch: 'main' } : ref,
          ...(secretRef === undefined ? {} : { secretRef: { name: secretRef } }),
        },
      }),
    });
  }
}
