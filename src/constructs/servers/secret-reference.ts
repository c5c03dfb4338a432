import { described, ShapeRule } from '../../findings';
import type { SecretKeyReference } from '../../platform';

/** A value that stands in a Secret of the server's own namespace, which something else makes. */
export interface SecretReference {
  readonly secret: SecretKeyReference;
}

/** A reference with a name and a key: the operator finds nothing by half of them. */
export const secretReference: ShapeRule = {
  code: 'servers/secret',
  problem: (value, place) => {
    const { secret } = (value ?? {}) as { secret?: { name?: unknown; key?: unknown } };
    const missing = (['name', 'key'] as const).find(
      (field) => typeof secret?.[field] !== 'string' || secret[field] === '',
    );
    if (missing === undefined) return undefined;
    const given = secret === undefined || secret === null ? described(value) : `without the ${missing} of its Secret`;
    return {
      message: `${place} is ${given}, expected { secret: { name, key } }`,
      fix: "refer to a Secret of the same namespace, such as { secret: { name: 'object-storage', key: 'thanos.yaml' } }",
    };
  },
};
