import type { EnvironmentValue } from './container';

/** What to do about a password in plain text. */
export const secretFix = "put it into a Secret, and refer to it: { secret: { name: '…', key: '…' } }";

interface PlainText {
  /** Of the variable or argument. */
  readonly name: string;
  readonly value: string;
}

/** Environment variables and arguments that hold a password themselves, as far as their names or values tell. */
export function plainSecrets(
  env: Readonly<Record<string, EnvironmentValue>> = {},
  args: readonly string[] = [],
): readonly PlainText[] {
  const variables = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string' ? [{ name, value }] : [],
  );
  const options = args.map((argument, index) => optionOf(argument, args[index + 1]));
  return [
    ...variables.filter(({ name, value }) => (namesPassword(name) && isLiteral(value)) || holdsPassword(value)),
    ...options.filter(({ name, value }) => (namesPassword(name) && isLiteral(value)) || holdsPassword(value)),
  ];
}

/** `--password=x`, or `--password` and the argument behind it; the name never holds what may be secret. */
function optionOf(argument: string, next = '-'): PlainText {
  if (!argument.startsWith('-')) return { name: 'an argument', value: argument };
  const [name = '', ...value] = argument.split('=');
  if (value.length > 0) return { name, value: value.join('=') };
  return { name, value: namesPassword(name) && !next.startsWith('-') ? next : '' };
}

function namesPassword(name: string): boolean {
  return /(?:^|[-_.])(?:password|passwd|pass|token)$/i.test(name);
}

/** Neither empty nor filled in from another variable (`$(VARIABLE)`) or by Helm or Flux. */
function isLiteral(value: string): boolean {
  return value !== '' && !/\$[({]|\{\{/.test(value);
}

/** Does a text hold an address with a password, such as `redis://:secret@host`, or `user:secret@tcp(host)`? */
function holdsPassword(text: string): boolean {
  return (
    /\/\/[^/@\s]*:[^/@\s$]+@/.test(text) ||
    /^[^\s:/@]+:[^\s:/@$]+@(tcp|unix)?\(/.test(text) ||
    /\bpassword=[^\s$&]+/i.test(text)
  );
}
