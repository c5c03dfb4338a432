export * from './duration';
export * from './matchers';
export * from './regular-expression';
export { selectorProblem } from './selector';
export { selectedMetrics, type SyntaxProblem, syntaxProblem } from './syntax';
export * from './template';
