import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { canBeRendered, rendered, renderOnce } from '../objects';
import type { Report, WorkloadToCheck } from './app-to-check';
import { addressedPorts } from './container';
import { hasPodTemplate, podTemplateOf, runningContainers } from './pod-template';

/** Pods on the node's network share its ports: what we add may listen where another workload of the stack does. */
export function checkHostPorts(
  { app, workload, pods, manifest, addedContainers }: WorkloadToCheck,
  report: Report,
): void {
  if (podTemplateOf(manifest).spec?.hostNetwork !== true) return;
  const others = onNodeNetwork(app.node.root).filter(({ object }) => object !== workload);
  for (const { container, containerPort } of addedContainers.flatMap(addressedPorts)) {
    const other = others.find(({ ports }) => ports.includes(containerPort));
    if (other === undefined) continue;
    const { kind, name } = other.object;
    report({
      code: 'workload/host-port',
      severity: 'warning',
      message: `${container} would listen on port ${containerPort} of the node, as the pods of ${pods.what} use its network, and so does ${kind} ${name}`,
      fix: 'give the exporter another port, or see to it that the two never share a node',
    });
  }
}

function onNodeNetwork(root: IConstruct): readonly { object: ApiObject; ports: readonly number[] }[] {
  return renderOnce(root, 'workloads on the network of nodes', () =>
    root.node
      .findAll()
      .filter((each): each is ApiObject => ApiObject.isApiObject(each) && hasPodTemplate(each.kind))
      .filter(canBeRendered)
      .map((object) => ({ object, template: podTemplateOf(rendered(object)) }))
      .filter(({ template }) => template.spec?.hostNetwork === true)
      .map(({ object, template }) => ({
        object,
        ports: runningContainers(template)
          .flatMap(addressedPorts)
          .map(({ containerPort }) => containerPort),
      })),
  );
}
