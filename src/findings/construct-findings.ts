import { IConstruct } from 'constructs';
import { Finding } from './finding';
import { renderFindings } from './render-text';

/** Looks at a construct once its whole stack has been composed, and says what it finds. Must not change anything. */
export type Check = () => readonly Finding[];

const checksOf = new WeakMap<IConstruct, Check[]>();
const rootsThatReport = new WeakSet<IConstruct>();
let remembered: Map<IConstruct, readonly Finding[]> | undefined;

/**
 * Adds a check to a construct. `MonitoringApp` shows what it finds; in a plain cdk8s `App` its errors fail the synth
 * through the validation that every construct has, and warnings stay with {@link findingsOf}.
 */
export function addCheck(construct: IConstruct, check: Check): void {
  const checks = checksOf.get(construct);
  if (checks) {
    checks.push(check);
    return;
  }
  checksOf.set(construct, [check]);
  construct.node.addValidation({
    validate: () => {
      if (rootsThatReport.has(construct.node.root)) return [];
      const errors = findingsAt(construct).filter((finding) => finding.severity === 'error');
      return errors.length === 0 ? [] : [`\n${renderFindings(errors)}`];
    },
  });
}

/** Adds a finding that is already certain, typically in a constructor: it is shown with all others at synth. */
export function addFinding(construct: IConstruct, finding: Finding): void {
  addCheck(construct, () => [finding]);
}

/** All findings of a construct and everything below it, in the order of the construct tree. */
export function findingsOf(scope: IConstruct): Finding[] {
  return scope.node.findAll().flatMap(findingsAt);
}

/**
 * Runs `work` while the errors of our own checks are left out of construct validation, for a root that collects them by
 * {@link findingsOf} and so can show them as data.
 */
export function whileReporting<T>(root: IConstruct, work: () => T): T {
  rootsThatReport.add(root);
  try {
    return work();
  } finally {
    rootsThatReport.delete(root);
  }
}

/**
 * Runs `work`, in which nothing of a stack changes: every check runs once at most. A plain `App` validates all of its
 * constructs again for each chart.
 */
export function whileUnchanged<T>(work: () => T): T {
  if (remembered) return work();
  remembered = new Map();
  try {
    return work();
  } finally {
    remembered = undefined;
  }
}

function findingsAt(construct: IConstruct): readonly Finding[] {
  const known = remembered?.get(construct);
  if (known) return known;
  const findings = (checksOf.get(construct) ?? []).flatMap((check) => check());
  remembered?.set(construct, findings);
  return findings;
}
