import { CelRule, JsonSchema, JsonType } from '../../src/manifests/json-schema';

/** A schema as it stands in a CRD or in the OpenAPI document of Kubernetes: the keywords that are read here. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: OpenApiSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly anyOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly not?: OpenApiSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

/** Carried over as they are: they mean the same in JSON Schema. */
const sameMeaning = [
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

/** Read here, or known to say nothing about which objects are valid. */
const understood = new Set<string>([
  ...sameMeaning,
  ...['type', 'format', 'properties', 'required', 'additionalProperties', 'items', 'nullable', 'default'],
  ...['anyOf', 'oneOf', 'description', 'title', 'example', 'externalDocs'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'],
  ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-validations'],
]);

/**
 * The schema of a custom resource as JSON Schema, nested as it was.
 *
 * @param place where it stands, for errors
 * @throws on a keyword that is not understood: leaving it out would accept what a cluster refuses
 */
export function toJsonSchema(schema: OpenApiSchema, place: string): JsonSchema {
  for (const keyword of Object.keys(schema)) {
    if (!understood.has(keyword)) throw unsupported(keyword, place);
  }
  if (schema.oneOf !== undefined && !saysNothing(schema.oneOf)) throw unsupported('oneOf', place);

  const result: Mutable<JsonSchema> = {};
  const type = typeOf(schema, place);
  if (type !== undefined) result.type = type;
  for (const keyword of sameMeaning) copy(schema, result, keyword);
  // The API server fills in defaults before it validates, so a field that has one need not be given.
  const required = (schema.required ?? []).filter((field) => schema.properties?.[field]?.default === undefined);
  if (required.length > 0) result.required = required;
  Object.assign(result, fieldsOf(schema, place));
  if (schema.items) result.items = toJsonSchema(schema.items, `${place}[]`);
  if (schema['x-kubernetes-list-type'] === 'set') result.uniqueItems = true;
  if (schema['x-kubernetes-list-map-keys']) {
    result['x-kubernetes-list-map-keys'] = schema['x-kubernetes-list-map-keys'];
  }
  if (schema['x-kubernetes-validations']) result['x-kubernetes-validations'] = rulesOf(schema);
  return result;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function typeOf(schema: OpenApiSchema, place: string): JsonSchema['type'] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  if (schema.anyOf !== undefined) throw unsupported('anyOf', place);
  if (schema.type === undefined) {
    if (schema['x-kubernetes-preserve-unknown-fields']) return undefined;
    throw new Error(`schema at ${place} has no type, expected one or x-kubernetes-preserve-unknown-fields`);
  }
  return schema.nullable ? [schema.type as JsonType, 'null'] : (schema.type as JsonType);
}

function fieldsOf(schema: OpenApiSchema, place: string): Pick<JsonSchema, 'properties' | 'additionalProperties'> {
  if (schema.properties) {
    const properties: Record<string, JsonSchema> = {};
    for (const name of Object.keys(schema.properties).sort()) {
      properties[name] = toJsonSchema(schema.properties[name]!, `${place}.${name}`);
    }
    return schema['x-kubernetes-preserve-unknown-fields']
      ? { properties }
      : { properties, additionalProperties: false };
  }
  // A map that also preserves unknown fields is still a map: its values have the type given.
  if (typeof schema.additionalProperties !== 'object') return {};
  return { additionalProperties: toJsonSchema(schema.additionalProperties, `${place}{}`) };
}

/**
 * Istio states a union of a single optional field as "either it is not there, or it is", which every object satisfies.
 */
function saysNothing(alternatives: readonly OpenApiSchema[]): boolean {
  const [absent, present] = alternatives;
  const field = present?.required?.length === 1 ? present.required[0] : undefined;
  return (
    field !== undefined &&
    alternatives.length === 2 &&
    JSON.stringify(absent) === JSON.stringify({ not: { anyOf: [{ required: [field] }] } })
  );
}

function rulesOf(schema: OpenApiSchema): CelRule[] {
  return schema['x-kubernetes-validations']!.map(({ rule, message }) => (message ? { rule, message } : { rule }));
}

function copy<K extends (typeof sameMeaning)[number]>(from: OpenApiSchema, to: Mutable<JsonSchema>, keyword: K): void {
  const value = from[keyword];
  if (value !== undefined) to[keyword] = value as Mutable<JsonSchema>[K];
}

function unsupported(keyword: string, place: string): Error {
  return new Error(`keyword '${keyword}' at ${place} is not understood, teach it to scripts/import/open-api.ts`);
}
