import type { Chart } from 'cdk8s';
import type { Finding } from '../../findings';
import { Platform } from '../../platform';
import type { TreeEntry } from '../construct-tree';
import type { SynthesizedDocument } from '../document';
import type { AppliedDocument } from './applied-document';
import { annotateForArgoCd, argoCdFindings } from './argo-cd';
import { fluxFindings } from './flux';

/**
 * Documents as the platform's GitOps tool needs them to be applied in one go. Those of charts whose platform names no tool
 * stay as they are.
 *
 * @param oneFolder whether a folder, which is what a tool is pointed at, holds the documents of several charts
 */
export function forGitOps(
  documents: readonly SynthesizedDocument[],
  tree: readonly TreeEntry[],
  oneFolder: boolean,
): { readonly documents: readonly SynthesizedDocument[]; readonly findings: readonly Finding[] } {
  const platforms = new Map<Chart, Platform>();
  const applied = documents.map((document): AppliedDocument => {
    const platform = platforms.get(document.chart) ?? Platform.of(document.chart);
    platforms.set(document.chart, platform);
    return { document, platform, gitops: platform.facts.gitops };
  });
  const tools = new Set(applied.map(({ gitops }) => gitops?.tool));
  const findings = tools.has('flux') ? fluxFindings(applied, oneFolder) : [];
  if (!tools.has('argocd')) return { documents, findings };
  const annotated = annotateForArgoCd(applied, tree);
  return {
    documents: annotated.documents,
    findings: [...findings, ...annotated.findings, ...argoCdFindings(applied)],
  };
}
