import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addFinding, Finding, scopeFor } from '../../findings';
import { checkProps, definedFields, patch, reportProps } from '../objects';
import type { MonitoredAppProps } from './app-props';
import type { AttachProps } from './attach-props';
import { AttachedWorkload } from './attached-workload';
import { monitoredAppShape } from './app-shapes';
import { EnvironmentValue, isFloatingImage } from './container';
import { MonitoredWorkload } from './monitored-workload';
import type { MetricsOptions } from './monitoring-props';
import { noPort, ownEndpoint } from './own-endpoint';
import { addProcesses, addWritableFolder } from './processes';
import { podsOf } from './pods-source';
import { portNameProblem, unknownPort } from './ports';
import { plainSecrets, secretFix } from './plain-secrets';
import { floatingImage } from './workload-checks';

/**
 * An app and everything that its monitoring needs: a Deployment with a Service, a ServiceMonitor, a NetworkPolicy where the
 * platform wants one, and alerts, all derived from one declaration.
 *
 * @example
 * new MonitoredApp(chart, 'checkout', {
 *   image: 'registry.example/checkout:1.4.2',
 *   port: 5000,
 *   metrics: { path: '/metrics' },
 *   team: 'payments',
 * });
 */
export class MonitoredApp extends MonitoredWorkload {
  /**
   * Monitors what exists: a workload, whose pods get the ports and containers that monitoring needs and nothing else; a
   * Service; or pods that an operator makes. In front of the metrics ports of a workload or of pods, a Service
   * `<name>-metrics` is put.
   *
   * @example
   * MonitoredApp.attach(chart, 'redis', {
   *   workload: { in: release, kind: 'StatefulSet', name: 'redis-master' },
   *   metrics: { port: 9121 },
   * });
   */
  static attach(scope: Construct, id: string, props: AttachProps): MonitoredWorkload {
    return new AttachedWorkload(scope, id, props);
  }

  declare readonly workload: ApiObject;

  /** The Deployment, with all that cdk8s-plus can do with it: volumes, probes, autoscaling, scheduling. */
  readonly deployment: kplus.Deployment;

  /** The app's container. */
  readonly container: kplus.Container;

  constructor(scope: Construct, id: string, given: MonitoredAppProps) {
    const { props, problems } = checkProps(given, monitoredAppShape);
    const ports = appPorts(props);
    super(scopeFor(scope, id, 'MonitoredApp'), id, props, (app, labels) => ({
      pods: podsOf(ApiObject.of(createDeployment(app, labels, props, ports))),
      ports,
      serviceName: app.name,
      serviceLabels: {},
    }));
    this.deployment = this.node.findChild('Deployment') as kplus.Deployment;
    this.container = this.deployment.containers[0]!;
    patch(this.workload, props.objects?.deployment?.patches ?? []);
    reportProps(this, problems);
    this.checkProps(props, ports);
    addProcesses(this, props);
    const folders = new Set(props.writableFolders);
    [...folders].forEach((folder, index) => addWritableFolder(this, `writable-${index}`, folder));
    if (props.metrics) this.declareOwnEndpoint(props.metrics, ports);
  }

  private declareOwnEndpoint(metrics: MetricsOptions, ports: Ports): void {
    const { port = Object.values(ports)[0] } = metrics;
    const number = typeof port === 'string' ? ports[port] : port;
    if (number === undefined) {
      const problem =
        typeof port === 'string'
          ? unknownPort(
              port,
              Object.keys(ports).map((name) => ({ name })),
            )
          : noPort;
      const code = typeof port === 'string' ? 'ports/unknown' : 'ports/missing';
      addFinding(this, { code, severity: 'error', where: { construct: this.node.path }, ...problem });
      return;
    }
    const shared = Object.entries(ports).find(([, declared]) => declared === number)?.[0];
    this._addEndpoint({
      ...ownEndpoint(this, metrics),
      port: number,
      portName: shared ?? metrics.portName ?? 'metrics',
      dedicated: metrics.dedicated ?? shared === undefined,
    });
  }

