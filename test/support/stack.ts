import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Finding, findingsOf } from '../../src/findings';
import { Platform } from '../../src/platform';
import { MonitoringApp } from '../../src/synth';

/** A rendered object, with the fields that tests look at. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they expect, and fail where it is not
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

export const image = 'registry.example/checkout:1.4.2';

export const kubePrometheusStack = Platform.kubePrometheusStack({ release: 'kps' });

export interface StackOptions {
  /** @default - kube-prometheus-stack, release `kps`, where namespaces are open */
  readonly platform?: Platform;
  /** @default - `shop` */
  readonly namespace?: string | null;
  /** @default - a plain cdk8s App */
  readonly app?: App;
}

export interface Stack {
  readonly app: App;
  readonly chart: Chart;
  /** Everything that would be written, in the order of the charts. */
  readonly objects: readonly KubernetesObject[];
  /** What the checks say, as data. */
  readonly findings: readonly Finding[];
}

/** Composes a chart `shop` on a platform, and renders it. Findings do not stop it, unlike those of a real synth. */
export function stack(compose: (chart: Chart) => void, options: StackOptions = {}): Stack {
  const { app, chart } = composed(compose, options);
  return { app, chart, objects: rendered(app), findings: findingsOf(app) };
}

export function composed(compose: (chart: Chart) => void, options: StackOptions = {}): { app: App; chart: Chart } {
  const { platform = kubePrometheusStack, namespace = 'shop', app = new App() } = options;
  Platform.provide(app, platform);
  const chart = new Chart(app, 'shop', { namespace: namespace ?? undefined });
  compose(chart);
  return { app, chart };
}

function rendered(app: App): KubernetesObject[] {
  return app.node
    .findAll()
    .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct))
    .map((object) => JSON.parse(JSON.stringify(object.toJson())) as KubernetesObject);
}

/** What our own App says of a stack: the findings of a whole synth, schemas and all. */
export function findingsOfSynth(compose: (chart: Chart) => void, options: Omit<StackOptions, 'app'> = {}): Finding[] {
  const app = new MonitoringApp({ summary: false });
  composed(compose, { ...options, app });
  return app.findings();
}

/** `code place: message → fix` of every error and warning. */
export function faultsOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ code, where, message, fix }) =>
        `${code} ${'construct' in where ? where.construct : where.file}: ${message} → ${fix}`,
    );
}

/** The one object of a kind. */
export function theOnly(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind);
  if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} objects of kind ${kind}`);
  return found[0];
}

/** The containers of a workload, native sidecars included. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
export function containersOf({ spec }: KubernetesObject): any[] {
  return [...spec.template.spec.containers, ...(spec.template.spec.initContainers ?? [])];
}

/** A Deployment as a team writes it by hand: pods labelled `app: <name>`, a container on port 8080. */
export function handWritten(
  scope: Construct,
  name = 'web',
  changes: { kind?: string; spec?: object; metadata?: object } = {},
): ApiObject {
  return new ApiObject(scope, `${name}-workload`, {
    apiVersion: 'apps/v1',
    kind: changes.kind ?? 'Deployment',
    metadata: { name, ...changes.metadata },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080, name: 'http' }] }] },
      },
      ...changes.spec,
    },
  });
}
