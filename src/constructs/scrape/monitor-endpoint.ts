import { Size } from 'cdk8s';
import type { Endpoint, ServiceMonitorSpec } from '../../../imports/service-monitor';
import type { ByteSizeLike } from '../../platform';
import { durationText } from '../../promql';
import type { MetricsEndpoint } from './metrics-endpoint';
import { monitorFields, ServiceMonitorOptions } from './scrape-policy';

/** The label that pins `job` to the name of the app, whatever its Service is called. */
export const defaultJobLabel = 'app.kubernetes.io/name';

/** An endpoint of a ServiceMonitor. */
export function monitorEndpoint(endpoint: MetricsEndpoint, portName: string): Endpoint {
  const { interval, scrapeTimeout, targetPort, ...options } = endpoint.scrape.options;
  const endpointFields = Object.fromEntries(
    Object.entries(options).filter(([field]) => !(monitorFields as readonly string[]).includes(field)),
  );
  return {
    ...endpointFields,
    ...(targetPort === undefined
      ? { port: portName }
      : { targetPort: targetPort === 'name' ? portName : endpoint.port }),
    path: endpoint.path,
    ...(endpoint.scheme === 'https' ? { scheme: 'https' as const } : {}),
    ...(interval === undefined ? {} : { interval: durationText(interval) }),
    ...(scrapeTimeout === undefined ? {} : { scrapeTimeout: durationText(scrapeTimeout) }),
  };
}

/** The fields of a monitor that hold for all its endpoints. */
export function monitorSettings(options: ServiceMonitorOptions): Partial<ServiceMonitorSpec> {
  const { bodySizeLimit, nativeHistogramMinBucketFactor } = options;
  const settings = Object.fromEntries(
    monitorFields.filter((field) => options[field] !== undefined).map((field) => [field, options[field]]),
  );
  return {
    jobLabel: defaultJobLabel,
    ...settings,
    ...(bodySizeLimit === undefined ? {} : { bodySizeLimit: byteSizeText(bodySizeLimit) }),
    ...(nativeHistogramMinBucketFactor === undefined
      ? {}
      : { nativeHistogramMinBucketFactor: String(nativeHistogramMinBucketFactor) }),
  };
}

/** Endpoints whose settings are equal in this can share a monitor. */
export function monitorSettingsKey(options: ServiceMonitorOptions): string {
  return JSON.stringify(monitorFields.map((field) => textOf(options[field])));
}

/** The operator's spelling of a size: `10MiB`. */
export function byteSizeText(size: ByteSizeLike): string {
  if (!(size instanceof Size)) return String(size);
  const kibibytes = size.toKibibytes();
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}MiB` : `${kibibytes}KiB`;
}

function textOf(value: unknown): unknown {
  return value instanceof Size ? byteSizeText(value) : value;
}
