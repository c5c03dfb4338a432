import type { PrometheusSpec } from '../../../imports/prometheus';
import { Prometheus, PrometheusProps } from '../../../src/constructs';
import { secret } from './examples';
import { listening, scrapingProps, scrapingSpec } from './server-examples';
import { MissingIn, ServerTable, testServerFields } from './server-fields';

const selector = { matchLabels: { role: 'rules' } };
const alertmanager = { name: 'alertmanager-main', namespace: 'monitoring', port: 'web' };

const table = {
  kind: 'Prometheus',
  file: 'prometheus',
  make: (chart, props) => void new Prometheus(chart, 'k8s', { namespaces: 'all', ...props }),
  props: {
    ...scrapingProps,
    alerting: [{ alertmanagers: [alertmanager] }, { alertmanagers: [alertmanager] }],
    evaluationInterval: [{ evaluationInterval: '1m' }, '1m'],
    retention: [{ retention: '15d' }, '15d'],
    retentionSize: [{ retentionSize: '45GiB' }, '45GiB'],
    ruleNamespaceSelector: [{ ruleNamespaceSelector: selector }, selector],
    ruleSelector: [{ ruleSelector: selector }, selector],
    thanos: [
      { thanos: { version: '0.42.2', objectStorage: { secret } }, spec: { thanos: { logLevel: 'debug' } } },
      { version: 'v0.42.2', objectStorageConfig: secret, logLevel: 'debug' },
    ],
  },
  spec: {
    ...scrapingSpec,
    additionalAlertManagerConfigs: secret,
    additionalAlertRelabelConfigs: secret,
    allowOverlappingBlocks: true,
    baseImage: 'registry.example/prometheus',
    disableCompaction: true,
    enableAdminAPI: true,
    exemplars: { maxSize: 1000 },
    prometheusRulesExcludedFromEnforce: [{ ruleNamespace: 'shop', ruleName: 'checkout' }],
    query: { maxConcurrency: 10 },
    queryLogFile: 'queries.log',
    remoteRead: [{ url: 'https://metrics.example/read' }],
    ruleQueryOffset: '30s',
    rules: { alert: { resendDelay: '2m' } },
    sha: 'abc',
    shardRetentionPolicy: { whenScaled: 'Delete' },
    tag: 'v3.13.1',
  },
  ours: listening,
} as const satisfies ServerTable<PrometheusProps, PrometheusSpec>;

testServerFields<PrometheusProps, PrometheusSpec>(table);

export function everyFieldIsReached(): void {
  type Missing = MissingIn<PrometheusSpec, typeof table>;
  const nothingIsMissing: readonly [Missing] extends readonly [never] ? true : Missing = true;
  void nothingIsMissing;
}
