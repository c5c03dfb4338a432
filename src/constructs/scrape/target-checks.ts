import type { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import { isOlder } from './version-checks';

/** Collects findings of the family `scrape` at one place. */
export function reporter(where: FindingLocation) {
  const findings: Finding[] = [];
  const report = (
    code: `scrape/${string}`,
    message: string,
    fix: string,
    severity: Finding['severity'] = 'error',
  ): void => void findings.push({ code, severity, where, message, fix });
  return { findings, report };
}

export type ScrapeReport = ReturnType<typeof reporter>['report'];

/** What is wrong with addresses that are written down, whatever is done with them. */
export function checkAddresses(
  place: string,
  addresses: readonly string[],
  report: ScrapeReport,
  ofTwins: Finding['severity'] = 'error',
): void {
  if (addresses.length === 0) report('scrape/no-targets', `${place} is empty`, 'name at least one target');
  addresses.forEach((address, index) => {
    if (address.trim() === '') report('scrape/target', `${place}[${index}] is empty`, 'give an address, or remove it');
    else if (addresses.indexOf(address) < index) {
      report('scrape/duplicate-target', `${place} names '${address}' twice`, 'name it once', ofTwins);
    }
  });
}

/**
 * Labels of targets that are written down. Source of the names: prometheus-operator, pkg/prometheus/resource_selector.go,
 * `validateStaticConfigLabels`.
 */
export function checkTargetLabels(
  place: string,
  labels: Readonly<Record<string, string>> | undefined,
  platform: Platform,
  report: ScrapeReport,
): void {
  const version = platform.prometheusServers[0]?.version;
  const plainNames = version !== undefined && isOlder(version, '3.0');
  for (const name of Object.keys(labels ?? {})) {
    if (name === '' || (plainNames && !/^[a-zA-Z_]\w*$/.test(name))) {
      const until = plainNames ? ' before Prometheus 3' : '';
      report('scrape/target-label', `${place}: '${name}' cannot name a label${until}`, 'use letters, digits and _');
    }
  }
  if (labels?.job === undefined) return;
  report(
    'scrape/target-label',
    `${place}.job has no effect: the label job is that of the scrape job`,
    `give it as job of the ScrapeJob: '${labels.job}'`,
  );
}
