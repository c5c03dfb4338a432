import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Labels } from './prometheus-server';

const folder = path.join(__dirname, '../../../../examples/istio/dist');

export interface Written<Spec = unknown> {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Labels };
  readonly spec: Spec;
  readonly stringData?: Labels;
}

const objects = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseAllDocuments(fs.readFileSync(path.join(folder, file), 'utf8')))
  .map((document) => document.toJS() as Written);

/** An object of the committed output. */
export function written<Spec>(kind: string, name: string): Written<Spec> {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`the example has no ${kind} ${name}`);
  return found as Written<Spec>;
}

export function allWritten<Spec>(kind: string): readonly Written<Spec>[] {
  return objects.filter((object) => object.kind === kind) as Written<Spec>[];
}

/** A job of Prometheus' own configuration, as far as the tests touch it. */
export interface Job {
  readonly job_name: string;
  readonly kubernetes_sd_configs: readonly { readonly role: string }[];
  readonly tls_config?: Readonly<Record<string, string | boolean>>;
}

/** The jobs by which Istio's Prometheus finds pods. */
export function discoveryJobs(): readonly Job[] {
  const { stringData } = written('Secret', 'prometheus-istio-additional-scrape-configs');
  return parse(stringData?.['scrape-configs.yaml'] ?? '') as Job[];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly ports: readonly { readonly containerPort: number; readonly name: string }[];
    }[];
  };
}

const prefix = 'prometheus.io';
const doNotMerge = 'prometheus.istio.io/merge-metrics';

/** A pod of an app, with a sidecar. */
export class InjectedPod {
  private readonly template: PodTemplate;

  /** @param portHere where a port of the pod is on this machine */
  constructor(
    readonly app: string,
    private readonly portHere: (port: number) => number,
  ) {
    this.template = written<{ template: PodTemplate }>('Deployment', app).spec.template;
  }

  /** What the agent asks, by the annotations that the app was written with. */
  targetsOfAgent(): string[] {
    const { annotations } = this.template.metadata;
    const one = `${annotations[`${prefix}/port`]}:${annotations[`${prefix}/path`]}`;
    return (annotations['prometheus.istio.io/scrape-targets'] ?? one).split(',').map((target) => {
      const [, port, path] = /^(\d+):(.+)$/.exec(target) ?? [];
      return `http://127.0.0.1:${this.portHere(Number(port))}${path}`;
    });
  }

  /**
   * What Prometheus' discovery makes of the pod: a target for each port that a container declares.
   * Source: prometheus, discovery/kubernetes/pod.go; istio, pkg/kube/inject/webhook.go, `applyPrometheusMerge`.
   */
  discovered(): { targets: string[]; labels: Labels }[] {
    const { metadata, spec } = this.template;
    const pod = '__meta_kubernetes_pod';
    const ofPod: Labels = {
      __meta_kubernetes_namespace: 'shop',
      [`${pod}_name`]: `${this.app}-0`,
      [`${pod}_ip`]: '127.0.0.1',
      [`${pod}_phase`]: 'Running',
      [`${pod}_controller_name`]: `${this.app}-6d4c`,
      ...prefixed(`${pod}_label_`, metadata.labels),
      ...prefixed(`${pod}_annotation_`, this.annotations()),
    };
    const ofSidecar = { name: 'istio-proxy', ports: [{ containerPort: 15090, name: 'http-envoy-prom' }] };
    return [...spec.containers, ofSidecar].flatMap(({ name, ports }) =>
      ports.map(({ containerPort, name: port }) => ({
        targets: [`127.0.0.1:${containerPort}`],
        labels: { ...ofPod, [`${pod}_container_name`]: name, [`${pod}_container_port_name`]: port },
      })),
    );
  }

  /** The annotations of the pod as it runs: the injector puts those of the agent in the place of the app's. */
  private annotations(): Labels {
    const { annotations } = this.template.metadata;
    const isMerged = annotations[doNotMerge] !== 'false';
    const port = isMerged ? 15020 : Number(annotations[`${prefix}/port`]);
    return {
      ...annotations,
      ...(isMerged ? { [`${prefix}/path`]: '/stats/prometheus' } : {}),
      [`${prefix}/port`]: String(this.portHere(port)),
    };
  }
}

function prefixed(prefix: string, labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`${prefix}${name.replace(/\W/g, '_')}`, value]),
  );
}
