import type { AlertmanagerSpec } from '../../../imports/alertmanager';
import { Alertmanager } from '../../../src/constructs';
import type { AlertmanagerProps } from '../../../src/constructs';
import { secret } from './examples';
import { clusterPodSpec, listening, podProps, podSpec } from './server-examples';
import { MissingIn, ServerTable, testServerFields } from './server-fields';

const selector = { matchLabels: { role: 'routes' } };
const configuration = { name: 'root', global: { resolveTimeout: '5m' }, templates: [{ secret }] };

const table = {
  kind: 'Alertmanager',
  file: 'alertmanager',
  make: (chart, props) => void new Alertmanager(chart, 'main', props),
  props: {
    ...podProps,
    alertmanagerConfigMatcherStrategy: [{ alertmanagerConfigMatcherStrategy: 'None' }, { type: 'None' }],
    alertmanagerConfigNamespaceSelector: [{ alertmanagerConfigNamespaceSelector: selector }, selector],
    alertmanagerConfigSelector: [{ alertmanagerConfigSelector: selector }, selector],
    alertmanagerConfiguration: [{ alertmanagerConfiguration: configuration }, configuration],
    configSecret: [{ configSecret: 'routes' }, 'routes'],
    externalUrl: [{ externalUrl: 'https://alerts.example' }, 'https://alerts.example'],
    retention: [{ retention: '240h' }, '240h'],
  },
  spec: {
    ...podSpec,
    ...clusterPodSpec,
    additionalPeers: ['alertmanager-0.other:9094'],
    baseImage: 'registry.example/alertmanager',
    clusterAdvertiseAddress: '10.0.0.1:9094',
    clusterGossipInterval: '1s',
    clusterLabel: 'main',
    clusterPeerTimeout: '15s',
    clusterPushpullInterval: '1m',
    clusterTLS: { client: { serverName: 'alertmanager' }, server: { cert: { secret }, keySecret: secret } },
    enableFeatures: ['utf8-strict-mode'],
    forceEnableClusterMode: true,
    limits: { maxSilences: 100 },
    sha: 'abc',
    tag: 'v0.30.0',
    web: { timeout: 30 },
  },
  ours: listening,
} as const satisfies ServerTable<AlertmanagerProps, AlertmanagerSpec>;

testServerFields<AlertmanagerProps, AlertmanagerSpec>(table);

export function everyFieldIsReached(): void {
  type Missing = MissingIn<AlertmanagerSpec, typeof table>;
  const nothingIsMissing: readonly [Missing] extends readonly [never] ? true : Missing = true;
  void nothingIsMissing;
}
