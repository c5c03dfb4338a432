import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { compareText, Finding } from '../findings';
import { asApiObject, TreeEntry, walkTree } from './construct-tree';
import { orderByDependencies } from './dependency-order';
import { asRecord, describeDocument, sortDocuments, SynthesizedDocument } from './document';
import { caseless, chartFileName, objectFileNames } from './file-names';
import { messageOf } from './file-system';
import { forGitOps } from './gitops/gitops';
import { checkObjects } from './object-checks';

/** A file of manifests. */
export interface SynthesizedFile {
  /** Relative to the output folder, with `/` between folders. */
  readonly path: string;
  /** In the order in which they are printed. */
  readonly documents: readonly SynthesizedDocument[];
}

export interface Synthesis {
  /** Sorted by path; files without documents are left out. */
  readonly files: readonly SynthesizedFile[];
  /** All documents, in the order that one file with all of them has. */
  readonly documents: readonly SynthesizedDocument[];
  /** All API objects, those of charts with a `toJson` of their own included. */
  readonly apiObjects: readonly ApiObject[];
  readonly findings: readonly Finding[];
}

/**
 * From constructs to documents in one pass: validates each construct once, resolves dependencies once and calls each API
 * object's `toJson` once, so that the work grows with the number of objects. `App.synth()` does the first two again for
 * each chart. A chart with a `toJson` of its own is asked instead of its API objects.
 *
 * The bytes of each document are those of `App.synth()`. What differs on purpose:
 *
 * - **File names** never get a `0000-` prefix: one dependency between charts would rename every file.
 * - **No object is lost** in the modes with a file per resource: objects that share kind and name get their namespace
 *   into the file name, and a number if need be. Charts that would share a file are an error.
 * - **Order in a file**: behind what it depends on, then by order of installation, namespace and name, so that the order
 *   in which constructs are made does not show. The documents of a chart with a `toJson` of its own keep their order.
 * - **Empty charts** leave no file, since `kubectl apply -f` fails on an empty one; nor does an API object whose `toJson`
 *   returns undefined leave an empty document.
 * - **A chart's own `toJson`** is honoured with a folder per chart too, where cdk8s passes it over.
 * - **GitOps annotations** are added where the platform says that Argo CD applies the output.
 * - **All faults** are in the result, as findings: those of construct validation, what an object throws while it renders,
 *   cycles, duplicates and invalid metadata.
 */
export function synthesize(app: App): Synthesis {
  const tree = walkTree(app);
  const findings = validate(tree);
  const { documents, chains } = render(tree, findings);
  const { ordered, findings: orderFindings } = orderByDependencies(sortDocuments(documents), tree);
  const oneFolder = app.yamlOutputType !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
  const gitops = forGitOps(keepChains(ordered, chains), tree, oneFolder);
  const kept = gitops.documents;
  const { files, findings: fileFindings } = divide(app, kept);
  findings.push(...orderFindings, ...gitops.findings, ...fileFindings, ...checkObjects(kept));
  const apiObjects = tree.flatMap(({ construct }) => asApiObject(construct) ?? []);
  return { files, documents: kept, apiObjects, findings };
}

export const metadataFile = 'construct-metadata.json';

/**
 * What App writes to {@link metadataFile} when it records construct metadata: for each object, by name, the path of
 * its construct. Sorted, so that the order of construction does not show; of objects that share a name it has the last.
 */
export function constructMetadata(apiObjects: readonly ApiObject[]): string {
  const sorted = [...apiObjects].sort((a, b) => compareText(a.name, b.name) || compareText(a.node.path, b.node.path));
  const resources = Object.fromEntries(sorted.map(({ name, node }) => [name, { path: node.path }]));
  return JSON.stringify({ version: '1.0.0', resources });
}

function validate(tree: readonly TreeEntry[]): Finding[] {
  const findings: Finding[] = [];
  for (const { construct } of tree) {
    const report = (message: string) =>
      findings.push({
        code: 'synth/validation',
        severity: 'error',
        where: { construct: construct.node.path },
        message,
        fix: `correct the construct at '${construct.node.path}', whose own validation says this`,
      });
    try {
      construct.node.validate().forEach(report);
    } catch (cause) {
      report(`the validation failed with: ${messageOf(cause)}`);
    }
  }
  return findings;
}

interface Rendered {
  readonly documents: SynthesizedDocument[];
  /** Documents of a chart with a `toJson` of its own, in the order in which it gave them. */
  readonly chains: ReadonlyMap<Chart, readonly SynthesizedDocument[]>;
}

function render(tree: readonly TreeEntry[], findings: Finding[]): Rendered {
  const documents: SynthesizedDocument[] = [];
  const chains = new Map<Chart, SynthesizedDocument[]>();
  for (const { construct, chart } of tree) {
    if (!chart) continue;
    const apiObject = asApiObject(construct);
    try {
      if (construct === chart && rendersItself(chart)) {
        const values: unknown[] = Object.values(chart.toJson());
        const chain = values.filter((value) => value !== undefined).map((value) => describeDocument(value, chart));
        chains.set(chart, chain);
        documents.push(...chain);
      } else if (apiObject && !rendersItself(chart)) {
        const value: unknown = apiObject.toJson();
        if (value !== undefined) documents.push(describeDocument(value, chart, apiObject));
      }
    } catch (cause) {
      findings.push(renderFinding(construct.node.path, apiObject, cause));
    }
  }
  return { documents, chains };
}

