import { selectedMetrics, syntaxProblem } from '../../src/promql';
import { describeWithEngine } from '../support/engines';
import {
  expressionsOfPrometheus3,
  falseAlarms,
  goodExpressions,
  meaninglessExpressions,
  unreadableExpressions,
} from './expressions';
import { rejectedRules } from './rejected-rules';

test.each([...goodExpressions, ...expressionsOfPrometheus3])('%s can be read', (expression) =>
  expect(syntaxProblem(expression)).toBeUndefined(),
);

test.each(unreadableExpressions)('%s cannot be read', (expression) => {
  const problem = syntaxProblem(expression);
  expect(problem?.message).toMatch(
    /^(unexpected '.+' at character \d+|the expression ends too early|the expression is empty)$/s,
  );
  expect(problem?.start).toBeGreaterThanOrEqual(0);
  expect(problem?.end).toBeLessThanOrEqual(expression.length + 1);
});

describe('a problem', () => {
  test('names what stands where it begins', () => {
    expect(syntaxProblem('sum(up) by job')).toEqual({
      message: "unexpected 'job' at character 12",
      start: 11,
      end: 14,
    });
    expect(syntaxProblem('sum(rate(up[5m])')?.message).toBe('the expression ends too early');
    expect(syntaxProblem('')?.message).toBe('the expression is empty');
    expect(syntaxProblem(' \n ')?.message).toBe('the expression is empty');
  });

  test('is not raised for functions that the published grammar lacks', () => {
    expect(syntaxProblem('max_of(up, 1)')).toBeUndefined();
    expect(syntaxProblem('min_of (up, 1)')).toBeUndefined();
  });

  test('is raised for a text without its closing quote', () => {
    expect(syntaxProblem('up == "')).toBeDefined();
    expect(syntaxProblem('count_values("x, up)')).toBeDefined();
    expect(syntaxProblem('label_replace(up, "a", "b", "c", "d)')).toBeDefined();
  });
});

describe('an expression of 100 kB', () => {
  test.each([
    ['a long sum', Array.from({ length: 10_000 }, (_, index) => `metric_${index}`).join(' + ')],
    ['a long matcher', `up{job=~"${'a|'.repeat(50_000)}b"}`],
    ['nested parentheses', `${'('.repeat(2_000)}up${' '.repeat(90_000)}${')'.repeat(2_000)}`],
    ['a long comment', `up # ${'x'.repeat(100_000)}`],
  ])('is read without delay: %s', (_, expression) => {
    const start = process.hrtime.bigint();
    expect(syntaxProblem(expression)).toBeUndefined();
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(2_000);
  });

  test('is refused without delay when it is broken', () => {
    expect(syntaxProblem('('.repeat(100_000))).toBeDefined();
    expect(syntaxProblem(`up{job="${'x'.repeat(100_000)}"`)).toBeDefined();
  });
});

describe('the metrics that an expression selects', () => {
  test.each<[string, string[]]>([
    ['rate(http_requests_total[5m]) > 1', ['http_requests_total']],
    ['a / on (job) group_left (team) b', ['a', 'b']],
    ['sum by (job) (job:errors:rate5m) / job:requests:rate5m', ['job:errors:rate5m', 'job:requests:rate5m']],
    ['a + a', ['a']],
    ['label_replace(up, "x", "$1", "y", "a")', ['up']],
    ['up # down', ['up']],
    ['1', []],
  ])('of %s', (expression, metrics) => expect(selectedMetrics(expression)).toEqual(metrics));
});

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    const lists = [
      goodExpressions,
      expressionsOfPrometheus3,
      unreadableExpressions,
      meaninglessExpressions,
      falseAlarms,
    ];
    const takenBy = (): string[][] => {
      const rejected = rejectedRules(
        promtool,
        lists.map((list) => list.map((expr, index) => ({ record: `r${index}`, expr }))),
      );
      return lists.map((list, file) => list.filter((_, index) => !rejected[file]?.includes(index)));
    };

    test('promtool agrees about every expression of the lists', () => {
      const [good, ofPrometheus3, unreadable, meaningless, withFalseAlarm] = takenBy();
      expect(good).toEqual(goodExpressions);
      expect(unreadable).toEqual([]);
      // What the language has learned since 2.42, and nothing else.
      expect(ofPrometheus3).toEqual(name === 'promtool' ? expressionsOfPrometheus3 : []);
      // Syntax alone cannot see these: the verdicts differ on purpose, until expressions are checked for their meaning.
      expect(meaningless).toEqual([]);
      expect(withFalseAlarm).toEqual(falseAlarms);
    });
  });
}

test('what syntax alone cannot see passes, and rare spellings raise a false alarm', () => {
  expect(meaninglessExpressions.filter((expression) => syntaxProblem(expression) !== undefined)).toEqual([]);
  expect(falseAlarms.filter((expression) => syntaxProblem(expression) === undefined)).toEqual([]);
});
