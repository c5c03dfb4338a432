import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PodMonitorSpec } from '../../../imports/pod-monitor';
import type { Platform } from '../../platform';
import { generateObject, ObjectOptions } from '../objects';
import type { MetricsEndpoint } from './metrics-endpoint';
import { defaultJobLabel, podMonitorEndpoint, podMonitorSettings } from './monitor-endpoint';
import type { PodMonitorOptions } from './pod-monitor-options';

export interface PodMonitorProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  readonly podSelector: () => Readonly<Record<string, string>>;
  readonly podLabels: () => Readonly<Record<string, string>>;
  /** What `job` shall be, where no label of the pods is to give it. */
  readonly job: () => string;
  readonly settings: PodMonitorOptions;
  /** The endpoints, each with the name of its container port. */
  readonly endpoints: () => readonly { readonly endpoint: MetricsEndpoint; readonly portName: string }[];
}

/** A PodMonitor that selects the pods of one workload, and carries the labels by which the platform selects monitors. */
export function podMonitor(scope: Construct, id: string, props: PodMonitorProps): ApiObject {
  const { name, namespace, labels, options, platform } = props;
  return generateObject(scope, id, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    name,
    namespace,
    labels: { ...labels, ...platform.labelsToBeSelected('podMonitorSelector') },
    options,
    content: () => ({ spec: specOf(props) }),
  });
}

/**
 * Without a jobLabel the operator sets `job` to the name of the PodMonitor; with a numbered port it sets no `endpoint`.
 * Source: prometheus-operator, pkg/prometheus/promcfg.go, `generatePodMonitorConfig`.
 */
function specOf({ podSelector, podLabels, job, settings, endpoints }: PodMonitorProps): PodMonitorSpec {
  const podsNameIt = podLabels()[defaultJobLabel] === job();
  const pinnedJob = settings.jobLabel === undefined && !podsNameIt ? job() : undefined;
  return {
    ...(podsNameIt ? { jobLabel: defaultJobLabel } : {}),
    ...podMonitorSettings(settings),
    selector: { matchLabels: { ...podSelector() } },
    podMetricsEndpoints: endpoints().map(({ endpoint, portName }) => {
      const options = endpoint.scrape.options as PodMonitorOptions;
      const pinnedEndpoint = options.port === 'number' ? portName : undefined;
      return podMonitorEndpoint(endpoint, options, portName, { job: pinnedJob, endpoint: pinnedEndpoint });
    }),
  };
}
