import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/** A construct of the app with what synthesis keeps asking about it, found in one walk. */
export interface TreeEntry {
  readonly construct: IConstruct;
  /** The closest chart above, or the construct itself; undefined for the app and what lies between it and its charts. */
  readonly chart?: Chart;
  /** Position of the parent in the list, -1 for the root. */
  readonly parent: number;
}

/** All constructs below and including the root, parents before their children. */
export function walkTree(root: IConstruct): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const visit = (construct: IConstruct, parent: number, chartAbove?: Chart) => {
    const chart = Chart.isChart(construct) ? (construct as Chart) : chartAbove;
    const position = entries.push({ construct, chart, parent }) - 1;
    for (const child of construct.node.children) visit(child, position, chart);
  };
  visit(root, -1);
  return entries;
}

/** The construct as an API object, undefined for others; by the mark of cdk8s, of which there may be two copies. */
export function asApiObject(construct: IConstruct): ApiObject | undefined {
  return ApiObject.isApiObject(construct) ? (construct as ApiObject) : undefined;
}
