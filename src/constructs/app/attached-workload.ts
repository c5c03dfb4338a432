import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, scopeFor } from '../../findings';
import { canBeRendered, checkProps, renderedByMaker, reportProps } from '../objects';
import type { AttachProps, ServiceElsewhere } from './attach-props';
import { attachShape, serviceElsewhereShape } from './attach-shapes';
import { addressedPorts } from './container';
import { podsByLabels } from './existing-pods';
import { podsBehind, podsBehindElsewhere } from './existing-service';
import { findObject } from './find-object';
import { MonitoredWorkload } from './monitored-workload';
import type { MetricsOptions } from './monitoring-props';
import { attachedInVainFindings } from './nothing-scraped';
import { noPort, ownEndpoint } from './own-endpoint';
import { kindsWithPods, podTemplateOf, runningContainers } from './pod-template';
import { Labels, podsOf, PodsSource } from './pods-source';
import { toPortName, unknownPort } from './ports';
import { addProcesses } from './processes';

/** The monitoring of what exists: see `MonitoredApp.attach`. */
export class AttachedWorkload extends MonitoredWorkload {
  constructor(scope: Construct, id: string, given: AttachProps) {
    const { props, problems } = checkProps(given, attachShape);
    const namesService = typeof props.service === 'object' && props.service.name !== undefined;
    super(
      scopeFor(scope, id, 'MonitoredApp.attach'),
      id,
      props,
      (app) => ({
        pods: podsSource(app, given ?? {}, props),
        container: props.container,
        ports: {},
        serviceName: `${app.name}-metrics`,
        serviceLabels: { 'app.kubernetes.io/component': 'metrics' },
      }),
      namesService || props.existingService !== undefined ? undefined : 63 - '-metrics'.length,
    );
    reportProps(this, problems);
    addProcesses(this, props);
    // how its processes run changes the pods, for whatever is scraped there
    if (props.processes === undefined) addCheck(this, () => attachedInVainFindings(this, props));
    if (props.metrics) this.declareOwnEndpoint(props.metrics, this.workload === undefined);
  }

  /** @param portsAreComplete are the declared ports all that there are? Then none can be added, and a single one is meant. */
  private declareOwnEndpoint(metrics: MetricsOptions, portsAreComplete: boolean): void {
    const { port, portName, dedicated = false } = metrics;
    const where = { construct: this.node.path };
    const find = () => {
      const ports = this.declaredPorts();
      if (port === undefined) return ports.length === 1 ? ports[0] : undefined;
      return (
        ports.find(({ name }) => name === port) ??
        ports.find(({ servicePort }) => servicePort === port) ??
        ports.find(({ containerPort }) => containerPort === port)
      );
    };
    if (port === undefined && !portsAreComplete && this.declaredPorts().length === 0) {
      addFinding(this, { code: 'ports/missing', severity: 'error', where, ...noPort });
      return;
    }
    if (typeof port === 'number' && !portsAreComplete) {
      this._addEndpoint({ ...ownEndpoint(this, metrics), port, portName: portName ?? 'metrics', dedicated });
      return;
    }
    const elsewhere = typeof port === 'string' ? this.portOfOther(port) : undefined;
    // What is attached to may get its ports later, so a port is looked up when it is needed.
    this._addEndpoint({
      ...ownEndpoint(this, metrics),
      // a stand-in where none is found, which is an error
      port: () =>
        (find() ?? elsewhere ?? (port === undefined ? this.declaredPorts()[0] : undefined))?.containerPort ?? 1,
      container: find() === undefined ? elsewhere?.container : undefined,
      portName: portName ?? (typeof port === 'string' ? toPortName(port) : 'metrics'),
      dedicated,
    });
    addCheck(this, () => {
      if (find() !== undefined || this.podsAreFaulty()) return [];
      const ports = this.declaredPorts();
      const declared = ports.map(({ name, containerPort, servicePort }) => ({
        name,
        number: servicePort ?? containerPort,
      }));
      if (port === undefined) {
        const listed = declared.map(({ name, number }) => name ?? String(number));
        return [{ code: 'ports/missing', severity: 'error', where, ...portToChoose(listed) }];
      }
      const { message, nearMiss, fix } = unknownPort(port, declared);
      if (elsewhere === undefined) return [{ code: 'ports/unknown', severity: 'error', where, message, nearMiss, fix }];
      const ofOther = `${message}; container ${elsewhere.container} declares it`;
      const name = `container: '${elsewhere.container}'`;
      return [{ code: 'ports/unknown', severity: 'error', where, message: ofOther, fix: `write ${name}` }];
    });
  }

