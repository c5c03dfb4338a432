import { IConstruct } from 'constructs';
import { addFinding, checkShape, Shape, ShapeProblem, ShapeSubject } from '../../findings';

/** A shape for each prop of a type; a prop without one does not compile. */
export type ShapeOf<P> = { readonly [K in keyof Required<P>]: Shape };

export interface CheckedProps<P> {
  readonly props: P;
  readonly problems: readonly ShapeProblem[];
}

const subject: ShapeSubject = {
  whole: 'props',
  partPrefix: '',
  code: 'props/type',
  unknown: { code: 'props/unknown', severity: 'warning', message: 'is no prop, and has no effect' },
  nullIsMissing: true,
};

/** Props as they can be used, and what was wrong with those given. */
export function checkProps<P extends object>(given: P | null | undefined, fields: ShapeOf<P>): CheckedProps<P> {
  const { value, problems } = checkShape(given ?? {}, { fields }, subject);
  return { props: (value ?? {}) as P, problems };
}

/** Shows problems of props at their construct. */
export function reportProps(construct: IConstruct, problems: readonly ShapeProblem[]): void {
  const where = { construct: construct.node.path };
  for (const { path, isUnquoted, ...problem } of problems) addFinding(construct, { where, ...problem });
}
