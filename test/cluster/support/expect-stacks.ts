import type { Platform } from '../../../src/platform';
import { apply, documentsOf, kubectl } from './cluster';
import { NameServer } from './dns';
import { Expositions } from './expositions';
import { objectsIn } from './namespace-content';
import { isMadeOf, namespaceObject, platformObjects, restricted, serversOf, untrueFacts } from './platform-objects';
import { eventually } from './program';
import { PrometheusServers, PrometheusView } from './prometheus-servers';
import { record } from './record';
import { applyStack, countRules, faultsOf, namespacesOf, StackOnCluster, targetsIn } from './stack-on-cluster';
import { differences, expositionOf } from './targets';

/** Prometheus looks at what it has discovered every five seconds: what is right for longer stays right. */
const longerThanDiscovery = 5_500;
const defaultPatience = 90_000;

/** A test for each stack: that all of it is accepted, scraped and loaded on a platform, and that it goes without a trace. */
export function expectStacks(platform: Platform, stacks: readonly StackOnCluster[]): void {
  describe(`on ${platform.name}`, () => {
    let faults: Faults;
    beforeAll(async () => {
      faults = await proveStacks(platform, stacks);
    });
    test.each(stacks.map(({ name }) => name))('%s', (name) => {
      expect(faults.get(name)).toEqual([]);
    });
    test('the platform is what its facts say, and nothing else is scraped', () => {
      expect(faults.get(noStack)).toEqual([]);
    });
  });
}

/** What is wrong with each stack, by its name. */
export type Faults = ReadonlyMap<string, readonly string[]>;

/** The name under which {@link proveStacks} gives what belongs to no stack. */
export const noStack = '';

/** How long to wait for what. */
export interface Waiting {
  /** How long, in milliseconds, a fault may take to disappear. It is no waste: without faults nobody waits. */
  readonly patience?: number;
  /** Faults that are waited for, with the stacks in place. @default - there are to be none */
  readonly isHeard?: (faults: Faults) => boolean;
  /** Faults that are waited for after the deletion. @default - there are to be none */
  readonly isLeft?: (faults: Faults) => boolean;
}

/**
 * Runs a platform with all its stacks side by side, and then without them. The platform is made of its facts, unless its
 * Prometheus is among the objects of a stack.
 */
export async function proveStacks(
  platform: Platform,
  stacks: readonly StackOnCluster[],
  waiting: Waiting = {},
): Promise<Faults> {
  const namespaces = [...new Set(stacks.flatMap(namespacesOf))].sort();
  const expected = stacks.flatMap(({ targets }) => targets);
  const outside = stacks.flatMap((stack) => stack.outside ?? []);
  const given = stacks.flatMap((stack) => stack.given ?? []);
  const ofStacks = [...stacks.flatMap(({ objects }) => objects), ...given];
  const bringPrometheus = serversOf(platform).some(({ name, namespace }) =>
    ofStacks.some(
      ({ kind, metadata }) => kind === 'Prometheus' && metadata.name === name && metadata.namespace === namespace,
    ),
  );
  const ofPlatform = bringPrometheus ? [] : platformObjects(platform, namespaces);

  const names = [...expected.flatMap(({ address }) => address ?? []), ...outside.map(({ host }) => host)];
  const nameServer = await NameServer.serve(names);
  const served = expected.filter(({ isReal }) => !isReal).map(expositionOf);
  const expositions = await Expositions.serve([...served, ...outside]);
  const prometheus = new PrometheusServers(platform);
  try {
    const labelsOf = (name: string) => ({ ...platform.facts.namespaces?.[name]?.labels, ...restricted });
    await apply(namespaces.map((name) => namespaceObject(name, labelsOf(name))));
    await apply([...ofPlatform, ...given]);
    const before = new Set((await Promise.all(namespaces.map(objectsIn))).flat());
    const refused = new Map<string, string[]>();
    for (const stack of stacks) refused.set(stack.name, await applyStack(stack));
    const { isHeard } = waiting;
    const unmet = await settledFaults(platform, prometheus, stacks, {
      ...waiting,
      isHeard: isHeard && ((heard) => isHeard(joined(refused, heard))),
    });

    await remove(ofStacks);
    const isOfPlatform = (object: string) => !bringPrometheus && isMadeOf(object, platform);
    const isOfOthers = (object: string) => before.has(object) || isOfPlatform(object);
    const remaining = await remains(prometheus, stacks, isOfOthers, waiting);

    const faults = joined(unmet, refused, remaining);
    for (const stack of stacks) if (faults.get(stack.name)?.length === 0) record(lineOf(platform, stack));
    return faults;
  } finally {
    // whatever has happened: the next platform must not meet what this one has left
    await remove([...ofStacks, ...ofPlatform].filter(({ kind }) => kind !== 'Namespace'));
    await prometheus.stop();
    await expositions.stop();
    await nameServer.stop();
  }
}

