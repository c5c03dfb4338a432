import { JsonSchema } from './json-schema';
import { schemaOf } from './schema-files';
import type { SchemaViolation } from './schema-violation';
import { SchemaWalk } from './schema-walk';

export type { SchemaFault, SchemaViolation } from './schema-violation';

/**
 * What the schema of its kind has against a Kubernetes object: what the API server would refuse, or drop without a word.
 * A field that is null counts as absent, as it does for the API server. The rules in CEL and the status are not looked at.
 *
 * Never throws, whatever it is given, and finds nothing in kinds that it does not know: see {@link hasSchema}.
 */
export function checkSchema(object: unknown): SchemaViolation[] {
  const schema = schemaFor(object);
  return schema ? new SchemaWalk(schema).check(object) : [];
}

/** Whether {@link checkSchema} knows the kind. */
export function hasSchema(apiVersion: string, kind: string): boolean {
  return schemaOf(apiVersion, kind) !== undefined;
}

function schemaFor(object: unknown): JsonSchema | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  const { apiVersion, kind } = object as Record<string, unknown>;
  return typeof apiVersion === 'string' && typeof kind === 'string' ? schemaOf(apiVersion, kind) : undefined;
}
