import type { Platform } from '../../../src/platform';
import { serversOf } from './platform-objects';
import { LoadedGroup, Prometheus, ScrapedTarget } from './prometheus';

/** Ports that no stack is likely to use, one for each Prometheus. */
const firstPort = 29090;

/** What the Prometheus servers of a platform do at a moment. */
export interface PrometheusView {
  /** Of all servers and shards: what two of them scrape is in it twice. */
  readonly targets: readonly ScrapedTarget[];
  readonly evaluated: readonly EvaluatedGroups[];
}

/** The rules that one Prometheus has loaded. */
export interface EvaluatedGroups {
  /** Name of the Prometheus object. */
  readonly server: string;
  readonly groups: readonly LoadedGroup[];
}

/** The Prometheus servers of a platform, each with all of its shards. Of replicas, which do the same, there is one. */
export class PrometheusServers {
  private readonly members: readonly { readonly server: string; readonly prometheus: Prometheus }[];

  constructor(platform: Platform) {
    const pods = serversOf(platform).flatMap((server) =>
      Array.from({ length: server.facts.shards ?? 1 }, (_, shard) => ({ server, shard })),
    );
    this.members = pods.map(({ server, shard }, index) => ({
      server: server.name,
      prometheus: new Prometheus(platform, { server, shard, port: firstPort + index }),
    }));
  }

  /** Lets all of them take over new configurations. Says which of them do not run with the present one, and why. */
  async follow(): Promise<string[]> {
    const reasons = await Promise.all(this.members.map(({ prometheus }) => prometheus.follow()));
    return reasons.flatMap((reason) => reason ?? []);
  }

  async view(): Promise<PrometheusView> {
    const severalServers = new Set(this.members.map(({ server }) => server)).size > 1;
    const targets: ScrapedTarget[] = [];
    const evaluated: EvaluatedGroups[] = [];
    for (const { server, prometheus } of this.members) {
      const scraped = await prometheus.targets();
      targets.push(...scraped.map((target) => (severalServers ? { ...target, server } : target)));
      evaluated.push({ server, groups: await prometheus.groups() });
    }
    return { targets, evaluated };
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ prometheus }) => prometheus.stop()));
  }
}
