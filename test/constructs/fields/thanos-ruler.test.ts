import type { ThanosRulerSpec } from '../../../imports/thanos-ruler';
import { ThanosRuler } from '../../../src/constructs';
import type { ThanosRulerProps } from '../../../src/constructs';
import { secret } from './examples';
import { listening, podProps, podSpec } from './server-examples';
import { MissingIn, ServerTable, testServerFields } from './server-fields';

const ruleSelector = { matchLabels: { scope: 'global' } };
const query = 'http://thanos-query.monitoring.svc:10902';
const alertmanager = 'http://alertmanager.monitoring.svc:9093';
const target = { url: 'https://metrics.example/write' };

const table = {
  kind: 'ThanosRuler',
  file: 'thanos-ruler',
  make: (chart, props) => {
    const asks = props.queryConfig ? {} : { queryEndpoints: [query] };
    new ThanosRuler(chart, 'global', { ruleSelector, ...asks, ...props });
  },
  props: {
    ...podProps,
    alertQueryUrl: [{ alertQueryUrl: 'https://query.example' }, 'https://query.example'],
    alertmanagersConfig: [{ alertmanagersConfig: { secret } }, secret],
    alertmanagersUrl: [{ alertmanagers: [alertmanager] }, [alertmanager]],
    enforcedNamespaceLabel: [{ enforcedNamespaceLabel: 'namespace' }, 'namespace'],
    evaluationInterval: [{ evaluationInterval: '1m' }, '1m'],
    labels: [{ ruleLabels: { ruler: 'global' } }, { ruler: 'global' }],
    objectStorageConfig: [{ objectStorage: { secret } }, secret],
    queryConfig: [{ queryConfig: { secret } }, secret],
    queryEndpoints: [{ queryEndpoints: [query] }, [query]],
    remoteWrite: [{ remoteWrite: [target] }, [target]],
    retention: [{ retention: '48h' }, '48h'],
    ruleNamespaceSelector: [{ ruleNamespaceSelector: {} }, {}],
    ruleSelector: [{ ruleSelector }, ruleSelector],
  },
  spec: {
    ...podSpec,
    alertDropLabels: ['replica'],
    alertRelabelConfigFile: '/etc/relabelings.yaml',
    alertRelabelConfigs: secret,
    enableFeatures: ['promql-experimental-functions'],
    excludedFromEnforcement: [{ resource: 'prometheusrules', namespace: 'shop' }],
    externalPrefix: '/ruler',
    objectStorageConfigFile: '/etc/bucket.yaml',
    prometheusRulesExcludedFromEnforce: [{ ruleNamespace: 'shop', ruleName: 'checkout' }],
    resendDelay: '2m',
    ruleConcurrentEval: 4,
    ruleGracePeriod: '5m',
    ruleOutageTolerance: '30m',
    ruleQueryOffset: '30s',
    tracingConfig: secret,
    tracingConfigFile: '/etc/tracing.yaml',
    web: { httpConfig: { http2: false } },
  },
  ours: {
    ...listening,
    grpcServerTlsConfig: 'a ThanosQuery asks it without TLS: servers/spec says so',
  },
} as const satisfies ServerTable<ThanosRulerProps, ThanosRulerSpec>;

testServerFields<ThanosRulerProps, ThanosRulerSpec>(table);

export function everyFieldIsReached(): void {
  type Missing = MissingIn<ThanosRulerSpec, typeof table>;
  const nothingIsMissing: readonly [Missing] extends readonly [never] ? true : Missing = true;
  void nothingIsMissing;
}
