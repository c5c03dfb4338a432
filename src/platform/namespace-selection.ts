import type { LabelSelector } from './platform-props';

/** Why a label selector does not take a namespace, and how sure that is. */
export interface NamespaceMismatch {
  readonly isCertain: boolean;
  /** What the selector asks for: `kubernetes.io/metadata.name in (shop, web)`. */
  readonly asked: string;
  /** Values that would be taken. */
  readonly values: readonly string[];
}

/** Kubernetes sets it on every namespace. Source: kubernetes.io, "Namespaces", automatic labelling. */
const nameLabel = 'kubernetes.io/metadata.name';

/**
 * The first requirement of a selector that a namespace does not meet. Its name is certain; a label that it is said to have, too;
 * that it lacks one beside those is probable; of a namespace of which no label is known, nothing else is said.
 */
export function namespaceMismatch(
  selector: LabelSelector,
  namespace: string,
  knownLabels: Readonly<Record<string, string>> | undefined,
): NamespaceMismatch | undefined {
  const labels: Readonly<Record<string, string>> = { ...knownLabels, [nameLabel]: namespace };
  const required = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    ...(selector.matchExpressions ?? []),
  ];
  for (const { key, operator, values = [] } of required) {
    const value = labels[key];
    const isMet = value === undefined ? undefined : meets(value, operator, values);
    if (isMet === false) return { isCertain: true, asked: textOf(key, operator, values), values };
    const isMissed = value === undefined && knownLabels !== undefined && (operator === 'In' || operator === 'Exists');
    if (isMissed) return { isCertain: false, asked: textOf(key, operator, values), values };
  }
  return undefined;
}

function meets(value: string, operator: string, values: readonly string[]): boolean {
  if (operator === 'In') return values.includes(value);
  if (operator === 'NotIn') return !values.includes(value);
  return operator === 'Exists';
}

function textOf(key: string, operator: string, values: readonly string[]): string {
  if (operator === 'Exists') return `the label ${key}`;
  if (operator === 'DoesNotExist') return `no label ${key}`;
  const [only] = values;
  if (operator === 'In' && values.length === 1) return `${key}=${only}`;
  return `${key} ${operator === 'In' ? 'in' : 'not in'} (${values.join(', ')})`;
}
