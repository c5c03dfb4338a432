import type { ApiObject } from 'cdk8s';
import { compareText, Finding } from '../../findings';
import { refine, renderedByMaker } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { defaultJobLabel } from '../scrape/monitor-endpoint';
import type { ContainerManifest } from './container';
import { additionProblems, joinedAdditions, PodAdditions, withPodAdditions } from './pod-additions';
import { canBeUnlabelled, hasPodTemplate, podLabelsOf } from './pod-template';

/** The app whose pods are changed. */
export interface AppOfPods {
  readonly name: string;
  /** Name of the app's container; the first one where it is left out. */
  readonly container?: string;
  endpoints(): readonly MetricsEndpoint[];
}

/** What monitoring adds to the pods of an app, asked for when the workload is rendered. */
export class PodChanges {
  private readonly additions: (() => Partial<PodAdditions>)[] = [];

  constructor(private readonly app: AppOfPods) {}

  add(additions: Partial<PodAdditions> | (() => Partial<PodAdditions>)): void {
    this.additions.push(typeof additions === 'function' ? additions : () => additions);
  }

  /** Everything that is added beside the ports of the app's own container. */
  get added(): Omit<PodAdditions, 'container'> {
    return joinedAdditions(this.each);
  }

  /** Lets a workload be rendered with the additions, as far as we know where it holds its pods. */
  applyTo(workload: ApiObject): void {
    if (!hasPodTemplate(workload.kind)) return;
    refine(workload, (manifest) => withPodAdditions(manifest, this.additionsTo(workload)));
  }

  /** What cannot be added to the pods as their maker made them. */
  problemsIn(workload: ApiObject): Omit<Finding, 'where'>[] {
    return additionProblems(renderedByMaker(workload), this.each, this.app.container);
  }

  private get each(): Partial<PodAdditions>[] {
    return this.additions.map((addition) => addition());
  }

  private additionsTo(workload: ApiObject): PodAdditions {
    const { added, app } = this;
    const byName = (a: ContainerManifest, b: ContainerManifest) => compareText(a.name, b.name);
    const own = app.endpoints().filter(({ container }) => container === undefined);
    return {
      ...added,
      container: app.container,
      podLabels: { ...this.labelOfUnlabelled(workload), ...added.podLabels },
      ports: [...own.map(({ portName, port }) => ({ name: portName, containerPort: port })), ...added.ports],
      sidecars: [...added.sidecars].sort(byName),
      nativeSidecars: [...added.nativeSidecars].sort(byName),
    };
  }

  /** Pods that no controller selects may have no labels, and nothing could find them. */
  private labelOfUnlabelled(workload: ApiObject): Record<string, string> {
    if (!canBeUnlabelled(workload.kind)) return {};
    const isLabelled = Object.keys(podLabelsOf(renderedByMaker(workload))).length > 0;
    return isLabelled ? {} : { [defaultJobLabel]: this.app.name };
  }
}
