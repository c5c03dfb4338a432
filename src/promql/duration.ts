import { Duration } from 'cdk8s';
import type { Finding, ShapeRule } from '../findings';

type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'y';

/** The units that may follow a unit: those that are smaller. */
interface SmallerUnits {
  y: 'w' | 'd' | 'h' | 'm' | 's' | 'ms';
  w: 'd' | 'h' | 'm' | 's' | 'ms';
  d: 'h' | 'm' | 's' | 'ms';
  h: 'm' | 's' | 'ms';
  m: 's' | 'ms';
  s: 'ms';
  ms: never;
}

type DurationFrom<U extends Unit> = { [K in U]: `${bigint}${K}` | `${bigint}${K}${DurationFrom<SmallerUnits[K]>}` }[U];

/**
 * A duration as Prometheus writes it: whole numbers with units, from large to small (`'15s'`, `'5m'`, `'1h30m'`). A number
 * without a unit, a fraction and units out of order (`'15'`, `'1.5m'`, `'30m1h'`) do not compile.
 */
export type PrometheusDuration = DurationFrom<Unit> | '0';

/** A duration: cdk8s' `Duration.minutes(5)` or Prometheus' own spelling, `'5m'`. */
export type DurationLike = Duration | PrometheusDuration;

const unitsInMilliseconds: readonly (readonly [Unit, number])[] = [
  ['y', 365 * 24 * 3_600_000],
  ['w', 7 * 24 * 3_600_000],
  ['d', 24 * 3_600_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

// The grammar of Prometheus and of the operator's CRDs: every unit at most once, large before small, no fractions.
const grammar = /^(?:0|(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;

// Go holds a duration in 64 bits of nanoseconds.
const largestInMilliseconds = 9_223_372_036_854;

/** Milliseconds of a Prometheus duration, or undefined where Prometheus would refuse it. */
export function parseDuration(text: string): number | undefined {
  const match = grammar.exec(text);
  if (!match || text === '') return undefined;
  let total = 0;
  unitsInMilliseconds.forEach(([, size], index) => (total += Number(match[index + 1] ?? 0) * size));
  return total > largestInMilliseconds ? undefined : total;
}

/** The shortest exact spelling in days, hours, minutes, seconds and milliseconds: 5,400,000 is `1h30m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  let rest = milliseconds;
  let text = '';
  for (const [unit, size] of unitsInMilliseconds.slice(2)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** What is wrong with a duration, and what to write instead; undefined when it is right. */
export function durationProblem(duration: DurationLike): { message: string; fix: string } | undefined {
  if (duration instanceof Duration) {
    const milliseconds = duration.toMilliseconds({ integral: false });
    if (Number.isInteger(milliseconds) && milliseconds >= 0 && milliseconds <= largestInMilliseconds) return undefined;
    return { message: `a duration of ${milliseconds} ms`, fix: 'use whole milliseconds, zero or more' };
  }
  if (typeof duration === 'string' && parseDuration(duration) !== undefined) return undefined;
  const text = durationText(duration);
  return { message: `'${text}' is no Prometheus duration`, fix: suggestDuration(text) };
}

/** What a duration that a user gives must look like; a fault in it has the code. */
export function durationRule(code?: Finding['code']): ShapeRule {
  return {
    code,
    problem: (value, place) => {
      const problem = value === undefined ? undefined : durationProblem(value as DurationLike);
      return problem && { message: `${place}: ${problem.message}`, fix: problem.fix };
    },
  };
}

/** The duration as Prometheus reads it. A string that is none comes back as it is: {@link durationProblem} says so. */
export function durationText(duration: DurationLike): string {
  if (duration instanceof Duration) return formatDuration(duration.toMilliseconds({ integral: false }));
  return typeof duration === 'string' ? duration : (JSON.stringify(duration) ?? String(duration));
}

/** Milliseconds, or undefined where the duration is malformed. */
export function durationMilliseconds(duration: DurationLike): number | undefined {
  return duration instanceof Duration
    ? duration.toMilliseconds({ integral: false })
    : parseDuration(durationText(duration));
}

function suggestDuration(text: string): string {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|[smhdwy])?[a-z]*$/i.exec(text.trim()) ?? [];
  const size = unitsInMilliseconds.find(([name]) => name === unit.toLowerCase())?.[1] ?? 1_000;
  const milliseconds = Math.round(Number(amount) * size);
  return milliseconds <= largestInMilliseconds
    ? `write '${formatDuration(milliseconds)}'`
    : "write whole numbers with units, large before small, at most 292y, such as '30s', '5m' or '1h30m'";
}
