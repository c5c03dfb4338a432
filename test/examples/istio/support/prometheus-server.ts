import * as fs from 'node:fs';
import * as path from 'node:path';
import { stringify } from 'yaml';
import { ChildProgram } from '../../../../examples/custom-metric/local/child-program';
import { eventually } from '../../support/eventually';
import { freePort } from '../../support/free-port';

export type Labels = Readonly<Record<string, string>>;

/** A target as Prometheus sees it after relabeling. */
export interface Target {
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

export interface Rule {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly state?: string;
  readonly health: string;
  readonly lastError?: string;
}

/** A Prometheus of the test's own, on the loopback, which scrapes and evaluates every second. */
export class PrometheusServer {
  /** `host:port` */
  readonly address: string;

  private constructor(
    port: number,
    private readonly program: ChildProgram,
  ) {
    this.address = `127.0.0.1:${port}`;
  }

  static async start(file: string, folder: string, config: object): Promise<PrometheusServer> {
    const port = await freePort();
    fs.mkdirSync(folder, { recursive: true });
    const { global, ...rest } = config as { readonly global?: object };
    const everySecond = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s', ...global };
    const configFile = path.join(folder, 'prometheus.yml');
    fs.writeFileSync(configFile, stringify({ global: everySecond, ...rest }, { aliasDuplicateObjects: false }));
    const program = new ChildProgram('Prometheus', file, [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const server = new PrometheusServer(port, program);
    const failed = program.ended.then((how): never => {
      throw new Error(how);
    });
    // it also rejects after an ordinary stop, when nobody waits for it any more
    failed.catch(() => undefined);
    const ready = eventually(async () => {
      if (!(await fetch(`http://${server.address}/-/ready`)).ok) throw new Error('Prometheus is not ready');
    }, 15_000);
    await Promise.race([ready, failed]);
    return server;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.ask<{ activeTargets: readonly Target[] }>('targets?state=active')).activeTargets;
  }

  async rules(): Promise<readonly Rule[]> {
    return (await this.ask<{ groups: readonly { rules: readonly Rule[] }[] }>('rules')).groups.flatMap(
      ({ rules }) => rules,
    );
  }

  /** The value of each series that an expression gives. */
  async query(expression: string): Promise<readonly { readonly labels: Labels; readonly value: number }[]> {
    const { result } = await this.ask<{ result: readonly { metric: Labels; value: readonly [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  private async ask<T>(request: string): Promise<T> {
    const answer = (await (await fetch(`http://${this.address}/api/v1/${request}`)).json()) as {
      status: string;
      data: T;
    };
    if (answer.status !== 'success') throw new Error(`${request}: ${JSON.stringify(answer)}`);
    return answer.data;
  }
}
