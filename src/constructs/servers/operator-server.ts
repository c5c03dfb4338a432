import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, scopeFor } from '../../findings';
import { Platform } from '../../platform';
import { CheckedProps, definedFields, generateObject, nameProblem, reportProps, toObjectName } from '../objects';
import type { WatchedJob } from './health-alert';
import { healthRules } from './health-rules';
import { clientsOf, NetworkPeer, peersOf, podsOf } from './network-peer';
import { selectedWhenRendered } from './selected-object';
import type { ServerProps } from './server-props';
import { joinedSpec, specFindings } from './server-spec';
import { storageFindings, storageSpec } from './storage';

/** A kind of server that prometheus-operator runs. */
export interface ServerKind {
  readonly apiVersion: `monitoring.coreos.com/${string}`;
  readonly kind: 'Prometheus' | 'PrometheusAgent' | 'Alertmanager' | 'ThanosRuler';
  /** Value of the label `app.kubernetes.io/name` of its pods. */
  readonly component: 'prometheus' | 'prometheus-agent' | 'alertmanager' | 'thanos-ruler';
  /** What the operator puts before the name of the custom resource to name the StatefulSet. */
  readonly prefix: 'prometheus' | 'prom-agent' | 'alertmanager' | 'thanos-ruler';
  /** What finds its own metrics: a server that reads PodMonitors only finds itself by no other. */
  readonly monitor: 'ServiceMonitor' | 'PodMonitor';
  /** Does the server talk to the API server of Kubernetes? */
  readonly usesKubernetes: boolean;
}

/** A port of a server's pods, and of the Service in front of them. */
export interface ServerPort {
  readonly name: string;
  readonly port: number;
  /** Name of the container's port. @default - that of the Service's */
  readonly targetPort?: string;
  /** Path of metrics; undefined where there are none on this port. */
  readonly metricsPath?: string;
}

/** Servers of a chart, by kind and name. */
const serversOf = new WeakMap<Chart, Map<string, OperatorServer>>();

/**
 * A server that prometheus-operator runs, with what it needs: the custom resource, a ServiceAccount, a Service, a
 * ServiceMonitor of its own metrics, a NetworkPolicy, a disruption budget where there are replicas, and alerts.
 *
 * Sources: prometheus-operator, pkg/prometheus, pkg/alertmanager and pkg/thanos (labels and ports of the pods);
 * prometheus-operator/kube-prometheus, manifests/ (user ids, ports of the policies).
 */
export abstract class OperatorServer extends Construct {
  /** Name of the custom resource. */
  readonly name: string;
  /** Namespace of the server; undefined where its chart names none. */
  readonly namespace?: string;
  /** Labels of every object of the server. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the server's pods, as the operator sets them. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The custom resource. */
  readonly server: ApiObject;
  /** The Service in front of the pods. */
  readonly service: ApiObject;
  /** The monitor of the server's own metrics. */
  readonly monitor: ApiObject;
  /** Name of the ServiceAccount of the pods. */
  readonly serviceAccountName: string;

  /** Who may connect, beside the pods of the namespace. */
  private readonly clients: NetworkPeer[] = [];

