import { JsonSchema } from '../../src/manifests/json-schema';
import { Crd } from './crd';
import { KubernetesNames, kubernetesNames } from './kubernetes-names';
import { nameShapes } from './names';
import { Aliases, Definitions, renderInterfaces, renderObject, sameTypes } from './render-types';
import { renderSchemaFile } from './render-schema';
import { collectShapes, mapReferences, reachable, referencesOf, Shape, Shapes } from './shapes';
import { Swagger, SwaggerReader } from './swagger';
import { kebabCase } from './words';

export const builtInKinds = [
  ...['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'CronJob', 'DaemonSet', 'Deployment', 'EndpointSlice'],
  ...['Endpoints', 'HorizontalPodAutoscaler', 'Ingress', 'Job', 'Namespace', 'NetworkPolicy', 'PersistentVolumeClaim'],
  ...['Pod', 'PodDisruptionBudget', 'ReplicaSet', 'Role', 'RoleBinding', 'Secret', 'Service', 'ServiceAccount'],
  ...['StatefulSet'],
];

/** Where the structures are named that CRDs embed. */
const packagesOfStructures = [
  'io.k8s.api.core.v1',
  'io.k8s.api.apps.v1',
  'io.k8s.api.networking.v1',
  'io.k8s.apimachinery.pkg.apis.meta.v1',
];
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const core = 'kubernetes-core';
const builtIn = 'kubernetes';

interface NamedKind {
  readonly crd: Crd;
  readonly file: string;
  readonly definitions: Map<string, JsonSchema>;
  readonly root: JsonSchema;
}

/**
 * The files of `imports/` that are generated, by name. The same definitions give the same bytes, in whatever order.
 *
 * @param version the version of Kubernetes that the OpenAPI document is of; it does not tell itself
 */
export function generateImports(unsorted: readonly Crd[], swagger: Swagger, version: string): Map<string, string> {
  const crds = [...unsorted].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = structureNames(swagger);
  const reader = new SwaggerReader(swagger);
  const metadata = reader.definitions([objectMeta]);
  const shapes: Shapes = new Map();
  const roots = new Map(crds.map((crd) => [crd, collectShapes(crd.kind, crd.schema, shapes)]));

  const shared = reachable(sharedStructures(shapes, names), shapes);
  const sharedNames = nameShapes(
    shared.map((id) => shapes.get(id)!),
    names,
    metadata.keys(),
  );
  const coreDefinitions = sortByName([...metadata, ...named(shared, shapes, sharedNames)]);
  const kinds = crds.map((crd) => nameKind(crd, roots.get(crd)!, shapes, names, sharedNames));

  const files = new Map<string, string>();
  const coreAliases = sameTypes(coreDefinitions);
  const coreComment = `structures that several kinds share, and the metadata of Kubernetes ${version}`;
  files.set(`${core}.d.ts`, `${header(coreComment)}\n${renderInterfaces(coreDefinitions, coreAliases)}`);
  files.set(
    `${core}.schema.json`,
    renderSchemaFile(`${core}.schema.json`, note(coreComment), undefined, coreDefinitions, () => `${core}.schema.json`),
  );
  for (const kind of kinds) {
    const schemaFile = `${kind.file}.schema.json`;
    files.set(`${kind.file}.d.ts`, renderKind(kind, coreDefinitions, coreAliases));
    const definitions = new Map([[kind.crd.kind, kind.root], ...kind.definitions]);
    const fileOf = (name: string) => (definitions.has(name) ? schemaFile : `${core}.schema.json`);
    files.set(schemaFile, renderSchemaFile(schemaFile, note(origin(kind.crd)), kind.crd.kind, definitions, fileOf));
  }
  addBuiltIns(files, reader, version, new Set(metadata.keys()), kinds);
  return files;
}

function structureNames(swagger: Swagger): KubernetesNames {
  const reader = new SwaggerReader(swagger);
  return kubernetesNames(reader.definitions(reader.namesIn(packagesOfStructures)));
}

/** Structures of Kubernetes that stand, exactly the same, in more than one kind. */
function sharedStructures(shapes: Shapes, names: KubernetesNames): string[] {
  return [...shapes.values()]
    .filter(({ uses }) => new Set(uses.map(({ kind }) => kind)).size > 1)
    .filter(({ schema }) => names(schema, []).length > 0)
    .map(({ id }) => id);
}

function named(ids: readonly string[], shapes: Shapes, names: ReadonlyMap<string, string>): [string, JsonSchema][] {
  return ids.map((id) => [names.get(id)!, withNames(shapes.get(id)!.schema, names)]);
}

function withNames(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  return mapReferences(schema, (reference) => (reference.startsWith('#') ? names.get(reference.slice(1))! : reference));
}

function sortByName(definitions: [string, JsonSchema][]): Map<string, JsonSchema> {
  return new Map(definitions.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameKind(
  crd: Crd,
  root: string,
  shapes: Shapes,
  names: KubernetesNames,
  sharedNames: ReadonlyMap<string, string>,
): NamedKind {
  const own = reachable([root], shapes).filter((id) => id !== root && !sharedNames.has(id));
  const usesHere = (shape: Shape): Shape => ({ ...shape, uses: shape.uses.filter(({ kind }) => kind === crd.kind) });
  const usedFromCore = [root, ...own].flatMap((id) => referencesOf(shapes.get(id)!.schema));
  const reserved = [crd.kind, 'ObjectMeta', ...usedFromCore.flatMap((id) => sharedNames.get(id) ?? [])];
  const all = new Map([
    ...sharedNames,
    ...nameShapes(
      own.map((id) => usesHere(shapes.get(id)!)),
      names,
      reserved,
    ),
  ]);
  return {
    crd,
    file: kebabCase(crd.kind),
    root: withNames(shapes.get(root)!.schema, all),
    definitions: new Map(named(own, shapes, all)),
  };
}

function renderKind({ crd, root, definitions }: NamedKind, coreDefinitions: Definitions, coreAliases: Aliases): string {
  const shared = [...coreAliases].filter(([name]) => !definitions.has(name));
  const aliases = new Map([...shared, ...sameTypes(definitions)]);
  const body = `${renderObject(crd.kind, crd.apiVersion, root, aliases)}\n${renderInterfaces(definitions, aliases)}`;
  const used = [...coreDefinitions.keys()].filter(
    (name) => !definitions.has(name) && new RegExp(`[ (<]${name}[;>)[]`).test(body),
  );
  return `${header(origin(crd))}\n${renderImport(used)}\n${body}`;
}

function renderImport(names: readonly string[]): string {
  const line = `import type { ${names.join(', ')} } from './${core}';\n`;
  return line.length <= 121
    ? line
    : `import type {\n${names.map((name) => `  ${name},\n`).join('')}} from './${core}';\n`;
}

function origin(crd: Crd): string {
  const operator = crd.operatorVersion ? ` (operator ${crd.operatorVersion})` : '';
  return `${crd.kind}, ${crd.apiVersion}, from ${crd.name}${operator}`;
}

function header(about: string): string {
  return `// ${about[0]!.toUpperCase()}${about.slice(1)}.\n// Generated by \`npm run import\`, do not edit.\n`;
}

function note(about: string): string {
  return `${about}; generated by npm run import`;
}

/** The built-in kinds have a schema but no types here, and the index names the schema of every kind. */
function addBuiltIns(
  files: Map<string, string>,
  reader: SwaggerReader,
  version: string,
  inCore: ReadonlySet<string>,
  kinds: readonly NamedKind[],
): void {
  const builtIns = reader.builtIns(builtInKinds);
  const definitions = reader.definitions(builtIns.map(({ definition }) => definition));
  const own = new Map([...definitions].filter(([name]) => !inCore.has(name)));
  const file = `${builtIn}.schema.json`;
  const comment = note(`kinds of Kubernetes ${version}, from its OpenAPI document`);
  const fileOf = (name: string) => (inCore.has(name) ? `${core}.schema.json` : file);
  files.set(file, renderSchemaFile(file, comment, undefined, own, fileOf));

  const index = new Map<string, string>();
  for (const { apiVersion, kind, definition } of builtIns) {
    index.set(`${apiVersion}/${kind}`, `${file}#/$defs/${reader.shortName(definition)}`);
  }
  for (const { crd, file: kindFile } of kinds) {
    for (const apiVersion of [crd.apiVersion, ...crd.sameAs]) {
      index.set(`${apiVersion}/${crd.kind}`, `${kindFile}.schema.json#/$defs/${crd.kind}`);
    }
  }
  const sorted = Object.fromEntries([...index].sort(([a], [b]) => (a < b ? -1 : 1)));
  files.set('schemas.json', `${JSON.stringify(sorted, null, 2)}\n`);
}
