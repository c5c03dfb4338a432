import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse, stringify } from 'yaml';
import type { Platform } from '../../../src/platform';
import { annotationDiscoveryConfig } from './annotation-discovery';
import { Certificate, writeCertificate } from './certificate';
import { certificateFolder, clusterFolder, get, kubeconfig, kubectl, list } from './cluster';
import type { ServerOnCluster } from './platform-objects';
import { answers, eventually, Program } from './program';

/** A target as `/api/v1/targets` gives it. */
export interface ScrapedTarget {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** Name of the Prometheus object, where a platform has several. */
  readonly server?: string;
}

/** A group of rules as `/api/v1/rules` gives it. */
export interface LoadedGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly LoadedRule[];
}

export interface LoadedRule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  /** Of alerts only. */
  readonly state?: 'inactive' | 'pending' | 'firing';
}

/** Folders of Prometheus' container, and what they are called in the folder of the run. */
const folders: Readonly<Record<string, string>> = {
  '/etc/prometheus/certs/': 'certs/',
  '/etc/prometheus/rules/': 'rules/',
  '/etc/prometheus/configmaps/': 'configmaps/',
  '/etc/prom-certs/': 'mesh/',
  '/var/run/secrets/kubernetes.io/serviceaccount/': 'account/',
};

/** Those of them whose files change while Prometheus runs. */
const ofConfiguration = ['certs', 'rules', 'configmaps'];

/** How files of rules in ConfigMaps are called. */
export const endOfRuleFiles = '.rules.yaml';

interface Configuration {
  readonly scrape_configs?: Record<string, unknown>[];
  readonly global?: Record<string, unknown>;
  readonly rule_files?: readonly string[];
}

/** Which of the pods of a Prometheus object is meant. */
export interface PrometheusPod {
  readonly server: ServerOnCluster;
  /** @default - 0 */
  readonly shard?: number;
  /** Where it listens on this machine. */
  readonly port: number;
}

/**
 * A real Prometheus of a platform, with the configuration that the operator writes for it and the rights of its
 * account. It takes the part of the config reloader beside it: what that replaces and mounts is done by {@link follow}.
 */
export class Prometheus {
  private program: Program | undefined;
  private followed = '';
  private readonly folder: string;
  private readonly url: string;

  constructor(
    private readonly platform: Platform,
    private readonly pod: PrometheusPod,
  ) {
    this.folder = fs.mkdtempSync(path.join(clusterFolder(), 'prometheus-'));
    this.url = `http://127.0.0.1:${pod.port}`;
  }

  /** Takes over a new configuration, if there is one. Says why Prometheus does not run with the present one, if so. */
  async follow(): Promise<string | undefined> {
    const { namespace, name } = this.pod.server;
    const wanted = await this.wantedFiles();
    if (wanted === undefined) return `the operator has written no configuration for Prometheus ${namespace}/${name}`;
    const text = JSON.stringify([...wanted]);
    if (text === this.followed) return undefined;

    for (const folder of ofConfiguration) fs.rmSync(path.join(this.folder, folder), { recursive: true, force: true });
    for (const [file, content] of wanted) this.write(file, content);
    // what it refuses is looked at again: the operator may not have written all of it yet
    const refusal = this.program === undefined ? await this.start() : await this.reload();
    if (refusal !== undefined) return `Prometheus ${namespace}/${name} refuses its configuration: ${refusal}`;
    this.followed = text;
    return undefined;
  }

