import type { SynthesizedDocument } from '../document';

/** The groups that every API server has, besides the core group. Source: kubernetes/kubernetes, pkg/apis and staging/src/k8s.io/api. */
const builtInGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** The groups of Argo CD itself, without which nothing is applied. */
const argoCdGroup = 'argoproj.io';

/** Is an object of a kind that a cluster may not know yet when Argo CD applies it? */
export function needsDefinition({ object, group }: SynthesizedDocument): boolean {
  return object !== undefined && group !== argoCdGroup && !builtInGroups.has(group);
}
