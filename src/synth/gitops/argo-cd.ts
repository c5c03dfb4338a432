import { compareText, Finding } from '../../findings';
import { type Platform, selectorOfKind, type SelectorOfPrometheus } from '../../platform';
import type { TreeEntry } from '../construct-tree';
import { dependencyDepths } from '../dependency-order';
import { asRecord, SynthesizedDocument } from '../document';
import type { AppliedDocument } from './applied-document';
import { needsDefinition } from './custom-resources';

const waveAnnotation = 'argocd.argoproj.io/sync-wave';
const optionsAnnotation = 'argocd.argoproj.io/sync-options';

/** `kubectl apply` keeps a copy of the object in an annotation. Source: k8s.io/apimachinery, api/validation, TotalAnnotationSizeLimitB. */
const annotationLimit = 256 * 1024;

/**
 * Adds what Argo CD has to be told, and nothing where it knows by itself: within a wave it sorts by kind (namespaces, CRDs,
 * RBAC, configuration, workloads, custom resources), so that only dependencies which the stack declares become waves.
 *
 * Source: argoproj/argo-cd, docs/user-guide/sync-waves.md and sync-options.md.
 */
export function annotateForArgoCd(
  applied: readonly AppliedDocument[],
  tree: readonly TreeEntry[],
): { readonly documents: readonly SynthesizedDocument[]; readonly findings: readonly Finding[] } {
  const documents = applied.map(({ document }) => document);
  const depths = dependencyDepths(documents, tree, ownWave);
  const findings: Finding[] = [];
  const annotated = applied.map(({ document, gitops }, index) => {
    if (gitops?.tool !== 'argocd' || document.object === undefined) return document;
    const annotations = annotationsOf(document);
    const depth = depths[index];
    const added: Record<string, string> = {};
    if (depth !== undefined && depth > 0 && annotations[waveAnnotation] === undefined) {
      added[waveAnnotation] = String(depth);
    }
    if (depth !== undefined && depth > (ownWave(document) ?? depth)) findings.push(waveFinding(document, depth));
    const given = syncOptions(annotations[optionsAnnotation]);
    const missing = neededOptions(document, gitops.apply).filter((option) => !isDecided(option, given));
    if (missing.length > 0) added[optionsAnnotation] = [...given, ...missing].join(',');
    if (given.includes('ServerSideApply=false') && !given.includes('Replace=true') && isTooLarge(document))
      findings.push(sizeFinding(document));
    return Object.keys(added).length === 0 ? document : withAnnotations(document, { ...annotations, ...added });
  });
  return { documents: annotated, findings };
}

/** The wave that the user has given an object. */
function ownWave(document: SynthesizedDocument): number | undefined {
  const wave = annotationsOf(document)[waveAnnotation];
  return typeof wave === 'string' && /^-?\d+$/.test(wave) ? Number(wave) : undefined;
}

function neededOptions(document: SynthesizedDocument, apply: 'client' | 'server' | undefined): string[] {
  return [
    ...(apply !== 'server' && isTooLarge(document) ? ['ServerSideApply=true'] : []),
    // a dry run is still made where the cluster knows the kind
    ...(needsDefinition(document) ? ['SkipDryRunOnMissingResource=true'] : []),
  ];
}

