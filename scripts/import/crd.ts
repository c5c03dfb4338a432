import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { JsonSchema } from '../../src/manifests/json-schema';
import { OpenApiSchema, toJsonSchema } from './open-api';

/** A custom resource definition, in the version that a cluster stores. */
export interface Crd {
  /** `servicemonitors.monitoring.coreos.com` */
  readonly name: string;
  readonly kind: string;
  readonly apiVersion: string;
  /** Further versions that are served with exactly the same schema. */
  readonly sameAs: readonly string[];
  /** The version of the operator, if the definition tells it. */
  readonly operatorVersion?: string;
  readonly schema: JsonSchema;
}

interface CrdDocument {
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: OpenApiSchema };
    }[];
  };
}

/**
 * The definitions in a YAML file, or in the YAML files of a folder.
 *
 * @param kinds those to read; all by default
 */
export function readCrds(place: string, kinds?: readonly string[]): Crd[] {
  const isFolder = fs.statSync(place).isDirectory();
  const files = isFolder ? fs.readdirSync(place).map((file) => path.join(place, file)) : [place];
  const yamlFiles = files.filter((file) => /\.ya?ml$/.test(file));
  const crds = yamlFiles.flatMap((file) => parseCrds(fs.readFileSync(file, 'utf8'), kinds));
  if (crds.length === 0) throw new Error(`no CustomResourceDefinition in '${place}', expected some in its YAML`);
  return crds;
}

/** The definitions in a text of one or more YAML documents; documents of other kinds are left out. */
export function parseCrds(text: string, kinds?: readonly string[]): Crd[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as CrdDocument | null)
    .filter((document) => document?.kind === 'CustomResourceDefinition')
    .filter((document) => kinds?.includes(document!.spec.names.kind) ?? true)
    .map((document) => toCrd(document!));
}

function toCrd({ metadata, spec }: CrdDocument): Crd {
  const { kind } = spec.names;
  const versions = spec.versions.map((version) => ({
    ...version,
    schema: objectSchema(kind, version.schema.openAPIV3Schema),
  }));
  const stored = versions.find((version) => version.storage);
  if (!stored) throw new Error(`custom resource definition '${metadata.name}' stores no version, expected exactly one`);
  const same = versions.filter(
    (version) =>
      version !== stored && version.served && JSON.stringify(version.schema) === JSON.stringify(stored.schema),
  );
  return {
    name: metadata.name,
    kind,
    apiVersion: `${spec.group}/${stored.name}`,
    sameAs: same.map((version) => `${spec.group}/${version.name}`),
    operatorVersion: metadata.annotations?.['operator.prometheus.io/version'],
    schema: stored.schema,
  };
}

/**
 * `apiVersion`, `kind` and `metadata` are the same for every kind, whatever a definition repeats of them. The status is
 * written by controllers: what stands there is not an author's to get right.
 */
function objectSchema(kind: string, { properties, ...schema }: OpenApiSchema): JsonSchema {
  const own = { ...properties };
  for (const common of ['apiVersion', 'kind', 'metadata', 'status']) delete own[common];
  const nested = toJsonSchema({ ...schema, properties: own }, kind);
  return {
    ...nested,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: 'ObjectMeta' },
      ...nested.properties,
      status: {},
    },
  };
}
