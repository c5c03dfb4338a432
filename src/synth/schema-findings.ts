import { Finding } from '../findings';
import { checkSchema, SchemaViolation } from '../manifests/schema';
import { ownerOf, SynthesizedDocument } from './document';

/**
 * What the schemas of Kubernetes and of the operators' CRDs say of the objects. A field that the schema does not know is
 * dropped by an API server of that version, which a newer one may know: a warning. Everything else would be refused.
 *
 * @param others what else was found: what an app's checks say of a field, they say better than the schema could
 */
export function schemaFindings(documents: readonly SynthesizedDocument[], others: readonly Finding[]): Finding[] {
  const errors = others.filter(({ severity }) => severity === 'error');
  return documents.flatMap((document) =>
    checkSchema(document.value)
      .filter(({ message }) => !message.includes('{{')) // a template of Helm, which only Helm can judge
      .filter((violation) => !isSaid(violation, ownerOf(document).node.path, errors))
      .map((violation) => schemaFinding(document, violation)),
  );
}

/** Does an error of the same app speak of the field? */
function isSaid({ path }: SchemaViolation, owner: string, errors: readonly Finding[]): boolean {
  const field = /(\w+)(?:\[\d+\])?$/.exec(path)?.[1];
  return errors.some(({ where, message }) => {
    const place = 'construct' in where ? where.construct : undefined;
    const isOfApp = place === owner || place?.startsWith(`${owner}/`);
    return isOfApp && field !== undefined && new RegExp(`\\b${field}\\b`).test(message);
  });
}

function schemaFinding({ object, construct }: SynthesizedDocument, violation: SchemaViolation): Finding {
  const { fault, path, message, expected, nearMiss } = violation;
  const fix = fault === 'unknown-field' ? `remove ${path}, or spell it as the schema does` : `give ${expected}`;
  return {
    code: `schema/${fault}`,
    severity: fault === 'unknown-field' ? 'warning' : 'error',
    ...(object ? { object } : {}),
    where: { construct: construct.node.path },
    message: `${object?.kind ?? 'object'} ${object?.name ?? ''}: ${message}`,
    ...(nearMiss === undefined ? {} : { nearMiss }),
    fix: nearMiss === undefined ? fix : `write ${nearMiss}`,
  };
}