  async stop(): Promise<void> {
    await this.program?.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async targets(): Promise<readonly ScrapedTarget[]> {
    const { activeTargets } = (await this.ask('targets?state=active')) as { activeTargets: ScrapedTarget[] };
    return activeTargets;
  }

  async groups(): Promise<readonly LoadedGroup[]> {
    return ((await this.ask('rules')) as { groups: LoadedGroup[] }).groups;
  }

  private async reload(): Promise<string | undefined> {
    const answer = await fetch(`${this.url}/-/reload`, { method: 'POST' });
    return answer.ok ? undefined : await answer.text();
  }

  private async start(): Promise<string | undefined> {
    const { namespace, serviceAccountName } = this.pod.server;
    const token = (await kubectl(['create', 'token', serviceAccountName, '-n', namespace, '--duration=24h'])).trim();
    this.write('kubeconfig', kubeconfig(token));
    this.write('account/token', token);
    // it is signed by an authority that stands in the same file
    this.write('account/ca.crt', fs.readFileSync(path.join(certificateFolder(), 'apiserver.crt'), 'utf8'));
    this.write('account/namespace', namespace);
    const { certificate, key } = meshCertificate();
    this.write('mesh/root-cert.pem', certificate);
    this.write('mesh/cert-chain.pem', certificate);
    this.write('mesh/key.pem', key);
    const program = new Program(
      'prometheus',
      [
        `--config.file=${this.folder}/prometheus.yaml`,
        `--storage.tsdb.path=${this.folder}/data`,
        `--web.listen-address=${new URL(this.url).host}`,
        '--web.enable-lifecycle',
        '--scrape.discovery-reload-interval=1s',
      ],
      path.join(clusterFolder(), 'prometheus.log'),
    );
    try {
      this.program = await program.until(() => answers(`${this.url}/-/ready`));
      return undefined;
    } catch (error) {
      await program.stop();
      // the last line of its log says why
      return (error as Error).message.split('\n').at(-1);
    }
  }

  /** The files of the configuration by their names; undefined until the operator has written it. */
  private async wantedFiles(): Promise<Map<string, string> | undefined> {
    if (this.platform.facts.operator?.installed === false) return this.filesWithoutOperator();
    const { name, namespace } = this.pod.server;
    const { shard = 0 } = this.pod;
    const objects = `/api/v1/namespaces/${namespace}`;
    const secret = await get(`${objects}/secrets/prometheus-${name}`);
    const packed: unknown = secret.data?.['prometheus.yaml.gz'];
    if (typeof packed !== 'string') return undefined;

    let text = gunzipSync(Buffer.from(packed, 'base64'))
      .toString()
      .replaceAll('$(SHARD)', String(shard))
      .replaceAll('$(POD_NAME)', `prometheus-${name}-${shard === 0 ? '' : `shard-${shard}-`}0`);
    for (const [inPod, here] of Object.entries(folders)) text = text.replaceAll(inPod, `${this.folder}/${here}`);
    const files = new Map([['prometheus.yaml', this.adapted(parse(text) as Configuration)]]);
    const assets = await get(`${objects}/secrets/prometheus-${name}-tls-assets-0`);
    for (const [file, content] of Object.entries((assets.data ?? {}) as Record<string, string>)) {
      files.set(`certs/${file}`, Buffer.from(content, 'base64').toString());
    }
    for (const { metadata, data } of await list(`${objects}/configmaps`)) {
      const isOfRules = metadata.name.startsWith(`prometheus-${name}-rulefiles-`);
      for (const [file, content] of Object.entries((data ?? {}) as Record<string, string>)) {
        if (isOfRules) files.set(`rules/${metadata.name}/${file}`, atOnce(content));
        // the operator mounts those that the Prometheus object names; others are named by no configuration
        else files.set(`configmaps/${metadata.name}/${file}`, content);
      }
    }
    return files;
  }

  /** Jobs that follow annotations, and every file of rules that a ConfigMap holds: a sidecar of the pod collects them. */
  private async filesWithoutOperator(): Promise<Map<string, string>> {
    const configuration = { ...annotationDiscoveryConfig(), rule_files: [`${this.folder}/rules/*.yaml`] };
    const files = new Map([['prometheus.yaml', this.adapted(configuration)]]);
    for (const { metadata, data } of await list('/api/v1/configmaps')) {
      for (const [file, content] of Object.entries((data ?? {}) as Record<string, string>)) {
        if (!file.endsWith(endOfRuleFiles)) continue;
        files.set(`rules/${metadata.namespace}-${metadata.name}-${file}`, atOnce(content));
      }
    }
    return files;
  }

  /** The same configuration for a Prometheus that is not in a pod, and that scrapes and evaluates often. */
  private adapted(configuration: Configuration): string {
    // two seconds to answer in: a busy machine takes its time
    const every = { scrape_interval: '2s', scrape_timeout: '2s' };
    const adapted = {
      ...configuration,
      global: { ...configuration.global, ...every, evaluation_interval: '1s' },
      scrape_configs: configuration.scrape_configs?.map((job) => ({ ...job, ...every })),
    };
    return stringify(adapted, (key, value: unknown) => {
      if (key !== 'kubernetes_sd_configs' || !Array.isArray(value)) return value;
      return value.map((discovery: object) => ({ ...discovery, kubeconfig_file: `${this.folder}/kubeconfig` }));
    });
  }

  private async ask(question: string): Promise<unknown> {
    let answer: { readonly status: string; readonly data?: unknown } | undefined;
    await eventually(async () => {
      try {
        answer = (await (await fetch(`${this.url}/api/v1/${question}`)).json()) as typeof answer;
        return answer?.status === 'success';
      } catch {
        return false;
      }
    });
    if (answer?.data === undefined)
      throw new Error(`Prometheus does not answer ${question}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  private write(file: string, content: string): void {
    const place = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, content);
  }
}

let ofMesh: Certificate | undefined;

/** The certificate by which Prometheus is known in a mesh, and by which it knows others: the authority of all of them. */
export function meshCertificate(): Certificate {
  ofMesh ??= writeCertificate('mesh');
  return ofMesh;
}

/** A file of rules whose groups are evaluated as often as all others. */
function atOnce(rules: string): string {
  const { groups } = parse(rules) as { groups: Record<string, unknown>[] };
  return stringify({ groups: groups.map(({ interval: _interval, ...group }) => group) });
}
