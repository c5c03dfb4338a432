import { Finding } from './finding';
import { nearMiss } from './near-miss';

/** What a value that a user gives must look like: types end where JavaScript, `any`, a spread object or a file begins. */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'anything'
  | { readonly oneOf: readonly string[] }
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly either: readonly Shape[] }
  /** An object of a class, known by a member: there may be two copies of its package. */
  | { readonly withMember: string; readonly expected: string }
  | ShapeRule;

/** A rule of its own, and the value to go on with where it is broken, so that one fault is one finding. */
export interface ShapeRule {
  /** @param place the value in a message: `ports.admin`; `key` is the last step to it */
  readonly problem: (value: unknown, place: string, key: string) => ShapeFault | undefined;
  /** @default - the code of every other fault */
  readonly code?: Finding['code'];
  /** @default - the value is left out */
  readonly instead?: (value: unknown) => unknown;
  /** Is it a fault of an object not to have this field? @default - false */
  readonly required?: boolean;
}

type ShapeFault = Pick<Finding, 'message' | 'nearMiss' | 'fix'>;

type Path = readonly (string | number)[];

/** A fault, and the keys and indices that lead to it. */
export interface ShapeProblem extends ShapeFault, Pick<Finding, 'code' | 'severity'> {
  readonly path: Path;
  /** Is it a text that only lacks its quotes? @default - false */
  readonly isUnquoted?: boolean;
}

/** What is checked: how messages call it, and what a fault in it is. */
export interface ShapeSubject {
  /** The whole, such as `the platform`. */
  readonly whole: string;
  /** What stands before the path of a part, such as `platform `. */
  readonly partPrefix: string;
  readonly code: Finding['code'];
  readonly unknown: Pick<Finding, 'code' | 'severity'> & { readonly message: string };
  /** Does `null` count as not given? */
  readonly nullIsMissing: boolean;
}

/**
 * What can be used of a value, and what is wrong with the rest: that is left out, so that nothing behind this gate trips
 * over it or reports it again.
 */
export function checkShape(
  given: unknown,
  shape: Shape,
  subject: ShapeSubject,
): { readonly value: unknown; readonly problems: ShapeProblem[] } {
  const check = new ShapeCheck(subject);
  return { value: check.usable(given, shape, [], true), problems: check.problems };
}

class ShapeCheck {
  readonly problems: ShapeProblem[] = [];

  constructor(private readonly subject: ShapeSubject) {}

  usable(value: unknown, shape: Shape, path: Path, mayBeMissing: boolean): unknown {
    const isMissing = value === undefined || (value === null && this.subject.nullIsMissing);
    if (isMissing && (mayBeMissing || shape === 'anything')) return undefined;
    if (isRule(shape)) return this.ruled(value, shape, path);
    if (!fits(value, shape)) {
      const expected = expectation(shape);
      const meant = correction(value, shape);
      const leaveOut = value === undefined || value === null ? ', or leave it out' : '';
      this.report(path, {
        message: `${this.place(path)} is ${described(value)}, expected ${expected}`,
        fix: meant === undefined ? `give ${expected}${leaveOut}` : `write ${meant}`,
        isUnquoted: meant !== undefined && shape === 'text',
      });
      return undefined;
    }
    if (typeof shape === 'string') return value;
    if ('either' in shape) {
      return this.usable(value, shape.either.find((option) => fits(value, option)) ?? 'anything', path, false);
    }
    if ('list' in shape) {
      return (value as unknown[])
        .map((item, index) => this.usable(item, shape.list, [...path, index], false))
        .filter((item) => item !== undefined);
    }
    return 'map' in shape || 'fields' in shape ? this.usableEntries(value as object, shape, path) : value;
  }

