import Ajv, { ValidateFunction } from 'ajv';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { RE2JS } from 're2js';

const folder = path.join(__dirname, '../../imports');
const index = JSON.parse(fs.readFileSync(path.join(folder, 'schemas.json'), 'utf8')) as Record<string, string>;

interface KubernetesObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
}

let ajv: Ajv | undefined;
const validators = new Map<string, ValidateFunction>();

/**
 * What ajv, which shares no code with the checker under test, has against an object by the schema of its kind; undefined
 * for a kind without a schema. Unknown fields are an error.
 */
export function schemaErrors(object: unknown): string[] | undefined {
  const { apiVersion, kind } = object as KubernetesObject;
  const reference = index[`${String(apiVersion)}/${String(kind)}`];
  if (reference === undefined) return undefined;
  const validate = validatorOf(reference);
  if (validate(withoutNulls(object))) return [];
  return (validate.errors ?? []).map((error) => {
    const detail = JSON.stringify(error.params) === '{}' ? '' : ` ${JSON.stringify(error.params)}`;
    return `${error.instancePath || '/'} ${error.message ?? 'is invalid'}${detail}`;
  });
}

/**
 * Fails, with one line per fault, if an object is not what the schema of its kind allows.
 *
 * @param kindsWithoutSchema kinds (`CustomThing`, or `group/version/CustomThing`) that are let through unread; any other
 *   kind that has no schema is a failure, so that nothing is left unchecked by mistake
 */
export function expectValidObjects(objects: readonly unknown[], kindsWithoutSchema: readonly string[] = []): void {
  const faults = objects.flatMap((object) => {
    const { apiVersion, kind, metadata } = object as KubernetesObject;
    const name = `${String(kind)} ${String(metadata?.name ?? '(no name)')}`;
    const errors = schemaErrors(object);
    if (errors) return errors.map((error) => `${name}: ${error}`);
    const isAllowed = kindsWithoutSchema.some(
      (allowed) => allowed === kind || allowed === `${String(apiVersion)}/${String(kind)}`,
    );
    return isAllowed ? [] : [`${name}: no schema for ${String(apiVersion)} ${String(kind)} in imports/`];
  });
  if (faults.length > 0)
    throw new Error(`objects that their schemas refuse:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** The API server takes a field that is null for one that is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(fields.map(([field, child]) => [field, withoutNulls(child)]));
}

function validatorOf(reference: string): ValidateFunction {
  const known = validators.get(reference);
  if (known) return known;
  ajv ??= createAjv();
  const validate = ajv.compile({ $ref: reference });
  validators.set(reference, validate);
  return validate;
}

function createAjv(): Ajv {
  const instance = new Ajv({
    allErrors: true,
    strict: false,
    validateFormats: false,
    code: { regExp: Object.assign(re2, { code: 'unused: nothing is compiled to a file' }) },
  });
  instance.addKeyword({
    keyword: 'x-kubernetes-list-map-keys',
    type: 'array',
    validate: haveUniqueKeys,
    errors: false,
  });
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.schema.json'))) {
    instance.addSchema(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as object);
  }
  return instance;
}

/** Patterns are Go's: JavaScript refuses some of them. */
function re2(pattern: string): RegExp {
  const compiled = RE2JS.compile(pattern);
  // ajv tells one regular expression from another by its text.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern } as RegExp;
}

function haveUniqueKeys(keys: readonly string[], list: readonly Record<string, unknown>[]): boolean {
  const identities = list
    .filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
    .map((item) => keys.map((key) => item[key]))
    .filter((values) => values.every((value) => typeof value !== 'object'))
    .map((values) => JSON.stringify(values));
  return new Set(identities).size === identities.length;
}
