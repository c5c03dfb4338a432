export * from './mesh-facts';
export {
  type ClusterEndpoint,
  clusterFacts,
  type ClusterPart,
  type ClusterPartFacts,
  clusterParts,
  type ClusterServiceFacts,
} from './cluster-facts';
export * from './platform';
export * from './platform-props';
export type { AnnotationDiscoveryOptions, KubePrometheusStackOptions, PresetName } from './presets';
export * from './scrape-options';
export * from './server-scraping';
