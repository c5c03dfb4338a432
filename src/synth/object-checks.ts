import { MonitoredWorkload } from '../constructs/app/monitored-workload';
import { Finding } from '../findings';
import {
  annotationKeyFault,
  annotationValueFault,
  dnsLabelFault,
  labelKeyFault,
  labelValueFault,
  MetadataFault,
  metadataProblem,
  objectNameFault,
  quoted,
} from '../kubernetes/metadata-rules';
import { asRecord, ownerOf, SynthesizedDocument } from './document';

/** What the API server would refuse, whatever the kind: objects that share a name, and names, labels and annotations. */
export function checkObjects(documents: readonly SynthesizedDocument[]): Finding[] {
  return [...duplicates(documents), ...documents.flatMap(metadataFindings)];
}

/** Kinds that exist once per cluster, so that a namespace (`Include` stamps one on everything) does not tell them apart. */
const clusterScoped = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'networking.k8s.io/IngressClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

function duplicates(documents: readonly SynthesizedDocument[]): Finding[] {
  const first = new Map<string, SynthesizedDocument>();
  const pairs = new Map<string, [SynthesizedDocument, SynthesizedDocument][]>();
  for (const document of documents) {
    const { object, group } = document;
    if (!object) continue;
    const kind = group === '' ? object.kind : `${group}/${object.kind}`;
    const namespace = clusterScoped.has(kind) ? undefined : object.namespace;
    const key = `${kind}\u0000${namespace ?? ''}\u0000${object.name}`;
    const other = first.get(key);
    if (!other) {
      first.set(key, document);
      continue;
    }
    const owners = `${ownerOf(other).node.path}\u0000${ownerOf(document).node.path}`;
    pairs.set(owners, [...(pairs.get(owners) ?? []), [other, document]]);
  }
  return [...pairs.values()].filter((each) => !each.every(isSaidByApps)).map(duplicateFinding);
}

/** Two apps of one name say so themselves. */
function isSaidByApps([one, other]: [SynthesizedDocument, SynthesizedDocument]): boolean {
  const [first, second] = [ownerOf(one), ownerOf(other)];
  return first instanceof MonitoredWorkload && second instanceof MonitoredWorkload && first.name === second.name;
}

/** Charts can be meant for clusters of their own, where the same names are right: then it is only probable that one is not. */
function duplicateFinding(pairs: readonly [SynthesizedDocument, SynthesizedDocument][]): Finding {
  const [other, document] = pairs[0]!;
  const objects = pairs.map(([, { object }]) => `${object!.kind} '${object!.name}'`).join(', ');
  const { object } = document;
  const place = object?.namespace === undefined ? '' : ` in namespace '${object.namespace}'`;
  const paths = [ownerOf(other).node.path, ownerOf(document).node.path];
  const across = document.chart !== other.chart;
  return {
    code: 'synth/duplicate-object',
    severity: across ? 'warning' : 'error',
    ...(object ? { object } : {}),
    ...(other.object ? { related: [other.object] } : {}),
    where: { construct: paths[1]! },
    message: `made twice${place}, by '${paths[0]}' and by '${paths[1]}': ${objects}; the one applied last would win`,
    fix: `give one of them another name or namespace, or remove it${across ? '; right where the charts are for different clusters' : ''}`,
  };
}

function metadataFindings(document: SynthesizedDocument): Finding[] {
  const metadata = asRecord(asRecord(document.value)['metadata']);
  const findings: Finding[] = [];
  const { object, group } = document;
  const owner = object ? `${object.kind} '${object.name}'` : 'an object without a name';
  const report = (code: Finding['code'], what: string, fault: MetadataFault | undefined, of = owner) => {
    if (!fault) return;
    const where = { construct: document.construct.node.path };
    findings.push({ code, severity: 'error', object, where, ...metadataProblem(`${what} of ${of}`, fault) });
  };
  if (object) {
    const { kind, name, namespace } = object;
    report('synth/object-name', `the name ${quoted(name)}`, objectNameFault(group, kind, name), `a ${kind}`);
    if (namespace !== undefined) {
      report('synth/object-name', `the namespace ${quoted(namespace)}`, dnsLabelFault(namespace));
    }
  }
  for (const [key, value] of Object.entries(asRecord(metadata['labels']))) {
    report('synth/label', `the label key ${quoted(key)}`, labelKeyFault(key));
    report('synth/label', `the value ${quoted(value)} of label ${quoted(key)}`, labelValueFault(value));
  }
  for (const [key, value] of Object.entries(asRecord(metadata['annotations']))) {
    report('synth/annotation', `the annotation key ${quoted(key)}`, annotationKeyFault(key));
    report('synth/annotation', `the value ${quoted(value)} of annotation ${quoted(key)}`, annotationValueFault(value));
  }
  return findings;
}
