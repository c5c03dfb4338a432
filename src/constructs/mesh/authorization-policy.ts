import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { AuthorizationPolicySpec, Operation, Rule } from '../../../imports/authorization-policy';
import type { Platform } from '../../platform';
import { canBeRendered, generateObject, Manifest, ObjectOptions, rendered, renderOnce } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { MeshOfApp } from './mesh-options';

const defaultTrustDomain = 'cluster.local';

/** The platform's Prometheus servers as the mesh calls them; undefined where one has no name there that we know. */
export function prometheusPrincipals(platform: Platform, mesh: MeshOfApp): string[] | undefined {
  const principals = platform.prometheusServers.map(({ namespace, serviceAccountName }) =>
    namespace === undefined || serviceAccountName === undefined
      ? undefined
      : `${mesh.trustDomain ?? defaultTrustDomain}/ns/${namespace}/sa/${serviceAccountName}`,
  );
  const known = principals.filter((principal) => principal !== undefined);
  return known.length === 0 || known.length < principals.length ? undefined : [...new Set(known)].sort();
}

export interface ScrapeAuthorizationProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly podSelector: () => Readonly<Record<string, string>>;
  readonly endpoints: () => readonly MetricsEndpoint[];
  /** Who may scrape; undefined where a scrape has no principal, in plain text. */
  readonly principals: readonly string[] | undefined;
  /** Does a proxy that knows HTTP judge, and not ztunnel, which knows ports alone? */
  readonly knowsPaths: boolean;
  /** Does everything else stay as open as it was? A policy that allows something refuses whatever it does not allow. */
  readonly keepRestOpen: () => boolean;
}

/** Admits the platform's Prometheus to the metrics of an app. */
export function scrapeAuthorization(scope: Construct, id: string, props: ScrapeAuthorizationProps): ApiObject {
  const { name, namespace, labels, options, podSelector, keepRestOpen } = props;
  const policy = generateObject(scope, id, {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    name,
    namespace,
    labels,
    options,
    content: (): { spec: AuthorizationPolicySpec } => ({
      spec: {
        selector: { matchLabels: { ...podSelector() } },
        action: 'ALLOW',
        rules: keepRestOpen() ? [scrapeRule(props), everythingBut(props)] : [scrapeRule(props)],
      },
    }),
  });
  ours.add(policy);
  return policy;
}

function scrapeRule({ endpoints, principals, knowsPaths }: ScrapeAuthorizationProps): Rule {
  const to = byPort(endpoints()).map(([port, paths]) => ({
    operation: { ports: [port], ...(knowsPaths ? { paths } : {}) },
  }));
  return principals === undefined ? { to } : { from: [{ source: { principals } }], to };
}

/** Ports without metrics are open to everybody, and on those that the app answers on, every path but that of the metrics. */
function everythingBut({ endpoints, knowsPaths }: ScrapeAuthorizationProps): Rule {
  const ports = byPort(endpoints());
  const shared = ports.filter(([port]) => endpoints().some((each) => String(each.port) === port && !each.dedicated));
  const operations: Operation[] = [
    { notPorts: ports.map(([port]) => port) },
    ...shared.map(([port, paths]) => ({ ports: [port], ...(knowsPaths ? { notPaths: paths } : {}) })),
  ];
  return { to: operations.map((operation) => ({ operation })) };
}

/** Paths of the metrics by container port, both in order. */
function byPort(endpoints: readonly MetricsEndpoint[]): [port: string, paths: string[]][] {
  const ports = [...new Set(endpoints.map(({ port }) => port))].sort((a, b) => a - b);
  return ports.map((port) => [
    String(port),
    [...new Set(endpoints.filter((each) => each.port === port).map(({ path }) => path))].sort(),
  ]);
}

/** Policies of ours, which close nothing but metrics. */
const ours = new WeakSet<ApiObject>();

/** The other policies of the stack that allow something to pods, and so refuse them everything else. */
export function otherAuthorizations(
  root: IConstruct,
  { rootNamespace = 'istio-system' }: MeshOfApp,
  namespace: string | undefined,
  podLabels: Readonly<Record<string, string>>,
): ApiObject[] {
  return authorizationsOf(root)
    .filter(({ manifest }) => {
      const { metadata, spec } = manifest as Manifest & { spec?: AuthorizationPolicySpec | null };
      const { action = 'ALLOW', selector, targetRef, targetRefs } = spec ?? {};
      const isNear = metadata?.namespace === namespace || metadata?.namespace === rootNamespace;
      if (action !== 'ALLOW' || !isNear || targetRef !== undefined || targetRefs !== undefined) return false;
      return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => podLabels[key] === value);
    })
    .map(({ policy }) => policy);
}

/**
 * Could a policy admit the scrape of an endpoint? False only where that is certain: by its ports, or by the principals that it
 * names, none of which is Prometheus'.
 */
export function couldAdmit(
  policy: ApiObject,
  { port }: Pick<MetricsEndpoint, 'port'>,
  principals: readonly string[] | undefined,
): boolean {
  const { rules } = (rendered(policy).spec ?? {}) as AuthorizationPolicySpec;
  return (rules ?? []).some((rule) => admitsPort(rule, String(port)) && couldBeFrom(rule, principals));
}

function admitsPort({ to }: Rule, port: string): boolean {
  if (!to || to.length === 0) return true;
  return to.some(
    ({ operation: { ports, notPorts } = {} }) =>
      (!ports || ports.length === 0 || ports.includes(port)) && !notPorts?.includes(port),
  );
}

/** Patterns, and sources of other kinds, may be Prometheus. */
function couldBeFrom({ from }: Rule, principals: readonly string[] | undefined): boolean {
  if (!from || from.length === 0 || principals === undefined) return true;
  return from.some(
    ({ source = {} }) =>
      !source.principals || source.principals.some((each) => each.includes('*') || principals.includes(each)),
  );
}

function authorizationsOf(root: IConstruct): { policy: ApiObject; manifest: Manifest }[] {
  return renderOnce(root, 'authorization policies', () =>
    root.node
      .findAll()
      .filter((each): each is ApiObject => ApiObject.isApiObject(each) && each.kind === 'AuthorizationPolicy')
      .filter((policy) => !ours.has(policy) && canBeRendered(policy))
      .map((policy) => ({ policy, manifest: rendered(policy) })),
  );
}
