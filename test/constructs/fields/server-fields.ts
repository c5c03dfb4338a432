import type { Chart } from 'cdk8s';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, stack, theOnly } from '../../support/stack';
import { SchemaFields } from './schema-fields';

/** How each field of a server's spec is reached. */
export interface ServerTable<Props, Spec> {
  readonly kind: string;
  /** File of `imports/`. */
  readonly file: string;
  readonly make: (chart: Chart, props: Partial<Props>) => void;
  /** Fields with a prop of their own, and what is written for it. */
  readonly props: { readonly [F in keyof Spec]?: readonly [given: Partial<Props>, written: Spec[F]] };
  /** Fields without: example values, given as `spec`. */
  readonly spec: Partial<Spec>;
  /** Fields that follow from something else, and why no value is taken as it is. */
  readonly ours: { readonly [F in keyof Spec]?: string };
}

/** Fields of which a table says nothing. */
export type MissingIn<
  Spec,
  Table extends { readonly props: object; readonly spec: object; readonly ours: object },
> = Exclude<keyof Spec, keyof Table['props'] | keyof Table['spec'] | keyof Table['ours']>;

/** Tests that every field of a server's spec has its typed prop, or its place in the typed `spec`. */
export function testServerFields<Props, Spec extends object>(table: ServerTable<Props, Spec>): void {
  const { kind, file, make } = table;
  const written = (props: Partial<Props>): Readonly<Record<string, unknown>> => {
    const { objects, findings } = stack((chart) => make(chart, props), { namespace: 'monitoring' });
    const server = theOnly(objects, kind);
    expectValidObjects([server]);
    expect(faultsOf(findings)).toEqual([]);
    return server.spec as Record<string, unknown>;
  };

  describe(`a field of a ${kind} has its prop`, () => {
    test.each(Object.entries<readonly [Partial<Props>, unknown]>(table.props as never))(
      '%s',
      (field, [given, value]) => {
        expect(written(given)[field]).toEqual(value);
      },
    );
  });

  describe(`a field of a ${kind} without a prop stands in spec`, () => {
    test.each(Object.entries(table.spec))('%s', (field, value) => {
      expect(written({ spec: { [field]: value } } as unknown as Partial<Props>)[field]).toEqual(value);
    });
  });

  test(`together they are all fields of a ${kind} that the operator knows`, () => {
    const said = [...Object.keys(table.props), ...Object.keys(table.spec), ...Object.keys(table.ours)];
    expect(said.sort()).toEqual(new SchemaFields(file).names);
  });
}