  /** In a map nothing can be left open: `env: { HOST: process.env.HOST }` is a fault where that is not set. */
  private usableEntries(
    value: object,
    shape: Extract<Shape, { map: Shape } | { fields: object }>,
    path: Path,
  ): unknown {
    const fields = 'fields' in shape ? shape.fields : {};
    const required = Object.keys(fields).filter((key) => isRequired(fields[key]!) && !Object.hasOwn(value, key));
    const entries = [...Object.entries(value), ...required.map((key): [string, unknown] => [key, undefined])];
    const usable = entries.map(([key, item]): [string, unknown] => {
      const within = [...path, key];
      if ('map' in shape) return [key, this.usable(item, shape.map, within, false)];
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field !== undefined) return [key, this.usable(item, field, within, !isRequired(field))];
      if (item !== undefined) this.reportUnknown(key, within, Object.keys(fields));
      return [key, undefined];
    });
    return Object.fromEntries(usable.filter(([, item]) => item !== undefined));
  }

  private ruled(value: unknown, rule: ShapeRule, path: Path): unknown {
    const fault = rule.problem(value, this.place(path), String(path.at(-1) ?? ''));
    if (fault === undefined) return value;
    this.report(path, { ...(rule.code === undefined ? {} : { code: rule.code }), ...fault });
    return rule.instead?.(value);
  }

  private reportUnknown(key: string, path: Path, known: readonly string[]): void {
    const near = nearMiss(key, known);
    const { code, severity, message } = this.subject.unknown;
    this.report(path, {
      code,
      severity,
      message: `${this.place(path)} ${message}`,
      ...(near === undefined ? {} : { nearMiss: near }),
      fix: near === undefined ? `leave it out; known here: ${known.join(', ')}` : `write '${near}'`,
    });
  }

  private report(path: Path, problem: ShapeFault & Partial<ShapeProblem>): void {
    this.problems.push({ path, code: this.subject.code, severity: 'error', ...problem });
  }

  private place(path: Path): string {
    if (path.length === 0) return this.subject.whole;
    const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    return this.subject.partPrefix + steps.replace(/^\./, '');
  }
}

function isRule(shape: Shape): shape is ShapeRule {
  return typeof shape === 'object' && 'problem' in shape;
}

function isRequired(shape: Shape): boolean {
  return isRule(shape) && shape.required === true;
}

function fits(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case 'anything':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
  if (isRule(shape)) return true;
  if ('oneOf' in shape) return typeof value === 'string' && shape.oneOf.includes(value);
  if ('either' in shape) return shape.either.some((option) => fits(value, option));
  if ('list' in shape) return Array.isArray(value);
  // YAML reads an unquoted day as a date
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) return false;
  return !isLazy(value) && (!('withMember' in shape) || shape.withMember in value);
}

function expectation(shape: Shape): string {
  if (shape === 'text') return 'text';
  if (shape === 'number') return 'a number';
  if (shape === 'boolean') return 'true or false';
  if (shape === 'anything' || isRule(shape)) return 'a value';
  if ('oneOf' in shape) return shape.oneOf.map((name) => `'${name}'`).join(' or ');
  if ('either' in shape) return shape.either.map(expectation).join(' or ');
  if ('list' in shape) return 'a list';
  if ('withMember' in shape) return shape.expected;
  if ('map' in shape) return 'an object';
  const names = Object.keys(shape.fields);
  return `{ ${[...names.slice(0, 3), ...(names.length > 3 ? ['…'] : [])].join(', ')} }`;
}

/** What was probably meant, as code: the value in the right type, where only its quotes are wrong, or the nearest name. */
function correction(value: unknown, shape: Shape): string | undefined {
  if (shape === 'text' && value instanceof Date) return `'${value.toJSON()}'`;
  if (shape === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return `'${String(value)}'`;
  if (shape === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (shape === 'number' && typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) {
    return String(Number(value));
  }
  if (typeof shape === 'string') return undefined;
  if ('list' in shape && fits(value, shape.list)) return `[${JSON.stringify(value)}]`;
  const near = 'oneOf' in shape && typeof value === 'string' ? nearMiss(value, shape.oneOf) : undefined;
  return near === undefined ? undefined : `'${near}'`;
}

/** A Lazy of cdk8s, known by a member: there may be two copies of the package. */
function isLazy(value: object): boolean {
  return typeof (value as { produce?: unknown }).produce === 'function';
}

/** A value for a sentence: `the string '5000'`, `null`, `an object`. */
export function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return `the date ${value.toJSON()}`;
  if (typeof value === 'object') return isLazy(value) ? 'a Lazy, which is not needed here' : 'an object';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return `the ${typeof value} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
