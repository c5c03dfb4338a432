import { Yaml } from 'cdk8s';

/**
 * Prints documents as `Yaml.stringify(...documents)` of cdk8s does, byte for byte, several times as fast: the block
 * layout is done here, scalars are decided by cdk8s and remembered, and whatever is unusual is left to cdk8s.
 *
 * One difference on purpose: strings that other parsers misread are quoted, as values and as keys. cdk8s prints `=` and `<<`
 * bare, and YAML 1.1 parsers (PyYAML, for one) then fail or read a merge key; `matchType: =` of an AlertmanagerConfig is a
 * case. It prints control characters and Unicode's line breaks as they are, and the parser of `kubectl` refuses the file.
 *
 * @param documents an undefined one becomes an empty document, as in cdk8s
 */
export function printDocuments(documents: readonly unknown[]): string {
  return documents.map(printDocument).join('---\n');
}

function printDocument(document: unknown): string {
  if (document === undefined) return '\n';
  return isFilled(document) ? (new BlockPrinter().print(document) ?? printByYaml(document)) : printByYaml(document);
}

/** False where the block printer gives up, so that cdk8s prints the whole document. */
type Printed = boolean;

class BlockPrinter {
  private text = '';
  /** An object that is met twice becomes an anchor and an alias, which `yaml` names. */
  private readonly seen = new Set<object>();

  public print(document: object): string | undefined {
    return this.collection(document, '') ? `${this.text}\n` : undefined;
  }

  private collection(value: object, indent: string): Printed {
    if (this.seen.has(value)) return false;
    this.seen.add(value);
    if (Array.isArray(value)) return this.list(value, indent);
    return isPlainObject(value) && this.map(value, indent);
  }

  private map(map: Record<string, unknown>, indent: string): Printed {
    const inner = `${indent}  `;
    let lead = '';
    for (const key of Object.keys(map)) {
      const keyText = textOfKey(key, indent === '');
      if (keyText === undefined) return false;
      this.text += `${lead}${keyText}:`;
      lead = `\n${indent}`;
      const value = map[key];
      if (isFilled(value)) {
        this.text += `\n${inner}`;
        if (!this.collection(value, inner)) return false;
      } else {
        this.text += ' ';
        if (!this.scalar(value, inner)) return false;
      }
    }
    return true;
  }

  private list(list: readonly unknown[], indent: string): Printed {
    const inner = `${indent}  `;
    let lead = '- ';
    for (const value of list) {
      this.text += lead;
      lead = `\n${indent}- `;
      if (!(isFilled(value) ? this.collection(value, inner) : this.scalar(value, inner))) return false;
    }
    return true;
  }

  /** A single value, or an empty map or list. */
  private scalar(value: unknown, indent: string): Printed {
    const text = textOfValue(value, indent);
    if (text === undefined) return false;
    if (typeof value === 'object' && value !== null) {
      if (this.seen.has(value)) return false;
      this.seen.add(value);
    }
    this.text += text;
    return true;
  }
}

/** A map or list with something in it: what stands in lines of its own. */
function isFilled(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (!isPlainObject(value)) return true;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Undefined for what only cdk8s can print. */
function textOfValue(value: unknown, indent: string): string | undefined {
  switch (typeof value) {
    case 'string':
      return textOfString(value, indent);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : textByYaml(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? '[]' : '{}';
    default:
      return undefined;
  }
}

/**
 * Words that are plain without a doubt: they start with a letter and are longer than any word that YAML 1.1 takes for
 * a boolean or null (`false` is the longest). Everything else is asked of cdk8s.
 */
const plainWord = /^[A-Za-z][\w./-]{5,}(?::[\w./-]+)*$/;

/** The same for whole sentences and expressions of printable ASCII: nothing in them that ends or begins something else. */
const plainText = /^[A-Za-z][\x20-\x7e]{5,}$/;
const notPlain = /: | #|[ :-]$/;

const cacheLimit = 20_000;
const longestCached = 200;
const valueTexts = new Map<string, string>();
const keyTexts = new Map<string, string>();

function textOfString(value: string, indent: string): string {
  if (plainWord.test(value) || (plainText.test(value) && !notPlain.test(value))) return value;
  const text = remember(valueTexts, value, textByYaml);
  // cdk8s printed it at an indent of two; only lines that are not empty carry the indent
  return text.includes('\n') ? text.replace(/\n(?=[^\n])/g, `\n${indent.slice(2)}`) : text;
}

/** Longer keys can become explicit ones (`? key`), a layout of its own. */
const longestKey = 160;

function textOfKey(key: string, atTop: boolean): string | undefined {
  if (key.length > longestKey) return undefined;
  if (plainWord.test(key)) return key;
  // a key in the first column must not look like a directive or the end of a document
  if (atTop && /^(?:%|---|\.\.\.)/m.test(key)) return undefined;
  return remember(keyTexts, key, keyTextByYaml);
}

function remember(cache: Map<string, string>, value: string, print: (value: string) => string): string {
  const known = cache.get(value);
  if (known !== undefined) return known;
  const text = isMisread(value) ? quoted(value) : print(value);
  if (value.length <= longestCached) {
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(value, text);
  }
  return text;
}

function textByYaml(value: string | number): string {
  return Yaml.stringify({ k: value }).slice('k: '.length, -1);
}

function keyTextByYaml(key: string): string {
  return Yaml.stringify({ k: { [key]: null } }).slice('k:\n  '.length, -': null\n'.length);
}

/** What YAML 1.1 calls not printable, or a line break within a line. Source: yaml.org/spec/1.1, `c-printable`, `b-char`. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function isMisread(value: unknown): boolean {
  return typeof value === 'string' && (value === '=' || value === '<<' || value.search(unprintable) >= 0);
}

/** JSON is YAML within quotes; what JSON leaves as it is, is escaped as well. */
function quoted(value: string): string {
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The slow way, for documents with shared objects, dates, very long keys and the like. */
function printByYaml(value: unknown): string {
  const text = Yaml.stringify(value);
  return /(?:^|\s)(?:=|<<)(?:[:\s]|$)/.test(text) || text.search(unprintable) >= 0 ? printWithQuotes(value) : text;
}

/** As cdk8s prints it, but for the strings that it should have quoted. */
function printWithQuotes(value: unknown): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- rarely needed, and slow to load at every start
  const { Document, Scalar, visit } = require('yaml') as typeof import('yaml');
  const options = { keepUndefined: true, lineWidth: 0, version: '1.1' } as const;
  const document = new Document(value, {
    ...options,
    // the merge tag would print `<<` bare whatever its style
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge'),
  });
  visit(document, {
    Scalar: (_key, scalar) => {
      if (isMisread(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escaped(document.toString(options));
}