  protected constructor(
    scope: Construct,
    id: string,
    private readonly kind: ServerKind,
    { props, problems }: CheckedProps<ServerProps<object>>,
  ) {
    super(scopeFor(scope, id, kind.kind), id);
    reportProps(this, problems);
    this.name = this.unsharedName(this.usableName(props.name ?? id));
    this.namespace = Chart.of(this).namespace;
    this.podLabels = { 'app.kubernetes.io/name': kind.component, 'app.kubernetes.io/instance': this.name };
    this.labels = { ...this.podLabels, ...props.labels };
    const objects = props.objects ?? {};
    const common = { name: `${kind.component}-${this.name}`, namespace: this.namespace, labels: this.labels };
    this.serviceAccountName = objects.serviceAccount?.name ?? common.name;
    generateObject(this, 'ServiceAccount', {
      ...common,
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      options: objects.serviceAccount,
      content: () => (kind.usesKubernetes ? {} : { automountServiceAccountToken: false }),
    });
    this.server = generateObject(this, 'Server', {
      ...common,
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      name: this.name,
      options: objects.server,
      content: () => ({ spec: joinedSpec(this.madeSpec(props), props.spec).spec }),
    });
    this.service = generateObject(this, 'Service', {
      ...common,
      apiVersion: 'v1',
      kind: 'Service',
      options: objects.service,
      content: () => ({ spec: { ...this.serviceSpec(), ports: servicePorts(this.ports()), selector: this.podLabels } }),
    });
    this.monitor = generateObject(this, kind.monitor, {
      ...common,
      apiVersion: 'monitoring.coreos.com/v1',
      kind: kind.monitor,
      options: objects.serviceMonitor,
      content: () => ({ spec: this.monitorSpec() }),
    });
    const selector = kind.monitor === 'ServiceMonitor' ? 'serviceMonitorSelector' : 'podMonitorSelector';
    selectedWhenRendered(this.monitor, selector, () => this.platform);
    if (props.networkPolicy !== false) {
      generateObject(this, 'NetworkPolicy', {
        ...common,
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        options: objects.networkPolicy,
        content: () => ({
          spec: {
            podSelector: { matchLabels: this.podLabels },
            policyTypes: ['Ingress'],
            ingress: this.ingress(clientsOf(props.networkPolicy)),
          },
        }),
      });
    }
    if ((props.replicas ?? 1) > 1) {
      generateObject(this, 'PodDisruptionBudget', {
        ...common,
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        options: objects.podDisruptionBudget,
        content: () => ({ spec: { maxUnavailable: 1, selector: { matchLabels: this.podLabels } } }),
      });
    }
    if (props.alerts !== false) {
      healthRules(this, 'PrometheusRule', {
        ...common,
        options: objects.prometheusRule,
        watched: () => this.watched(),
        changes: props.alerts,
        platform: () => this.platform,
      });
    }
    addCheck(this, () => [
      ...this.namespaceFindings(),
      ...storageFindings(props.storage, this.where),
      ...specFindings(this.madeSpec(props), props.spec, this.where),
    ]);
  }

  /** The platform that scrapes the server and evaluates its alerts, as it is when the stack is complete. */
  protected get platform(): Platform {
    return Platform.of(this);
  }

  /** Fields of the spec that other servers do not have. */
  protected abstract spec(): object;

  /** Ports of the Service in front of the pods. */
  protected abstract ports(): readonly ServerPort[];

  /** The alerts about the server, with the labels of its series. */
  protected abstract watched(): readonly WatchedJob[];

  /** How the Service finds its way: an address of its own, or (headless) those of the pods. */
  protected serviceSpec(): Readonly<Record<string, unknown>> {
    return { clusterIP: 'None' };
  }

  /** Endpoints of the ServiceMonitor. */
  protected metricsEndpoints(): readonly { readonly port: string; readonly path: string }[] {
    return this.ports().flatMap(({ name, metricsPath }) =>
      metricsPath === undefined ? [] : [{ port: name, path: metricsPath }],
    );
  }

  /** Rules of the NetworkPolicy beside that for clients. */
  protected furtherIngress(): readonly object[] {
    return [];
  }

  /** Ports that clients may reach. */
  protected openPorts(): readonly number[] {
    return this.ports().map(({ port }) => port);
  }

  /** Labels of the series of the server's own metrics: Prometheus calls a job after the Service, or the PodMonitor. */
  protected jobLabels(service: ApiObject = this.service): Record<string, string> {
    const { namespace } = this;
    const job = this.kind.monitor === 'ServiceMonitor' ? service.name : `${namespace}/${this.monitor.name}`;
    return { ...(namespace === undefined ? {} : { namespace }), job };
  }

  protected get where(): { readonly construct: string } {
    return { construct: this.node.path };
  }

  protected report(code: Finding['code'], message: string, fix: string, severity: Finding['severity'] = 'error'): void {
    addFinding(this, { code, severity, where: this.where, message, fix });
  }

  /** @internal Lets a server that is joined to this one connect to it. */
  _admit(client: NetworkPeer): void {
    this.clients.push(client);
  }

