import { templateActions, TemplateError, TemplateToken } from './template-tokens';

/** Source: prometheus, template/template.go, and the functions of Go's text/template. */
const functions = new Set(
  (
    'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink ' +
    'sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime ' +
    'toDuration now pathPrefix externalURL parseDuration urlQueryEscape ' +
    'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne'
  ).split(' '),
);

const keywords = new Set('block break continue define else end if range nil template with'.split(' '));

/** What Prometheus puts before every template of an alert. Source: prometheus, model/rulefmt/rulefmt.go. */
const variablesOfAlerts = ['$', '$labels', '$externalLabels', '$externalURL', '$value'];

/**
 * Why Prometheus would refuse a template in a label or an annotation of an alert, or undefined when it takes it: actions
 * that are not closed, functions and variables that do not exist, an `if` without its `end`. Whether `$labels.x` can have
 * a value is another question.
 */
export function templateProblem(text: string): string | undefined {
  if (!text.includes('{{')) return undefined;
  try {
    new TemplateReader().read(templateActions(text));
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

interface Frame {
  readonly keyword: string;
  /** The variables outside of it. */
  readonly variables: readonly string[];
  hasElse: boolean;
}

/** Reads actions as Go does. Source: Go, text/template/parse/parse.go. */
class TemplateReader {
  private readonly frames: Frame[] = [];
  private variables: string[] = [...variablesOfAlerts];
  private tokens: readonly TemplateToken[] = [];
  private next = 0;

  read(actions: readonly (readonly TemplateToken[])[]): void {
    for (const tokens of actions) {
      this.tokens = tokens;
      this.next = 0;
      this.action();
      const rest = this.peek();
      if (rest) throw new TemplateError(`unexpected '${rest.text}' in the template {{ ${this.text()} }}`);
    }
    const open = this.frames.at(-1);
    if (open) throw new TemplateError(`{{ ${open.keyword} }} has no {{ end }}`);
  }

  private action(): void {
    const first = this.peek();
    if (first?.kind !== 'word' || !keywords.has(first.text) || first.text === 'nil') return this.pipeline('a template');
    this.next++;
    switch (first.text) {
      case 'else':
        return this.elseAction();
      case 'end':
        return this.end();
      case 'break':
      case 'continue':
        if (this.frames.some(({ keyword }) => keyword === 'range')) return;
        throw new TemplateError(`{{ ${first.text} }} stands outside of {{ range }}`);
      case 'template':
        this.name();
        if (this.peek()) this.pipeline('template');
        return;
      case 'define':
      case 'block':
        this.name();
        if (first.text === 'block') this.pipeline('block');
        this.open(first.text);
        this.variables = ['$'];
        return;
      default:
        this.open(first.text);
        this.pipeline(first.text);
    }
  }

  private open(keyword: string): void {
    this.frames.push({ keyword, variables: [...this.variables], hasElse: false });
  }

  private end(): void {
    const frame = this.frames.pop();
    if (!frame) throw new TemplateError('{{ end }} ends nothing');
    this.variables = [...frame.variables];
  }

  private elseAction(): void {
    const frame = this.frames.at(-1);
    if (!frame || frame.hasElse || !['if', 'with', 'range'].includes(frame.keyword)) {
      throw new TemplateError('{{ else }} belongs to nothing');
    }
    const follows = this.peek();
    if (follows?.kind === 'word' && follows.text === frame.keyword && frame.keyword !== 'range') {
      this.next++;
      this.pipeline(frame.keyword);
    } else {
      frame.hasElse = true;
    }
  }

  private name(): void {
    const token = this.tokens[this.next++];
    if (token?.kind !== 'literal') throw new TemplateError(`a name in quotes is missing in {{ ${this.text()} }}`);
  }

  private pipeline(context: string): void {
    this.declarations(context);
    for (let stage = 1; ; stage++) {
      this.command(context, stage);
      if (this.peek()?.text !== '|') return;
      this.next++;
      if (!this.peek()) return; // Go lets a pipeline end with a bar
    }
  }

  /** `$x :=`, `$x =`, and in a range `$index, $item :=`. */
  private declarations(context: string): void {
    const most = context === 'range' ? 2 : 1;
    for (let count = 1; this.peek()?.kind === 'variable'; count++) {
      const sign = this.tokens[this.next + 1]?.text;
      if (sign !== ':=' && sign !== '=' && sign !== ',') return;
      if (sign === ',' && count >= most) throw new TemplateError(`too many variables in {{ ${this.text()} }}`);
      this.variables.push(this.peek()?.text ?? '');
      this.next += 2;
      if (sign !== ',') return;
    }
  }

  private command(context: string, stage: number): void {
    const first = this.peek();
    if (!first || first.text === '|' || first.text === ')')
      throw new TemplateError(`${context} is empty in {{ ${this.text()} }}`);
    const isValue = first.kind === 'literal' || first.kind === 'dot' || ['true', 'false', 'nil'].includes(first.text);
    if (stage > 1 && isValue) throw new TemplateError(`'${first.text}' is no function in {{ ${this.text()} }}`);
    this.operand();
    while (!this.atEndOfCommand()) {
      if (!this.peek()?.spaced)
        throw new TemplateError(`unexpected '${this.peek()?.text}' in the template {{ ${this.text()} }}`);
      this.operand();
    }
  }

  private atEndOfCommand(): boolean {
    const token = this.peek();
    return !token || (token.kind === 'sign' && (token.text === '|' || token.text === ')'));
  }

  private operand(): void {
    const token = this.tokens[this.next++];
    if (!token) return;
    if (token.text === '(' && token.kind === 'sign') {
      this.pipeline('a pair of parentheses');
      if (this.peek()?.text !== ')') throw new TemplateError(`a parenthesis is not closed in {{ ${this.text()} }}`);
      this.next++;
    } else if (token.kind === 'sign' || (token.kind === 'word' && keywords.has(token.text) && token.text !== 'nil')) {
      throw new TemplateError(`unexpected '${token.text}' in the template {{ ${this.text()} }}`);
    } else {
      this.checkName(token);
    }
    const mayHaveFields =
      token.kind !== 'literal' && token.kind !== 'dot' && !['true', 'false', 'nil'].includes(token.text);
    while (this.peek()?.kind === 'field' && !this.peek()?.spaced) {
      if (!mayHaveFields) throw new TemplateError(`'${token.text}' has no fields in {{ ${this.text()} }}`);
      this.next++;
    }
  }

  private checkName({ kind, text }: TemplateToken): void {
    if (kind === 'variable' && !this.variables.includes(text))
      throw new TemplateError(`the variable ${text} is not defined`);
    if (kind === 'word' && !functions.has(text) && !['true', 'false', 'nil'].includes(text)) {
      throw new TemplateError(`the template function '${text}' does not exist`);
    }
  }

  private peek(): TemplateToken | undefined {
    return this.tokens[this.next];
  }

  private text(): string {
    return this.tokens.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join('');
  }
}
