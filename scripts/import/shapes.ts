import { createHash } from 'node:crypto';
import { JsonSchema } from '../../src/manifests/json-schema';
import { pascalCase, singular } from './words';

/** An object with fields, wherever it occurs: equal objects are one shape. */
export interface Shape {
  /** Equal exactly for shapes that are equal, those of their fields included. */
  readonly id: string;
  /** References to other shapes are by id (`$ref: '#id'`). */
  readonly schema: JsonSchema;
  readonly uses: Use[];
}

/** One place that holds a shape. */
export interface Use {
  readonly kind: string;
  /** The names of the fields from the root, as type names: `['ServiceMonitor', 'Spec', 'Endpoint', 'TlsConfig']`. */
  readonly path: readonly string[];
}

export type Shapes = Map<string, Shape>;

/** Takes a nested schema apart; what it finds is added to `shapes`. Gives the id of the root. */
export function collectShapes(kind: string, schema: JsonSchema, shapes: Shapes): string {
  return hoist(schema, [kind]).$ref!.slice(1);

  function hoist(node: JsonSchema, path: readonly string[]): JsonSchema {
    const flat = { ...node, ...childrenOf(node, path) };
    if (!node.properties) return flat;
    const id = createHash('sha256').update(JSON.stringify(flat)).digest('hex').slice(0, 20);
    const shape = shapes.get(id) ?? { id, schema: flat, uses: [] };
    shape.uses.push({ kind, path });
    shapes.set(id, shape);
    return { $ref: `#${id}` };
  }

  function childrenOf(node: JsonSchema, path: readonly string[]): Partial<JsonSchema> {
    if (node.properties) {
      const properties: Record<string, JsonSchema> = {};
      for (const [field, child] of Object.entries(node.properties)) {
        properties[field] = hoist(child, [...path, pascalCase(isMany(child) ? singular(field) : field)]);
      }
      return { properties };
    }
    if (node.items) return { items: hoist(node.items, path) };
    return node.additionalProperties ? { additionalProperties: hoist(node.additionalProperties, path) } : {};
  }
}

/** The ids of the shapes that a schema refers to directly, in the order of its fields. */
export function referencesOf(schema: JsonSchema): string[] {
  if (schema.$ref !== undefined) return schema.$ref.startsWith('#') ? [schema.$ref.slice(1)] : [];
  return childSchemas(schema).flatMap(referencesOf);
}

/** Replaces every reference; all else stays. */
export function mapReferences(schema: JsonSchema, map: (reference: string) => string): JsonSchema {
  if (schema.$ref !== undefined) return { $ref: map(schema.$ref) };
  const result: { -readonly [K in keyof JsonSchema]: JsonSchema[K] } = { ...schema };
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([field, child]) => [field, mapReferences(child, map)]),
    );
  }
  if (schema.items) result.items = mapReferences(schema.items, map);
  if (schema.additionalProperties) result.additionalProperties = mapReferences(schema.additionalProperties, map);
  return result;
}

/** The shapes that can be reached from the given ones, those included, each before what it refers to. */
export function reachable(ids: readonly string[], shapes: Shapes): string[] {
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    referencesOf(shapes.get(id)!.schema).forEach(visit);
  };
  ids.forEach(visit);
  return [...seen];
}

function childSchemas(schema: JsonSchema): JsonSchema[] {
  const children = Object.values(schema.properties ?? {});
  if (schema.items) children.push(schema.items);
  if (schema.additionalProperties) children.push(schema.additionalProperties);
  return children;
}

function isMany(schema: JsonSchema): boolean {
  return schema.items !== undefined || (!schema.properties && Boolean(schema.additionalProperties));
}
