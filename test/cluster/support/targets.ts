import type { Exposition } from './expositions';
import type { ScrapedTarget } from './prometheus';

/** Targets that differ in their pod and nothing else. */
export interface ExpectedTargets {
  /** `mutual-tls` is https for who shows a certificate of the mesh. @default - `http` */
  readonly scheme?: Exposition['scheme'];
  /** Of the container, whatever the Service's port is. */
  readonly port: number;
  /** With its query, if there is one. @default - `/metrics` */
  readonly path?: string;
  /** How many pods there are. @default - 1 */
  readonly pods?: number;
  /** Address of what is no pod of the stack. @default - the addresses of the stack's pods */
  readonly address?: string;
  /** Name of the Prometheus that scrapes, where the platform has several. */
  readonly server?: string;
  /** Something real serves there. @default - the run serves what the targets expose */
  readonly isReal?: boolean;
  /** What the targets expose, in the text format. @default - `exposed 1` */
  readonly exposes?: string;
  /** All labels, except `pod` and `instance` where they are the pod's name and its address with port; of `pod_template_hash` only that it is there. */
  readonly labels: Readonly<Record<string, string>>;
}

export function expositionOf(targets: ExpectedTargets): Exposition {
  const { scheme = 'http', port, path = '/metrics', exposes = 'exposed 1' } = targets;
  return { scheme, port, path: path.replace(/\?.*/, ''), text: `${exposes}\n` };
}

/** What is missing and what is too much, a line for each group of targets. */
export function differences(
  expected: readonly ExpectedTargets[],
  scraped: readonly ScrapedTarget[],
  podNames: ReadonlyMap<string, string>,
): string[] {
  const wanted = new Map<string, number>();
  for (const targets of expected) {
    const { scheme = 'http', address = 'POD', port, path = '/metrics', pods = 1, labels, server } = targets;
    const url = `${scheme === 'http' ? 'http' : 'https'}://${address}:${port}${path}`;
    add(wanted, `${url} ${sorted(labels)}${byServer(server)}`, pods);
  }
  const found = new Map<string, number>();
  for (const target of scraped) add(found, described(target, podNames), 1);

  const lines: string[] = [];
  for (const target of [...new Set([...wanted.keys(), ...found.keys()])].sort()) {
    const [want, have] = [wanted.get(target) ?? 0, found.get(target) ?? 0];
    if (want !== have) lines.push(`Prometheus has ${have} and not ${want} targets ${target}`);
  }
  return lines;
}

/** A target without what is its pod's alone. */
export function described(target: ScrapedTarget, podNames: ReadonlyMap<string, string>): string {
  const url = new URL(target.scrapeUrl);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const { pod, instance, ...labels } = target.labels;
  const podName = podNames.get(url.hostname);
  const own = {
    ...(pod === undefined || pod === podName ? {} : { pod }),
    ...(labels.pod_template_hash === undefined ? {} : { pod_template_hash: '' }),
    ...(instance === `${url.hostname}:${port}` ? {} : { instance: instance ?? '' }),
  };
  const address = podName === undefined ? url.hostname : 'POD';
  return `${url.protocol}//${address}:${port}${url.pathname}${url.search} ${sorted({ ...labels, ...own })}${byServer(target.server)}`;
}

const byServer = (server: string | undefined) => (server === undefined ? '' : ` of ${server}`);

function sorted(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.sort().join(', ')}}`;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
