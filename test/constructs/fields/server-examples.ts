import { Duration, Size } from 'cdk8s';
import type { PrometheusSpec } from '../../../imports/prometheus';
import type { PrometheusAgentSpec } from '../../../imports/prometheus-agent';
import { secret } from './examples';

/** Example values of what several servers have in common. */

const container = { name: 'proxy', image: 'registry.example/proxy:1.0.0' };
const toleration = { key: 'dedicated', operator: 'Exists' } as const;
const selector = { matchLabels: { tier: 'app' } };

/** Fields of every server that have a prop, and what is written for it. */
export const podProps = {
  version: [{ version: '3.13.1' }, 'v3.13.1'],
  image: [{ image: 'registry.example/server:1.0.0' }, 'registry.example/server:1.0.0'],
  replicas: [{ replicas: 2 }, 2],
  resources: [{ resources: { requests: { cpu: '1' } } }, { requests: { cpu: '1' } }],
  storage: [
    { storage: { size: Size.gibibytes(50), storageClassName: 'fast' } },
    {
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'fast',
          resources: { requests: { storage: '50Gi' } },
        },
      },
    },
  ],
  podMetadata: [{ podMetadata: { labels: { area: 'eu' } } }, { labels: { area: 'eu' } }],
  nodeSelector: [{ nodeSelector: { disk: 'fast' } }, { disk: 'fast' }],
  tolerations: [{ tolerations: [toleration] }, [toleration]],
  priorityClassName: [{ priorityClassName: 'high' }, 'high'],
  logLevel: [{ logLevel: 'debug' }, 'debug'],
  logFormat: [{ logFormat: 'json' }, 'json'],
  routePrefix: [{ routePrefix: '/metrics' }, '/metrics'],
} as const;

/** Fields of every server that stand in `spec`. */
export const podSpec = {
  additionalArgs: [{ name: 'log.level', value: 'debug' }],
  affinity: { podAntiAffinity: {} },
  containers: [container],
  dnsConfig: { nameservers: ['10.0.0.10'] },
  dnsPolicy: 'ClusterFirst',
  enableServiceLinks: false,
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['login.example'] }],
  hostUsers: false,
  imagePullPolicy: 'Always',
  imagePullSecrets: [{ name: 'registry' }],
  initContainers: [container],
  minReadySeconds: 10,
  paused: true,
  podManagementPolicy: 'Parallel',
  schedulerName: 'own',
  securityContext: { runAsNonRoot: true, runAsUser: 2000 },
  serviceName: 'governing',
  terminationGracePeriodSeconds: 600,
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  updateStrategy: { type: 'OnDelete' },
  volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
  volumes: [{ name: 'extra', emptyDir: {} }],
} as const satisfies Partial<PrometheusSpec>;

/** The same of an Alertmanager and of servers that scrape. */
export const clusterPodSpec = {
  automountServiceAccountToken: true,
  configMaps: ['templates'],
  hostNetwork: true,
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
  secrets: ['certificates'],
} as const satisfies Partial<PrometheusSpec>;

/** Fields that change how a server listens. */
export const listening = {
  portName: 'the Service and the monitor know the port by its name, web: servers/spec says so',
  listenLocal: 'nothing would reach the server: servers/spec says so',
  serviceAccountName: 'that of the ServiceAccount that is made here; objects.serviceAccount.name changes it',
} as const;

