import type { ApiObject } from 'cdk8s';
import type { Finding } from '../../findings';
import { rendered, renderedByMaker, renderOnce } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { addressedPorts, ContainerPort } from './container';
import { appContainerOf, containersOf, podLabelsOf, podSelectorOf, podTemplateOf } from './pod-template';

export type Labels = Readonly<Record<string, string>>;

/** A Service that somebody else makes, through which monitors find the pods. */
export interface FoundService {
  /** The Service itself, where it is in the code. */
  readonly object?: ApiObject;
  readonly name: string;
  labels(): Labels;
  /** The labels by which a monitor selects it. */
  selector(): Labels;
  /** Are the addresses behind it in the code? Then they are no pods, which have none that could be written down. */
  hasOwnEndpoints?(): boolean;
}

export interface DeclaredPort extends ContainerPort {
  /** The port of the Service that leads to it, where that is what is known. */
  readonly servicePort?: number;
}

/** Where the pods of an app come from, and what is known of them. */
export interface PodsSource {
  /** For sentences: `Deployment web`, `Service legacy`. */
  readonly what: string;
  readonly namespace?: string;
  /** Namespace of what is made for the app, where it is another than that of its pods. */
  readonly objectsNamespace?: string;
  /** The object that holds the template of the pods: only where it is in the code can anything be added to them. */
  readonly workload?: ApiObject;
  /** The one object that nothing else may monitor too. */
  readonly monitored?: ApiObject;
  /** The Service that there is already; without one, a Service is made. */
  readonly existingService?: FoundService;
  /** The workloads of the stack that make the pods, for sentences, where the pods are found in another way than by them. */
  workloadsBehind?(): readonly string[];
  /** What to do by hand about additions to pods that are out of reach. */
  readonly manualFix?: string;
  /** Can a NetworkPolicy be written: are both the labels of the pods and the numbers of their ports known? */
  canBeGuarded(): boolean;
  /** Labels by which the pods are found. */
  podSelector(): Labels;
  podLabels(): Labels;
  /** Ports as whoever makes the pods, or the Service, declares them. */
  declaredPorts(): readonly DeclaredPort[];
  /** What is wrong with the source itself. */
  findings?(endpoints: readonly MetricsEndpoint[]): Omit<Finding, 'where'>[];
}

/** The pods of a workload that is in the code. */
export function podsOf(workload: ApiObject, container?: string): PodsSource {
  return {
    what: `${workload.kind} ${workload.name}`,
    namespace: workload.metadata.namespace,
    workload,
    monitored: workload,
    canBeGuarded: () => true,
    podSelector: () => renderOnce(workload, 'pod selector', () => podSelectorOf(rendered(workload))),
    podLabels: () => podLabelsOf(rendered(workload)),
    declaredPorts: () => {
      const template = podTemplateOf(renderedByMaker(workload));
      const own = appContainerOf(template, container);
      // A container that is not there is one fault: its ports may stand at the one that is there instead.
      return (own === undefined ? containersOf(template) : [own]).flatMap(addressedPorts);
    },
  };
}
