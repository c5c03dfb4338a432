import { JsonSchema } from '../../src/manifests/json-schema';
import { OpenApiSchema } from './open-api';
import { pascalCase } from './words';

/** The OpenAPI document of Kubernetes: `api/openapi-spec/swagger.json` in its repository. */
export interface Swagger {
  readonly definitions: Readonly<Record<string, SwaggerDefinition>>;
}

type SwaggerDefinition = OpenApiSchema & {
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
};

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A built-in kind in one version. */
export interface BuiltIn {
  readonly apiVersion: string;
  readonly kind: string;
  readonly definition: string;
}

/** Values that Kubernetes reads in more forms than its OpenAPI document tells. */
const scalars: Readonly<Record<string, JsonSchema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['integer', 'string'] },
};

export class SwaggerReader {
  private readonly names = new Map<string, string>();

  constructor(private readonly swagger: Swagger) {}

  /** The versions of these kinds; the status is left open, as no author writes it. */
  builtIns(kinds: readonly string[]): BuiltIn[] {
    const found = Object.entries(this.swagger.definitions).flatMap(([definition, schema]) =>
      (schema['x-kubernetes-group-version-kind'] ?? [])
        .filter(({ kind }) => kinds.includes(kind) && definition.endsWith(`.${kind}`))
        .map(({ group, version, kind }) => ({ apiVersion: group ? `${group}/${version}` : version, kind, definition })),
    );
    for (const kind of kinds) {
      if (!found.some((builtIn) => builtIn.kind === kind))
        throw new Error(`kind '${kind}' is not in the OpenAPI document`);
    }
    return found;
  }

  /** The definitions that can be reached from the given ones, by short name, references by short name as well. */
  definitions(roots: readonly string[]): Map<string, JsonSchema> {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name) || this.inlined(name)) return;
      reached.add(name);
      this.referencesOf(this.definition(name)).forEach(visit);
    };
    roots.forEach(visit);
    this.giveNames([...reached].sort());
    return new Map(
      [...reached].sort().map((name) => [this.names.get(name)!, this.convert(this.definition(name), true)]),
    );
  }

  /** All definitions of these packages (`io.k8s.api.core.v1`). */
  namesIn(packages: readonly string[]): string[] {
    return Object.keys(this.swagger.definitions).filter((name) =>
      packages.includes(name.slice(0, name.lastIndexOf('.'))),
    );
  }

  shortName(definition: string): string {
    return this.names.get(definition)!;
  }

  /** `io.k8s.api.core.v1.EndpointPort` is `EndpointPort`; a second one of that name has its group and version before it. */
  private giveNames(definitions: readonly string[]): void {
    const taken = new Set(this.names.values());
    for (const definition of definitions) {
      if (this.names.has(definition)) continue;
      const parts = definition.split('.');
      const short = parts[parts.length - 1]!;
      const long = pascalCase(parts.slice(-3).join('.'));
      const name = taken.has(short) ? long : short;
      taken.add(name);
      this.names.set(definition, name);
    }
  }

  private convert(schema: OpenApiSchema, isRoot = false): JsonSchema {
    if (schema.$ref !== undefined) {
      const target = targetOf(schema.$ref);
      return this.inlined(target) ?? { $ref: this.names.get(target)! };
    }
    if (schema.items) return { type: 'array', items: this.convert(schema.items) };
    if (schema.properties) return this.convertObject(schema, isRoot);
    if (typeof schema.additionalProperties === 'object') {
      return { type: 'object', additionalProperties: this.convert(schema.additionalProperties) };
    }
    return schema.type === undefined ? {} : { type: schema.type as JsonSchema['type'] };
  }

  private convertObject(schema: SwaggerDefinition, isRoot: boolean): JsonSchema {
    const isKind = isRoot && schema['x-kubernetes-group-version-kind'] !== undefined;
    const properties: Record<string, JsonSchema> = {};
    for (const field of Object.keys(schema.properties!).sort()) {
      properties[field] = isKind && field === 'status' ? {} : this.convert(schema.properties![field]!);
    }
    return {
      type: 'object',
      ...(schema.required ? { required: schema.required } : {}),
      properties,
      additionalProperties: false,
    };
  }

  private referencesOf(schema: SwaggerDefinition): string[] {
    if (schema.$ref !== undefined) return [targetOf(schema.$ref)];
    const isKind = schema['x-kubernetes-group-version-kind'] !== undefined;
    const fields = Object.entries(schema.properties ?? {}).filter(([field]) => !(isKind && field === 'status'));
    const children = fields.map(([, child]) => child);
    if (schema.items) children.push(schema.items);
    if (typeof schema.additionalProperties === 'object') children.push(schema.additionalProperties);
    return children.flatMap((child) => this.referencesOf(child));
  }

  /** Definitions that are no objects with fields stand where they are used. */
  private inlined(name: string): JsonSchema | undefined {
    if (scalars[name]) return scalars[name];
    const definition = this.definition(name);
    return definition.properties ? undefined : this.convert(definition);
  }

  private definition(name: string): SwaggerDefinition {
    const definition = this.swagger.definitions[name];
    if (!definition) throw new Error(`definition '${name}' is not in the OpenAPI document`);
    return definition;
  }
}

function targetOf(reference: string): string {
  return reference.replace('#/definitions/', '');
}