function rendersItself(chart: Chart): boolean {
  return chart.toJson !== Chart.prototype.toJson;
}

function renderFinding(path: string, apiObject: ApiObject | undefined, cause: unknown): Finding {
  const message = messageOf(cause);
  // what ApiObject.toJson puts in front says again what the finding says
  const preamble = apiObject ? `Failed serializing construct at path '${path}' with name '${apiObject.name}': ` : '';
  const reason = preamble !== '' && message.startsWith(preamble) ? message.slice(preamble.length) : message;
  const what = apiObject ? `the ${apiObject.kind} '${apiObject.name}'` : 'the chart';
  return {
    code: 'synth/render',
    severity: 'error',
    where: { construct: path },
    message: `${what} cannot be rendered: ${reason.replace(/^Error: /, '')}`,
    fix: `correct what is passed to the construct at '${path}': a value, a Lazy, a resolver or a patch of it fails`,
  };
}

/** The documents of a chart that renders itself keep their places, taken in the order in which the chart gave them. */
function keepChains(ordered: readonly SynthesizedDocument[], chains: Rendered['chains']): SynthesizedDocument[] {
  if (chains.size === 0) return [...ordered];
  const cursors = new Map([...chains].map(([chart, chain]) => [chart, chain.values()]));
  return ordered.map((document) => {
    const next = cursors.get(document.chart)?.next();
    return next && !next.done ? next.value : document;
  });
}

interface Division {
  readonly files: readonly SynthesizedFile[];
  readonly findings: readonly Finding[];
}

function divide(app: App, documents: readonly SynthesizedDocument[]): Division {
  const extension = app.outputFileExtension;
  switch (app.yamlOutputType) {
    case YamlOutputType.FILE_PER_APP:
      return {
        files: documents.length === 0 ? [] : [{ path: `app${extension}`, documents }],
        findings: [],
      };
    case YamlOutputType.FILE_PER_RESOURCE:
      return { files: sortFiles(filePerObject(documents, '', extension)), findings: [] };
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE: {
      const { charts, findings } = divideByChart(documents);
      const files = charts.flatMap((chart) => filePerObject(chart.documents, `${chart.name}/`, extension));
      return { files: sortFiles(files), findings };
    }
    default: {
      const { charts, findings } = divideByChart(documents);
      return { files: sortFiles(charts.map((each) => ({ ...each, path: each.name + extension }))), findings };
    }
  }
}

interface ChartDocuments {
  readonly name: string;
  readonly documents: SynthesizedDocument[];
}

function divideByChart(documents: readonly SynthesizedDocument[]): { charts: ChartDocuments[]; findings: Finding[] } {
  const byChart = new Map<Chart, ChartDocuments>();
  for (const document of documents) {
    const known = byChart.get(document.chart);
    if (known) known.documents.push(document);
    else byChart.set(document.chart, { name: chartFileName(document.chart), documents: [document] });
  }
  const byName = new Map<string, Chart>();
  const findings: Finding[] = [];
  for (const [chart, { name }] of byChart) {
    const other = byName.get(caseless(name));
    if (other) findings.push(sharedFileFinding(name, other, chart));
    else byName.set(caseless(name), chart);
  }
  return { charts: [...byChart.values()], findings };
}

function sharedFileFinding(name: string, one: Chart, other: Chart): Finding {
  const [first, second] = [one.node.path, other.node.path].sort() as [string, string];
  return {
    code: 'synth/file-name',
    severity: 'error',
    where: { construct: first },
    message: `the charts '${first}' and '${second}' would both be written as '${name}'`,
    fix: `give one of them another id; 'Default' and 'Resource' do not count in a file name`,
  };
}

function filePerObject(
  documents: readonly SynthesizedDocument[],
  folder: string,
  extension: string,
): SynthesizedFile[] {
  const names = objectFileNames(
    documents.map(({ value, object, group, construct }, index) => {
      const { kind, metadata } = asRecord(value);
      const { name, generateName } = asRecord(metadata);
      return {
        kind: String(kind),
        name: String(name ?? generateName),
        namespace: object?.namespace ?? '',
        identity: [object?.namespace ?? '', object?.name ?? '', group, construct.node.path, padded(index)].join(
          '\u0000',
        ),
      };
    }),
  );
  return documents.map((document, index) => ({ path: `${folder}${names[index]}${extension}`, documents: [document] }));
}

/** So that numbers sort as text. */
function padded(index: number): string {
  return String(index).padStart(9, '0');
}

function sortFiles(files: readonly SynthesizedFile[]): SynthesizedFile[] {
  return [...files].sort((a, b) => compareText(a.path, b.path));
}
