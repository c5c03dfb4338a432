import { Finding, placeOf, sortFindings } from './finding';

/**
 * Findings for a person at a terminal or in a CI log, errors first:
 *
 * ```
 * warning  workload/latest-tag  shop/checkout
 *   the image 'registry.example/checkout:latest' has no fixed version
 *   fix: name a version or a digest
 * ```
 */
export function renderFindings(findings: readonly Finding[]): string {
  return sortFindings(findings).map(renderFinding).join('\n');
}

function renderFinding(finding: Finding): string {
  const lines = [`${finding.severity.padEnd(7)}  ${finding.code}  ${placeOf(finding)}`, `  ${finding.message}`];
  if (finding.nearMiss !== undefined) lines.push(`  near miss: ${finding.nearMiss}`);
  lines.push(`  fix: ${finding.fix}`);
  return lines.join('\n');
}

/** `1 error, 2 warnings`; errors and warnings are always named, infos only where there are any. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const parts = [plural(count('error'), 'error'), plural(count('warning'), 'warning')];
  if (count('info') > 0) parts.push(plural(count('info'), 'info'));
  return parts.join(', ');
}

/** `1 alert`, `2 alerts`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
