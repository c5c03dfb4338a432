import { Construct } from 'constructs';
import { addCheck, Finding, nameOf, refuse, scopeFor, ShapeRule } from '../../findings';
import { objectOptions, scrapePolicy } from '../app/app-shapes';
import { ContainerManifest, ResourceOptions, restrictedSecurityContext } from '../app/container';
import { MonitoredWorkload } from '../app/monitored-workload';
import { exporterPortName, portNameRule, portNumberRule } from '../app/ports';
import { checkProps, generateObject, ObjectOptions, reportProps, ShapeOf, toObjectName } from '../objects';
import { camelCase } from '../rules/default-alerts';
import { RuleSet } from '../rules/rule-set';
import type { ScrapePolicy } from '../scrape/scrape-policy';
import type { ExporterOptions } from './exporter';
import { usableExporterId } from './exporter-id';
import { addJvmAlerts, JmxAlerts, splitAlerts } from './jmx-alerts';
import { jmxAgentFindings } from './jmx-checks';
import { JmxConfig, jmxConfigFile, jmxConfigShape } from './jmx-config';

/** The JMX exporter inside the JVM of an app. */
export interface JmxAgentProps extends Pick<ExporterOptions, 'serviceMonitor' | 'podMonitor' | 'probe' | 'service'> {
  /** Path of the agent's jar, in `image` or, without one, in the app's own image. */
  readonly jar: string;
  /**
   * Image that the jar is copied from before the app starts; it needs `cp`. There is no official one: most teams build it from
   * `jmx_prometheus_javaagent` of Maven Central.
   * @default - the app's image has the jar
   */
  readonly image?: string;
  /** @default - everything that the JVM tells, under its own names */
  readonly config?: JmxConfig;
  /** Port that the agent listens on. @default - 9404 */
  readonly port?: number;
  /** @default - `<id>-metrics`, or the id alone where both do not fit into 15 characters */
  readonly portName?: string;
  /**
   * Variable of the app's container by which its JVM is told of the agent; what is in it already stays. `JAVA_TOOL_OPTIONS`
   * reaches every JVM of the container, tools that run beside the app too: these want another port, so programs with a
   * variable of their own (`KAFKA_OPTS`, `CATALINA_OPTS`) should name that.
   * @default - `JAVA_TOOL_OPTIONS`
   */
  readonly variable?: string;
  /** Scrape settings of this endpoint, above those of the app. */
  readonly scrape?: ScrapePolicy;
  /** Alerts of this endpoint and of the JVM, by name. @default - all of them, with their defaults */
  readonly alerts?: false | JmxAlerts;
  /** Of the container that copies the jar. @default - requests of 10m CPU and 16Mi memory, and a memory limit of 64Mi */
  readonly resources?: ResourceOptions;
  /** User id of the container that copies the jar. @default - 65534 (nobody); none where the cluster assigns ids */
  readonly runAsUser?: number;
  /** Name, labels and patches of the ConfigMap. @default - `<app>-<id>` */
  readonly configMap?: ObjectOptions;
}

const requiredPath: ShapeRule = {
  required: true,
  problem: (value, place) =>
    typeof value === 'string' && value.startsWith('/')
      ? undefined
      : {
          message: `${place} is ${JSON.stringify(value) ?? 'missing'}, expected the path of the agent's jar`,
          fix: "give it, such as jar: '/opt/jmx_prometheus_javaagent.jar'",
        },
};

const variableName: ShapeRule = {
  problem: (value, place) =>
    typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
      ? undefined
      : { message: `${place} is ${JSON.stringify(value)}, which names no variable`, fix: "write 'JAVA_TOOL_OPTIONS'" },
};

const shape: ShapeOf<JmxAgentProps> = {
  jar: requiredPath,
  image: 'text',
  config: { fields: jmxConfigShape },
  port: portNumberRule,
  portName: portNameRule,
  variable: variableName,
  scrape: scrapePolicy,
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  resources: { fields: { requests: { map: 'text' }, limits: { map: 'text' } } },
  runAsUser: 'number',
  configMap: { fields: objectOptions },
  serviceMonitor: { fields: objectOptions },
  podMonitor: { fields: objectOptions },
  probe: { fields: objectOptions },
  service: { fields: objectOptions },
};

const defaultPort = 9404;
const nobody = 65534;
const defaultResources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } };
const configFile = 'config.yaml';

