export * from './platform';
export * from './platform-props';
export type { AnnotationDiscoveryOptions, KubePrometheusStackOptions, PresetName } from './presets';
export * from './scrape-options';
