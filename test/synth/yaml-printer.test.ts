import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { printDocuments } from '../../src/synth/yaml-printer';

const nastyStrings = [
  ...['on', 'yes', 'y', 'N', 'Off', 'true', 'False', 'null', 'Null', '~', 'nullable', 'yesterday', 'falsehood'],
  ...['0777', '0o17', '0x1f', '1:30', '190:20:30', '1e3', '1_000', '.5', '.inf', '.nan', '-', '-1', '+1', '0', '1.'],
  ...['2001-12-14', '2001-12-14T21:59:43.10-05:00', '2001-01-01 00:00:00', '12:30:45'],
  ...[
    ' lead',
    'trail ',
    'a: b',
    'a:b',
    'a:',
    ':a',
    '#x',
    'a #x',
    'a#x',
    '- x',
    '-x',
    '? x',
    '?x',
    '---',
    '--- a',
    '...',
    '%YAML',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{{ .Values.x }}',
    '$(X)',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    "'",
    '"',
    `'"`,
    '@a',
    '`a',
    ',a',
    'a,b',
    '\\',
    'a\\nb',
  ],
  ...[
    'ünï',
    '日本語',
    '🦊',
    '\u0000',
    '\u0007',
    '\u001b',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\t',
    'a\tb',
    '\r',
    'a\r\nb',
  ],
  ...[
    '',
    ' ',
    '\n',
    '\n\n',
    'a\n',
    'a\nb',
    'a\n\nb\n',
    'a \nb\t\n',
    ' a\n b',
    '\na',
    '\n a',
    'a\n\n\n',
    'a\n  ',
    '---\na',
    'a\n---\nb\n',
    '"a"\nb',
  ],
  'registry.example/app:1.4.2',
  'a'.repeat(300),
  `${'a b '.repeat(60)}\n${'c'.repeat(100)}`,
];

const text = fc.oneof(
  fc.constantFrom(...nastyStrings),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('a', 'B', '1', '.', '-', '_', ':', ' ', '\n', '#', '"', "'", 'é', '/', '%', '\t'),
  }),
);
const key = fc.oneof(text, fc.constantFrom('kind', 'metadata', '__proto__', 'toString', '1', 'k'.repeat(1100)));
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, 0, 1e21, -1e-7, 0.1, NaN, Infinity, -Infinity));

const { document } = fc.letrec((tie) => ({
  document: fc.oneof({ maxDepth: 5, withCrossShrink: true }, tie('leaf'), tie('map'), tie('list')),
  leaf: fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.constant(undefined)),
  map: fc.dictionary(key, tie('document'), { maxKeys: 5, noNullPrototype: true }),
  list: fc.array(tie('document'), { maxLength: 4 }),
}));

/** Strings that other parsers misread are the one difference, tested apart; here they must not come up. */
const isMisread = (value: unknown): boolean =>
  value === '=' ||
  value === '<<' ||
  (typeof value === 'string' && /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(value)) ||
  (typeof value === 'object' && value !== null && Object.entries(value).some((pair) => pair.some(isMisread)));

describe('printing documents', () => {
  test('gives the bytes of cdk8s for any documents', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 3 }), (documents) => {
        fc.pre(!documents.some(isMisread));
        expect(printDocuments(documents)).toBe(Yaml.stringify(...documents));
      }),
      { numRuns: 3000 },
    );
  });

  test.each(nastyStrings.filter((value) => !isMisread(value)))(
    'gives the bytes of cdk8s for %j as value, item and key, at any depth',
    (value) => {
      const inside = {
        value,
        list: [value, [value, { value }]],
        map: { [value]: value, deeper: { [value]: [value] } },
      };
      expect(printDocuments([value, inside, { [value]: inside }])).toBe(
        Yaml.stringify(value, inside, { [value]: inside }),
      );
    },
  );

  test('can be read back as what was printed', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const nasty = fc.dictionary(
      fc.constantFrom(...nastyStrings, '=', '<<'),
      fc.constantFrom(...nastyStrings, '=', '<<'),
    );
    fc.assert(
      fc.property(fc.oneof(json, nasty), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const [parsed] = parseAllDocuments(printDocuments([value]), { version: '1.1' });
        expect(parsed!.errors).toEqual([]);
        expect(JSON.stringify(parsed!.toJS())).toBe(JSON.stringify(value));
      }),
      { numRuns: 1000 },
    );
  });

  test('quotes = and <<, which YAML 1.1 parsers misread', () => {
    expect(printDocuments([{ matchType: '=', '<<': ['<<', '='], '=': '==' }])).toMatchInlineSnapshot(`
"matchType: "="
"<<":
  - "<<"
  - "="
"=": ==
"
`);
  });

  test('escapes characters that the parser of kubectl refuses, or takes for line breaks', () => {
    const value = 'a\u007fb\u0085c\u2028d\ufeff';
    expect(printDocuments([{ value, [value]: 1 }])).toBe(
      'value: "a\\u007fb\\u0085c\\u2028d\\ufeff"\n"a\\u007fb\\u0085c\\u2028d\\ufeff": 1\n',
    );
    const shared = { value };
    expect(printDocuments([{ one: shared, two: shared }])).toBe(
      'one: &a1\n  value: "a\\u007fb\\u0085c\\u2028d\\ufeff"\ntwo: *a1\n',
    );
  });

  test('quotes them in a document that is left to yaml, too', () => {
    const shared = { matchType: '=' };
    const printed = printDocuments([{ one: shared, two: shared, '<<': shared }]);
    expect(printed).toBe('one: &a1\n  matchType: "="\ntwo: *a1\n"<<": *a1\n');
  });

  test('leaves objects that are met twice, dates and maps to yaml', () => {
    const shared = { a: [1] };
    const documents = [
      { x: shared, y: shared },
      [shared, [shared.a]],
      { at: new Date(0) },
      new Map([['a', 1]]),
      { s: new Set([1]), big: 12n },
      (() => {
        const none: unknown[] = [];
        return { a: none, b: none };
      })(),
    ];
    expect(printDocuments(documents)).toBe(Yaml.stringify(...documents));
  });

  test('prints an undefined document and no document as cdk8s does', () => {
    expect(printDocuments([{ a: 1 }, undefined, null])).toBe(Yaml.stringify({ a: 1 }, undefined, null));
    expect(printDocuments([])).toBe('');
  });

  test('does not depend on what was printed before', () => {
    const many = Array.from({ length: 30_000 }, (_, index) => ({ [`key ${index}`]: `value: ${index}` }));
    expect(printDocuments(many)).toBe(Yaml.stringify(...many));
  });
});
