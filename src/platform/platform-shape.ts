import { described, Shape, ShapeSubject } from '../findings';
import { durationRule } from '../promql';
import { byteSizeOf } from './byte-size';
import { clusterParts, ClusterServiceFacts } from './cluster-facts';
import type { MeshFacts, MeshSettings } from './mesh-facts';
import type { AnnotationJob, PlatformProps, PrometheusServer } from './platform-props';
import { presetOptions } from './presets';
import type { ScrapeOptions } from './scrape-options';
import type { ScrapeClass, ServerScraping } from './server-scraping';

const duration = durationRule();
const labels: Shape = { map: 'text' };

const selector: Shape = {
  fields: {
    matchLabels: labels,
    matchExpressions: {
      list: {
        fields: {
          key: 'text',
          operator: { oneOf: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
          values: { list: 'text' },
        },
      },
    },
  },
};

const objectSelector: Shape = { either: [selector, { oneOf: ['none'] }] };

const port: Shape = {
  problem: (value, place) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535
      ? undefined
      : {
          message: `${place} is ${described(value)}, expected a port from 1 to 65535`,
          fix: 'give the number of a port',
        },
};

const attachMetadata: Shape = { fields: { node: 'boolean' } };

const scrapeProtocol: Shape = {
  oneOf: [
    'PrometheusProto',
    'OpenMetricsText0.0.1',
    'OpenMetricsText1.0.0',
    'PrometheusText0.0.4',
    'PrometheusText1.0.0',
  ],
};

/** As the operator reads it, where text is given. Source: pkg/apis/monitoring/v1/types.go, `ByteSize`. */
const byteSize: Shape = {
  problem: (value, place) =>
    byteSizeOf(value) === undefined
      ? { message: `${place} is ${described(value)}, expected a size in bytes`, fix: "write it as '10MiB'" }
      : undefined,
};

const scrapeClass: Record<keyof ScrapeClass, Shape> = {
  name: 'text',
  default: 'boolean',
  fallbackScrapeProtocol: scrapeProtocol,
  tlsConfig: { map: 'anything' },
  authorization: { fields: { type: 'text', credentials: { map: 'anything' }, credentialsFile: 'text' } },
  relabelings: { list: 'anything' },
  metricRelabelings: { list: 'anything' },
  attachMetadata,
};

const scraping: Record<keyof ServerScraping, Shape> = {
  scrapeClasses: { list: { fields: scrapeClass } },
  scrapeProtocols: { list: scrapeProtocol },
  shards: 'number',
  shardingStrategy: {
    fields: {
      mode: { oneOf: ['Address', 'Topology'] },
      topology: { fields: { externalLabelName: 'text', values: { list: 'text' } } },
    },
  },
  podTargetLabels: { list: 'text' },
  enforcedNamespaceLabel: 'text',
  excludedFromEnforcement: {
    list: {
      fields: {
        group: 'text',
        resource: { oneOf: ['prometheusrules', 'servicemonitors', 'podmonitors', 'probes', 'scrapeconfigs'] },
        namespace: 'text',
        name: 'text',
      },
    },
  },
  ignoreNamespaceSelectors: 'boolean',
  overrideHonorLabels: 'boolean',
  overrideHonorTimestamps: 'boolean',
  arbitraryFSAccessThroughSMs: { fields: { deny: 'boolean' } },
  serviceDiscoveryRole: { oneOf: ['Endpoints', 'EndpointSlice'] },
  enableFeatures: { list: 'text' },
  nameValidationScheme: { oneOf: ['UTF8', 'Legacy'] },
  nameEscapingScheme: { oneOf: ['AllowUTF8', 'Underscores', 'Dots', 'Values'] },
  scrapeNativeHistograms: 'boolean',
  scrapeClassicHistograms: 'boolean',
  convertClassicHistogramsToNHCB: 'boolean',
  sampleLimit: 'number',
  targetLimit: 'number',
  labelLimit: 'number',
  labelNameLengthLimit: 'number',
  labelValueLengthLimit: 'number',
  keepDroppedTargets: 'number',
  bodySizeLimit: byteSize,
  enforcedSampleLimit: 'number',
  enforcedTargetLimit: 'number',
  enforcedLabelLimit: 'number',
  enforcedLabelNameLengthLimit: 'number',
  enforcedLabelValueLengthLimit: 'number',
  enforcedKeepDroppedTargets: 'number',
  enforcedBodySizeLimit: byteSize,
};

const prometheus: Record<keyof PrometheusServer, Shape> = {
  name: 'text',
  namespace: 'text',
  version: 'text',
  serviceAccountName: 'text',
  podLabels: labels,
  namespaceLabels: labels,
  serviceMonitorSelector: objectSelector,
  serviceMonitorNamespaceSelector: selector,
  podMonitorSelector: objectSelector,
  podMonitorNamespaceSelector: selector,
  probeSelector: objectSelector,
  probeNamespaceSelector: selector,
  scrapeConfigSelector: objectSelector,
  scrapeConfigNamespaceSelector: selector,
  ruleSelector: objectSelector,
  ruleNamespaceSelector: selector,
  scrapeInterval: duration,
  scrapeTimeout: duration,
  evaluationInterval: duration,
  ...scraping,
  externalLabels: labels,
};

/** The settings of a mesh that an app may differ in. */
export const meshSettingsShape: Record<keyof MeshSettings, Shape> = {
  mtls: { oneOf: ['STRICT', 'PERMISSIVE', 'DISABLE'] },
  scrape: {
    oneOf: ['direct', 'merged-metrics', 'port-exemption', 'excluded-ports', 'mesh-certificates', 'secure-port'],
  },
  portMode: { oneOf: ['PERMISSIVE', 'DISABLE'] },
};

const mesh: Record<keyof MeshFacts, Shape> = {
  ...meshSettingsShape,
  istio: 'text',
  dataPlaneMode: { oneOf: ['sidecar', 'ambient'] },
  trustDomain: 'text',
  rootNamespace: 'text',
  defaultDeny: 'boolean',
  certificatesFolder: 'text',
  scrapeClass: 'text',
  securePort: port,
};

const scrape: Record<keyof ScrapeOptions, Shape> = {
  interval: duration,
  scrapeTimeout: duration,
  params: { map: { list: 'text' } },
  honorLabels: 'boolean',
  honorTimestamps: 'boolean',
  trackTimestampsStaleness: 'boolean',
  relabelings: { list: 'anything' },
  metricRelabelings: { list: 'anything' },
  filterRunning: 'boolean',
  followRedirects: 'boolean',
  enableHttp2: 'boolean',
  tlsConfig: 'anything',
  authorization: 'anything',
  basicAuth: 'anything',
  oauth2: 'anything',
  bearerTokenSecret: 'anything',
  bearerTokenFile: 'text',
  proxyUrl: 'text',
  noProxy: 'text',
  proxyFromEnvironment: 'boolean',
  proxyConnectHeader: 'anything',
  jobLabel: 'text',
  podTargetLabels: { list: 'text' },
  selectorMechanism: { oneOf: ['RelabelConfig', 'RoleSelector'] },
  sampleLimit: 'number',
  targetLimit: 'number',
  labelLimit: 'number',
  labelNameLengthLimit: 'number',
  labelValueLengthLimit: 'number',
  keepDroppedTargets: 'number',
  bodySizeLimit: 'anything',
  scrapeProtocols: { list: 'text' },
  fallbackScrapeProtocol: 'text',
  scrapeNativeHistograms: 'boolean',
  scrapeClassicHistograms: 'boolean',
  nativeHistogramBucketLimit: 'number',
  nativeHistogramMinBucketFactor: 'anything',
  convertClassicHistogramsToNHCB: 'boolean',
  attachMetadata,
  scrapeClass: 'text',
};

const annotationJob: Record<keyof AnnotationJob, Shape> = {
  job: 'text',
  slowJob: 'text',
  jobLabel: 'text',
  labelmap: 'boolean',
  labels: { list: 'text' },
};

const clusterService: Record<keyof ClusterServiceFacts, Shape> = {
  namespace: 'text',
  labels,
  port: 'text',
  scheme: { oneOf: ['http', 'https'] },
  scrape: { fields: { bearerTokenFile: 'text', tlsConfig: { map: 'anything' } } },
};

const platform: Record<keyof PlatformProps, Shape> = {
  prometheus: { either: [{ fields: prometheus }, { list: { fields: prometheus } }] },
  operator: {
    fields: {
      installed: 'boolean',
      version: 'text',
      namespaces: { list: 'text' },
      kubernetesVersion: 'text',
    },
  },
  alertmanager: {
    fields: {
      name: 'text',
      namespace: 'text',
      alertmanagerConfigSelector: objectSelector,
      alertmanagerConfigNamespaceSelector: selector,
      alertmanagerConfigMatcherStrategy: {
        oneOf: ['OnNamespace', 'OnNamespaceExceptForAlertmanagerNamespace', 'None'],
      },
    },
  },
  rules: { fields: { configMapLabels: labels } },
  annotations: {
    fields: { prefix: 'text', pods: { fields: annotationJob }, services: { fields: annotationJob } },
  },
  grafana: {
    fields: {
      dashboards: { oneOf: ['sidecar', 'operator'] },
      label: 'text',
      labelValue: 'text',
      namespaces: { either: [{ list: 'text' }, { oneOf: ['ALL'] }] },
      folderAnnotation: 'text',
      instanceSelector: selector,
      allowCrossNamespaceImport: 'boolean',
    },
  },
  gitops: {
    fields: {
      tool: { oneOf: ['argocd', 'flux'] },
      tracking: { oneOf: ['label', 'annotation'] },
      apply: { oneOf: ['client', 'server'] },
    },
  },
  clusterMonitors: { list: { oneOf: clusterParts } },
  clusterServices: { fields: Object.fromEntries(clusterParts.map((part) => [part, { fields: clusterService }])) },
  network: { fields: { defaultDeny: 'boolean' } },
  namespaces: { map: { fields: { labels } } },
  links: { fields: { runbooks: 'text', grafana: 'text' } },
  mesh: { fields: mesh },
  prober: {
    fields: { url: 'text', scheme: { oneOf: ['http', 'https'] }, path: 'text', namespace: 'text', podLabels: labels },
  },
  scrape: { fields: scrape },
  pods: { fields: { assignsUserIds: 'boolean' } },
  teamLabel: 'text',
};

/** The facts of a platform. */
export const platformShape: Shape = { fields: platform };

/** The facts of a platform and what chooses a preset: the content of a platform file. */
export const platformFileShape: Shape = {
  fields: {
    ...platform,
    preset: { oneOf: Object.keys(presetOptions) },
    release: 'text',
    namespace: 'text',
  },
};

/** How messages call a platform. An empty key of a file is a fault: no one can tell what was meant. */
export const platformSubject: ShapeSubject = {
  whole: 'the platform',
  partPrefix: 'platform ',
  code: 'platform/invalid',
  unknown: { code: 'platform/invalid', severity: 'error', message: 'is no fact of a platform' },
  nullIsMissing: false,
};
