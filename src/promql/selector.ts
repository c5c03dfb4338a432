import { LabelMatcher, selectorsWithMatchers } from './matchers';
import { matchesRegularExpression } from './regular-expression';
import { syntaxNodes, syntaxProblem } from './syntax';

/**
 * Why a text is no plain selector such as `up{job="a"}`, as `match[]` of Prometheus' API wants it. A selector whose
 * matchers all take the empty text is refused by Prometheus: it would select every series. One that asks for nothing but
 * a name does select them, and is refused by us.
 * Source: prometheus, promql/parser/parse.go, `ParseMetricSelector` and `checkAST`.
 */
export function selectorProblem(text: string): string | undefined {
  const problem = syntaxProblem(text);
  if (problem !== undefined) return problem.message;
  const nodes = syntaxNodes(text);
  if (nodes[1]?.name !== 'VectorSelector' || nodes[1].end - nodes[1].start < text.trim().length) {
    return 'this is an expression, not a plain selector';
  }
  const named = nodes.some(({ name }, index) => {
    return name === 'Identifier' || (name === 'QuotedLabelName' && nodes[index - 1]?.name !== 'QuotedLabelMatcher');
  });
  return named || selectorsWithMatchers(text).flat().some(isSelective) ? undefined : 'this would select every series';
}

function isSelective({ label, operator, value }: LabelMatcher): boolean {
  if (label === '__name__' && matchesEveryName(operator, value)) return false;
  switch (operator) {
    case '=':
      return value !== '';
    case '!=':
      return value === '';
    case '=~':
      return !matchesRegularExpression(value, '');
    default:
      return matchesRegularExpression(value, '');
  }
}

/** Every series has a name. */
function matchesEveryName(operator: string, value: string): boolean {
  return operator === '!=' ? value === '' : operator === '=~' && /^\(?(\?:)?\.[+*]\)?$/.test(value);
}
