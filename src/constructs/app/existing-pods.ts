import type { ExistingPods } from './attach-props';
import type { PodsSource } from './pods-source';

/** Pods that somebody else makes, by their labels. */
export function podsByLabels({ labels, ports, madeBy, namespace }: ExistingPods): PodsSource {
  const maker = madeBy === undefined ? undefined : `${madeBy.kind} ${madeBy.name}`;
  return {
    what: maker === undefined ? 'the existing pods' : `the pods of ${maker}`,
    namespace: namespace ?? madeBy?.metadata.namespace,
    manualFix: `the pods belong to whoever makes them: add it ${maker === undefined ? 'there' : `in ${maker}, as far as its operator knows a field for it`}`,
    canBeGuarded: () => Object.keys(labels).length > 0,
    podSelector: () => labels,
    podLabels: () => labels,
    declaredPorts: () => Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    findings: () =>
      Object.keys(labels).length > 0
        ? []
        : [
            {
              code: 'attach/no-labels',
              severity: 'error',
              message:
                'the existing pods are given without labels: nothing tells them from the others in the namespace',
              fix: 'give the labels that their maker sets, such as those of kubectl get pods --show-labels',
            },
          ],
  };
}
