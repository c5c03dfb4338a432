import type { RE2JS } from 're2js';

const problems = new Map<string, string | undefined>();

/**
 * Why Prometheus would refuse a regular expression, or undefined when it takes it. Prometheus compiles with RE2 (Go's
 * `regexp`), which has no lookaround and no backreferences, and anchors relabeling rules as `^(?s:…)$`.
 * Source: prometheus/prometheus, model/relabel/relabel.go, `NewRegexp`.
 */
export function regularExpressionProblem(pattern: string): string | undefined {
  if (/^[\w\s/;:,-]*$/.test(pattern)) return undefined; // plain text: no need to load the engine
  if (!problems.has(pattern)) problems.set(pattern, compile(pattern));
  return problems.get(pattern);
}

/** Does a whole text match, as Prometheus anchors it? A pattern that Prometheus would refuse matches nothing. */
export function matchesRegularExpression(pattern: string, text: string): boolean {
  return regularExpressionProblem(pattern) === undefined && engine().compile(`^(?s:${pattern})$`).matches(text);
}

/** Loaded when the first pattern with an operator is met: most stacks have none. */
function engine(): typeof RE2JS {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
}

function compile(pattern: string): string | undefined {
  try {
    engine().compile(`^(?s:${pattern})$`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