  /** @internal The server's pods, for the policies of what it is joined to. */
  get _peer(): NetworkPeer {
    return podsOf(this.namespace, this.podLabels);
  }

  /** Address of the Service inside the cluster. */
  protected hostName(service: ApiObject = this.service): string {
    return `${service.name}.${this.namespace ?? 'default'}.svc`;
  }

  private monitorSpec(): object {
    const selector = { matchLabels: this.podLabels };
    const endpoints = this.metricsEndpoints();
    return this.kind.monitor === 'ServiceMonitor'
      ? { selector, endpoints }
      : { selector, podMetricsEndpoints: endpoints };
  }

  private madeSpec(props: ServerProps<object>): object {
    return { ...this.commonSpec(props), ...definedFields(this.spec()) };
  }

  private commonSpec(props: ServerProps<object>): object {
    const { version, image, replicas, resources, storage, podMetadata, nodeSelector, tolerations, priorityClassName } =
      props;
    const spread = props.spreadOverNodes !== false && (replicas ?? 1) > 1;
    return definedFields({
      // the operator takes it as the tag of the image as well, and tags begin with v
      version: version === undefined ? undefined : `v${version.replace(/^v/, '')}`,
      image,
      replicas,
      resources,
      storage: storageSpec(storage),
      podMetadata,
      nodeSelector,
      tolerations,
      priorityClassName,
      serviceAccountName: this.serviceAccountName,
      securityContext: this.securityContext(),
      topologySpreadConstraints: spread
        ? [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: this.podLabels },
            },
          ]
        : undefined,
    });
  }

  /** What the `restricted` Pod Security Standard asks of the pod; the operator sees to the containers. */
  private securityContext(): object {
    const ids = this.platform.facts.pods?.assignsUserIds ? {} : { runAsUser: 1000, runAsGroup: 2000, fsGroup: 2000 };
    return { ...ids, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  }

  private ingress(clients: readonly NetworkPeer[]): readonly object[] {
    const { namespace, platform, clients: joined } = this;
    const ports = this.openPorts().map((port) => ({ protocol: 'TCP', port }));
    return [{ from: peersOf({ namespace, platform, joined, clients }), ports }, ...this.furtherIngress()];
  }

  /** The operator names the StatefulSet after the server, and Kubernetes each of its revisions: a label, so 63 at most. */
  private usableName(name: string): string {
    const longest = 52 - `${this.kind.prefix}-`.length;
    const problem = nameProblem(name, longest);
    if (problem === undefined) return name;
    this.report('servers/name', problem.message, problem.fix);
    return toObjectName(name, longest);
  }

  private namespaceFindings(): Finding[] {
    if (this.namespace !== undefined) return [];
    return [
      {
        code: 'servers/no-namespace',
        severity: 'error',
        where: this.where,
        message: `the chart of the ${this.kind.kind} '${this.name}' has no namespace, which rights, policies and addresses name`,
        fix: "give the chart one: new Chart(app, 'monitoring', { namespace: 'monitoring' })",
      },
    ];
  }

  /**
   * The second of a name would take over the objects of the first. It goes on under another one, so that this is said once and
   * not of each object. Charts may go to different clusters: what they share is left to the check of the whole stack.
   */
  private unsharedName(name: string): string {
    const chart = Chart.of(this);
    const servers = serversOf.get(chart) ?? new Map<string, OperatorServer>();
    serversOf.set(chart, servers);
    const key = (asked: string) => `${this.kind.kind}/${asked}`;
    const other = servers.get(key(name));
    let own = name;
    for (let count = 2; servers.has(key(own)); count += 1) own = `${name}-${count}`;
    servers.set(key(own), this);
    if (other === undefined) return name;
    this.report(
      'servers/same-name',
      `${this.node.path} and ${other.node.path} are both the ${this.kind.kind} '${name}' in one namespace`,
      'give one of them another name, or put it into a chart of another namespace',
    );
    return own;
  }
}

function servicePorts(ports: readonly ServerPort[]): object[] {
  return ports.map(({ name, port, targetPort = name }) => ({ name, port, targetPort, protocol: 'TCP' }));
}
