export * from './constructs';
export {
  addCheck,
  addFinding,
  type Check,
  type Finding,
  type FindingLocation,
  findingsOf,
  renderFindings,
  StackError,
} from './findings';
export type { ObjectReference, Severity } from './findings';
export * from './platform';
export type { DurationLike, PrometheusDuration } from './promql';
export {
  type CompleteEnvironments,
  type EnvironmentProps,
  type EnvironmentsOptions,
  type EnvironmentValues,
  MonitoringApp,
  type MonitoringAppProps,
  SynthesisError,
} from './synth';
