import { Finding, FindingLocation, nearMiss } from '../../findings';
import { LabelMatcher, selectorsWithMatchers } from '../../promql';
import { labelMatchers } from './label-matchers';

/** Targets of an app or a job, and what it calls itself. */
export interface RuleTargets {
  readonly name: string;
  /** The labels of each of its endpoints. */
  readonly labels: () => readonly Readonly<Record<string, string>>[];
}

/**
 * Matchers of a rule that were meant for the targets of its app, and match none of them: a mistyped value, or the name of
 * the app where its targets carry another job. A rule may well be about others, so what is no near miss is left alone.
 *
 * @param others the jobs of all other targets of the stack
 */
export function matcherFindings(
  expression: string,
  own: readonly RuleTargets[],
  others: () => ReadonlySet<string>,
  where: FindingLocation,
): Finding[] {
  const targets = own.flatMap(({ labels }) => labels());
  if (targets.length === 0) return [];
  const names = own.map(({ name }) => name);
  const findings = selectorsWithMatchers(expression).flatMap((matchers) => {
    const equal = new Map(
      matchers.filter(({ operator }) => operator === '=').map(({ label, value }) => [label, value]),
    );
    const jobs = valuesOf('job', targets);
    const isOfApp = jobs?.has(equal.get('job') ?? '') === true;
    return matchers.flatMap((matcher) => {
      const { label, operator, value } = matcher;
      if (operator !== '=' || !(label === 'job' || (isOfApp && (label === 'namespace' || label === 'endpoint'))))
        return [];
      const known = valuesOf(label, targets);
      if (known === undefined || known.has(value)) return [];
      const isName = label === 'job' && names.includes(value);
      const near = mistyped(value, known);
      if ((!isName && near === undefined) || (label === 'job' && others().has(value))) return [];
      return [isName ? otherJob(value, targets, where) : mistypedMatcher(matcher, String(near), targets, where)];
    });
  });
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

/** The matchers for the labels that all of some targets share, as rules print them; `endpoint` tells them apart. */
export function sharedMatchers(targets: readonly Readonly<Record<string, string>>[]): string {
  const [first = {}, ...rest] = targets;
  const shared = Object.entries(first).filter(
    ([label, value]) => label !== 'endpoint' && rest.every((labels) => labels[label] === value),
  );
  return labelMatchers(Object.fromEntries(shared)).slice(1, -1);
}

/** The values of a label; undefined where that of a target is not known. */
function valuesOf(label: string, targets: readonly Readonly<Record<string, string>>[]): Set<string> | undefined {
  const values = targets.map((labels) => labels[label]);
  return values.every((value) => value !== undefined) ? new Set(values) : undefined;
}

/** One letter too many, too few or wrong, or two swapped. `shop-1` and `shop-2` are two names. */
function mistyped(value: string, known: ReadonlySet<string>): string | undefined {
  if (value.length < 4) return undefined;
  const lettersOf = (text: string) => [...text].sort().join('');
  const withoutDigits = (text: string) => text.replace(/[-_.]?\d+/g, '');
  const candidates = [...known].filter((each) => withoutDigits(each) !== withoutDigits(value));
  const swapped = candidates.filter((each) => lettersOf(each) === lettersOf(value));
  return nearMiss(value, candidates, 1) ?? nearMiss(value, swapped, 2);
}

function mistypedMatcher(
  { label, value }: LabelMatcher,
  near: string,
  targets: readonly Readonly<Record<string, string>>[],
  where: FindingLocation,
): Finding {
  return {
    code: 'rules/other-targets',
    severity: 'warning',
    where,
    message: `the expression asks for ${label}="${value}", which no target of the app has`,
    nearMiss: near,
    fix: `write ${label}="${near}": the matchers of the app are ${sharedMatchers(targets)}`,
  };
}

function otherJob(
  value: string,
  targets: readonly Readonly<Record<string, string>>[],
  where: FindingLocation,
): Finding {
  const jobs = [...new Set(targets.map(({ job }) => job))].map((job) => `job="${job}"`).join(' and ');
  return {
    code: 'rules/other-targets',
    severity: 'warning',
    where,
    message: `the expression asks for job="${value}", and the targets of the app have ${jobs}`,
    fix: `write ${sharedMatchers(targets)}, which matchers() of the app gives`,
  };
}
