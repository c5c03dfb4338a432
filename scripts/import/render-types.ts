import { JsonSchema } from '../../src/manifests/json-schema';

/** Named object schemas, references by name (`$ref: 'TlsConfig'`), in the order in which they are to stand. */
export type Definitions = ReadonlyMap<string, JsonSchema>;

const lineWidth = 120;

/** What the types of one file are called, where that differs from their definitions: see {@link sameTypes}. */
export type Aliases = ReadonlyMap<string, string>;

/**
 * Definitions that differ only in what a type cannot say (a pattern, a range) and are named after one another are one
 * type: the one with the shortest name.
 */
export function sameTypes(definitions: Definitions): Aliases {
  const aliases = new Map<string, string>();
  const shortestFirst = [...definitions].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  // Two types may become one only after those of their fields have.
  for (let changed = true; changed;) {
    changed = false;
    const byBody = new Map<string, string>();
    for (const [name, schema] of shortestFirst) {
      if (aliases.has(name)) continue;
      const body = renderFields(schema, aliases);
      const first = byBody.get(body);
      if (first === undefined) byBody.set(body, name);
      else if (name.endsWith(first)) {
        aliases.set(name, first);
        changed = true;
      }
    }
  }
  return aliases;
}

/** One interface per definition. */
export function renderInterfaces(definitions: Definitions, aliases: Aliases): string {
  return [...definitions]
    .filter(([name]) => !aliases.has(name))
    .map(([name, schema]) => `export interface ${name} {\n${renderFields(schema, aliases)}}\n`)
    .join('\n');
}

/** The fields of the object that a file is about: two of them have one value only. */
export function renderObject(kind: string, apiVersion: string, schema: JsonSchema, aliases: Aliases): string {
  const { apiVersion: _, kind: __, metadata, status, ...own } = schema.properties!;
  const fields = [
    `  readonly apiVersion: '${apiVersion}';\n`,
    `  readonly kind: '${kind}';\n`,
    renderFields({ properties: { metadata: metadata! }, required: ['metadata'] }, aliases),
    renderFields({ properties: own, required: schema.required }, aliases),
  ];
  return `export interface ${kind} {\n${fields.join('')}}\n`;
}

function renderFields(schema: JsonSchema, aliases: Aliases): string {
  const fields = Object.entries(schema.properties!).map(([field, child]) => {
    const mark = schema.required?.includes(field) ? '' : '?';
    return renderField(`${/^[A-Za-z_$][\w$]*$/.test(field) ? field : quote(field)}${mark}`, child, aliases);
  });
  // An object that has named fields and takes further ones as well.
  if (schema.additionalProperties === undefined && schema.type === 'object')
    fields.push('  readonly [field: string]: unknown;\n');
  return fields.join('');
}

function renderField(field: string, schema: JsonSchema, aliases: Aliases): string {
  const line = `  readonly ${field}: ${renderType(schema, aliases)};\n`;
  const values = schema.enum ?? schema.items?.enum;
  if (line.length <= lineWidth + 1 || !values) return line;
  const alternatives = values.map((value) => `\n    | ${quote(value)}`).join('');
  if (schema.enum) return `  readonly ${field}:${alternatives};\n`;
  return `  readonly ${field}: readonly (${alternatives.replace(/\n {4}/g, '\n    ')}\n  )[];\n`;
}

function renderType(schema: JsonSchema, aliases: Aliases): string {
  if (schema.$ref !== undefined) return aliases.get(schema.$ref) ?? schema.$ref;
  if (schema.enum) return schema.enum.map(quote).join(' | ');
  if (schema.type === undefined) return 'unknown';
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return [...new Set(types.map((type) => renderOne(type, schema, aliases)))].sort().join(' | ');
}

function renderOne(type: string, schema: JsonSchema, aliases: Aliases): string {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') {
    const item = renderType(schema.items ?? {}, aliases);
    return `readonly ${item.includes(' ') && !item.startsWith('Readonly<') ? `(${item})` : item}[]`;
  }
  if (type !== 'object') return type;
  const value = schema.additionalProperties ? renderType(schema.additionalProperties, aliases) : 'unknown';
  return `Readonly<Record<string, ${value}>>`;
}

function quote(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return value.includes("'") ? JSON.stringify(value) : `'${value.replace(/\\/g, '\\\\')}'`;
}
