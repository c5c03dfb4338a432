import path from 'node:path';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { roomImports } from './eslint/room-imports.mjs';

/** Which rooms of `src/` a room may import, itself aside. Data flows one way; a new room needs a line here. */
const rooms = {
  findings: [],
  kubernetes: [],
  platform: ['promql', 'findings', 'imports'],
  promql: ['findings'],
  metrics: ['promql', 'findings'],
  manifests: ['kubernetes', 'findings', 'imports'],
  proof: ['manifests', 'platform', 'promql', 'metrics', 'kubernetes', 'findings', 'imports'],
  constructs: ['platform', 'metrics', 'promql', 'kubernetes', 'findings', 'imports'],
  synth: ['constructs', 'manifests', 'proof', 'platform', 'kubernetes', 'findings', 'imports'],
  testing: 'all',
  cli: 'all',
};

/** The same input gives the same bytes on every machine, in every locale, at every hour. */
const sameBytesEverywhere = [
  {
    selector:
      'MemberExpression[property.name=/^(localeCompare|toLocaleLowerCase|toLocaleUpperCase|toLocale(Date|Time)?String)$/]',
    message:
      'the result depends on the locale: compare by code unit (compareText) and use the functions without Locale',
  },
  { selector: 'MemberExpression[object.name="Intl"]', message: 'the result depends on the locale of the machine' },
  {
    selector: ':matches(NewExpression, CallExpression)[callee.name="Date"], MemberExpression[object.name="Date"]',
    message: 'output must not depend on the time: take it as an argument',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'output must not depend on chance',
  },
];

// nothing here asks for types: the whole repository is linted in seconds, and tsc checks types apart
export default defineConfig(
  globalIgnores(['lib', '**/dist', 'coverage', 'imports', '**/node_modules']),
  tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        // `const { left, ...rest } = value` is how a field is left out
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/array-type': 'error',
      '@typescript-eslint/no-inferrable-types': 'error',
      '@typescript-eslint/no-useless-constructor': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'default-case-last': 'error',
      'no-constant-binary-expression': 'error',
      'no-control-regex': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-duplicate-case': 'error',
      'no-else-return': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-misleading-character-class': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-escape': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { local: { rules: { 'room-imports': roomImports } } },
    rules: {
      'local/room-imports': ['error', { source: path.join(import.meta.dirname, 'src'), rooms }],
      'no-restricted-syntax': ['error', ...sameBytesEverywhere],
      // a library does not talk; the command line does
      'no-console': 'error',
    },
  },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
