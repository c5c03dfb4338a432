/** Address of an alert's page below the base address of runbooks; undefined where there is none. */
export function runbookUrl(base: string | undefined, alert: string): string | undefined {
  return base === undefined ? undefined : `${base.replace(/\/$/, '')}/${encodeURIComponent(alert)}`;
}
