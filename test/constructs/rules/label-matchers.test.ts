import fc from 'fast-check';
import { camelCase, labelMatchers } from '../../../src/constructs/rules/default-alerts';
import { syntaxProblem } from '../../../src/promql';
import { describeWithEngine } from '../../support/engines';
import { rejectedRules } from '../../promql/rejected-rules';

const odd: readonly string[] = [
  '',
  '"',
  '\\',
  '\\"',
  '"} or up{a="',
  "'",
  '`',
  '\n',
  '\r\n\t',
  '\u0000',
  '\u007f\u0085\u009f',
  '\ufeff\ufffe\uffff',
  '\u2028',
  'é☃𝄞',
  '#',
  '{{ $value }}',
  '}',
  '$1',
  '\\n',
  '\\u0041',
  'a'.repeat(1000),
];

test('matchers stand in the order given', () => {
  expect(labelMatchers({ namespace: 'shop', job: 'checkout' })).toBe('{namespace="shop", job="checkout"}');
  expect(labelMatchers({})).toBe('');
});

test('a value cannot break out of its quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const matchers = labelMatchers({ job: value });
      expect(syntaxProblem(`up${matchers}`)).toBeUndefined();
      // Between the quotes there is no quote that is not escaped.
      expect(matchers.slice(6, -2).replace(/\\./gs, '')).not.toMatch(/["\\\n]/);
    }),
  );
});

test.each([
  ['checkout', 'Checkout'],
  ['my-app', 'MyApp'],
  ['my.app_2', 'MyApp2'],
  ['', ''],
  ['--', ''],
])('%j begins an alert as %j', (name, prefix) => expect(camelCase(name)).toBe(prefix));

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('promtool reads every value back as one matcher', () => {
      const expressions = odd.map((value) => `up${labelMatchers({ job: value, namespace: 'shop' })}`);
      expect(rejectedRules(promtool, [expressions.map((expr) => ({ record: 'r', expr }))])).toEqual([[]]);
    });
  });
}
