import { written } from './stack';

interface AuthorizationPolicy {
  readonly rules: readonly {
    readonly from?: readonly { readonly source: { readonly principals: readonly string[] } }[];
    readonly to: readonly {
      readonly operation: { readonly paths?: readonly string[]; readonly notPaths?: readonly string[] };
    }[];
  }[];
}

/** Istio's Prometheus as the mesh calls it. */
export function prometheusPrincipal(): string {
  const { metadata, spec } = written<{ serviceAccountName: string }>('Prometheus', 'istio');
  return `cluster.local/ns/${metadata.namespace}/sa/${spec.serviceAccountName}`;
}

/** Does the AuthorizationPolicy of an app let a client have a path of the port with the metrics? */
export function admits(app: string, principal: string, path: string): boolean {
  const { rules } = written<AuthorizationPolicy>('AuthorizationPolicy', `${app}-scrape`).spec;
  return rules.some(
    ({ from, to }) =>
      (from === undefined || from.some(({ source }) => source.principals.includes(principal))) &&
      to.some(
        ({ operation: { paths, notPaths } }) =>
          (paths !== undefined && paths.includes(path)) || (notPaths !== undefined && !notPaths.includes(path)),
      ),
  );
}
