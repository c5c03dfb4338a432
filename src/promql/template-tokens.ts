/** A piece of what stands between `{{` and `}}`. */
export interface TemplateToken {
  readonly kind: 'word' | 'variable' | 'field' | 'dot' | 'literal' | 'sign';
  readonly text: string;
  /** Does a space stand before it? It separates the arguments of a function. */
  readonly spaced: boolean;
}

/** What a template cannot be, for a person. */
export class TemplateError extends Error {}

// A number of Go: a fraction, or a whole number in base 16, 2, 8 or 10.
const number =
  '(?:(?:\\d+\\.\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|\\d+[eE][+-]?\\d+' +
  '|0[xX](?:_?[\\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\\d)*)';

const tokenPatterns: readonly (readonly [TemplateToken['kind'], RegExp])[] = [
  // Strings: escapes as Go reads them, no line break between double quotes.
  ['literal', /"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))*"/y],
  ['literal', /`[^`]*`/y],
  ['literal', /'(?:[^'\\\n]|\\(?:[abfnrtv\\']|x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))'/uy],
  ['literal', new RegExp(`[+-]?${number}(?:[+-]${number}i|i)?(?![\\p{L}\\p{N}_])`, 'uy')],
  ['field', /\.[\p{L}\p{N}_]+(?=[\s.,|:()]|-?\}\}|$)/uy],
  ['variable', /\$[\p{L}\p{N}_]*(?=[\s.,|:()]|-?\}\}|$)/uy],
  ['word', /[\p{L}_][\p{L}\p{N}_]*(?=[\s.,|:()]|-?\}\}|$)/uy],
  ['dot', /\.(?=[\s,|:()]|-?\}\}|$)/y],
  ['sign', /:=|[=|(),]/y],
];

/**
 * The actions of a template of Go, each as tokens; comments and the text between actions are left out.
 * Source: Go, text/template/parse/lex.go.
 *
 * @throws TemplateError for what cannot be read
 */
export function templateActions(text: string): TemplateToken[][] {
  const actions: TemplateToken[][] = [];
  let position = text.indexOf('{{');
  while (position >= 0) {
    const start = position;
    position += 2;
    if (/^-\s/.test(text.slice(position, position + 2))) position += 2;
    if (text.startsWith('/*', position)) {
      position = endOfComment(text, position, start);
    } else {
      const { tokens, end } = readAction(text, position, start);
      actions.push(tokens);
      position = end;
    }
    position = text.indexOf('{{', position);
  }
  return actions;
}

function readAction(text: string, from: number, start: number): { tokens: TemplateToken[]; end: number } {
  const tokens: TemplateToken[] = [];
  let position = from;
  for (;;) {
    const spaces = whitespaceAt(text, position);
    position += spaces;
    if (spaces > 0 && text.startsWith('-}}', position)) return { tokens, end: position + 3 };
    if (text.startsWith('}}', position)) return { tokens, end: position + 2 };
    if (position >= text.length) throw new TemplateError(`the template '${excerpt(text, start)}' is not closed`);
    const found = tokenAt(text, position);
    if (!found)
      throw new TemplateError(`the template '${excerpt(text, start)}' cannot be read at '${excerpt(text, position)}'`);
    tokens.push({ ...found, spaced: spaces > 0 });
    position += found.text.length;
  }
}

function tokenAt(text: string, position: number): Pick<TemplateToken, 'kind' | 'text'> | undefined {
  for (const [kind, pattern] of tokenPatterns) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match) return { kind, text: match[0] };
  }
  return undefined;
}

function endOfComment(text: string, position: number, start: number): number {
  const close = text.indexOf('*/', position);
  if (close < 0) throw new TemplateError(`the comment '${excerpt(text, start)}' is not closed`);
  const end = /^(?:\s+-)?\}\}/.exec(text.slice(close + 2));
  if (!end) throw new TemplateError(`the comment '${excerpt(text, start)}' must end with */}}`);
  return close + 2 + end[0].length;
}

function whitespaceAt(text: string, position: number): number {
  let end = position;
  while (end < text.length && ' \t\r\n'.includes(text.charAt(end))) end++;
  return end - position;
}

function excerpt(text: string, position: number): string {
  return text.length > position + 30 ? `${text.slice(position, position + 30)}…` : text.slice(position);
}
