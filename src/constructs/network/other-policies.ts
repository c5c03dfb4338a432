import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { canBeRendered, Manifest, rendered, renderOnce } from '../objects';

const opensTheRest = new WeakSet<ApiObject>();

/** Remembers a policy of ours that admits everything but metrics ports: it closes nothing that was open. */
export function markAsOpen(policy: ApiObject): void {
  opensTheRest.add(policy);
}

interface PolicySpec {
  readonly podSelector?: PodSelector | null;
  readonly policyTypes?: readonly string[] | null;
}

interface PodSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?:
    readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[] | null;
}

/**
 * The other NetworkPolicies of the stack that select pods for ingress: where there is one, the pods are closed but for what
 * policies admit, whatever the platform's default.
 */
export function policiesThatClose(
  ours: ApiObject | undefined,
  root: IConstruct,
  namespace: string | undefined,
  podLabels: Readonly<Record<string, string>>,
): ApiObject[] {
  return policiesOf(root)
    .filter(({ policy, manifest }) => {
      if (policy === ours || manifest.metadata?.namespace !== namespace) return false;
      const { podSelector, policyTypes } = specOf(manifest);
      return (policyTypes ?? ['Ingress']).includes('Ingress') && selects(podSelector ?? {}, podLabels);
    })
    .map(({ policy }) => policy);
}

function specOf(policy: Manifest): PolicySpec {
  return policy.spec ?? {};
}

function selects({ matchLabels, matchExpressions }: PodSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const isAmong = value !== undefined && values.includes(value);
      switch (operator) {
        case 'In':
          return isAmong;
        case 'NotIn':
          return !isAmong;
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

function policiesOf(root: IConstruct): { policy: ApiObject; manifest: Manifest }[] {
  return renderOnce(root, 'network policies', () =>
    root.node
      .findAll()
      .filter(
        (construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'NetworkPolicy',
      )
      .filter((policy) => !opensTheRest.has(policy))
      .filter(canBeRendered)
      .map((policy) => ({ policy, manifest: rendered(policy) })),
  );
}
