import {
  dnsLabelFault,
  labelKeyFault,
  labelValueFault,
  metadataProblem,
  quoted,
} from '../../kubernetes/metadata-rules';

/** A valid object name from any text: lower case, with - for everything that no name may hold. */
export function toObjectName(text: string, longest = 63): string {
  const letters = text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longest);
  return letters.replace(/-+$/, '') || 'app';
}

/** Why a text cannot name objects and their containers. */
export function nameProblem(name: string, longest: number): { message: string; fix: string } | undefined {
  const fault = dnsLabelFault(name, longest);
  if (fault === undefined) return undefined;
  const { message } = metadataProblem(`the name '${name}'`, fault);
  return { message, fix: `write '${toObjectName(name, longest)}', as the id or as name` };
}

/** Why a label is none. */
export function labelProblem(key: string, value: unknown): { message: string; fix: string } | undefined {
  const ofKey = labelKeyFault(key);
  if (ofKey) return metadataProblem(`the label key '${key}'`, ofKey);
  const ofValue = labelValueFault(value);
  return ofValue && metadataProblem(`the value ${quoted(value)} of label '${key}'`, ofValue);
}
