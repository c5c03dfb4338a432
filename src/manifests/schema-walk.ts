import { nearMiss } from '../findings/near-miss';
import { JsonSchema, JsonType } from './json-schema';
import { childWith, describeFields, pathText } from './schema-fields';
import { matchesPattern } from './schema-pattern';
import type { SchemaFault, SchemaViolation } from './schema-violation';
import { describePattern, describeSchema, describeValue, inExpectedType, nearestMatch } from './schema-words';

type Fields = Readonly<Record<string, unknown>>;

/**
 * One walk over one object. It follows the schema, which is finite, and not the object: however deep or circular an
 * object is, the walk ends.
 */
export class SchemaWalk {
  private readonly violations: SchemaViolation[] = [];
  /** Fields and indexes from the root to where the walk stands; text is made of it only where there is a violation. */
  private readonly path: (string | number)[] = [];
  /** The objects from the root to where the walk stands, each with how much of the path leads to it. */
  private readonly owners: { readonly schema: JsonSchema; readonly depth: number }[] = [];

  constructor(private readonly root: JsonSchema) {}

  check(object: unknown): SchemaViolation[] {
    this.visit(object, this.root);
    return this.violations;
  }

  private visit(value: unknown, schema: JsonSchema): void {
    const type = typeOf(value);
    if (schema.type !== undefined && !accepts(schema.type, type)) {
      const expected = describeSchema(schema);
      this.report(
        'wrong-type',
        `is ${describeTyped(value)}, expected ${expected}`,
        expected,
        inExpectedType(value, schema),
      );
      return;
    }
    if (schema.enum && !schema.enum.includes(value as string)) this.reportEnum(value, schema.enum);
    if (type === 'string') this.visitText(value as string, schema);
    else if (type === 'integer' || type === 'number') this.visitNumber(value as number, schema);
    else if (type === 'array') this.visitList(value as readonly unknown[], schema);
    else if (type === 'object') this.visitObject(value as Fields, schema);
  }

  private visitText(text: string, schema: JsonSchema): void {
    const { pattern, minLength, maxLength } = schema;
    if (pattern !== undefined && !matchesPattern(pattern, text)) {
      const expected = describePattern(pattern);
      const near = nearestMatch(pattern, text);
      this.report('pattern', `is ${describeValue(text)}, expected ${expected}`, expected, near && `'${near}'`);
    }
    if (minLength !== undefined || maxLength !== undefined) {
      this.visitCount(lengthOf(text), minLength, maxLength, 'character');
    }
  }

  private visitNumber(value: number, { minimum, maximum }: JsonSchema): void {
    if (minimum !== undefined && value < minimum) this.reportRange(describeValue(value), `at least ${minimum}`);
    if (maximum !== undefined && value > maximum) this.reportRange(describeValue(value), `at most ${maximum}`);
  }

  private visitList(list: readonly unknown[], schema: JsonSchema): void {
    this.visitCount(list.length, schema.minItems, schema.maxItems, 'item');
    if (schema.items) {
      for (let index = 0; index < list.length; index += 1) {
        this.path.push(index);
        this.visit(list[index], schema.items);
        this.path.pop();
      }
    }
    if (schema.uniqueItems) this.visitUnique(list, (item) => [item], 'value');
    const keys = schema['x-kubernetes-list-map-keys'];
    if (keys) this.visitUnique(list, (item) => keys.map((key) => fieldOf(item, key)), keys.join(' and '));
  }

  /** Items are told apart by plain values; an item that has others there has the wrong type and is reported for that. */
  private visitUnique(list: readonly unknown[], identify: (item: unknown) => readonly unknown[], what: string): void {
    const firstAt = new Map<string, number>();
    list.forEach((item, index) => {
      const identity = identify(item);
      if (identity.some((part) => typeof part === 'object')) return;
      const key = identity.map((part) => `${typeof part} ${String(part)}`).join('\u0000');
      const first = firstAt.get(key);
      if (first === undefined) {
        firstAt.set(key, index);
        return;
      }
      const words = identity
        .filter((part) => part !== undefined)
        .map(describeValue)
        .join(', ');
      const original = pathText([...this.path, first]);
      this.path.push(index);
      this.report('duplicate', `has the same ${what} as ${original} (${words})`, `a ${what} of its own`);
      this.path.pop();
    });
  }

