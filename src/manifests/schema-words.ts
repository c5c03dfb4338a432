import { JsonSchema, JsonType } from './json-schema';
import { matchesPattern } from './schema-pattern';

const typeWords: Readonly<Record<JsonType, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

const duration = 'a duration such as 30s, 5m or 1h30m (whole numbers, large units before small ones)';
const url = 'an address that begins with http:// or https://';

/** What the patterns of the CRDs ask for, said for a person. */
const patternWords: Readonly<Record<string, string>> = {
  '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$': duration,
  '^(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?$': duration,
  '^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$': 'a duration in h, m, s and ms, such as 30s or 1h30m',
  '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$': 'a duration of Go, such as 30s, 1.5h or 10m0s',
  '(^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$': 'a size such as 512KB, 10MB or 1GiB',
  '^(http|https)://.+$': url,
  '^https?://.+$': url,
  '^(http|https|socks5)://.+$': 'an address that begins with http://, https:// or socks5://',
  '^[a-zA-Z][a-zA-Z0-9+.-]*://.+$': 'an address with a scheme, such as https://registry.example',
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$':
    'a quantity such as 100m, 0.5, 2 or 512Mi',
  '^(?i)(abort|warn)?$': "'abort' or 'warn'",
  '^((([01][0-9])|(2[0-3])):[0-5][0-9])$|(^24:00$)': 'a time of day such as 08:30, up to 24:00',
  '^((?i)sun|mon|tues|wednes|thurs|fri|satur)day(?:((:(sun|mon|tues|wednes|thurs|fri|satur)day)$)|$)':
    'a weekday such as monday, or a range such as monday:friday',
  '^((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9])(?:((:((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9]))$)|$)':
    'a month such as may or 5, or a range such as may:august',
  '^2\\d{3}(?::2\\d{3}|$)': 'a year such as 2030, or a range such as 2030:2032',
  '^[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)$':
    'a path that ends in .json, .yml or .yaml, with * in its last part only',
  '^[a-zA-Z0-9-_]+$': 'letters, digits, hyphens and underscores only',
};

/** `a string`, `an integer or a string`, `one of 'http', 'https'`. */
export function describeSchema(schema: JsonSchema): string {
  if (schema.enum) return `one of ${schema.enum.map(describeValue).join(', ')}`;
  if (schema.type === undefined) return 'a value';
  if (typeof schema.type === 'string') return typeWords[schema.type];
  return schema.type.map((type) => typeWords[type]).join(' or ');
}

export function describePattern(pattern: string): string {
  return patternWords[pattern] ?? `a text that matches ${pattern}`;
}

/** A value as it may stand in a sentence; long ones are cut. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return value === undefined ? 'nothing' : String(value);
}

/** The same value in the type that is expected: `'9090'` for 9090, `true` for `'true'`. */
export function inExpectedType(value: unknown, schema: JsonSchema): string | undefined {
  const types: readonly JsonType[] = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if ((typeof value === 'number' || typeof value === 'boolean') && types.includes('string'))
    return `'${String(value)}'`;
  if (typeof value !== 'string') return undefined;
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value;
  const wantsNumber = types.includes('integer') || types.includes('number');
  return wantsNumber && /^-?(0|[1-9]\d{0,14})$/.test(value) ? value : undefined;
}

const unitSpellings: Readonly<Record<string, string>> = {
  ...{ second: 's', seconds: 's', sec: 's', secs: 's', minute: 'm', minutes: 'm', min: 'm', mins: 'm' },
  ...{ hour: 'h', hours: 'h', hr: 'h', hrs: 'h', day: 'd', days: 'd', week: 'w', weeks: 'w' },
};

/** What a text was probably meant to be, if that matches the pattern: `30s` for `30 sec`, `10MB` for `10mb`. */
export function nearestMatch(pattern: string, text: string): string | undefined {
  if (text.length > 40 || text === '') return undefined;
  const compact = text.replace(/\s+/g, '');
  const spelled = compact.toLowerCase().replace(/[a-z]+/g, (unit) => unitSpellings[unit] ?? unit);
  const isNumber = /^\d+$/.test(compact);
  // A bare number is meant in seconds where a duration is asked for, and in bytes where a size is.
  const guesses = [spelled, compact.toUpperCase(), `${compact}B`, ...(isNumber ? [`${compact}s`] : [])];
  return guesses.find((guess) => guess !== text && matchesPattern(pattern, guess));
}
