import type { PrometheusAgentSpec } from '../../../imports/prometheus-agent';
import { PrometheusAgent } from '../../../src/constructs';
import type { PrometheusAgentProps } from '../../../src/constructs';
import { listening, scrapingProps, scrapingSpec } from './server-examples';
import { MissingIn, ServerTable, testServerFields } from './server-fields';

type Props = Extract<PrometheusAgentProps, { readonly mode?: 'StatefulSet' }>;

const remoteWrite = [{ url: 'https://metrics.example/write' }] as const;

const table = {
  kind: 'PrometheusAgent',
  file: 'prometheus-agent',
  make: (chart, props) => void new PrometheusAgent(chart, 'edge', { namespaces: 'all', remoteWrite, ...props }),
  props: { ...scrapingProps, mode: [{ mode: 'StatefulSet' }, 'StatefulSet'] },
  spec: scrapingSpec,
  ours: listening,
} as const satisfies ServerTable<Props, PrometheusAgentSpec>;

testServerFields<Props, PrometheusAgentSpec>(table);

export function everyFieldIsReached(): void {
  type Missing = MissingIn<PrometheusAgentSpec, typeof table>;
  const nothingIsMissing: readonly [Missing] extends readonly [never] ? true : Missing = true;
  void nothingIsMissing;
}
