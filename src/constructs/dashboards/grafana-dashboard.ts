import { readFileSync } from 'node:fs';
import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type { GrafanaDashboardSpec } from '../../../imports/grafana-dashboard';
import { addCheck, addFinding, Finding, scopeFor } from '../../findings';
import { GrafanaFacts, Platform } from '../../platform';
import { MonitoredWorkload } from '../app/monitored-workload';
import { objectOptions } from '../app/app-shapes';
import { ScrapeJob } from '../jobs/scrape-job';
import {
  checkProps,
  generateObject,
  ObjectOptions,
  reportProps,
  ShapeOf,
  toObjectName,
  withoutHelmActions,
} from '../objects';
import { DashboardJson, dashboardProblems, dashboardText, dashboardUid, provisionable } from './dashboard-json';

/** A dashboard from Grafana's JSON: as an object or a text (`json`), or from a file (`file`). */
export type GrafanaDashboardProps = ObjectOptions & {
  /** @default - the title in the JSON */
  readonly title?: string;
  /** Identity of the dashboard in Grafana. @default - that of the JSON, or `<namespace>-<app>-<id>` */
  readonly uid?: string;
  /** Folder in Grafana. @default - the folder that the platform's Grafana is set to */
  readonly folder?: string;
} & (
    { readonly json: DashboardJson | string; readonly file?: never } | { readonly file: string; readonly json?: never }
  );

/** `kubectl apply` keeps a copy of an object in its annotations, whose limit this is. Source: k8s.io/apimachinery. */
const annotationLimit = 262_144;
const configMapLimit = 1_048_576;

const dashboardShape: ShapeOf<GrafanaDashboardProps> = {
  ...objectOptions,
  title: 'text',
  uid: 'text',
  folder: 'text',
  json: { either: ['text', { map: 'anything' }] },
  file: 'text',
};

/** The dashboards of a tree, by uid. */
const dashboardsOf = new WeakMap<IConstruct, Map<string, GrafanaDashboard>>();

/**
 * A dashboard that reaches Grafana the way the platform says: as a ConfigMap with the label that Grafana's sidecar looks
 * for, or as a GrafanaDashboard object of grafana-operator.
 *
 * @example
 * new GrafanaDashboard(checkout, 'overview', { file: 'dashboards/overview.json' });
 */
export class GrafanaDashboard extends Construct {
  /** The ConfigMap or GrafanaDashboard; undefined when the dashboard cannot be read. */
  readonly object?: ApiObject;

  /** Identity of the dashboard in Grafana. */
  readonly uid: string;

  private readonly app?: MonitoredWorkload | ScrapeJob;

  constructor(scope: Construct, id: string, given: GrafanaDashboardProps) {
    super(scopeFor(scope, id, 'GrafanaDashboard'), id);
    const { props, problems } = checkProps(given, dashboardShape);
    reportProps(this, problems);
    this.app = scope.node.scopes
      .reverse()
      .find(
        (construct): construct is MonitoredWorkload | ScrapeJob =>
          construct instanceof MonitoredWorkload || construct instanceof ScrapeJob,
      );
    const isReported = problems.some(({ code }) => code === 'props/type') && props.json === undefined;
    const json = isReported && props.file === undefined ? undefined : this.read(props);
    const namespace = this.app?.namespace ?? Chart.of(this).namespace;
    const ownUid = typeof json?.uid === 'string' && json.uid !== '' ? json.uid : undefined;
    this.uid = props.uid ?? ownUid ?? dashboardUid(namespace, this.app?.name, id);
    if (json === undefined) return;
    if (!/^[a-zA-Z0-9_-]{1,40}$/.test(this.uid)) {
      const fix = `write '${dashboardUid(this.uid)}'`;
      this.report('dashboards/uid', 'error', `the uid '${this.uid}' must be 1 to 40 of a-z, A-Z, 0-9, - and _`, fix);
    }
    this.reportSharedUid();
    const dashboard = provisionable(json, { title: props.title, uid: this.uid });
    for (const { message, fix } of dashboardProblems(dashboard))
      this.report('dashboards/invalid', 'error', message, fix);
    this.object = this.createObject(id, dashboard, props, namespace);
  }

  /** The JSON as data of its own, whether it was given as an object, as text or as a file. */
  private read({ json, file }: GrafanaDashboardProps): DashboardJson | undefined {
    const what = file === undefined ? 'json' : `the file '${file}'`;
    if ((json === undefined) === (file === undefined)) {
      const given = json === undefined ? 'neither json nor file' : 'both json and file';
      this.report(
        'dashboards/source',
        'error',
        `the dashboard has ${given}`,
        "give one, such as file: 'dashboards/app.json'",
      );
      if (json === undefined) return undefined;
    }
    let text: string | undefined;
    try {
      text =
        json === undefined ? readFileSync(file ?? '', 'utf8') : typeof json === 'string' ? json : JSON.stringify(json);
    } catch (error) {
      const reason =
        error instanceof Error ? String('code' in error ? error.code : error.message.split('\n')[0]) : String(error);
      const fix = json === undefined ? 'give a path from the working folder' : 'give plain data, as JSON.parse would';
      this.report('dashboards/file', 'error', `${what} cannot be read (${reason})`, fix);
      return undefined;
    }
    try {
      // A byte order mark is no JSON, but some editors write it.
      const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as DashboardJson;
      this.report('dashboards/invalid', 'error', `${what} holds no JSON object`, 'export the dashboard from Grafana');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.report('dashboards/invalid', 'error', `${what} is no JSON: ${reason}`, 'export the dashboard again');
    }
    return undefined;
  }