  /** A port of a container that is not the app's. */
  private portOfOther(port: string): ReturnType<typeof addressedPorts>[number] | undefined {
    if (this.workload === undefined || !canBeRendered(this.workload)) return undefined;
    const containers = runningContainers(podTemplateOf(renderedByMaker(this.workload)));
    return containers.flatMap((container) => addressedPorts(container)).find(({ name }) => name === port);
  }
}

function portToChoose(declared: readonly string[]): Pick<Finding, 'message' | 'fix'> {
  return declared.length === 0
    ? noPort
    : { message: `the metrics can be on any of the ports ${declared.join(', ')}`, fix: 'give metrics.port' };
}

function podsSource(app: MonitoredWorkload, given: Partial<AttachProps>, props: AttachProps): PodsSource {
  const sources = (['workload', 'existingService', 'pods'] as const).filter((prop) => props[prop] !== undefined);
  if (sources.length > 1) {
    report(app, {
      code: 'attach/one-of',
      message: `${sources.join(' and ')} are given, and only one of them can be what is attached to`,
      fix: 'keep one: the workload where it is in the code, else the Service, else the pods',
    });
  }
  if (props.workload === undefined && props.existingService !== undefined) {
    return serviceSource(app, props.existingService, props.metrics);
  }
  if (props.workload === undefined && props.pods !== undefined) {
    const labels = usableLabels(app, given.pods?.labels, props.pods.labels);
    return podsByLabels({ ...props.pods, labels, ports: props.pods.ports ?? {} });
  }
  return podsOf(existingWorkload(app, props), props.container);
}

function serviceSource(app: MonitoredWorkload, given: unknown, metrics: MetricsOptions = {}): PodsSource {
  const { namespace } = Chart.of(app);
  if (!Construct.isConstruct(given) && typeof given === 'object' && given !== null && !('in' in given)) {
    const { props, problems } = checkProps(given as ServiceElsewhere, serviceElsewhereShape);
    reportProps(app, problems);
    const labels = usableLabels(app, (given as Partial<ServiceElsewhere>).labels, props.labels);
    return podsBehindElsewhere({ ...props, labels, ports: props.ports ?? {} }, namespace);
  }
  const found = findObject(given, {
    prop: 'existingService',
    what: 'Service',
    kinds: ['Service'],
    fix: 'give a Service: one of cdk8s-plus, an ApiObject, { in: include, name }, or { labels, ports } of one that is not in the code',
  });
  if ('object' in found) return podsBehind(found.object, metrics.portName ?? 'metrics');
  report(app, found.problem);
  const { name, number } = portOfStandIn(metrics);
  return podsBehindElsewhere({ labels: { app: app.name }, ports: { [name]: number } }, namespace);
}

/** The object that runs the pods; a stand-in where there is none, so that the other faults of the stack show as well. */
function existingWorkload(app: MonitoredWorkload, { workload, container, metrics }: AttachProps): ApiObject {
  const found = findObject(workload, {
    prop: 'workload',
    what: 'workload',
    kinds: kindsWithPods,
    fix: 'give a Deployment, StatefulSet or DaemonSet: one of cdk8s-plus, an ApiObject, or { in: include, kind, name }',
  });
  if ('object' in found) return found.object;
  report(app, found.problem);
  const labels = { app: app.name };
  const { name, number } = portOfStandIn(metrics);
  const ports = [{ name, containerPort: number }];
  return new ApiObject(app, 'Workload', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app.name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: container ?? app.name, ports }] } },
    },
  });
}

/** Labels to select by: a stand-in where all that were given are none, which is reported already. */
function usableLabels(app: MonitoredWorkload, given: Labels | undefined, usable: Labels | undefined): Labels {
  const areLost = Object.keys(given ?? {}).length > 0 && Object.keys(usable ?? {}).length === 0;
  return areLost ? { app: app.name } : (usable ?? {});
}

/** The port that the metrics ask for: that it is not there follows from what is reported already. */
function portOfStandIn({ port }: MetricsOptions = {}): { name: string; number: number } {
  return { name: typeof port === 'string' ? port : 'metrics', number: typeof port === 'number' ? port : 1 };
}

function report(app: MonitoredWorkload, problem: Pick<Finding, 'code' | 'message' | 'nearMiss' | 'fix'>): void {
  addFinding(app, { severity: 'error', where: { construct: app.node.path }, ...problem });
}
