import { Lazy } from 'cdk8s';
import { checkShape, Shape, ShapeRule, ShapeSubject } from '../../src/findings';

const even: ShapeRule = {
  code: 'test/even',
  required: true,
  problem: (value, place) =>
    Number(value) % 2 === 0
      ? undefined
      : { message: `${place} is ${String(value)}, expected an even number`, fix: 'add 1' },
  instead: () => 0,
};

const fields: Record<string, Shape> = {
  name: 'text',
  replicas: 'number',
  native: 'boolean',
  args: { list: 'text' },
  labels: { map: 'text' },
  nested: { fields: { path: 'text' } },
  service: { either: [{ oneOf: ['none'] }, { fields: { type: { oneOf: ['ClusterIP', 'NodePort'] } } }] },
  even,
};

const shape: Shape = { fields };

const subject: ShapeSubject = {
  whole: 'props',
  partPrefix: '',
  code: 'props/type',
  unknown: { code: 'props/unknown', severity: 'warning', message: 'is no prop' },
  nullIsMissing: true,
};

const check = (given: unknown, as = subject) => {
  const { value, problems } = checkShape(given, shape, as);
  return { value, faults: problems.map(({ code, message, fix }) => `${code}: ${message} → ${fix}`) };
};

test('what has the right shape passes as it is', () => {
  const given = {
    name: 'a',
    replicas: 0,
    native: false,
    args: ['x'],
    labels: { a: '' },
    nested: { path: '/' },
    service: { type: 'NodePort' },
    even: 2,
  };
  expect(check(given)).toEqual({ value: given, faults: [] });
});

test('null and undefined count as not given', () => {
  expect(check({ name: null, replicas: undefined, nested: { path: null }, even: 2 })).toEqual({
    value: { nested: {}, even: 2 },
    faults: [],
  });
});

test('a value of the wrong type is left out, and shown with its place and what was meant', () => {
  expect(
    check({
      name: 5,
      replicas: '3',
      native: 'true',
      args: 'x',
      labels: { a: undefined, b: 1 },
      nested: [],
      service: 'nonee',
      even: 2,
    }),
  ).toMatchInlineSnapshot(`
   {
     "faults": [
       "props/type: name is the number 5, expected text → write '5'",
       "props/type: replicas is the string '3', expected a number → write 3",
       "props/type: native is the string 'true', expected true or false → write true",
       "props/type: args is the string 'x', expected a list → write ["x"]",
       "props/type: labels.a is undefined, expected text → give text, or leave it out",
       "props/type: labels.b is the number 1, expected text → write '1'",
       "props/type: nested is a list, expected { path } → give { path }",
       "props/type: service is the string 'nonee', expected 'none' or { type } → give 'none' or { type }",
     ],
     "value": {
       "even": 2,
       "labels": {},
     },
   }
  `);
});

test('what is left out does not shift what is kept', () => {
  expect(check({ args: ['a', 5, 'b'], even: 2 }).value).toEqual({ args: ['a', 'b'], even: 2 });
});

test('a field that no one knows is shown with the near miss', () => {
  const { problems } = checkShape({ replica: 3, even: 2 }, shape, subject);
  expect(problems).toEqual([
    {
      path: ['replica'],
      code: 'props/unknown',
      severity: 'warning',
      message: 'replica is no prop',
      nearMiss: 'replicas',
      fix: "write 'replicas'",
    },
  ]);
});

test('a rule of its own says what to go on with', () => {
  expect(check({ even: 3 })).toEqual({
    value: { even: 0 },
    faults: ['test/even: even is 3, expected an even number → add 1'],
  });
});

test('a Lazy is refused: it would be printed as an object', () => {
  expect(check({ args: [Lazy.any({ produce: () => 'x' })], even: 2 }).faults).toEqual([
    'props/type: args[0] is a Lazy, which is not needed here, expected text → give text',
  ]);
});

test('names of Object.prototype are fields like others', () => {
  expect(check({ constructor: 1, even: 2 }).faults).toEqual([
    'props/unknown: constructor is no prop → leave it out; known here: name, replicas, native, args, labels, nested, service, even',
  ]);
});

test('null is a fault where it does not count as not given, and a part is called as the subject says', () => {
  const platform = { ...subject, whole: 'the platform', partPrefix: 'platform ', nullIsMissing: false };
  expect(check(null, platform).faults).toEqual([
    'props/type: the platform is null, expected { name, replicas, native, … } → give { name, replicas, native, … }, or leave it out',
  ]);
  expect(check({ name: null, nested: { path: 1 }, even: 2 }, platform).faults).toEqual([
    'props/type: platform name is null, expected text → give text, or leave it out',
    "props/type: platform nested.path is the number 1, expected text → write '1'",
  ]);
});

test('what lacks only its quotes is marked, with the path to it', () => {
  const { problems } = checkShape({ args: ['a', 5], name: new Date(0), native: 'x', even: 2 }, shape, subject);
  expect(problems.map(({ path, isUnquoted }) => [path, isUnquoted])).toEqual([
    [['args', 1], true],
    [['name'], true],
    [['native'], false],
  ]);
});
