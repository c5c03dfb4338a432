import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { compareText, Finding } from '../findings';
import { TreeEntry } from './construct-tree';
import { MinHeap } from './min-heap';

/** Something that is printed, and the construct that it belongs to. */
export interface Dependent {
  readonly construct: IConstruct;
}

export interface DependencyOrder<T> {
  readonly ordered: readonly T[];
  readonly findings: readonly Finding[];
}

/**
 * Puts items behind everything that they depend on; where that leaves a choice, the order given is kept.
 *
 * Dependencies mean what they mean in `App.synth()`: a construct stands for all API objects below it in its own chart, a
 * dependency into another chart makes the whole chart depend on the whole other chart, and a chart depends on the charts
 * directly below it. cdk8s writes each pair of objects down and walks all paths; here every construct has one vertex that
 * its objects wait for and one that waits for its objects, so that work grows with the number of objects and of
 * dependencies, not with their product.
 */
export function orderByDependencies<T extends Dependent>(
  items: readonly T[],
  tree: readonly TreeEntry[],
): DependencyOrder<T> {
  const { dependencies, findings } = dependenciesOf(tree);
  if (dependencies.length === 0) return { ordered: items, findings };
  const graph = new Graph(items, tree);
  for (const dependency of dependencies) graph.addDependency(dependency);
  const order = graph.order();
  if (order.length === items.length) return { ordered: order.map((index) => items[index]!), findings };
  return { ordered: items, findings: [...findings, cycleFinding(graph.cycle())] };
}

/**
 * How far behind others each item has to stand, by the dependencies that the stack itself declares: 1 more than the farthest
 * that it waits for, undefined where it waits for nothing. Other than in the order of documents, a dependency between objects
 * of two charts is one of these objects alone, and a chart does not wait for the charts below it.
 *
 * @param fixed the place of an item that has one already, which others count from. @default - 0 where it waits for nothing
 * @returns by position in `items`
 */
export function dependencyDepths<T extends Dependent>(
  items: readonly T[],
  tree: readonly TreeEntry[],
  fixed: (item: T) => number | undefined,
): readonly (number | undefined)[] {
  const { dependencies } = dependenciesOf(tree, 'declared alone');
  if (dependencies.length === 0) return [];
  const graph = new Graph(items, tree);
  for (const dependency of dependencies) graph.addDependency(dependency);
  return graph.depths((index) => fixed(items[index]!));
}

interface Dependency {
  readonly source: number;
  readonly target: number;
}

function dependenciesOf(
  tree: readonly TreeEntry[],
  which: 'all that cdk8s sees' | 'declared alone' = 'all that cdk8s sees',
): { dependencies: Dependency[]; findings: Finding[] } {
  const dependencies: Dependency[] = [];
  const findings: Finding[] = [];
  const positions = new Map(tree.map(({ construct }, position) => [construct, position]));
  const chartPairs = new Set<string>();
  const addCharts = (source: Chart, target: Chart) => {
    if (which === 'declared alone') return;
    const pair = { source: positions.get(source)!, target: positions.get(target)! };
    const key = `${pair.source} ${pair.target}`;
    if (!chartPairs.has(key)) dependencies.push(pair);
    chartPairs.add(key);
  };
  tree.forEach(({ construct, chart, parent }, source) => {
    const above = tree[parent];
    if (Chart.isChart(construct) && above && Chart.isChart(above.construct)) {
      addCharts(above.construct as Chart, construct as Chart);
    }
    for (const dependency of construct.node.dependencies) {
      const target = positions.get(dependency);
      if (target === undefined || target === source) continue; // of another app, or of itself
      const targetChart = tree[target]!.chart;
      if (!chart || !targetChart) {
        findings.push(outsideFinding(construct, dependency, chart ? dependency : construct));
        continue;
      }
      dependencies.push({ source, target });
      if (chart !== targetChart) addCharts(chart, targetChart);
    }
  });
  return { dependencies, findings };
}

/**
 * Vertices: for the construct at position p, `2p` is before all of its objects and `2p + 1` after all of them; behind
 * those, one vertex for each item.
 */
class Graph {
  private readonly next: number[][];
  private readonly waitsFor: Int32Array;
  private readonly firstItem: number;
  private readonly itemsAt = new Map<number, number[]>();

  public constructor(
    items: readonly Dependent[],
    private readonly tree: readonly TreeEntry[],
  ) {
    this.firstItem = 2 * tree.length;
    this.next = Array.from({ length: this.firstItem + items.length }, () => []);
    this.waitsFor = new Int32Array(this.next.length);
    const positions = new Map<IConstruct, number>();
    tree.forEach(({ construct, chart, parent }, position) => {
      positions.set(construct, position);
      if (!chart || construct === chart) return; // a chart below a chart prints its own objects
      this.edge(2 * parent, 2 * position);
      this.edge(2 * position + 1, 2 * parent + 1);
    });
    items.forEach(({ construct }, index) => {
      const position = positions.get(construct)!;
      const vertex = this.firstItem + index;
      this.edge(2 * position, vertex);
      this.edge(vertex, 2 * position + 1);
      const siblings = this.itemsAt.get(position);
      if (siblings) siblings.push(vertex);
      else this.itemsAt.set(position, [vertex]);
    });
  }

