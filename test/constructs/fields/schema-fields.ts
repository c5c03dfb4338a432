import * as fs from 'node:fs';
import * as path from 'node:path';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
}

interface SchemaFile extends Schema {
  readonly $defs: Readonly<Record<string, Schema>>;
}

const files = new Map<string, SchemaFile>();

/** A schema of `imports/`, and the file that its references are relative to. */
interface Located {
  readonly file: string;
  readonly schema: Schema;
}

/** The fields of an object that the CRD of a kind knows: `spec`, or what stands at a path below it. */
export class SchemaFields {
  private readonly root: Located;

  /** @param kind file of `imports/`, such as `service-monitor` */
  constructor(kind: string, at = 'spec') {
    const file = `${kind}.schema.json`;
    this.root = at
      .split('.')
      .reduce<Located>((located, step) => childOf(located, step), resolved({ file, schema: read(file) }));
  }

  /** Names of the fields, nothing below them. */
  get names(): string[] {
    return Object.keys(this.root.schema.properties ?? {}).sort();
  }

  /** Paths of all fields, such as `endpoints[].tlsConfig.ca`, those below `except` aside. */
  paths(except: (path: string) => boolean = () => false): string[] {
    return pathsBelow(this.root, '', except);
  }

  /** Paths of the fields that a value holds. */
  pathsIn(value: unknown): string[] {
    return pathsHeld(this.root, value, '');
  }
}

function pathsBelow(located: Located, at: string, except: (path: string) => boolean): string[] {
  const { schema } = located;
  if (schema.items) return pathsBelow(inside(located, schema.items), `${at}[]`, except);
  if (isSchema(schema.additionalProperties)) {
    return pathsBelow(inside(located, schema.additionalProperties), `${at}.*`, except);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([field, child]) => {
    const path = at === '' ? field : `${at}.${field}`;
    return [path, ...(except(path) ? [] : pathsBelow(inside(located, child), path, except))];
  });
}

function pathsHeld(located: Located, value: unknown, at: string): string[] {
  const { schema } = located;
  if (Array.isArray(value)) {
    const items = inside(located, schema.items ?? {});
    return value.flatMap((item) => pathsHeld(items, item, `${at}[]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, child]) => {
    if (isSchema(schema.additionalProperties)) {
      return pathsHeld(inside(located, schema.additionalProperties), child, `${at}.*`);
    }
    const path = at === '' ? field : `${at}.${field}`;
    const property = schema.properties?.[field];
    return property === undefined ? [] : [path, ...pathsHeld(inside(located, property), child, path)];
  });
}

function childOf(located: Located, field: string): Located {
  const child = located.schema.properties?.[field];
  if (child === undefined) throw new Error(`${located.file} knows no ${field}`);
  const property = inside(located, child);
  return property.schema.items ? inside(property, property.schema.items) : property;
}

function inside({ file }: Located, schema: Schema): Located {
  return resolved({ file, schema });
}

function resolved({ file, schema }: Located): Located {
  if (schema.$ref === undefined) return { file, schema };
  const [other, name] = schema.$ref.split('#/$defs/');
  const target = other === '' || other === undefined ? file : other;
  return resolved({ file: target, schema: read(target).$defs[name ?? '']! });
}

function read(file: string): SchemaFile {
  const known = files.get(file);
  if (known) return known;
  const text = fs.readFileSync(path.join(__dirname, '../../../imports', file), 'utf8');
  const schema = JSON.parse(text) as SchemaFile;
  files.set(file, schema);
  return schema;
}

function isSchema(value: boolean | Schema | undefined): value is Schema {
  return typeof value === 'object';
}
