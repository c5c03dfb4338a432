import { Duration } from 'cdk8s';
import fc from 'fast-check';
import {
  DurationLike,
  durationMilliseconds,
  durationProblem,
  durationText,
  formatDuration,
  parseDuration,
  PrometheusDuration,
} from '../../src/promql';
import { describeWithEngine } from '../support/engines';
import { schemaErrors } from '../support/schemas';
import { rejectedRules } from './rejected-rules';
import { badDurations, goodDurations } from './durations';

const largest = 9_223_372_036_854;

describe('parsing', () => {
  test.each(Object.entries(goodDurations))('%s is %d ms', (text, milliseconds) =>
    expect(parseDuration(text)).toBe(milliseconds),
  );

  test.each(badDurations)('%j is none', (text) => expect(parseDuration(text)).toBeUndefined());
});

describe('printing', () => {
  test.each([
    [0, '0s'],
    [1, '1ms'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [90_061_001, '1d1h1m1s1ms'],
    [31_536_000_000, '365d'],
  ])('%d ms is %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  test('what is printed is read back as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: largest }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  test('any spelling that Prometheus takes means what we print for it', () => {
    const part = (unit: string) =>
      fc.option(
        fc.nat(99).map((count) => `${count}${unit}`),
        { nil: '' },
      );
    const spelling = fc.tuple(...['y', 'w', 'd', 'h', 'm', 's', 'ms'].map(part)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(spelling, (text) => {
        const milliseconds = parseDuration(text);
        if (text === '') return expect(milliseconds).toBeUndefined();
        expect(parseDuration(formatDuration(milliseconds ?? -1))).toBe(milliseconds);
      }),
    );
  });
});

describe('a duration of cdk8s or of Prometheus', () => {
  test('is printed as Prometheus reads it', () => {
    expect(durationText(Duration.minutes(90))).toBe('1h30m');
    expect(durationText(Duration.millis(250))).toBe('250ms');
    expect(durationText('90m')).toBe('90m');
    expect(durationMilliseconds(Duration.seconds(15))).toBe(15_000);
    expect(durationMilliseconds('15s')).toBe(15_000);
    expect(durationProblem(Duration.days(3))).toBeUndefined();
    expect(durationProblem('3d')).toBeUndefined();
  });

  test('must be whole milliseconds that Go can hold', () => {
    expect(durationProblem(Duration.millis(0.5))).toEqual({
      message: 'a duration of 0.5 ms',
      fix: 'use whole milliseconds, zero or more',
    });
    expect(durationProblem(Duration.days(200_000))).toBeDefined();
  });

  test.each([
    ['15', "write '15s'"],
    ['1.5m', "write '1m30s'"],
    ['1.5', "write '1s500ms'"],
    ['5M', "write '5m'"],
    ['5 minutes', "write '5m'"],
    [' 5m ', "write '5m'"],
    ['10 ms', "write '10ms'"],
  ])('%j is answered by: %s', (text, fix) => expect(durationProblem(text as DurationLike)?.fix).toBe(fix));

  test.each([...badDurations, '1e400', '123456789012345678901234567890d'])(
    'what is suggested for %j is right itself',
    (text) => {
      const problem = durationProblem(text as DurationLike);
      expect(problem?.message).toBe(`'${text}' is no Prometheus duration`);
      for (const [, suggestion = ''] of problem?.fix.matchAll(/'(\w+)'/g) ?? [])
        expect(parseDuration(suggestion)).toBeDefined();
    },
  );

  test.each([15, null, true, NaN, ['5m'], { minutes: 5 }, Object.create(null), Symbol('5m')])(
    'a value of another type (%p) is a problem, not a crash',
    (value) => {
      expect(durationProblem(value as DurationLike)?.message).toMatch(/is no Prometheus duration$/);
      expect(durationMilliseconds(value as DurationLike)).toBeUndefined();
    },
  );
});

export function misspeltDurationsDoNotCompile(): void {
  const good: readonly PrometheusDuration[] = ['0', '5m', '90m', '1h30m', '1h30m15s', '1y2w3d4h5m6s7ms'];
  void good;
  // @ts-expect-error no unit
  void ('15' satisfies PrometheusDuration);
  // @ts-expect-error a fraction
  void ('1.5m' satisfies PrometheusDuration);
  // @ts-expect-error no such unit
  void ('5M' satisfies PrometheusDuration);
  // @ts-expect-error small before large
  void ('30m1h' satisfies PrometheusDuration);
  // @ts-expect-error nothing
  void ('' satisfies PrometheusDuration);
  // @ts-expect-error a number
  void (15 satisfies DurationLike);
}

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('promtool takes the durations that we take, and no others', () => {
      // A file with a malformed duration is refused as a whole, so each stands in a file of its own.
      const accepts = (texts: readonly string[]) =>
        rejectedRules(
          promtool,
          texts.map((text) => [{ alert: 'Up', expr: 'up', for: text }]),
        ).map((bad) => bad.length === 0);
      const good = Object.keys(goodDurations);
      expect(good.filter((_, index) => !accepts(good)[index])).toEqual([]);
      // promtool reads an empty field as one that is left out.
      const bad = badDurations.filter((text) => text !== '');
      expect(bad.filter((_, index) => accepts(bad)[index])).toEqual([]);
    });
  });
}

test('the pattern of the custom resources takes what we take', () => {
  const ruleFor = (text: string) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'up' },
    spec: { groups: [{ name: 'up', rules: [{ alert: 'Up', expr: 'up', for: text }] }] },
  });
  expect(Object.keys(goodDurations).filter((text) => schemaErrors(ruleFor(text))?.length !== 0)).toEqual([]);
  // The pattern knows no bounds, and lets an empty text pass.
  const tooLarge = badDurations.filter((text) => /^\d+[a-z]/.test(text) && schemaErrors(ruleFor(text))?.length === 0);
  expect(tooLarge).toEqual(['293y', '90000000y', '9223372036855ms', '99999999999999999999s', '1y99999999999999ms']);
});