  public addDependency({ source, target }: Dependency): void {
    if (!this.isWithin(source, target) && !this.isWithin(target, source)) {
      this.edge(2 * target + 1, 2 * source);
      return;
    }
    // one contains the other: object by object, leaving out those that both stand for
    const sources = this.itemsBelow(source);
    for (const before of this.itemsBelow(target)) {
      for (const after of sources) if (before !== after) this.edge(before, after);
    }
  }

  /** Positions of the items, dependencies first; shorter than the number of items where there is a cycle. */
  public order(): number[] {
    const order: number[] = [];
    for (const vertex of this.vertices()) if (vertex >= this.firstItem) order.push(vertex - this.firstItem);
    return order;
  }

  /** By position of the item. */
  public depths(fixed: (index: number) => number | undefined): (number | undefined)[] {
    const depths: (number | undefined)[] = this.next.map(() => undefined);
    for (const vertex of this.vertices()) {
      const isItem = vertex >= this.firstItem;
      const after = isItem ? (fixed(vertex - this.firstItem) ?? depths[vertex] ?? 0) + 1 : depths[vertex];
      if (after === undefined) continue;
      for (const follower of this.next[vertex]!) depths[follower] = Math.max(depths[follower] ?? after, after);
    }
    return depths.slice(this.firstItem);
  }

  /** Each behind those that it waits for, so far as that is possible; items that could swap places in the order given. */
  private *vertices(): Generator<number> {
    const items = new MinHeap();
    const others: number[] = [];
    const ready = (vertex: number) => (vertex < this.firstItem ? others.push(vertex) : items.push(vertex));
    this.waitsFor.forEach((count, vertex) => {
      if (count === 0) ready(vertex);
    });
    for (;;) {
      const vertex = others.pop() ?? items.pop();
      if (vertex === undefined) return;
      yield vertex;
      for (const follower of this.next[vertex]!) {
        this.waitsFor[follower]!--;
        if (this.waitsFor[follower] === 0) ready(follower);
      }
    }
  }

  /** Paths of constructs that wait for each other, after {@link order} has left some over. */
  public cycle(): string[] {
    const waitedFor = new Map<number, number>();
    this.next.forEach((followers, vertex) => {
      if (this.waitsFor[vertex] === 0) return;
      for (const follower of followers) waitedFor.set(follower, vertex);
    });
    const trail: number[] = [];
    const seen = new Map<number, number>();
    let vertex = [...waitedFor.keys()][0]!;
    while (!seen.has(vertex)) {
      seen.set(vertex, trail.push(vertex) - 1);
      vertex = waitedFor.get(vertex)!;
    }
    const dependencies = trail.slice(seen.get(vertex)).filter((each) => each < this.firstItem && each % 2 === 0);
    const paths = dependencies.map((each) => this.tree[each >> 1]!.construct.node.path);
    const smallest = paths.indexOf([...paths].sort(compareText)[0]!);
    return [...paths.slice(smallest), ...paths.slice(0, smallest)];
  }

  private edge(before: number, after: number): void {
    this.next[before]!.push(after);
    this.waitsFor[after]!++;
  }

  private isWithin(inner: number, outer: number): boolean {
    const { chart } = this.tree[outer]!;
    for (let position = inner; position >= outer; position = this.tree[position]!.parent) {
      if (this.tree[position]!.chart !== chart) return false;
      if (position === outer) return true;
    }
    return false;
  }

  private itemsBelow(outer: number): number[] {
    const below: number[] = [];
    // children directly follow their parents in the list
    for (let position = outer; position < this.tree.length; position++) {
      if (position !== outer && this.tree[position]!.parent < outer) break;
      if (this.tree[position]!.chart === this.tree[outer]!.chart) below.push(...(this.itemsAt.get(position) ?? []));
    }
    return below;
  }
}

function cycleFinding(paths: readonly string[]): Finding {
  const start = paths[0] ?? '';
  return {
    code: 'synth/dependency-cycle',
    severity: 'error',
    where: { construct: start },
    message: `the constructs ${[...paths, start].map((path) => `'${path}'`).join(' => ')} depend on each other, so none can come first`,
    fix: 'remove one of these dependencies; between charts, any dependency makes the whole chart wait for the other',
  };
}

function outsideFinding(source: IConstruct, target: IConstruct, outside: IConstruct): Finding {
  return {
    code: 'synth/dependency',
    severity: 'error',
    where: { construct: source.node.path },
    message: `'${source.node.path}' depends on '${target.node.path}', but '${outside.node.path}' is in no chart, so it has no place among the objects`,
    fix: 'add the dependency between charts, or between constructs inside them',
  };
}
