import { ApiObject, Chart, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { addFinding, described, scopeFor, ShapeRule } from '../../findings';
import { Platform, PrometheusServer } from '../../platform';
import { DurationLike, durationText } from '../../promql';
import { objectOptions } from '../app/app-shapes';
import { dashboardUid } from '../dashboards/dashboard-json';
import {
  checkProps,
  generateObject,
  ObjectOptions,
  reportProps,
  ShapeOf,
  toObjectName,
  withoutHelmActions,
} from '../objects';
import type { QueryServer } from './joined-server';
import { serverDuration } from './quantities';

export interface GrafanaDataSourceProps extends ObjectOptions {
  /** What Grafana asks: a Prometheus or ThanosQuery of the stack, or an address. Credentials belong into Grafana. */
  readonly server: QueryServer | string;
  /** How users choose it. @default - the id of the construct */
  readonly title?: string;
  /** Identity in Grafana, by which dashboards refer to it. @default - `<namespace>-<id>` */
  readonly uid?: string;
  /** Is it the one that panels without a choice ask? @default - false */
  readonly isDefault?: boolean;
  /** The interval of most scrapes, for `$__rate_interval`. @default - that of the server, or Grafana's 15s */
  readonly timeInterval?: DurationLike;
}

/** Source: grafana/grafana-operator, api/v1beta1/grafanadatasource_types.go; grafana/grafana, pkg/util/shortid_generator.go. */
const uidRule: ShapeRule = {
  code: 'servers/data-source',
  problem: (value, place) =>
    typeof value === 'string' && /^[a-zA-Z0-9_-]{1,40}$/.test(value)
      ? undefined
      : {
          message: `${place} is ${described(value)}, expected up to 40 letters, digits, - and _`,
          fix: 'leave it out, or choose another one',
        },
};

const shape: ShapeOf<GrafanaDataSourceProps> = {
  ...objectOptions,
  server: 'anything',
  title: 'text',
  uid: uidRule,
  isDefault: 'boolean',
  timeInterval: serverDuration,
};

/**
 * A data source of Grafana: a ConfigMap that Grafana's sidecar loads by the label `grafana_datasource: "1"`, or, where the
 * platform's dashboards come by grafana-operator, a GrafanaDatasource. The sidecar of kube-prometheus-stack looks into its own
 * namespace only, unless `grafana.sidecar.datasources.searchNamespace` says more.
 *
 * Sources: prometheus-community/helm-charts, charts/kube-prometheus-stack/templates/grafana/configmaps-datasources.yaml;
 * grafana/grafana, docs, "Provision Grafana" (the format); grafana/grafana-operator, api/v1beta1/grafanadatasource_types.go.
 *
 * @example
 * new GrafanaDataSource(monitoring, 'metrics', { server: prometheus, isDefault: true });
 */
export class GrafanaDataSource extends Construct {
  /** Identity of the data source in Grafana. */
  readonly uid: string;
  /** The ConfigMap or GrafanaDatasource. */
  readonly object: ApiObject;

  constructor(scope: Construct, id: string, given: GrafanaDataSourceProps) {
    super(scopeFor(scope, id, 'GrafanaDataSource'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    const { server, title = id, isDefault = false, timeInterval, name, labels, annotations, patches } = props;
    const { namespace } = Chart.of(this);
    this.uid = props.uid ?? dashboardUid(namespace, undefined, id);
    this.checkServer(server);
    const source = () => ({
      name: title,
      type: 'prometheus',
      access: 'proxy',
      url: urlOf(server) ?? '',
      isDefault,
      jsonData: { httpMethod: 'POST', ...intervalOf(server, timeInterval) },
    });
    const common = {
      name: toObjectName(`grafana-data-source-${id}`, 253),
      namespace,
      options: { name, labels, annotations, patches },
    };
    const { grafana } = Platform.of(this).facts;
    this.object =
      grafana?.dashboards === 'operator'
        ? generateObject(this, 'GrafanaDatasource', {
            ...common,
            apiVersion: 'grafana.integreatly.org/v1beta1',
            kind: 'GrafanaDatasource',
            labels: {},
            content: () => ({
              spec: {
                instanceSelector: grafana.instanceSelector,
                ...(grafana.allowCrossNamespaceImport ? { allowCrossNamespaceImport: true } : {}),
                uid: this.uid,
                datasource: source(),
              },
            }),
          })
        : generateObject(this, 'ConfigMap', {
            ...common,
            apiVersion: 'v1',
            kind: 'ConfigMap',
            labels: { grafana_datasource: '1' },
            // the sidecar writes all ConfigMaps into one folder, so that the key has to differ over namespaces
            content: () => ({ data: { [`${this.uid}.yaml`]: this.provisioning({ ...source(), uid: this.uid }) } }),
          });
  }

  /** A file that Grafana reads at its start, or when the sidecar tells it to. */
  private provisioning(source: object): string {
    return withoutHelmActions(Yaml.stringify({ apiVersion: 1, datasources: [source] }), this);
  }

  private checkServer(server: unknown): void {
    const url = urlOf(server);
    if (url !== undefined && /^https?:\/\/[^/\s]+/.test(url) && URL.canParse(url)) {
      const { username, password } = new URL(url);
      if (username === '' && password === '') return;
      addFinding(this, {
        code: 'servers/plain-secret',
        severity: 'error',
        where: { construct: this.node.path },
        message: 'the address of the data source holds credentials, which would be committed with the YAML',
        fix: 'leave them out, and set them in Grafana',
      });
      return;
    }
    addFinding(this, {
      code: 'servers/data-source',
      severity: 'error',
      where: { construct: this.node.path },
      message: `server is ${described(server)}, expected a Prometheus, a ThanosQuery or the address of one`,
      fix: "give a server of the stack, or write it as 'http://prometheus.monitoring.svc:9090'",
    });
  }
}

function urlOf(server: unknown): string | undefined {
  const url = typeof server === 'string' ? server : (server as Partial<QueryServer> | null | undefined)?.url;
  return typeof url === 'string' ? url : undefined;
}

function intervalOf(server: GrafanaDataSourceProps['server'], given?: DurationLike): { timeInterval?: string } {
  const interval = given ?? (server as { facts?: PrometheusServer } | null)?.facts?.scrapeInterval;
  return interval === undefined ? {} : { timeInterval: durationText(interval) };
}
