import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MonitoredWorkload } from '../constructs/app/monitored-workload';
import { ScrapeJob } from '../constructs/jobs/scrape-job';
import { compareText, ObjectReference } from '../findings';
import { installRank } from './install-order';

/** A Kubernetes object as it will be printed, and where it comes from. */
export interface SynthesizedDocument {
  /** What is printed. Not to be changed. */
  readonly value: unknown;
  /** The API object that rendered it; the chart itself where that has a `toJson` of its own. */
  readonly construct: IConstruct;
  readonly chart: Chart;
  readonly apiObject?: ApiObject;
  /** How `kubectl` would name it; undefined for what has no kind or name. */
  readonly object?: ObjectReference;
  /** The API group, empty for the core group. */
  readonly group: string;
}

export function describeDocument(value: unknown, chart: Chart, apiObject?: ApiObject): SynthesizedDocument {
  const { apiVersion, kind, metadata } = asRecord(value);
  const { name, namespace } = asRecord(metadata);
  const slash = typeof apiVersion === 'string' ? apiVersion.indexOf('/') : -1;
  return {
    value,
    construct: apiObject ?? chart,
    chart,
    apiObject,
    group: slash === -1 ? '' : (apiVersion as string).slice(0, slash),
    object:
      typeof kind === 'string' && typeof name === 'string'
        ? {
            kind,
            name,
            ...(typeof apiVersion === 'string' ? { apiVersion } : {}),
            ...(typeof namespace === 'string' ? { namespace } : {}),
          }
        : undefined,
  };
}

/** The value if it is a map, otherwise an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * Order of installation, then namespace and name by code unit, then what else tells two documents apart, so that the
 * order of construction has no part in it.
 */
export function sortDocuments(documents: readonly SynthesizedDocument[]): SynthesizedDocument[] {
  const keyed = documents.map((document) => {
    const { object, group, construct } = document;
    return {
      document,
      rank: installRank(group, object?.kind ?? ''),
      key: [object?.namespace, object?.name, object?.kind, group, construct.node.path]
        .map((part) => part ?? '')
        .join('\u0000'),
    };
  });
  return keyed.sort((a, b) => a.rank - b.rank || compareText(a.key, b.key)).map(({ document }) => document);
}

/** The app that an object belongs to, or its own construct: an app that is wrong is one fault, whatever it makes. */
export function ownerOf({ construct }: SynthesizedDocument): IConstruct {
  const isOwner = (scope: IConstruct) => scope instanceof MonitoredWorkload || scope instanceof ScrapeJob;
  return construct.node.scopes.find(isOwner) ?? construct;
}
