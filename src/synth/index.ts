export type { SynthesizedDocument } from './document';
export { MonitoringApp } from './monitoring-app';
export type { MonitoringAppProps } from './monitoring-app';
export type { SynthesizedFile } from './synthesis';
export { SynthesisError } from './synthesis-error';
