import type { RE2JS } from 're2js';

/** JavaScript backtracks where RE2 does not; on texts up to this length that costs nothing. */
const longestForJavaScript = 200;

type Matcher = (text: string) => boolean;
const matchers = new Map<string, { readonly short: Matcher | undefined; long: Matcher | undefined }>();

/**
 * Whether a text matches a pattern of a schema, as Go's `regexp` would decide. Most patterns mean the same in
 * JavaScript, which saves loading the engine.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let matcher = matchers.get(pattern);
  if (!matcher) {
    const translated = toJavaScript(pattern);
    matcher = { short: translated && ((candidate) => translated.test(candidate)), long: undefined };
    matchers.set(pattern, matcher);
  }
  if (matcher.short && text.length <= longestForJavaScript) return matcher.short(text);
  matcher.long ??= withRe2(pattern);
  return matcher.long(text);
}

function withRe2(pattern: string): Matcher {
  // Loaded when a pattern needs it, which those of the common kinds do not.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RE2JS: engine } = require('re2js') as { RE2JS: typeof RE2JS };
  try {
    const compiled = engine.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch {
    // Not an author's fault: a pattern that cannot be read forbids nothing.
    return () => true;
  }
}

/** Escapes with the same meaning in both languages: a sign for itself, ASCII digits and word characters, a code. */
const sameEscape = /^\\(?:[.dw/+*^$|()[\]{}?\\-]|x[0-9A-Fa-f]{2})/;

/**
 * The same regular expression in JavaScript, or undefined where the two languages may differ. Only the verdict on a
 * whole text has to be the same, so it does not matter which of several matches is found first.
 */
export function toJavaScript(pattern: string): RegExp | undefined {
  let result = '';
  let inClass = false;
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const escape = sameEscape.exec(rest)?.[0];
    const char = pattern[at]!;
    if (escape) result += escape;
    // RE2's white space is ASCII, and without the vertical tab.
    else if (rest.startsWith('\\s')) result += inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]';
    else if (char === '\\') return undefined;
    else if (inClass) {
      if (char === '[') return undefined;
      if (char === ']') inClass = false;
      result += char;
    } else if (char === '[') {
      if (/^\[\^?\]/.test(rest)) return undefined;
      inClass = true;
      result += char;
    } else if (char === '.') {
      // To JavaScript, `\r` and two more characters end a line as well.
      result += '[^\\n]';
    } else if (rest.startsWith('(?') && !rest.startsWith('(?:')) return undefined;
    else result += char;
    at += escape?.length ?? (rest.startsWith('\\s') ? 2 : 1);
  }
  try {
    return new RegExp(result, 'u');
  } catch {
    return undefined;
  }
}
