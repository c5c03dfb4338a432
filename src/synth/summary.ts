import { GrafanaDashboard } from '../constructs/dashboards/grafana-dashboard';
import { MonitoredWorkload } from '../constructs/app/monitored-workload';
import { rulesOf } from '../constructs/rules/rules-of-tree';
import { IConstruct } from 'constructs';
import { countFindings, Finding, plural, renderFindings } from '../findings';
import { asRecord, SynthesizedDocument } from './document';
import type { SynthesizedFile } from './synthesis';

/** Counts in one line: what is monitored, what was written, how much was found. */
export function summaryLine(root: IConstruct, files: readonly SynthesizedFile[], findings: readonly Finding[]): string {
  const documents = files.flatMap((file) => file.documents);
  const monitored = monitoringSummary(root, documents);
  const written = `${plural(documents.length, 'object')} in ${plural(files.length, 'file')}`;
  return [...(monitored === undefined ? [] : [monitored]), written, countFindings(findings)].join(' · ');
}

/** Lines of counts, and the findings, if there are any, below. */
export function report(lines: string, findings: readonly Finding[]): string {
  return findings.length === 0 ? lines : `${lines}\n${renderFindings(findings)}`;
}

/** What a stack monitors, in words: `3 endpoints, 10 alerts, 1 recording rule, 1 dashboard`; undefined for a stack without. */
function monitoringSummary(root: IConstruct, documents: readonly SynthesizedDocument[]): string | undefined {
  const constructs = root.node.findAll();
  const endpoints = constructs.flatMap((construct) =>
    construct instanceof MonitoredWorkload ? construct.endpoints : [],
  ).length;
  const dashboards = constructs.filter((construct) => construct instanceof GrafanaDashboard).length;
  const rules = documents.flatMap(({ apiObject, value }) =>
    apiObject ? rulesOf(apiObject, () => asRecord(value)) : [],
  );
  const alerts = rules.filter(({ alert }) => alert !== undefined).length;
  const counts = [
    [endpoints, 'endpoint'],
    [alerts, 'alert'],
    [rules.length - alerts, 'recording rule'],
    [dashboards, 'dashboard'],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
  return parts.length === 0 ? undefined : parts.join(', ');
}
