import type { Chart } from 'cdk8s';
import type { Platform } from '../../../src/platform';
import type { MonitoringApp } from '../../../src/synth';
import { faultsOf, stack } from '../../support/stack';
import type { ClusterObject } from './cluster';
import type { StackOnCluster } from './stack-on-cluster';
import type { ExpectedTargets } from './targets';

/** A row of a table of stacks. */
export interface StackRow {
  /** Name of the stack and of its namespace. */
  readonly name: string;
  readonly compose: (chart: Chart) => void;
  /** Their label `namespace` is that of the stack, where they name no other. */
  readonly targets: readonly ExpectedTargets[];
  /** What others bring into the namespace. */
  readonly given?: readonly ClusterObject[];
  readonly outside?: StackOnCluster['outside'];
}

/** The stacks of a table, each in a namespace of its own. */
export function stacksOn(platform: Platform, rows: readonly StackRow[]): StackOnCluster[] {
  return rows.map(({ name, compose, targets, given = [], outside }) => ({
    name,
    outside,
    ...synthesized(platform, name, compose),
    given: given.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: name } })),
    targets: targets.map((target) => ({ ...target, labels: { namespace: name, ...target.labels } })),
  }));
}

/** What a chart in a namespace comes to, and what our own checks have against it. */
export function synthesized(
  platform: Platform,
  namespace: string,
  compose: (chart: Chart) => void,
): Pick<StackOnCluster, 'objects' | 'findings'> {
  const { objects, findings } = stack(compose, { platform, namespace });
  return { objects: objects.map((object) => ({ ...object })), findings: faultsOf(findings) };
}

/** What all charts of an app come to, and what our own checks have against it. */
export function rendered(app: MonitoringApp): Pick<StackOnCluster, 'objects' | 'findings'> {
  const objects = app.charts.flatMap((chart) => chart.toJson() as ClusterObject[]);
  return {
    objects: JSON.parse(JSON.stringify(objects)) as ClusterObject[],
    findings: faultsOf(app.findings()),
  };
}
