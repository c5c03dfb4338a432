import { JsonSchema } from '../../src/manifests/json-schema';
import { commonEnding } from './words';

/**
 * The names that Kubernetes has for an object of this form, the best first; none if it has no such object.
 *
 * @param fields the names of the fields that hold it, as type names, the most frequent first
 */
export type KubernetesNames = (schema: JsonSchema, fields: readonly string[]) => string[];

/** Objects of fewer fields must agree in all of them: they say too little to be recognised by most. */
const fieldsThatTellMuch = 6;
/** How much of the fields must be the same, as an operator embeds the structures of an older or newer Kubernetes. */
const likeness = 0.8;

/**
 * CRDs embed structures of Kubernetes (containers, volumes, affinity …) without their names. They are recognised by the
 * names and types of their fields. Where Kubernetes has several names for one form, the field that holds it tells
 * which (`cephfs`: `CephFSVolumeSource`), or what the names share is taken (`SecretKeySelector` and
 * `ConfigMapKeySelector`: `KeySelector`).
 */
export function kubernetesNames(definitions: ReadonlyMap<string, JsonSchema>): KubernetesNames {
  const forms = [...definitions]
    .filter(([, schema]) => schema.properties)
    .map(([name, schema]) => ({ name, form: formOf(schema, definitions) }));
  return (schema, fields) => {
    const own = formOf(schema, definitions);
    const scores = forms.map(({ name, form }) => ({ name, score: compare(own, form) }));
    const best = Math.max(0, ...scores.map(({ score }) => score));
    if (best === 0) return [];
    const names = scores.filter(({ score }) => score === best).map(({ name }) => name);
    const shared = commonEnding(names);
    const told = [...new Set(fields.flatMap((field) => beginningWith(field, names)))];
    // Fields that tell different names hold one form under several names: what those share says most.
    const inOrder = told.length === 1 ? [...told, shared] : [shared, ...told];
    return inOrder.filter((name) => name !== '');
  };
}

/**
 * The shortest of the names that begin with the name of the field, unless another one goes on differently
 * (`rbd`: `RBDVolumeSource`, whose rest `RBDPersistentVolumeSource` has too; `rollingUpdate`: none).
 */
function beginningWith(field: string, names: readonly string[]): string[] {
  const found = names.filter((name) => name.toLowerCase().startsWith(field.toLowerCase()));
  const [shortest] = found.sort((a, b) => a.length - b.length);
  return shortest !== undefined && found.every((name) => name.endsWith(shortest.slice(field.length))) ? [shortest] : [];
}

type Form = ReadonlyMap<string, string>;

function formOf(schema: JsonSchema, definitions: ReadonlyMap<string, JsonSchema>): Form {
  return new Map(Object.entries(schema.properties ?? {}).map(([field, child]) => [field, typeOf(child, definitions)]));
}

function typeOf(schema: JsonSchema, definitions: ReadonlyMap<string, JsonSchema>): string {
  // A reference that is not to one of the definitions is to another object of the CRD.
  if (schema.$ref !== undefined) {
    const target = definitions.get(schema.$ref);
    return target ? typeOf(target, definitions) : 'object';
  }
  return typeof schema.type === 'string' ? schema.type : 'number or text';
}

/** 1 for the same form, less for a similar one, 0 for a different one. */
function compare(own: Form, other: Form): number {
  const shared = [...own].filter(([field, type]) => other.get(field) === type).length;
  const all = new Set([...own.keys(), ...other.keys()]).size;
  if (shared === all) return 1;
  return own.size >= fieldsThatTellMuch && shared / all >= likeness ? shared / all : 0;
}