function syncOptions(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  return text
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

/** `Replace=true` goes before server-side apply. */
function isDecided(option: string, given: readonly string[]): boolean {
  const name = option.slice(0, option.indexOf('=') + 1);
  return given.some((each) => each.startsWith(name) || (name === 'ServerSideApply=' && each === 'Replace=true'));
}

function isTooLarge(document: SynthesizedDocument): boolean {
  const own = Object.entries(annotationsOf(document)).map(([key, value]) => key + String(value));
  return Buffer.byteLength(JSON.stringify(document.value) + own.join('')) > annotationLimit;
}

function annotationsOf({ value }: SynthesizedDocument): Readonly<Record<string, unknown>> {
  return asRecord(asRecord(asRecord(value).metadata).annotations);
}

function withAnnotations(
  document: SynthesizedDocument,
  annotations: Readonly<Record<string, unknown>>,
): SynthesizedDocument {
  const manifest = asRecord(document.value);
  const metadata = { ...asRecord(manifest.metadata), annotations: sorted(annotations) };
  return { ...document, value: { ...manifest, metadata: sorted(metadata) } };
}

/** As cdk8s sorts what it renders. */
function sorted(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(map);
  return Object.fromEntries(process.env.CDK8S_DISABLE_SORT ? entries : entries.sort(([a], [b]) => compareText(a, b)));
}

function waveFinding(document: SynthesizedDocument, depth: number): Finding {
  const { object, construct } = document;
  return {
    code: 'gitops/sync-wave',
    severity: 'warning',
    ...(object ? { object } : {}),
    where: { construct: construct.node.path },
    message: `the ${object?.kind} '${object?.name}' is in sync wave ${ownWave(document)}, but what it depends on is in wave ${depth - 1}`,
    fix: `leave its annotation ${waveAnnotation} out, or make it ${depth} at least`,
  };
}

function sizeFinding({ object, construct }: SynthesizedDocument): Finding {
  return {
    code: 'gitops/object-size',
    severity: 'error',
    ...(object ? { object } : {}),
    where: { construct: construct.node.path },
    message: `the ${object?.kind} '${object?.name}' is too large for client-side apply (256 KiB), but its sync options say ServerSideApply=false`,
    fix: 'leave ServerSideApply=false out of its annotation argocd.argoproj.io/sync-options',
  };
}

const instanceLabel = 'app.kubernetes.io/instance';

/**
 * Argo CD that tracks by label writes the name of its Application into `app.kubernetes.io/instance` of every object (not of
 * pod templates), and what selects by another value finds nothing any more.
 *
 * Source: argoproj/argo-cd, docs/user-guide/resource_tracking.md; docs/faq.md, "Why Is My App Out Of Sync Even After Syncing?".
 */
export function argoCdFindings(applied: readonly AppliedDocument[]): Finding[] {
  const tracked = applied.filter(({ gitops }) => gitops?.tool === 'argocd' && gitops.tracking === 'label');
  if (tracked.length === 0) return [];
  const services = new Set(
    tracked
      .filter(({ document }) => document.object?.kind === 'Service')
      .map(({ document }) => labelsOf(document)[instanceLabel]),
  );
  const reported = new Set<string>();
  return tracked.flatMap(({ document, platform }): Finding[] => {
    const { object, chart } = document;
    if (object === undefined || !isMonitoringKind(document)) return [];
    const findings: Finding[] = [];
    const wanted = asRecord(asRecord(asRecord(asRecord(document.value).spec).selector).matchLabels)[instanceLabel];
    if (object.kind === 'ServiceMonitor' && wanted !== undefined && services.has(wanted)) {
      findings.push(
        labelFinding(document, document.construct.node.path, `the ServiceMonitor '${object.name}'`, 'Services'),
      );
    }
    const selector = selectorThatAsks(platform, object.kind);
    const key = `${chart.node.path} ${selector}`;
    if (selector !== undefined && !reported.has(key)) {
      reported.add(key);
      findings.push(labelFinding(document, chart.node.path, `the platform's ${selector}`, `${object.kind}s`));
    }
    return findings;
  });
}

function isMonitoringKind({ group }: SynthesizedDocument): boolean {
  return group === 'monitoring.coreos.com';
}

function selectorThatAsks(platform: Platform, kind: string): SelectorOfPrometheus | undefined {
  const selector = selectorOfKind[kind];
  return selector !== undefined && instanceLabel in platform.labelsToBeSelected(selector) ? selector : undefined;
}

function labelsOf({ value }: SynthesizedDocument): Readonly<Record<string, unknown>> {
  return asRecord(asRecord(asRecord(value).metadata).labels);
}

function labelFinding({ object }: SynthesizedDocument, construct: string, who: string, what: string): Finding {
  return {
    code: 'gitops/instance-label',
    severity: 'warning',
    ...(object ? { object } : {}),
    where: { construct },
    message: `${who} selects ${what} by ${instanceLabel}, which Argo CD overwrites with the name of its Application`,
    fix: `select by another label, or let Argo CD track by annotation (application.resourceTrackingMethod in argocd-cm) and say so: gitops: { tool: 'argocd', tracking: 'annotation' }`,
  };
}