/** Fields of servers that scrape which have a prop. */
export const scrapingProps = {
  ...podProps,
  additionalScrapeConfigs: [{ additionalScrapeConfigs: secret }, secret],
  arbitraryFSAccessThroughSMs: [{ arbitraryFSAccessThroughSMs: { deny: true } }, { deny: true }],
  bodySizeLimit: [{ bodySizeLimit: Size.mebibytes(10) }, '10MiB'],
  convertClassicHistogramsToNHCB: [{ convertClassicHistogramsToNHCB: true }, true],
  enableFeatures: [{ enableFeatures: ['promql-experimental-functions'] }, ['promql-experimental-functions']],
  enforcedBodySizeLimit: [{ enforcedBodySizeLimit: '20MB' }, '20MB'],
  enforcedKeepDroppedTargets: [{ enforcedKeepDroppedTargets: 1 }, 1],
  enforcedLabelLimit: [{ enforcedLabelLimit: 2 }, 2],
  enforcedLabelNameLengthLimit: [{ enforcedLabelNameLengthLimit: 3 }, 3],
  enforcedLabelValueLengthLimit: [{ enforcedLabelValueLengthLimit: 4 }, 4],
  enforcedNamespaceLabel: [{ enforcedNamespaceLabel: 'namespace' }, 'namespace'],
  enforcedSampleLimit: [{ enforcedSampleLimit: 5 }, 5],
  enforcedTargetLimit: [{ enforcedTargetLimit: 6 }, 6],
  excludedFromEnforcement: [
    { excludedFromEnforcement: [{ resource: 'probes', namespace: 'shop' }] },
    [{ resource: 'probes', namespace: 'shop' }],
  ],
  externalLabels: [{ externalLabels: { cluster: 'a' } }, { cluster: 'a' }],
  externalUrl: [{ externalUrl: 'https://metrics.example' }, 'https://metrics.example'],
  ignoreNamespaceSelectors: [{ ignoreNamespaceSelectors: true }, true],
  keepDroppedTargets: [{ keepDroppedTargets: 7 }, 7],
  labelLimit: [{ labelLimit: 8 }, 8],
  labelNameLengthLimit: [{ labelNameLengthLimit: 9 }, 9],
  labelValueLengthLimit: [{ labelValueLengthLimit: 10 }, 10],
  nameEscapingScheme: [{ nameEscapingScheme: 'Dots' }, 'Dots'],
  nameValidationScheme: [{ nameValidationScheme: 'Legacy' }, 'Legacy'],
  overrideHonorLabels: [{ overrideHonorLabels: true }, true],
  overrideHonorTimestamps: [{ overrideHonorTimestamps: true }, true],
  podMonitorNamespaceSelector: [{ podMonitorNamespaceSelector: selector }, selector],
  podMonitorSelector: [{ podMonitorSelector: selector }, selector],
  podTargetLabels: [{ podTargetLabels: ['version'] }, ['version']],
  probeNamespaceSelector: [{ probeNamespaceSelector: selector }, selector],
  probeSelector: [{ probeSelector: selector }, selector],
  remoteWrite: [
    { remoteWrite: [{ url: 'https://metrics.example/write', remoteTimeout: Duration.seconds(10) }] },
    [{ url: 'https://metrics.example/write', remoteTimeout: '10s' }],
  ],
  sampleLimit: [{ sampleLimit: 11 }, 11],
  scrapeClasses: [{ scrapeClasses: [{ name: 'mesh', default: true }] }, [{ name: 'mesh', default: true }]],
  scrapeClassicHistograms: [{ scrapeClassicHistograms: true }, true],
  scrapeConfigNamespaceSelector: [{ scrapeConfigNamespaceSelector: selector }, selector],
  scrapeConfigSelector: [{ scrapeConfigSelector: selector }, selector],
  scrapeInterval: [{ scrapeInterval: Duration.seconds(90) }, '1m30s'],
  scrapeNativeHistograms: [{ scrapeNativeHistograms: true }, true],
  scrapeProtocols: [{ scrapeProtocols: ['PrometheusProto'] }, ['PrometheusProto']],
  scrapeTimeout: [{ scrapeTimeout: '5s' }, '5s'],
  serviceDiscoveryRole: [{ serviceDiscoveryRole: 'EndpointSlice' }, 'EndpointSlice'],
  serviceMonitorNamespaceSelector: [{ serviceMonitorNamespaceSelector: selector }, selector],
  serviceMonitorSelector: [{ serviceMonitorSelector: selector }, selector],
  shardingStrategy: [{ shardingStrategy: { mode: 'Address' } }, { mode: 'Address' }],
  shards: [{ shards: 2 }, 2],
  targetLimit: [{ targetLimit: 12 }, 12],
} as const;

/** Fields of servers that scrape which stand in `spec`. */
export const scrapingSpec = {
  ...podSpec,
  ...clusterPodSpec,
  apiserverConfig: { host: 'https://other:6443' },
  enableOTLPReceiver: true,
  enableRemoteWriteReceiver: true,
  maximumStartupDurationSeconds: 900,
  otlp: { promoteResourceAttributes: ['service.name'] },
  prometheusExternalLabelName: 'source',
  reloadStrategy: 'HTTP',
  remoteWriteReceiverMessageVersions: ['V2.0'],
  replicaExternalLabelName: 'replica',
  runtime: { goGC: 75 },
  scrapeFailureLogFile: 'failures.log',
  tracingConfig: { endpoint: 'tempo:4317', clientType: 'grpc' },
  tsdb: { outOfOrderTimeWindow: '10m' },
  walCompression: true,
  web: { pageTitle: 'Metrics', maxConnections: 512 },
} as const satisfies Partial<PrometheusSpec & PrometheusAgentSpec>;