/**
 * The JMX exporter as a Java agent: it runs in the JVM of the app, so it knows its memory and threads as well. The jar comes
 * by an init container, the configuration by a ConfigMap, which the agent reads again when it changes: no pod is restarted.
 * Source: prometheus.github.io/jmx_exporter.
 *
 * @example
 * new JmxAgent(kafka, 'jmx', {
 *   image: 'registry.example/jmx-agent:1.6.0',
 *   jar: '/jmx_prometheus_javaagent.jar',
 *   variable: 'KAFKA_OPTS',
 *   config: { lowercaseOutputName: true, includeObjectNames: ['kafka.server:*'] },
 * });
 *
 * @throws StackError where the scope is no monitored app
 */
export class JmxAgent extends Construct {
  constructor(app: MonitoredWorkload, id: string, given: JmxAgentProps) {
    super(scopeFor(appFor(app, id), id, 'JmxAgent'), id);
    const { props, problems } = checkProps(given, shape);
    reportProps(this, problems);
    const exporter = usableExporterId(this, id);
    const name = toObjectName(exporter, 63 - '-config'.length);
    const { port = defaultPort, portName = exporterPortName(exporter), variable = 'JAVA_TOOL_OPTIONS' } = props;
    const configMap = generateObject(this, 'ConfigMap', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: `${app.name}-${name}`,
      namespace: app.namespace,
      labels: app.labels,
      options: props.configMap,
      content: () => ({ data: { [configFile]: jmxConfigFile(props.config ?? {}) } }),
    });
    const folders = { jar: `/${name}`, config: `/${name}-config` };
    const jar = props.image === undefined ? String(props.jar) : `${folders.jar}/jmx_prometheus_javaagent.jar`;
    const jarMount = { name: `${name}-jar`, mountPath: folders.jar };
    const copies = props.image !== undefined;
    const argument = `-javaagent:${jar}=${port}:${folders.config}/${configFile}`;
    app._addToPods({
      envJoin: [{ name: variable, value: argument, separator: ' ' }],
      volumes: [
        { name: `${name}-config`, configMap: { name: configMap.name } },
        ...(copies ? [{ name: jarMount.name, emptyDir: { sizeLimit: '64Mi' } }] : []),
      ],
      volumeMounts: [
        { name: `${name}-config`, mountPath: folders.config, readOnly: true },
        ...(copies ? [{ ...jarMount, readOnly: true }] : []),
      ],
      initContainers: copies ? [copyOf(app, props, name, jar, jarMount)] : [],
    });
    const { serviceMonitor, podMonitor, probe, service } = props;
    const { ofEndpoint, ofJvm } = splitAlerts(props.alerts);
    app._addEndpoint({
      declaredBy: this,
      exporter,
      port,
      portName,
      path: '/metrics',
      scheme: 'http',
      dedicated: true,
      policy: props.scrape,
      alerts: ofEndpoint,
      errorMetric: 'jmx_scrape_error',
      serviceMonitor,
      podMonitor,
      probe,
      service,
    });
    const endpoint = app.endpoints.find(({ declaredBy }) => declaredBy === this);
    addJvmAlerts(
      RuleSet.of(this),
      {
        declaredBy: this,
        prefix: camelCase(app.name) + camelCase(exporter),
        what: app.name,
        matchers: () => (endpoint === undefined ? {} : app.labelsOf(endpoint)),
      },
      ofJvm,
      app.platform,
    );
    addCheck(this, () => [
      ...this.findings(props.image),
      ...jmxAgentFindings({ app, declaredBy: this, port, portName, variable, argument }),
    ]);
  }

  private findings(image: string | undefined): Finding[] {
    if (image === undefined || image.trim() !== '') return [];
    return [
      {
        code: 'workload/image',
        severity: 'error',
        where: { construct: this.node.path },
        message: 'the image that the jar is copied from is empty',
        fix: 'name it, or leave out image where the image of the app has the jar',
      },
    ];
  }
}

function appFor(app: unknown, id: string): MonitoredWorkload {
  if (app instanceof MonitoredWorkload) return app;
  return refuse({
    code: 'exporters/no-app',
    path: String(id),
    message: `the agent '${id}' is in the JVM of no app: its scope is ${Construct.isConstruct(app) ? nameOf(app) : String(app)}`,
    fix: 'create it under a MonitoredApp, or under what MonitoredApp.attach gives',
  });
}

function copyOf(
  app: MonitoredWorkload,
  { image = '', jar, resources = defaultResources, runAsUser = nobody }: JmxAgentProps,
  name: string,
  target: string,
  mount: { readonly name: string; readonly mountPath: string },
): ContainerManifest {
  const user = app.platform.facts.pods?.assignsUserIds ? undefined : runAsUser;
  return {
    name: `${name}-agent`,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['cp', String(jar), target],
    resources,
    securityContext: restrictedSecurityContext(user),
    volumeMounts: [mount],
  };
}