/** The faults that stay, with all stacks in place. */
async function settledFaults(
  platform: Platform,
  prometheus: PrometheusServers,
  stacks: readonly StackOnCluster[],
  { patience = defaultPatience, isHeard }: Waiting,
): Promise<Faults> {
  const hasOperator = platform.facts.operator?.installed !== false;
  const namespaces = stacks.flatMap(namespacesOf);
  const faults = new Map<string, string[]>();
  const faultlessSince = new Map<string, number>();
  // once is enough: on a busy machine some target is late with an answer at any moment
  const proved = new Set<string>();
  const judge = (name: string, found: string[]) => {
    faults.set(name, proved.has(name) ? [] : found);
    if (found.length > 0) faultlessSince.delete(name);
    else if (!faultlessSince.has(name)) faultlessSince.set(name, Date.now());
    if (Date.now() - (faultlessSince.get(name) ?? Date.now()) > longerThanDiscovery) proved.add(name);
  };
  const came = await eventually(async () => {
    const unfollowed = await prometheus.follow();
    if (unfollowed.length > 0) {
      judge(noStack, unfollowed);
      for (const { name } of stacks) judge(name, unfollowed);
      return false;
    }
    const scraped = await prometheus.view();
    const strays = scraped.targets.filter((target) => targetsIn(namespaces, [target]).length === 0);
    judge(noStack, [...differences([], strays, new Map()), ...(hasOperator ? await untrueFacts(platform) : [])]);
    for (const stack of stacks) judge(stack.name, await faultsOf(stack, scraped, platform));
    return isHeard === undefined ? proved.size === stacks.length + 1 : isHeard(faults);
  }, patience);
  return came ? faults : afterWaiting(patience, faults);
}

/** Faults with the time that they have had to disappear. */
function afterWaiting(patience: number, faults: Faults): Map<string, readonly string[]> {
  const waited = `what follows has not gone away for ${patience / 1000} s:`;
  return new Map([...faults].map(([name, found]) => [name, found.length === 0 ? [] : [waited, ...found]]));
}

function joined(...all: readonly Faults[]): Map<string, readonly string[]> {
  const names = new Set(all.flatMap((faults) => [...faults.keys()]));
  return new Map([...names].map((name) => [name, all.flatMap((faults) => faults.get(name) ?? [])]));
}

const nothing: PrometheusView = { targets: [], evaluated: [] };

/** What stays of stacks that have been deleted. */
async function remains(
  prometheus: PrometheusServers,
  stacks: readonly StackOnCluster[],
  belongsToOthers: (object: string) => boolean,
  { patience = defaultPatience, isLeft }: Waiting,
): Promise<Faults> {
  const faults = new Map<string, string[]>();
  const came = await eventually(async () => {
    // where the Prometheus itself was in a stack, the operator removes its configuration
    const { targets, evaluated } = (await prometheus.follow()).length === 0 ? await prometheus.view() : nothing;
    const groups = evaluated.flatMap((ofServer) => ofServer.groups);
    for (const stack of stacks) {
      const namespaces = namespacesOf(stack);
      const objects = (await Promise.all(namespaces.map(objectsIn)))
        .flat()
        .filter((object) => !belongsToOthers(object));
      const rules = groups.filter(({ file }) => namespaces.some((name) => file.includes(`/${name}-`)));
      faults.set(stack.name, [
        ...objects.map((object) => `after the deletion ${object} is left`),
        ...targetsIn(namespaces, targets).map(({ scrapeUrl }) => `after the deletion the target ${scrapeUrl} is left`),
        ...rules.map(({ name }) => `after the deletion the rules ${name} are left`),
      ]);
    }
    return isLeft === undefined ? [...faults.values()].every((ofStack) => ofStack.length === 0) : isLeft(faults);
  }, patience);
  return came ? faults : afterWaiting(patience, faults);
}

async function remove(objects: readonly object[]): Promise<void> {
  if (objects.length === 0) return;
  await kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], documentsOf(objects));
}

function lineOf(platform: Platform, stack: StackOnCluster): string {
  const targets = stack.targets.reduce((sum, { pods = 1 }) => sum + pods, 0);
  const counts = [
    `${stack.objects.length} objects accepted`,
    `${targets} targets up`,
    `${countRules(stack)} rules in place`,
  ];
  return `${stack.name} on ${platform.name}: ${counts.join(', ')}, all removed`;
}
