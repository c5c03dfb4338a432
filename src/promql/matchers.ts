import { syntaxNodes } from './syntax';

/** A comparison of a label in a selector: `job="checkout"`. */
export interface LabelMatcher {
  readonly label: string;
  readonly operator: string;
  /** The text between the quotes, its escapes as they stand. */
  readonly value: string;
}

/** The matchers of every selector of an expression that has any, selector by selector, in the order in which they stand. */
export function selectorsWithMatchers(expression: string): LabelMatcher[][] {
  const selectors: LabelMatcher[][] = [];
  let label = '';
  let operator = '';
  for (const { name, start, end } of syntaxNodes(expression)) {
    const text = expression.slice(start, end);
    if (name === 'LabelMatchers') selectors.push([]);
    if (name === 'UnquotedLabelMatcher' || name === 'QuotedLabelMatcher') label = operator = '';
    if (name === 'LabelName') label = text;
    // the grammar shows the name of a quoted label as text, before its operator
    if (name === 'QuotedLabelName') label = text.slice(1, -1);
    if (name === 'MatchOp') operator = text;
    if (name === 'StringLiteral' && operator !== '') {
      selectors.at(-1)?.push({ label, operator, value: text.slice(1, -1) });
      operator = '';
    }
  }
  return selectors;
}
