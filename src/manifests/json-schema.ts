/** The part of JSON Schema (and of Kubernetes' additions to it) that the files in `imports/` are written in. */
export interface JsonSchema {
  /** `#/$defs/Name` in the same file, or `other.schema.json#/$defs/Name` beside it. Stands alone: no other keyword applies. */
  readonly $ref?: string;
  /** Absent: any value. */
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** `false`: no field but those in `properties`. Absent: any further field. */
  readonly additionalProperties?: false | JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly (string | number | boolean)[];
  /** A Go (RE2) regular expression, not a JavaScript one. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The items of a list are told apart by these fields: no two may have all of them equal. */
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  /** Rules in the Common Expression Language. Kept as data; nothing here evaluates them. */
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

export interface CelRule {
  readonly rule: string;
  readonly message?: string;
}

/** A file `imports/*.schema.json`: the schema of one kind, or definitions that several kinds share. */
export interface SchemaFile {
  readonly $schema?: string;
  readonly $id: string;
  readonly $comment?: string;
  readonly $ref?: string;
  readonly $defs: Readonly<Record<string, JsonSchema>>;
}

/** `imports/schemas.json`: which reference describes a kind, by `apiVersion/Kind`. */
export type SchemaIndex = Readonly<Record<string, string>>;
