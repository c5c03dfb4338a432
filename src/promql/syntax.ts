import type { LRParser } from '@lezer/lr';

/** A place in an expression that the grammar of PromQL cannot read; positions count UTF-16 units from 0. */
export interface SyntaxProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The first place that the official PromQL grammar cannot read; undefined when it reads all of the expression. What it finds
 * after that place follows from it more often than not.
 */
export function syntaxProblem(expression: string): SyntaxProblem | undefined {
  if (expression.trim() === '') return { message: 'the expression is empty', start: 0, end: expression.length };
  // Prometheus 3.15 knows these two, the published grammar does not: better silent than wrong.
  if (/\b(max_of|min_of)\s*\(/.test(expression)) return undefined;
  const nodes = syntaxNodes(expression);
  const first = nodes.find((node) => node.isError || isOpenText(node, expression));
  if (first === undefined) return undefined;
  // The parser gives up after 300 operators in a row, right or wrong: better silent than wrong here as well.
  if (nodes.filter(({ name }) => name === 'BinaryExpr').length > 250) return undefined;
  const { start, end } = first;
  const found = expression.slice(start, Math.max(end, start + 1)).trim();
  const message = found === '' ? 'the expression ends too early' : `unexpected '${found}' at character ${start + 1}`;
  return { message, start, end };
}

/** The metric names that an expression selects by name, each once, in the order in which they stand. */
export function selectedMetrics(expression: string): string[] {
  const names = syntaxNodes(expression).filter((node) => node.name === 'Identifier');
  return [...new Set(names.map(({ start, end }) => expression.slice(start, end)))];
}

/** The grammar takes a text without its closing quote at the end of an expression for a whole one. */
function isOpenText({ name, start, end }: SyntaxNode, expression: string): boolean {
  if (name !== 'StringLiteral') return false;
  return end - start < 2 || expression[end - 1] !== expression[start];
}

export interface SyntaxNode {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly isError: boolean;
}

/** Every node of an expression, in the order in which they begin. */
export function syntaxNodes(expression: string): SyntaxNode[] {
  // The grammar takes 12 ms to load: only a stack with an expression of its own pays for it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parser } = require('@prometheus-io/lezer-promql') as { parser: LRParser };
  const nodes: SyntaxNode[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, from, to, type }) => void nodes.push({ name, start: from, end: to, isError: type.isError }),
  });
  return nodes;
}
