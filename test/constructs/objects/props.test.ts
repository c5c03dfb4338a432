import { App, Chart } from 'cdk8s';
import { checkProps, reportProps, ShapeOf } from '../../../src/constructs/objects';
import { findingsOf } from '../../../src/findings';

interface Props {
  readonly name?: string;
  readonly replicas?: number;
}

const shape: ShapeOf<Props> = { name: 'text', replicas: 'number' };

test.each([undefined, null])('props that are %s are props without anything', (given) => {
  expect(checkProps<Props>(given, shape)).toEqual({ props: {}, problems: [] });
});

test('what is wrong is left out and shown at the construct: a wrong type is an error, an unknown prop a warning', () => {
  const chart = new Chart(new App(), 'shop');
  const { props, problems } = checkProps({ name: 5, replica: 3 } as unknown as Props, shape);
  reportProps(chart, problems);
  expect(props).toEqual({});
  const where = { construct: 'shop' };
  expect(findingsOf(chart)).toEqual([
    {
      code: 'props/type',
      severity: 'error',
      where,
      message: 'name is the number 5, expected text',
      fix: "write '5'",
    },
    {
      code: 'props/unknown',
      severity: 'warning',
      where,
      message: 'replica is no prop, and has no effect',
      nearMiss: 'replicas',
      fix: "write 'replicas'",
    },
  ]);
});

export function shapesOfTypes(): void {
  // @ts-expect-error: a prop without a shape would pass unchecked
  const missing: ShapeOf<{ a?: string; b?: string }> = { a: 'text' };
  // @ts-expect-error: a shape for a prop that is not there
  const surplus: ShapeOf<{ a?: string }> = { a: 'text', b: 'text' };
  void missing;
  void surplus;
}
