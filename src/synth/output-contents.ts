import type { App } from 'cdk8s';
import type { Finding } from '../findings';
import { Platform } from '../platform';
import { kustomizationName, kustomizations } from './kustomization';
import type { Synthesis, SynthesizedFile } from './synthesis';
import { printDocuments } from './yaml-printer';

export interface OutputContents {
  /** By path relative to the output folder, with `/` between folders. */
  readonly contents: Map<string, string>;
  /** Paths of files that give way to those of others. */
  readonly yielding: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/**
 * The files of an app as text.
 *
 * @param listed whether each folder gets a `kustomization.yaml`. @default - where the GitOps tool of the app's platform is Flux
 */
export function outputContents(app: App, { files }: Synthesis, listed?: boolean): OutputContents {
  const contents = new Map(files.map((file) => [file.path, textOf(file)]));
  if (!(listed ?? Platform.of(app).facts.gitops?.tool === 'flux'))
    return { contents, yielding: new Set(), findings: [] };
  const lists = kustomizations([...contents.keys()]);
  const findings = files.filter(({ path }) => lists.has(path)).map(({ path }) => namedAsList(path));
  for (const [path, text] of lists) contents.set(path, text);
  return { contents, yielding: new Set(lists.keys()), findings };
}

function textOf(file: SynthesizedFile): string {
  return printDocuments(file.documents.map(({ value }) => value));
}

function namedAsList(path: string): Finding {
  return {
    code: 'synth/file-name',
    severity: 'error',
    where: { construct: path.slice(0, -'.yaml'.length) },
    message: `'${path}' holds manifests, but ${kustomizationName} is the list of a folder`,
    fix: 'give the chart another id, or leave outputFileExtension at .k8s.yaml',
  };
}
