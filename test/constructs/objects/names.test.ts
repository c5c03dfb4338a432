import * as fc from 'fast-check';
import { labelProblem, nameProblem, toObjectName } from '../../../src/constructs/objects';

describe('an object name made of any text', () => {
  test.each([
    ['checkout', 'checkout'],
    ['CheckoutService', 'checkout-service'],
    ['My Overview!', 'my-overview'],
    ['--x--', 'x'],
    ['кофе', 'app'],
    ['', 'app'],
    ['İstanbul', 'i-stanbul'],
  ])('%j becomes %j', (text, name) => {
    expect(toObjectName(text)).toBe(name);
  });

  test('is always one that Kubernetes takes, and stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 3, max: 253 }), (text, longest) => {
        const name = toObjectName(text, longest);
        expect(nameProblem(name, longest)).toBeUndefined();
        expect(toObjectName(name, longest)).toBe(name);
      }),
    );
  });

  test('keeps what is valid already', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/), (name) => {
        fc.pre(!name.includes('--'));
        expect(toObjectName(name)).toBe(name);
      }),
    );
  });
});

describe('a name that no object can have', () => {
  test.each(['Checkout', 'a_b', '-a', 'a-', 'a b', '', 'é', 'a'.repeat(64)])(
    '%j is refused, with one that fits',
    (name) => {
      const problem = nameProblem(name, 63);
      expect(problem?.message).toContain(`'${name}'`);
      const suggestion = /write '(.*?)'/.exec(problem?.fix ?? '')?.[1] ?? '';
      expect(nameProblem(suggestion, 63)).toBeUndefined();
    },
  );

  test('what Helm or Flux will fill in is not judged', () => {
    expect([nameProblem('{{ .Release.Name }}', 63), nameProblem('${app}', 63)]).toEqual([undefined, undefined]);
  });
});

describe('a label', () => {
  test.each([
    ['team', 'payments'],
    ['example.org/team', '{{ .Values.team }}'],
  ])('%s=%s is taken', (key, value) => {
    expect(labelProblem(key, value)).toBeUndefined();
  });

  test.each([
    ['a b', 'x', "the label key 'a b' must be", "write 'a-b'"],
    ['/x', 'x', "the label key '/x' must be", 'choose a valid one'],
    ['team', 'Büro 1', "the value 'Büro 1' of label 'team' must be", "write 'B-ro-1'"],
    ['team', 5, "the value 5 of label 'team' must be text", "write '5'"],
    ['team', undefined, "the value undefined of label 'team' must be text", 'choose a valid one'],
  ])('%s=%s is refused', (key, value, message, fix) => {
    const problem = labelProblem(key, value);
    expect(problem?.message).toContain(message);
    expect(problem?.fix).toBe(fix);
  });
});
