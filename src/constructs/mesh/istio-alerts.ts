import type { Construct } from 'constructs';
import { Platform } from '../../platform';
import { addChosenAlerts, AlertToChoose, DefaultAlertOptions } from '../rules/default-alerts';
import type { RuleSet } from '../rules/rule-set';

/** The alerts that come with `IstioMonitors`, by name: `false` switches one off, options change it. */
export interface IstioAlerts {
  /** No istiod is scraped: sidecars get no configuration and no certificates. @default - after 5 minutes, critical */
  readonly istiodAbsent?: false | DefaultAlertOptions;
  /** Proxies reject what istiod sends them, and keep what they had. @default - after 10 minutes, warning */
  readonly configurationRejected?: false | DefaultAlertOptions;
  /** The root certificate of the mesh ends within 30 days. @default - after an hour, critical */
  readonly rootCertificateExpires?: false | DefaultAlertOptions;
  /** More than a tenth of the proxies cannot be scraped. @default - after 15 minutes, warning */
  readonly proxiesDown?: false | DefaultAlertOptions;
}

export interface MonitoredParts {
  readonly istioNamespace: string;
  readonly istiod: boolean;
  /** Sidecars or gateways. */
  readonly proxies: boolean;
}

type IstioAlert = AlertToChoose & { readonly of: keyof Omit<MonitoredParts, 'istioNamespace'> };

/** Metrics as istiod and Envoy export them. Source: istio.io, "pilot-discovery" (exported metrics). */
function alertsOf(istioNamespace: string): Record<keyof IstioAlerts, IstioAlert> {
  const istiod = `namespace=${JSON.stringify(istioNamespace)}, job="istiod"`;
  return {
    istiodAbsent: {
      of: 'istiod',
      name: 'IstiodAbsent',
      expr: () => `absent(up{${istiod}} == 1)`,
      for: '5m',
      severity: 'critical',
      summary: 'Prometheus reaches no istiod',
      description: 'Sidecars keep the configuration that they have, and their certificates run out within a day.',
    },
    configurationRejected: {
      of: 'istiod',
      name: 'IstioConfigurationRejected',
      expr: () => `sum by (type) (increase(pilot_total_xds_rejects{${istiod}}[10m])) > 0`,
      for: '10m',
      severity: 'warning',
      summary: 'Proxies reject configuration of istiod',
      description: 'Proxies reject {{ $labels.type }} and keep what they had: istioctl proxy-status names them.',
    },
    rootCertificateExpires: {
      of: 'istiod',
      name: 'IstioRootCertificateExpires',
      expr: () => `min(citadel_server_root_cert_expiry_timestamp{${istiod}}) - time() < 30 * 24 * 3600`,
      for: '1h',
      severity: 'critical',
      summary: 'The root certificate of the mesh ends within 30 days',
      description: 'It ends in {{ $value | humanizeDuration }}; no certificate of a workload outlives it.',
    },
    proxiesDown: {
      of: 'proxies',
      name: 'IstioProxiesDown',
      expr: () =>
        'count by (namespace) (up{job="envoy-stats"} == 0) / count by (namespace) (up{job="envoy-stats"}) > 0.1',
      for: '15m',
      severity: 'warning',
      summary: 'Proxies of a namespace cannot be scraped',
      description:
        'Prometheus reaches not {{ $value | humanizePercentage }} of the proxies in {{ $labels.namespace }}.',
    },
  };
}

/** Adds the alerts on Istio itself. */
export function addIstioAlerts(
  owner: Construct,
  rules: RuleSet,
  chosen: boolean | IstioAlerts | undefined,
  parts: MonitoredParts,
): void {
  const alerts = Object.entries(alertsOf(parts.istioNamespace)).map(
    ([kind, { of, ...alert }]) => [kind as keyof IstioAlerts, parts[of] ? alert : undefined] as const,
  );
  const subject = { declaredBy: owner, what: 'Istio', matchers: () => ({ job: 'istiod' }) };
  addChosenAlerts(rules, subject, alerts, chosen === true ? undefined : chosen, Platform.of(owner));
}
