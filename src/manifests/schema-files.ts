import * as fs from 'node:fs';
import * as path from 'node:path';
import { JsonSchema, SchemaFile, SchemaIndex } from './json-schema';

// `imports` stands beside `src` and beside `lib`, where everything is one file.
const folder = path.join(__dirname, path.basename(__dirname) === 'lib' ? '../imports' : '../../imports');

const files = new Map<string, SchemaFile>();
const schemas = new Map<string, JsonSchema | undefined>();
let index: SchemaIndex | undefined;

/**
 * The schema of a kind, read when it is first asked for; every reference in it is already the object referred to.
 * Undefined for kinds that `imports/` does not describe.
 */
export function schemaOf(apiVersion: string, kind: string): JsonSchema | undefined {
  const key = `${apiVersion}/${kind}`;
  if (!schemas.has(key)) schemas.set(key, load(key));
  return schemas.get(key);
}

function load(key: string): JsonSchema | undefined {
  index ??= read<SchemaIndex>('schemas.json');
  return Object.hasOwn(index, key) ? resolve(index[key]!, '') : undefined;
}

/** @param file where the reference stands, for references without a file */
function resolve(reference: string, file: string): JsonSchema {
  const [target, name] = reference.split('#/$defs/');
  const schema = linked(target || file).$defs[name ?? ''];
  if (!schema) throw new Error(`schema '${reference}' is not in imports/, run npm run import`);
  return schema;
}

function linked(file: string): SchemaFile {
  const known = files.get(file);
  if (known) return known;
  const content = read<SchemaFile>(file);
  files.set(file, content);
  for (const schema of Object.values(content.$defs)) link(schema, file);
  return content;
}

/** Puts the object in the place of every reference, so that a check follows fields and nothing else. */
function link(schema: JsonSchema, file: string): void {
  const target = (child: JsonSchema): JsonSchema => {
    if (child.$ref !== undefined) return resolve(child.$ref, file);
    link(child, file);
    return child;
  };
  const open = schema as { -readonly [K in keyof JsonSchema]: JsonSchema[K] };
  const properties = schema.properties as Record<string, JsonSchema> | undefined;
  for (const field in properties) properties[field] = target(properties[field]!);
  if (schema.items) open.items = target(schema.items);
  if (schema.additionalProperties) open.additionalProperties = target(schema.additionalProperties);
}

function read<T>(file: string): T {
  return JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as T;
}