  /** Grafana keeps one dashboard of a uid: of two that are provisioned it shows the one that came last. */
  private reportSharedUid(): void {
    const { root } = this.node;
    const dashboards = dashboardsOf.get(root) ?? new Map<string, GrafanaDashboard>();
    dashboardsOf.set(root, dashboards);
    const other = dashboards.get(this.uid);
    if (other === undefined) {
      dashboards.set(this.uid, this);
    } else if (Platform.of(other) === Platform.of(this)) {
      this.report(
        'dashboards/shared-uid',
        'warning',
        `the dashboard ${other.node.path} has the uid '${this.uid}' as well: one Grafana shows only one of them`,
        'give each a uid of its own, as a prop',
      );
    }
  }

  private createObject(
    id: string,
    dashboard: DashboardJson,
    props: GrafanaDashboardProps,
    namespace: string | undefined,
  ): ApiObject | undefined {
    const { grafana } = Platform.of(this).facts;
    const name = toObjectName(this.app === undefined ? id : `${this.app.name}-${id}`, 253);
    if (grafana === undefined) {
      this.report(
        'dashboards/unknown-grafana',
        'warning',
        'the platform does not say how dashboards reach Grafana: the ConfigMap carries no label',
        "set grafana on the platform: { dashboards: 'sidecar' } or { dashboards: 'operator', instanceSelector: … }",
      );
    }
    if (grafana?.dashboards === 'sidecar' && Array.isArray(grafana.namespaces) && namespace !== undefined) {
      if (!(grafana.namespaces as readonly string[]).includes(namespace)) {
        this.report(
          'dashboards/namespace',
          'warning',
          `Grafana's sidecar does not look into the namespace '${namespace}', only into ${grafana.namespaces.join(', ')}`,
          'put the dashboard into a chart of one of these namespaces, or let the sidecar search all',
        );
      }
    }
    const common = { name, namespace, options: props };
    const text = this.fittingText(dashboard);
    if (grafana?.dashboards === 'operator') {
      return generateObject(this, 'GrafanaDashboard', {
        ...common,
        apiVersion: 'grafana.integreatly.org/v1beta1',
        kind: 'GrafanaDashboard',
        labels: this.app?.labels ?? {},
        content: () => ({ spec: operatorSpec(grafana, withoutHelmActions(text, this), props.folder) }),
      });
    }
    return generateObject(this, 'ConfigMap', {
      ...common,
      apiVersion: 'v1',
      kind: 'ConfigMap',
      labels: { ...this.app?.labels, ...sidecarLabel(grafana) },
      annotations: this.folderAnnotation(grafana, props.folder),
      // Grafana's sidecar writes all ConfigMaps into one folder, so that the key has to differ over namespaces.
      content: () => ({ data: { [`${this.uid}.json`]: withoutHelmActions(text, this) } }),
    });
  }

  /** Indented, so that a change of a dashboard can be reviewed; without white space where it would be too large so. */
  private fittingText(dashboard: DashboardJson): string {
    const readable = `${dashboardText(dashboard, 2)}\n`;
    if (annotationSize(readable) <= annotationLimit) return readable;
    const dense = dashboardText(dashboard);
    const size = Buffer.byteLength(dense);
    if (size > configMapLimit) {
      this.report('dashboards/size', 'error', `the dashboard has ${size} bytes, Kubernetes takes 1 MiB`, 'split it');
    } else if (annotationSize(dense) > annotationLimit && mayBeAppliedOnClient(Platform.of(this))) {
      this.report(
        'dashboards/size',
        'warning',
        `the dashboard has ${size} bytes: a client-side kubectl apply cannot keep a copy of it in an annotation`,
        'apply on the server (kubectl apply --server-side, or ServerSideApply=true in Argo CD), or split it',
      );
    }
    return dense;
  }

  private folderAnnotation(grafana: GrafanaFacts | undefined, folder?: string): Record<string, string> | undefined {
    if (folder === undefined) return undefined;
    const annotation = grafana?.dashboards === 'sidecar' ? grafana.folderAnnotation : undefined;
    if (annotation !== undefined) return { [annotation]: folder };
    addCheck(this, () => [
      this.finding(
        'dashboards/folder',
        'warning',
        `the folder '${folder}' has no effect: the platform names no annotation for folders`,
        'set grafana.folderAnnotation on the platform, or leave out folder',
      ),
    ]);
    return undefined;
  }

  private finding(code: Finding['code'], severity: Finding['severity'], message: string, fix: string): Finding {
    return { code, severity, where: { construct: this.node.path }, message, fix };
  }

  private report(code: Finding['code'], severity: Finding['severity'], message: string, fix: string): void {
    addFinding(this, this.finding(code, severity, message, fix));
  }
}

function sidecarLabel(grafana: GrafanaFacts | undefined): Record<string, string> {
  if (grafana?.dashboards !== 'sidecar') return {};
  return { [grafana.label ?? 'grafana_dashboard']: grafana.labelValue ?? '1' };
}

function operatorSpec(
  grafana: Extract<GrafanaFacts, { dashboards: 'operator' }>,
  json: string,
  folder?: string,
): GrafanaDashboardSpec {
  return {
    instanceSelector: grafana.instanceSelector as GrafanaDashboardSpec['instanceSelector'],
    json,
    ...(folder === undefined ? {} : { folder }),
    ...(grafana.allowCrossNamespaceImport ? { allowCrossNamespaceImport: true } : {}),
  };
}

/** Bytes that a text takes in the annotation: it stands there as JSON within JSON. */
function annotationSize(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** Flux always applies on the server, and Argo CD is told to where an object is large. */
function mayBeAppliedOnClient({ facts }: Platform): boolean {
  return facts.gitops === undefined;
}
