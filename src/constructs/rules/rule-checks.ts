import { Finding, FindingLocation } from '../../findings';
import {
  durationProblem,
  DurationLike,
  selectedMetrics,
  selectorsWithMatchers,
  syntaxProblem,
  templateProblem,
} from '../../promql';

type RuleFinding = Pick<Finding, 'code' | 'message' | 'fix'>;

/** What is wrong with an expression. */
export function expressionFindings(expression: unknown, where: FindingLocation, what: string): Finding[] {
  if (typeof expression !== 'string') {
    return [
      error(where, { code: 'promql/syntax', message: `${what} has no expression`, fix: 'give expr, as a string' }),
    ];
  }
  const missing = missingValueIn(expression);
  if (missing !== undefined) {
    return [
      error(where, {
        code: 'rules/undefined-value',
        message: `${what}: ${missing} in the expression: ${expression}`,
        fix: missingValueFix,
      }),
    ];
  }
  const problem = syntaxProblem(expression);
  if (problem === undefined) return [];
  return [
    error(where, {
      code: 'promql/syntax',
      message: `${what}: ${problem.message}\n  ${excerpt(expression, problem.start)}`,
      fix: 'mend the expression; prometheus.io/docs/prometheus/latest/querying/basics describes the language',
    }),
  ];
}

/** What is wrong with a duration of a rule. */
export function durationFindings(name: string, duration: DurationLike | undefined, where: FindingLocation): Finding[] {
  const problem = duration === undefined ? undefined : durationProblem(duration);
  if (!problem) return [];
  return [error(where, { code: 'rules/duration', message: `${name}: ${problem.message}`, fix: problem.fix })];
}

/**
 * What is wrong with labels or annotations of a rule: names must be plain Prometheus label names, `__name__` may not be set.
 * The values of an alert are templates, those of a recording rule stand as they are.
 */
export function labelFindings(
  kind: 'label' | 'annotation',
  labels: Readonly<Record<string, string>> | undefined,
  where: FindingLocation,
  values: 'templates' | 'plain' = 'templates',
): Finding[] {
  if (labels !== undefined && (typeof labels !== 'object' || labels === null || Array.isArray(labels))) {
    const message = `the ${kind}s are ${JSON.stringify(labels)}, not a map`;
    return [error(where, { code: `rules/${kind}`, message, fix: `give names and texts, such as { area: 'shop' }` })];
  }
  return Object.entries(labels ?? {}).flatMap(([name, value]): Finding[] => {
    const finding = (message: string, fix: string): Finding[] => [
      error(where, { code: `rules/${kind}`, message, fix }),
    ];
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name === '__name__') {
      return finding(
        `'${name}' cannot name a ${kind} of a rule`,
        `use letters, digits and _, such as '${name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(\d|__name__|$)/, '_$1')}'`,
      );
    }
    if (typeof value !== 'string') {
      const text: unknown = value;
      const isPlain = typeof text === 'number' || typeof text === 'boolean';
      const fix = isPlain ? `put it in quotes: '${text}'` : `give a text, or leave out the ${kind}`;
      return finding(`the ${kind} '${name}' is ${JSON.stringify(text)}, no string`, fix);
    }
    if (isMissingValue(value)) {
      const message = `the ${kind} '${name}' is the text '${value}'`;
      return [error(where, { code: 'rules/undefined-value', message, fix: missingValueFix })];
    }
    const problem = values === 'templates' ? templateProblem(value) : undefined;
    return problem === undefined
      ? []
      : finding(`the ${kind} '${name}': ${problem}`, 'mend the template; text in {{ }} is evaluated');
  });
}

const missingValueFix = 'give the value that the program puts there: a template literal writes what is missing as text';

/**
 * What JavaScript makes of a missing value in a template literal. A selector of that name is valid PromQL, and selects
 * nothing; so is a matcher. `NaN` is a number of PromQL.
 */
function missingValueIn(expression: string): string | undefined {
  if (expression.includes('[object Object]')) return 'an object stands as [object Object]';
  if (!/\b(undefined|null)\b/.test(expression)) return undefined;
  const name = selectedMetrics(expression).find((metric) => metric === 'undefined' || metric === 'null');
  if (name !== undefined) return `${name} stands as a metric`;
  // other labels, such as those of an app in JavaScript, may well have such a value
  const matcher = selectorsWithMatchers(expression)
    .flat()
    .find(({ label, value }) => value === 'undefined' && ['namespace', 'job', 'endpoint'].includes(label));
  return matcher && `${matcher.label}${matcher.operator}"undefined" stands`;
}

/** A text that is nothing but a missing value, or that holds an object. */
function isMissingValue(text: string): boolean {
  return text.trim() === 'undefined' || text.includes('[object Object]');
}

/** Why a name can name no series, and one that can. */
export function seriesNameProblem(name: string): Pick<Finding, 'message' | 'fix'> | undefined {
  if (/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) return undefined;
  const usable = name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(\d|$)/, '_$1');
  return { message: `'${name}' cannot name a series`, fix: `use letters, digits, _ and :, such as '${usable}'` };
}

function excerpt(expression: string, start: number): string {
  const from = Math.max(0, start - 40);
  const line = expression.slice(from, start + 40).replace(/\s/g, ' ');
  return `${line}\n  ${' '.repeat(start - from)}^`;
}

function error(where: FindingLocation, finding: RuleFinding): Finding {
  return { severity: 'error', where, ...finding };
}
