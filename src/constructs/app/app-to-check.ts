import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { compareText, Finding } from '../../findings';
import type { Platform } from '../../platform';
import type { Manifest } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { ServicePort } from './app-service';
import type { ContainerManifest } from './container';
import type { PodsSource } from './pods-source';

/** What the checks ask of an app. */
interface CheckedApp extends IConstruct {
  readonly name: string;
  readonly namespace?: string;
  readonly platform: Platform;
  readonly endpoints: readonly MetricsEndpoint[];
  portNameOf(endpoint: MetricsEndpoint): string;
}

/** What is looked at whoever makes the pods. */
export interface AppToCheck {
  readonly app: CheckedApp;
  readonly pods: PodsSource;
  readonly hasService: boolean;
  /** The Service as it will be written. */
  readonly service?: Manifest;
  /** Keys of its labels by which monitors select it. */
  readonly selectBy: readonly string[];
  readonly servicePorts: readonly ServicePort[];
  readonly hasNetworkPolicy: boolean;
  /** Other policies of the stack that select the app's pods. */
  readonly policiesOfOthers: () => readonly ApiObject[];
  readonly isolate: boolean;
}

/** A workload that is in the code. */
export interface WorkloadToCheck extends AppToCheck {
  readonly workload: ApiObject;
  /** The workload as it will be written. */
  readonly manifest: Manifest;
  /** Names of the containers that were there before we added ours. */
  readonly givenContainers: readonly string[];
  readonly addedContainers: readonly ContainerManifest[];
  /** Those of them that run beside the app as ordinary containers, as far as the workload's kind allows. */
  readonly addedSidecars: readonly ContainerManifest[];
  /** What could not be added to the pods. */
  readonly additionProblems: readonly Omit<Finding, 'where'>[];
  /** Name of the app's container, where the user gave one. */
  readonly container?: string;
  /** Ports of the app itself, by name; they have been looked at already. */
  readonly ports: Readonly<Record<string, number>>;
}

export type Report = (finding: Omit<Finding, 'where' | 'severity'> & { severity?: Finding['severity'] }) => void;

/** The values that stand more than once. */
export function duplicates(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) (seen.has(value) ? twice : seen).add(value);
  return [...twice].sort(compareText);
}
