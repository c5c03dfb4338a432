import * as path from 'node:path';
import * as ts from 'typescript';
import * as publicNames from '../../src';
import { Block, root } from './pages';

/** A block as a whole program. */
export interface Program {
  readonly block: Block;
  readonly source: string;
  /** Lines in front of the block. */
  readonly preludeLines: number;
}

/**
 * A block with an import is a whole program. One without stands behind this prelude, as far as it does not declare the names
 * itself: all public classes and functions, those of cdk8s that stacks use, cdk8s-plus-28 as `kplus`, an app on
 * kube-prometheus-stack, a chart `shop` and, where the block speaks of it, the app `checkout`.
 */
export function programOf(block: Block): Program {
  const { declared, used, hasImport } = namesIn(block.code);
  if (hasImport) return { block, source: block.code, preludeLines: 0 };
  const imports = (names: readonly string[]) => names.filter((name) => !declared.has(name)).join(', ');
  const lines = [
    `import { ${imports(cdk8sNames)} } from 'cdk8s';`,
    `import * as kplus from 'cdk8s-plus-28';`,
    `import { ${imports(Object.keys(publicNames))} } from 'cdk8s-monitoring';`,
  ];
  if (!declared.has('app')) {
    lines.push(
      `const app = new MonitoringApp({ platform: Platform.kubePrometheusStack({ release: 'kps', namespace: 'monitoring' }) });`,
    );
    if (!declared.has('chart')) lines.push(`const chart = new Chart(app, 'shop', { namespace: 'shop' });`);
  }
  if (used.has('checkout') && !declared.has('checkout')) {
    lines.push(
      `const checkout = new MonitoredApp(chart, 'checkout', { image: 'registry.example/checkout:1.4.2', port: 5000, metrics: { path: '/metrics' }, team: 'payments' });`,
    );
  }
  return { block, source: `${lines.join('\n')}\n${block.code}`, preludeLines: lines.length };
}

const cdk8sNames = [
  'ApiObject',
  'App',
  'Chart',
  'Duration',
  'Helm',
  'Include',
  'JsonPatch',
  'Size',
  'Testing',
  'Yaml',
  'YamlOutputType',
];

interface Names {
  readonly declared: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
  readonly hasImport: boolean;
}

function namesIn(code: string): Names {
  const declared = new Set<string>();
  const used = new Set<string>();
  const file = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true);
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) declared.add(name.text);
    } else if ((ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && statement.name) {
      declared.add(statement.name.text);
    }
  }
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) && !isNameOfProperty(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { declared, used, hasImport: file.statements.some(ts.isImportDeclaration) };
}

function isNameOfProperty(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertyAccessExpression(parent) && parent.name === node)
  );
}

/** What the compiler says of each program, with the file and line of the page. One compilation for all. */
export function typeErrors(programs: readonly Program[]): Map<Block, string[]> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const sources = new Map(programs.map((program, index) => [path.join(root, `test/docs/block-${index}.ts`), program]));
  const onDisk = { fileExists: host.fileExists, readFile: host.readFile, getSourceFile: host.getSourceFile };
  host.fileExists = (file) => sources.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => sources.get(file)?.source ?? onDisk.readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const program = sources.get(file);
    if (program === undefined) return onDisk.getSourceFile(file, languageVersion, ...rest);
    return ts.createSourceFile(file, program.source, languageVersion, true);
  };
  const compiler = ts.createProgram([...sources.keys()], options, host);
  return new Map(
    [...sources].map(([file, program]) => {
      const source = compiler.getSourceFile(file)!;
      const diagnostics = [...compiler.getSyntacticDiagnostics(source), ...compiler.getSemanticDiagnostics(source)];
      return [program.block, diagnostics.map((diagnostic) => describeDiagnostic(program, source, diagnostic))];
    }),
  );
}

/** Those of the repository, with its sources in the place of the package. */
function compilerOptions(): ts.CompilerOptions {
  const file = path.join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  return {
    ...options,
    baseUrl: root,
    paths: { 'cdk8s-monitoring': ['src/index.ts'] },
    skipLibCheck: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    declaration: false,
  };
}

function describeDiagnostic(
  { block, preludeLines }: Program,
  source: ts.SourceFile,
  diagnostic: ts.Diagnostic,
): string {
  const { line } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ');
  return `${block.page}:${block.line + line - preludeLines}: ${text}`;
}
