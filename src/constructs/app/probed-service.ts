import type { ApiObject } from 'cdk8s';
import { canBeRendered } from '../objects';
import { firstPortOf } from './app-service';
import type { Labels, PodsSource } from './pods-source';

/** A Service that a prober may ask, by its first port. */
export interface ProbedService {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly podSelector: Labels;
}

/** The Service in front of the pods: the one that we make, or the one that there is, as it is in the code or as it is given. */
export function probedService(made: ApiObject | undefined, pods: PodsSource): ProbedService | undefined {
  const { object = undefined, name = '' } = pods.existingService ?? {};
  const service = made ?? object;
  if (service !== undefined) {
    const first = canBeRendered(service) ? firstPortOf(service) : undefined;
    return first && { ...first, name: service.name, podSelector: pods.podSelector() };
  }
  const [first] = name === '' ? [] : pods.declaredPorts();
  if (first === undefined) return undefined;
  const { containerPort, servicePort = containerPort } = first;
  return { name, port: servicePort, targetPort: containerPort, podSelector: pods.podSelector() };
}
