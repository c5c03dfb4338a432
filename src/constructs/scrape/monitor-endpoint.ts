import { Size } from 'cdk8s';
import type { PodMetricsEndpoint, PodMonitorSpec } from '../../../imports/pod-monitor';
import type { Endpoint, ServiceMonitorSpec } from '../../../imports/service-monitor';
import type { ByteSizeLike } from '../../platform';
import { durationText } from '../../promql';
import { monitorFields } from './layers';
import type { MetricsEndpoint } from './metrics-endpoint';
import type { PodMonitorOptions } from './pod-monitor-options';
import type { ScrapeMechanism, ServiceMonitorOptions } from './scrape-policy';

/** The label that pins `job` to the name of the app, whatever its Service is called. */
export const defaultJobLabel = 'app.kubernetes.io/name';

/** The settings of a scrape that goes through a ServiceMonitor: its own, or those of a federated Prometheus. */
export function serviceMonitorOptions({ kind, options }: ScrapeMechanism): ServiceMonitorOptions {
  if (kind !== 'federate') return options as ServiceMonitorOptions;
  const { match, path, targets, scheme, ...settings } = options;
  return { honorLabels: true, ...settings, params: { ...settings.params, 'match[]': match } };
}

/** An endpoint of a ServiceMonitor. */
export function monitorEndpoint(endpoint: MetricsEndpoint, portName: string): Endpoint {
  const { targetPort, ...options } = serviceMonitorOptions(endpoint.scrape);
  return {
    ...endpointFields(options),
    ...(targetPort === undefined
      ? { port: portName }
      : { targetPort: targetPort === 'name' ? portName : endpoint.port }),
    ...address(endpoint, options),
  };
}

/** Labels that a PodMonitor does not set as a ServiceMonitor would: each is set to what it is there. */
export interface PinnedLabels {
  readonly job?: string;
  readonly endpoint?: string;
}

/** An endpoint of a PodMonitor. */
export function podMonitorEndpoint(
  endpoint: MetricsEndpoint,
  options: PodMonitorOptions,
  portName: string,
  pinned: PinnedLabels,
): PodMetricsEndpoint {
  const { port, relabelings, ...others } = options;
  const pins = Object.entries(pinned)
    .filter(([, value]) => value !== undefined)
    .map(([targetLabel, replacement]: [string, string]) => ({ targetLabel, replacement }));
  const rules =
    Array.isArray(relabelings) || relabelings === undefined ? [...pins, ...(relabelings ?? [])] : relabelings;
  return {
    ...endpointFields(others),
    ...(port === 'number' ? { portNumber: endpoint.port } : { port: portName }),
    ...(relabelings === undefined && pins.length === 0 ? {} : { relabelings: rules }),
    ...address(endpoint, others),
  };
}

/** The fields of a ServiceMonitor that hold for all its endpoints. */
export function monitorSettings(options: ServiceMonitorOptions): Partial<ServiceMonitorSpec> {
  return { jobLabel: defaultJobLabel, ...commonSettings(options) };
}

/** The fields of a PodMonitor that hold for all its endpoints. */
export function podMonitorSettings(options: PodMonitorOptions): Partial<PodMonitorSpec> {
  return commonSettings(options);
}

/** Endpoints whose settings are equal in this can share a monitor. */
export function monitorSettingsKey(mechanism: ScrapeMechanism): string {
  const options = serviceMonitorOptions(mechanism);
  return JSON.stringify(monitorFields.map((field) => textOf(options[field])));
}

/** The operator's spelling of a size: `10MiB`. */
export function byteSizeText(size: ByteSizeLike): string {
  if (!(size instanceof Size)) return String(size);
  const kibibytes = size.toKibibytes();
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}MiB` : `${kibibytes}KiB`;
}

function endpointFields(options: object): object {
  return Object.fromEntries(
    Object.entries(options).filter(([field]) => !(monitorFields as readonly string[]).includes(field)),
  );
}

function address(
  { path, scheme }: MetricsEndpoint,
  { interval, scrapeTimeout }: ServiceMonitorOptions,
): Pick<Endpoint, 'path' | 'scheme' | 'interval' | 'scrapeTimeout'> {
  return {
    path,
    ...(scheme === 'https' ? { scheme: 'https' as const } : {}),
    ...(interval === undefined ? {} : { interval: durationText(interval) }),
    ...(scrapeTimeout === undefined ? {} : { scrapeTimeout: durationText(scrapeTimeout) }),
  };
}

function commonSettings(options: ServiceMonitorOptions): Partial<ServiceMonitorSpec> {
  const { bodySizeLimit, nativeHistogramMinBucketFactor } = options;
  const settings = Object.fromEntries(
    monitorFields.filter((field) => options[field] !== undefined).map((field) => [field, options[field]]),
  );
  return {
    ...settings,
    ...(bodySizeLimit === undefined ? {} : { bodySizeLimit: byteSizeText(bodySizeLimit) }),
    ...(nativeHistogramMinBucketFactor === undefined
      ? {}
      : { nativeHistogramMinBucketFactor: String(nativeHistogramMinBucketFactor) }),
  };
}

function textOf(value: unknown): unknown {
  return value instanceof Size ? byteSizeText(value) : value;
}