  private checkProps(props: MonitoredAppProps, ports: Ports): void {
    const { image, port, portName = 'http', ports: more, env, args } = props;
    const report = (finding: Omit<Finding, 'where'>) =>
      addFinding(this, { where: { construct: this.node.path }, ...finding });
    if (typeof image !== 'string' || image.trim() === '') {
      report({
        code: 'workload/image',
        severity: 'error',
        message: `the app has no image (${JSON.stringify(image)})`,
        fix: "give one, such as image: 'registry.example/checkout:1.4.2'",
      });
    } else if (isFloatingImage(image)) {
      report(floatingImage(this.name, image));
    }
    for (const name of Object.keys(more ?? {})) {
      const problem = portNameProblem(name);
      if (problem) report({ code: 'ports/invalid', severity: 'error', ...problem });
    }
    if (port !== undefined && more?.[portName] !== undefined) {
      report({
        code: 'ports/duplicate-name',
        severity: 'error',
        message: `the name '${portName}' stands for two ports of the app: ${port} and ${more[portName]}`,
        fix: 'name them differently: portName is the name of port',
      });
    }
    const numbers = [...(port === undefined ? [] : [port]), ...Object.values(more ?? {})];
    if (new Set(numbers).size < numbers.length) {
      report({
        code: 'ports/duplicate-number',
        severity: 'error',
        message: `the app declares a port twice: ${Object.entries(ports)
          .map((entry) => entry.join(' '))
          .join(', ')}`,
        fix: 'declare each port once',
      });
    }
    for (const folder of props.writableFolders ?? []) {
      if (folder.startsWith('/') && folder !== '/' && !folder.includes(':')) continue;
      report({
        code: 'workload/writable-folder',
        severity: 'error',
        message: `the writable folder '${folder}' is no path from the root, such as '/tmp'`,
        fix: 'give the path of the folder in the container',
      });
    }
    for (const { name } of plainSecrets(env, args)) {
      report({
        code: 'workload/plain-secret',
        severity: 'warning',
        message: `${name} seems to hold a password in plain text, which would be committed with the YAML`,
        fix: secretFix,
      });
    }
  }
}

type Ports = Readonly<Record<string, number>>;

function appPorts({ port, portName = 'http', ports }: MonitoredAppProps): Ports {
  return { ...(port === undefined ? {} : { [portName]: port }), ...ports };
}

/** Ports as cdk8s-plus takes them, which throws where a number stands twice: that is a finding of ours. */
function containerPorts(ports: Ports): { name: string; number: number }[] {
  const byNumber = new Map(Object.entries(ports).map(([name, number]) => [number, { name, number }]));
  return [...byNumber.values()];
}

function createDeployment(
  app: MonitoredWorkload,
  labels: Readonly<Record<string, string>>,
  props: MonitoredAppProps,
  ports: Ports,
): kplus.Deployment {
  const {
    image,
    imagePullPolicy,
    replicas,
    env,
    command,
    args,
    resources,
    securityContext,
    objects,
    readiness,
    liveness,
    startup,
  } = props;
  const deployment = new kplus.Deployment(app, 'Deployment', {
    metadata: {
      name: objects?.deployment?.name ?? app.name,
      labels: { ...labels, ...objects?.deployment?.labels },
      ...(objects?.deployment?.annotations ? { annotations: { ...objects.deployment.annotations } } : {}),
    },
    podMetadata: { labels: { ...labels } },
    replicas,
    select: false,
    containers: [
      {
        name: app.name,
        image: typeof image === 'string' ? image : '',
        imagePullPolicy: imagePullPolicy && pullPolicies[imagePullPolicy],
        ports: containerPorts(ports),
        envVariables: Object.fromEntries(
          Object.entries(env ?? {}).map(([name, value]) => [name, environmentValue(app, name, value)]),
        ),
        command: command && [...command],
        args: args && [...args],
        resources: resources ?? {},
        readiness,
        liveness,
        startup,
        securityContext: {
          seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
          ...definedFields(securityContext),
          capabilities: { drop: [kplus.Capability.ALL], ...definedFields(securityContext?.capabilities) },
        },
      },
    ],
  });
  // cdk8s-plus selects pods by a hash of the construct path. The name of the app serves as well, and does not change when
  // the construct moves; Services and policies that cdk8s-plus makes of the Deployment go by this label too.
  deployment.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, app.name);
  const selector = { 'app.kubernetes.io/name': labels['app.kubernetes.io/name'] ?? app.name };
  deployment.select(kplus.LabelSelector.of({ labels: selector }));
  return deployment;
}

const pullPolicies = {
  Always: kplus.ImagePullPolicy.ALWAYS,
  IfNotPresent: kplus.ImagePullPolicy.IF_NOT_PRESENT,
  Never: kplus.ImagePullPolicy.NEVER,
};

function environmentValue(app: Construct, name: string, value: EnvironmentValue): kplus.EnvValue {
  if (typeof value === 'string') return kplus.EnvValue.fromValue(value);
  const secret = kplus.Secret.fromSecretName(app, `Secret-${name}`, value.secret.name);
  return kplus.EnvValue.fromSecretValue({ secret, key: value.secret.key }, { optional: value.secret.optional });
}
