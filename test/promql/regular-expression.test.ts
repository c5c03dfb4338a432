import { matchesRegularExpression, regularExpressionProblem } from '../../src/promql';
import { describeWithEngine } from '../support/engines';
import { rejectedRules } from './rejected-rules';

const good: readonly string[] = [
  '',
  'plain-text',
  '.*',
  'a|b',
  '(a|b)',
  '(?:a)',
  '(?i)a',
  '(?P<name>a)',
  '[a-z]+',
  '[^a-z]',
  '[[:alpha:]]',
  '\\d+\\w\\s',
  '\\bword\\b',
  '\\p{Greek}',
  '\\pL',
  'a{2,5}',
  'a{,5}',
  'a*?',
  '^a$',
  '\\.',
  '\\x41',
  '\\Qa.b\\E',
  'é☃',
  ']',
  '}',
  '{',
  '\\z',
  '(?s).',
  'a{1000}',
];

const bad: readonly string[] = [
  '(',
  ')',
  '[',
  '[z-a]',
  '*',
  '+a',
  'a**',
  'a{2,1}',
  'a{1001}',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(a)\\1',
  '\\k<a>',
  '\\8',
  '\\p{Nonsense}',
  '[[:nonsense:]]',
  '(?z)a',
  '\\',
  '(?>a)',
  'a++',
];

test.each(good)('%j is a regular expression', (pattern) => expect(regularExpressionProblem(pattern)).toBeUndefined());
test.each(bad)('%j is none', (pattern) => expect(regularExpressionProblem(pattern)).toMatch(/\S/));

test('a name that two groups share is refused, though Go takes it: nobody means it', () => {
  expect(regularExpressionProblem('(?P<a>x)(?P<a>y)')).toMatch(/duplicate/);
});

test('the verdict is the same when it is asked again', () => {
  expect(regularExpressionProblem('(?=a)')).toBe(regularExpressionProblem('(?=a)'));
  expect(regularExpressionProblem('a|b')).toBe(regularExpressionProblem('a|b'));
});

test.each([
  ['pod', 'pod', true],
  ['pod', 'pods', false],
  ['po', 'pod', false],
  ['(pod|job)', 'job', true],
  ['a|b', 'ab', false],
  ['.*', 'two\nlines', true],
  ['(?i)JOB', 'job', true],
  ['(', '(', false],
  ['', '', true],
])('%j matches %j: %p', (pattern, text, matches) => expect(matchesRegularExpression(pattern, text)).toBe(matches));

test('a pattern that would take JavaScript for ever takes no time', () => {
  const start = process.hrtime.bigint();
  expect(matchesRegularExpression('(a+)+b', 'a'.repeat(5_000))).toBe(false);
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(1_000);
});

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('promtool agrees about every pattern of the lists', () => {
      const rules = (patterns: readonly string[]) =>
        patterns.map((pattern) => ({ record: 'r', expr: `up{job=~${JSON.stringify(pattern)}}` }));
      const [rejectedGood, rejectedBad] = rejectedRules(promtool, [rules(good), rules(bad)]);
      expect(rejectedGood?.map((index) => good[index])).toEqual([]);
      expect(bad.filter((_, index) => !rejectedBad?.includes(index))).toEqual([]);
    });
  });
}
