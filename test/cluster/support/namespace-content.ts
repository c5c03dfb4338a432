import { ClusterObject, get, list } from './cluster';

/** What Kubernetes itself puts into every namespace, what it writes about what has been, and data that it never deletes. */
const belongToEveryNamespace = ['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default'];
const outlastTheirOwners = ['Event', 'Lease', 'PersistentVolumeClaim'];

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

let kinds: Promise<readonly { readonly kind: string; readonly pathIn: (namespace: string) => string }[]> | undefined;

/** All kinds of objects that a namespace can hold. */
async function namespacedKinds() {
  const { groups } = (await get('/apis')) as ClusterObject & {
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(
    paths.map(async (path) => {
      const resources = ((await get(path)).resources ?? []) as Resource[];
      return resources
        .filter(({ name, namespaced, verbs }) => namespaced && verbs.includes('list') && !name.includes('/'))
        .map(({ name, kind }) => ({ kind, pathIn: (namespace: string) => `${path}/namespaces/${namespace}/${name}` }));
    }),
  );
  return found.flat();
}

/** Everything that is in a namespace, as `Kind namespace/name`. */
export async function objectsIn(namespace: string): Promise<string[]> {
  kinds ??= namespacedKinds();
  const left = await Promise.all(
    (await kinds)
      .filter(({ kind }) => !outlastTheirOwners.includes(kind))
      .map(async ({ kind, pathIn }) =>
        (await list(pathIn(namespace)))
          .filter(({ metadata }) => !belongToEveryNamespace.includes(`${kind}/${metadata.name}`))
          .map(({ metadata }) => `${kind} ${namespace}/${metadata.name}`),
      ),
  );
  return left.flat();
}
