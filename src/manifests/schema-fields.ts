import { JsonSchema } from './json-schema';

/** How many fields are named where an unknown one stands. */
const fieldsNamed = 12;

/** `spec.endpoints[0].interval`; fields that are no plain word are quoted: `metadata.labels["app.kubernetes.io/name"]`. */
export function pathText(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (step === eachItem) text += '[]';
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Stands in a path for whichever item of a list. */
const eachItem = '[]';

/** The way from an object to the only one of its fields that has a field of this name. */
export function childWith(field: string, schema: JsonSchema): string[] | undefined {
  const found: string[][] = [];
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (has(child, field)) found.push([name, field]);
    else if (child.items && has(child.items, field)) found.push([name, eachItem, field]);
  }
  return found.length === 1 ? found[0] : undefined;
}

/** `one of interval, path, port`; the rest of many is counted. */
export function describeFields(fields: readonly string[]): string {
  if (fields.length === 0) return 'no field';
  const rest = fields.length - fieldsNamed;
  return `one of ${fields.slice(0, fieldsNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function has(schema: JsonSchema, field: string): boolean {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, field);
}
