/** How sure and how bad: `error` is certain and stops a synth, `warning` is probable, `info` says what could not be known. */
export type Severity = 'error' | 'warning' | 'info';

/** A Kubernetes object, named as `kubectl` names it. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Where the cause stands: a construct of the stack, or a line of a file. */
export type FindingLocation = { readonly construct: string } | { readonly file: string; readonly line?: number };

/**
 * What a check has to say, as data. Rendering is a separate step, so that the same finding can become text, JSON or an
 * annotation in a code review.
 */
export interface Finding {
  /** `family/fault`: stable, so that it can be acknowledged and looked up. */
  readonly code: `${string}/${string}`;
  readonly severity: Severity;
  /** The object that is at fault, where there is one already. */
  readonly object?: ObjectReference;
  /** Objects that have a part in it. */
  readonly related?: readonly ObjectReference[];
  readonly where: FindingLocation;
  /** What was given and what was expected. Lower case, no trailing period. */
  readonly message: string;
  /** What almost fits: the name that differs in a letter, the label that is on the other object. */
  readonly nearMiss?: string;
  /** What to change. */
  readonly fix: string;
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Errors first; within a severity by place, then by code: an order that does not depend on the order of construction. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const key = (finding: Finding) => `${placeOf(finding)}\u0000${finding.code}\u0000${finding.message}`;
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity] || compareText(key(a), key(b)));
}

/** The place as one word: `shop/checkout` or `dist/shop.k8s.yaml:41`. */
export function placeOf(finding: Finding): string {
  const { where } = finding;
  if ('construct' in where) return where.construct;
  return where.line === undefined ? where.file : `${where.file}:${where.line}`;
}

/** Order by code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
