import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServiceMonitorSpec } from '../../../imports/service-monitor';
import type { Platform } from '../../platform';
import { generateObject, ObjectOptions } from '../objects';
import type { MetricsEndpoint } from './metrics-endpoint';
import { monitorEndpoint, monitorSettings } from './monitor-endpoint';
import type { ServiceMonitorOptions } from './scrape-policy';

export interface ServiceMonitorProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  /** The labels that tell the Service through which pods are found from others. */
  readonly selector: () => Readonly<Record<string, string>>;
  readonly settings: ServiceMonitorOptions;
  /** The endpoints, each with the name of its Service port. */
  readonly endpoints: () => readonly { readonly endpoint: MetricsEndpoint; readonly portName: string }[];
}

/** A ServiceMonitor that selects exactly one Service, and carries the labels by which the platform selects monitors. */
export function serviceMonitor(scope: Construct, id: string, props: ServiceMonitorProps): ApiObject {
  const { name, namespace, labels, options, platform } = props;
  return generateObject(scope, id, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    name,
    namespace,
    labels: { ...labels, ...platform.labelsToBeSelected('serviceMonitorSelector') },
    options,
    content: () => ({ spec: specOf(props) }),
  });
}

function specOf({ selector, settings, endpoints }: ServiceMonitorProps): ServiceMonitorSpec {
  return {
    ...monitorSettings(settings),
    selector: { matchLabels: { ...selector() } },
    endpoints: endpoints().map(({ endpoint, portName }) => monitorEndpoint(endpoint, portName)),
  };
}
