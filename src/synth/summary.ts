import { GrafanaDashboard } from '../constructs/dashboards/grafana-dashboard';
import { MonitoredWorkload } from '../constructs/app/monitored-workload';
import { IConstruct } from 'constructs';
import { plural } from '../findings';
import { asRecord, SynthesizedDocument } from './document';

/** What a stack monitors, in words: `3 endpoints, 10 alerts, 1 recording rule, 1 dashboard`; undefined for a stack without. */
export function monitoringSummary(root: IConstruct, documents: readonly SynthesizedDocument[]): string | undefined {
  const constructs = root.node.findAll();
  const endpoints = constructs.flatMap((construct) =>
    construct instanceof MonitoredWorkload ? construct.endpoints : [],
  ).length;
  const dashboards = constructs.filter((construct) => construct instanceof GrafanaDashboard).length;
  const rules = documents.flatMap(rulesOf);
  const alerts = rules.filter((rule) => 'alert' in rule).length;
  const counts = [
    [endpoints, 'endpoint'],
    [alerts, 'alert'],
    [rules.length - alerts, 'recording rule'],
    [dashboards, 'dashboard'],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
  return parts.length === 0 ? undefined : parts.join(', ');
}

function rulesOf({ object, value }: SynthesizedDocument): Readonly<Record<string, unknown>>[] {
  if (object?.kind !== 'PrometheusRule') return [];
  const { groups } = asRecord(asRecord(value).spec);
  return listOf(groups).flatMap((group) => listOf(asRecord(group).rules).map(asRecord));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