  private visitObject(object: Fields, schema: JsonSchema): void {
    const { properties, required, additionalProperties } = schema;
    this.owners.push({ schema, depth: this.path.length });
    for (const field of required ?? []) if (isAbsent(fieldOf(object, field))) this.reportMissing(object, field, schema);
    let count = 0;
    for (const field of Object.keys(object)) {
      const value = object[field];
      if (isAbsent(value)) continue;
      count += 1;
      const own = properties && Object.hasOwn(properties, field) ? properties[field] : additionalProperties;
      if (own === undefined) continue;
      if (own === false) {
        this.reportUnknown(object, field, schema);
        continue;
      }
      this.path.push(field);
      this.visit(value, own);
      this.path.pop();
    }
    this.owners.pop();
    this.visitCount(count, schema.minProperties, schema.maxProperties, 'field');
  }

  private visitCount(count: number, least: number | undefined, most: number | undefined, noun: string): void {
    const words = (number: number) => `${number} ${noun}${number === 1 ? '' : 's'}`;
    if (least !== undefined && count < least) this.reportRange(words(count), `at least ${words(least)}`, 'has');
    if (most !== undefined && count > most) this.reportRange(words(count), `at most ${words(most)}`, 'has');
  }

  private reportRange(given: string, expected: string, verb = 'is'): void {
    this.report('out-of-range', `${verb} ${given}, expected ${expected}`, expected);
  }

  private reportEnum(value: unknown, values: readonly unknown[]): void {
    const expected = `one of ${values.map(describeValue).join(', ')}`;
    const near = typeof value === 'string' ? nearMiss(value, values.map(String)) : undefined;
    this.report('not-in-enum', `is ${describeValue(value)}, expected ${expected}`, expected, near && `'${near}'`);
  }

  private reportMissing(object: Fields, field: string, schema: JsonSchema): void {
    const unknown = Object.keys(object).filter((given) => !Object.hasOwn(schema.properties ?? {}, given));
    const expected = describeSchema(schema.properties?.[field] ?? {});
    this.path.push(field);
    this.report('missing-field', `is missing, expected ${expected}`, expected, nearMiss(field, unknown));
    this.path.pop();
  }

  private reportUnknown(object: Fields, field: string, schema: JsonSchema): void {
    const known = Object.keys(schema.properties ?? {});
    const free = known.filter((name) => isAbsent(fieldOf(object, name)));
    const sameLetters = known.find((name) => name.toLowerCase() === field.toLowerCase());
    const near = sameLetters ?? this.placeOf(field, schema) ?? nearMiss(field, free) ?? nearMiss(field, known);
    const expected = describeFields(known);
    this.path.push(field);
    this.report(
      'unknown-field',
      `is not a known field${near === undefined ? `, expected ${expected}` : ''}`,
      expected,
      near,
    );
    this.path.pop();
  }

  /** Where the field belongs, if an object around this one or directly in it has a field of that name. */
  private placeOf(field: string, schema: JsonSchema): string | undefined {
    for (let index = this.owners.length - 2; index >= 0; index -= 1) {
      const owner = this.owners[index]!;
      if (Object.hasOwn(owner.schema.properties ?? {}, field)) {
        return pathText([...this.path.slice(0, owner.depth), field]);
      }
    }
    const child = childWith(field, schema);
    return child === undefined ? undefined : pathText([...this.path, ...child]);
  }

  private report(fault: SchemaFault, what: string, expected: string, near?: string): void {
    const path = pathText(this.path);
    const message = `${path === '' ? 'the object' : path} ${what}`;
    this.violations.push({ fault, path, message, expected, ...(near === undefined ? {} : { nearMiss: near }) });
  }
}

function typeOf(value: unknown): JsonType | 'none' {
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'bigint') return 'integer';
  if (value === null) return 'null';
  if (typeof value !== 'object') return 'none';
  return Array.isArray(value) ? 'array' : 'object';
}

function accepts(expected: JsonType | readonly JsonType[], type: JsonType | 'none'): boolean {
  if (expected === type) return true;
  const types: readonly string[] = typeof expected === 'string' ? [expected] : expected;
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

/** Tells a number from a string of digits. */
function describeTyped(value: unknown): string {
  const type = typeof value;
  return type === 'number' || type === 'string' ? `the ${type} ${describeValue(value)}` : describeValue(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A field of the value itself, not of its prototype. */
function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Fields)[field]
    : undefined;
}

/** Kubernetes counts characters, JavaScript counts the halves of those outside the basic plane. */
function lengthOf(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length - 1; at += 1) if (text.codePointAt(at)! > 0xffff) length -= 1;
  return length;
}
