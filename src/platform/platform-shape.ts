import { Shape, ShapeSubject } from '../findings';
import { DurationLike, durationProblem } from '../promql';
import type { PlatformProps, PrometheusServer } from './platform-props';
import { presetOptions } from './presets';
import type { ScrapeOptions } from './scrape-options';

const duration: Shape = {
  problem: (value, place) => {
    const problem = durationProblem(value as DurationLike);
    return problem && { message: `${place}: ${problem.message}`, fix: problem.fix };
  },
};

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

const prometheus: Record<keyof PrometheusServer, Shape> = {
  name: 'text',
  namespace: 'text',
  version: 'text',
  serviceAccountName: 'text',
  podLabels: labels,
  namespaceLabels: labels,
  serviceMonitorSelector: selector,
  serviceMonitorNamespaceSelector: selector,
  podMonitorSelector: selector,
  podMonitorNamespaceSelector: selector,
  probeSelector: selector,
  probeNamespaceSelector: selector,
  scrapeConfigSelector: selector,
  scrapeConfigNamespaceSelector: selector,
  ruleSelector: selector,
  ruleNamespaceSelector: selector,
  scrapeInterval: duration,
  scrapeTimeout: duration,
  evaluationInterval: duration,
  scrapeClasses: { list: { fields: { name: 'text', default: 'boolean' } } },
  enforcedNamespaceLabel: 'text',
  ignoreNamespaceSelectors: 'boolean',
  overrideHonorLabels: 'boolean',
  arbitraryFSAccessThroughSMs: { fields: { deny: 'boolean' } },
  serviceDiscoveryRole: { oneOf: ['Endpoints', 'EndpointSlice'] },
  externalLabels: labels,
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
  attachMetadata: { fields: { node: 'boolean' } },
  scrapeClass: 'text',
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
      alertmanagerConfigSelector: selector,
      alertmanagerConfigNamespaceSelector: selector,
      alertmanagerConfigMatcherStrategy: {
        oneOf: ['OnNamespace', 'OnNamespaceExceptForAlertmanagerNamespace', 'None'],
      },
    },
  },
  grafana: {
    fields: {
      dashboards: { oneOf: ['sidecar', 'operator'] },
      label: 'text',
      labelValue: 'text',
      namespaces: 'anything',
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
  network: { fields: { defaultDeny: 'boolean' } },
  namespaces: { map: { fields: { labels } } },
  links: { fields: { runbooks: 'text', grafana: 'text' } },
  mesh: { fields: { istio: 'text', mtls: { oneOf: ['STRICT', 'PERMISSIVE', 'DISABLE'] } } },
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
