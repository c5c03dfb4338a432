import { compareText } from '../findings';
import { foldersOf } from './output-state';

/** The name by which `kustomize`, Flux and Argo CD find the list of a folder's manifests. */
export const kustomizationName = 'kustomization.yaml';

/**
 * A `kustomization.yaml` for each folder: what is in it, and the folders below it, sorted.
 *
 * Source of the format: kubernetes-sigs/kustomize, api/types/kustomization.go (`resources` takes files and folders).
 *
 * @param paths of manifests, relative to the output folder, with `/` between folders
 * @returns contents by path
 */
export function kustomizations(paths: readonly string[]): ReadonlyMap<string, string> {
  const resources = new Map<string, Set<string>>();
  const add = (folder: string, entry: string) => {
    const entries = resources.get(folder);
    if (entries) entries.add(entry);
    else resources.set(folder, new Set([entry]));
  };
  for (const path of paths) {
    for (const child of [...foldersOf(path), path]) {
      const slash = child.lastIndexOf('/');
      add(child.slice(0, Math.max(slash, 0)), child.slice(slash + 1));
    }
  }
  return new Map(
    [...resources].map(([folder, entries]) => [
      folder === '' ? kustomizationName : `${folder}/${kustomizationName}`,
      printed([...entries].sort(compareText)),
    ]),
  );
}

function printed(resources: readonly string[]): string {
  return [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    // chart ids and object names hold nothing that YAML reads in another way behind a dash, but a word like `yes` or a number
    ...resources.map(
      (entry) => `  - ${/^[A-Za-z][\w-]*\.[\w.-]*[A-Za-z]$/.test(entry) ? entry : JSON.stringify(entry)}`,
    ),
    '',
  ].join('\n');
}
