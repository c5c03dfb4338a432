import type { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import { isOlder } from '../scrape/version-checks';

/**
 * The version of Prometheus from which the operator writes a field of a rule or group: with an older one it is left out.
 * Source: prometheus-operator, pkg/operator/rules.go (`sanitizePrometheusRulesSpec`).
 */
const since = { keepFiringFor: '2.42', limit: '2.31', queryOffset: '2.53', labels: '3.0' };

/** Fields that the platform's Prometheus is too old for. */
export function ruleVersionFindings(
  given: { readonly [F in keyof typeof since]?: unknown },
  place: '' | 'group.',
  platform: Platform,
  where: FindingLocation,
): Finding[] {
  const version = platform.prometheusServers[0]?.version;
  if (version === undefined) return [];
  return Object.entries(since)
    .filter(([field, first]) => given[field as keyof typeof since] !== undefined && isOlder(version, first))
    .map(([field, first]) => ({
      code: 'rules/prometheus-version',
      severity: 'warning',
      where,
      message: `${place}${field} needs Prometheus ${first}, the platform has ${version}: the operator leaves it out`,
      fix: `remove ${place}${field}, or raise the platform's Prometheus`,
    }));
}
