export type { SynthesizedDocument } from './document';
export type { CompleteEnvironments, EnvironmentProps, EnvironmentsOptions, EnvironmentValues } from './environments';
export { MonitoringApp } from './monitoring-app';
export type { MonitoringAppProps } from './monitoring-app-props';
export type { SynthesizedFile } from './synthesis';
export { SynthesisError } from './synthesis-error';
