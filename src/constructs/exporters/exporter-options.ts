import { described, Shape, ShapeProblem, ShapeRule } from '../../findings';
import { exporterShape } from '../app/app-shapes';
import { portNumberRule } from '../app/ports';
import { checkProps, ShapeOf } from '../objects';
import type { ExporterProps } from './exporter';

/** What was wrong with the options of a ready-made exporter: a symbol, so that `{ ...Exporters.redis() }` keeps it. */
const problemsKey = Symbol('cdk8s-monitoring.exporter-problems');

type WithProblems = ExporterProps & { readonly [problemsKey]?: readonly ShapeProblem[] };

/** Props of an exporter that show what was wrong with its options once there is a construct to show it at. */
export function withProblems(props: ExporterProps, problems: readonly ShapeProblem[]): ExporterProps {
  const carrying: WithProblems = { ...props, [problemsKey]: problems };
  return problems.length === 0 ? props : carrying;
}

export function problemsOfOptions(props: ExporterProps | null | undefined): readonly ShapeProblem[] {
  return (props as WithProblems | null | undefined)?.[problemsKey] ?? [];
}

/** Options that can be used, and what was wrong with those given; `own` are those that only this exporter has. */
export function checkOptions<O extends object>(given: O | undefined, own: ShapeOf<Omit<O, keyof ExporterProps>>) {
  // A ready-made exporter has a port, and whatever else an exporter can be told, it can be told too.
  const shape = { ...exporterShape, port: portNumberRule, ...own } as Readonly<Record<string, Shape>> as ShapeOf<O>;
  const { props, problems } = checkProps<O>(given, shape);
  return { options: props, problems };
}

/** A value of a Secret; where it is text, that is not repeated: it may be the password. */
export const secretKey: ShapeRule = {
  problem: (value, place) =>
    isSecretKey(value)
      ? undefined
      : {
          message: `${place} is ${typeof value === 'string' ? 'text' : described(value)}, expected a key of a Secret`,
          fix: `write ${place}: { name: '<name of the Secret>', key: '${place}' }`,
        },
};

export const textOrSecretKey: ShapeRule = {
  problem: (value, place) =>
    typeof value === 'string' || isSecretKey(value)
      ? undefined
      : {
          message: `${place} is ${described(value)}, expected text or a key of a Secret`,
          fix: `give text, or { name: '<name of the Secret>', key: '${place}' }`,
        },
};

export const requiredText: ShapeRule = {
  required: true,
  problem: (value, place) =>
    typeof value === 'string'
      ? undefined
      : { message: `${place} is ${described(value)}, expected text`, fix: `give ${place} as text` },
};

function isSecretKey(value: unknown): boolean {
  const { name, key } = (value ?? {}) as { name?: unknown; key?: unknown };
  return typeof name === 'string' && typeof key === 'string';
}
