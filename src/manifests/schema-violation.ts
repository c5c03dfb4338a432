export type SchemaFault =
  'unknown-field' | 'missing-field' | 'wrong-type' | 'not-in-enum' | 'pattern' | 'out-of-range' | 'duplicate';

/** One place of an object that its schema does not allow. */
export interface SchemaViolation {
  readonly fault: SchemaFault;
  /** From the root of the object: `spec.endpoints[0].interval`, `metadata.labels["app.kubernetes.io/name"]`. */
  readonly path: string;
  /** What is there and what is wrong with it. Lower case, no trailing period. */
  readonly message: string;
  /** What would be right: `a string`, `one of 'http', 'https'`. */
  readonly expected: string;
  /** The field or value that was probably meant: `interval`, `matchLabels`, `'30s'`; a path if it belongs elsewhere. */
  readonly nearMiss?: string;
}
