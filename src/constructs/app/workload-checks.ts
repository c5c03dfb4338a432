import { addressedPorts, ContainerManifest, isFloatingImage } from './container';
import type { ServicePort } from './app-service';
import {
  allContainers,
  appContainerOf,
  containersOf,
  hasPodTemplate,
  podLabelsOf,
  podSelectorOf,
  podTemplateOf,
  runningContainers,
} from './pod-template';
import { portNameProblem, reservedPortProblem } from './ports';
import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { compareText, Finding, nearMiss } from '../../findings';
import { Platform } from '../../platform';
import type { Manifest } from '../objects';
import { couldAdmitPrometheus } from '../network/could-admit';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { knowsPrometheusPeer } from '../network/scrape-network-policy';

/** What the checks ask of an app. */
interface CheckedApp extends IConstruct {
  readonly name: string;
  readonly namespace?: string;
  readonly platform: Platform;
  readonly workload: ApiObject;
  readonly endpoints: readonly MetricsEndpoint[];
  portNameOf(endpoint: MetricsEndpoint): string;
}

export interface WorkloadToCheck {
  readonly app: CheckedApp;
  /** The workload as it will be written. */
  readonly manifest: Manifest;
  /** Names of the containers that were there before we added ours. */
  readonly givenContainers: readonly string[];
  readonly addedContainers: readonly ContainerManifest[];
  /** Name of the app's container, where the user gave one. */
  readonly container?: string;
  /** Ports of the app itself, by name; they have been looked at already. */
  readonly ports: Readonly<Record<string, number>>;
  readonly hasService: boolean;
  /** The Service as it will be written. */
  readonly service?: Manifest;
  /** Keys of its labels by which monitors select it. */
  readonly selectBy: readonly string[];
  readonly servicePorts: readonly ServicePort[];
  readonly hasNetworkPolicy: boolean;
  /** Other policies of the stack that select the app's pods. */
  readonly policiesOfOthers: () => readonly ApiObject[];
  readonly isolate: boolean;
}

type Report = (finding: Omit<Finding, 'where' | 'severity'> & { severity?: Finding['severity'] }) => void;

/** What is wrong with a workload and its ports as a whole, and what could not be decided about its network. */
export function workloadFindings(check: WorkloadToCheck): Finding[] {
  const findings: Finding[] = [];
  const where = { construct: check.app.node.path };
  const report: Report = (finding) => void findings.push({ severity: 'error', where, ...finding });
  if (!hasPodTemplate(check.app.workload.kind)) {
    report({
      code: 'workload/kind',
      message: `${check.app.workload.kind} ${check.app.workload.name} runs no pods that can be scraped`,
      fix: 'attach to a Deployment, StatefulSet, DaemonSet or ReplicaSet',
    });
    return findings;
  }
  if (check.app.platform === Platform.unknown) {
    report({
      code: 'platform/unknown',
      severity: 'info',
      message: `${check.app.name} is on no known platform: its monitors carry no labels, and no NetworkPolicy admits Prometheus`,
      fix: 'set a platform at the app or the chart, such as Platform.kubePrometheusStack({ release: … })',
    });
  }
  if (hasOwnContainer(check)) {
    checkContainers(check, report);
    checkPods(check, report);
  } else {
    report({
      code: 'workload/no-container',
      message: `${check.app.workload.kind} ${check.app.workload.name} has no container`,
      fix: 'add the app as a container before monitoring it',
    });
  }
  checkNamespace(check, report);
  checkPorts(check, report);
  checkService(check, report);
  checkNetwork(check, report);
  return findings;
}

/** Is there a container that is not ours? */
function hasOwnContainer({ manifest, givenContainers, addedContainers }: WorkloadToCheck): boolean {
  const ours = addedContainers.map(({ name }) => name).filter((name) => !givenContainers.includes(name));
  return containersOf(podTemplateOf(manifest)).some(({ name }) => !ours.includes(name));
}

function checkContainers(check: WorkloadToCheck, report: Report): void {
  const { app, manifest, container, givenContainers, addedContainers } = check;
  const template = podTemplateOf(manifest);
  const workload = `${app.workload.kind} ${app.workload.name}`;
  const added = addedContainers.map(({ name }) => name);
  if (appContainerOf(template, container) === undefined) {
    const near = nearMiss(container ?? '', givenContainers);
    report({
      code: 'workload/container',
      message: `${workload} has no container '${container}', only ${givenContainers.join(', ')}`,
      nearMiss: near,
      fix: near === undefined ? 'name the container that serves the metrics' : `write '${near}'`,
    });
  }
  const written = allContainers(template).map(({ name }) => name);
  for (const name of new Set([...duplicates(written), ...duplicates([...givenContainers, ...added])])) {
    report({
      code: 'workload/duplicate-container',
      message: `two containers of ${workload} are called '${name}'`,
      fix: 'give the exporter a containerName, or another id',
    });
  }
  for (const name of added.filter((each) => !written.includes(each))) {
    report({
      code: 'workload/lost-container',
      message: `the container '${name}' is not in ${workload} as it is written: a patch removes it`,
      fix: 'patch what is in the containers, not the list of them, or leave the exporter out',
    });
  }
  for (const { name, image } of addedContainers) {
    if (image && isFloatingImage(image)) report(floatingImage(name, image));
  }
}

/** An image whose content can change between two starts of a pod. */
export function floatingImage(container: string, image: string): Omit<Finding, 'where'> {
  return {
    code: 'workload/latest-tag',
    severity: 'warning',
    message: `the image '${image}' of container ${container} has no fixed version: pods of one rollout can differ`,
    fix: 'name a version or a digest',
  };
}

/** A Service, a policy and the workload itself find pods by labels. */
function checkPods({ app, manifest }: WorkloadToCheck, report: Report): void {
  const workload = `${app.workload.kind} ${app.workload.name}`;
  const labels = podLabelsOf(manifest);
  const selector = podSelectorOf(manifest);
  if (Object.keys(selector).length === 0) {
    report({
      code: 'workload/pod-labels',
      message: `the pods of ${workload} have no labels: nothing tells them from the others in the namespace`,
      fix: 'give the pod template a label, and select by it in matchLabels',
    });
  }
  for (const [key, value] of Object.entries(selector)) {
    if (labels[key] === value) continue;
    const found = labels[key] === undefined ? `no label ${key}` : `${key}=${labels[key]}`;
    report({
      code: 'workload/selector',
      message: `${workload} selects pods by ${key}=${value}, but its pod template has ${found}`,
      fix: 'let selector.matchLabels and the labels of the pod template agree',
    });
  }
}

function checkNamespace({ app, manifest }: WorkloadToCheck, report: Report): void {
  const namespace = manifest.metadata?.namespace;
  if (namespace === app.namespace) return;
  const workload = `${app.workload.kind} ${app.workload.name}`;
  report({
    code: 'workload/namespace',
    severity: namespace === undefined ? 'warning' : 'error',
    message: `${workload} ${namespace === undefined ? 'has no namespace' : `is in namespace '${namespace}'`}, what monitors it is in '${app.namespace}'`,
    fix: 'set the namespace where the workload is made (metadata.namespace or that of its chart), not by a patch',
  });
}

function checkPorts({ app, manifest, ports: appPorts }: WorkloadToCheck, report: Report): void {
  const template = podTemplateOf(manifest);
  const numbersOfApp = new Set(Object.values(appPorts));
  const istio = app.platform.facts.mesh?.istio !== undefined;
  for (const endpoint of app.endpoints) {
    const name = app.portNameOf(endpoint);
    const problems = [
      numbersOfApp.has(endpoint.port) ? undefined : portNameProblem(name),
      istio ? reservedPortProblem(name, endpoint.port) : undefined,
    ];
    for (const problem of problems) if (problem) report({ code: 'ports/invalid', ...problem });
  }
  const containers = runningContainers(template);
  const ports = containers.flatMap((container) => addressedPorts(container));
  const ours = new Set(app.endpoints.map((endpoint) => app.portNameOf(endpoint)));
  const ourNumbers = new Set(app.endpoints.map(({ port }) => port));
  for (const name of duplicates(ports.flatMap((port) => port.name ?? []))) {
    if (!ours.has(name)) continue;
    const owners = ports.filter((port) => port.name === name);
    report({
      code: 'ports/duplicate-name',
      message: `the port name '${name}' stands ${owners.length} times in one pod: ${owners.map(describePort).join(' and ')}`,
      fix: 'give the exporter (or metrics) another portName: names are unique in a pod, or a Service reaches only one',
    });
  }
  for (const number of duplicates(
    ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`),
  )) {
    const owners = ports.filter(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}` === number);
    if (!ourNumbers.has(owners[0]?.containerPort ?? 0)) continue;
    report({
      code: 'ports/duplicate-number',
      message: `port ${number} stands ${owners.length} times in one pod: ${owners.map(describePort).join(' and ')}`,
      fix: 'let one of them listen elsewhere: the containers of a pod share its ports',
    });
  }
}

function checkService(check: WorkloadToCheck, report: Report): void {
  const { app, hasService, service, servicePorts, selectBy } = check;
  const lost = service === undefined ? [] : selectBy.filter((key) => service.metadata.labels?.[key] === undefined);
  if (lost.length > 0) {
    report({
      code: 'scrape/service-labels',
      message: `the Service of ${app.name} has lost ${lost.join(' and ')}, by which its monitor selects it`,
      fix: 'leave the label to the Service; service.labels gives it another value',
    });
  }
  if (service !== undefined) checkPatchedService(check, service, report);
  if (!hasService && app.endpoints.length > 0) {
    report({
      code: 'scrape/no-service',
      message: `a ServiceMonitor finds pods through a Service, and ${app.name} has none (service: 'none')`,
      fix: "leave out service: 'none'",
    });
  }
  for (const number of duplicates(servicePorts.map(({ port }) => String(port)))) {
    const ports = servicePorts.filter(({ port }) => String(port) === number);
    // One container port under two names is a fault of the containers, and shown there.
    if (new Set(ports.map(({ targetPort }) => targetPort)).size < ports.length) continue;
    report({
      code: 'ports/duplicate-service-port',
      message: `port ${number} of the Service of ${app.name} stands for ${ports.map(({ name }) => name).join(' and ')}`,
      fix: 'choose another service.port',
    });
  }
}

/** A patch can take from a Service what a monitor asks of it; what we made ourselves has been looked at. */
function checkPatchedService(check: WorkloadToCheck, service: Manifest, report: Report): void {
  const { app, manifest, servicePorts } = check;
  const { ports = [], selector = {} } = (service.spec ?? {}) as {
    ports?: readonly { name?: string; port?: number; targetPort?: number | string }[];
    selector?: Readonly<Record<string, string>>;
  };
  const labels = podLabelsOf(manifest);
  const made = podSelectorOf(manifest);
  const unmet = Object.entries(selector).filter(([key, value]) => labels[key] !== value && made[key] !== value);
  if (unmet.length > 0) {
    report({
      code: 'scrape/service-selector',
      message: `the Service of ${app.name} selects ${unmet.map((pair) => pair.join('=')).join(', ')}, which its pods do not have`,
      fix: 'leave the selector as it is made, or give the pods the labels',
    });
  }
  for (const endpoint of app.endpoints) {
    if (endpoint.scrape.options.targetPort !== undefined) continue;
    const name = app.portNameOf(endpoint);
    const port = ports.find((each) => each.name === name);
    const madeFor = servicePorts.filter((each) => each.name === name);
    if (madeFor.length !== 1 || madeFor[0]?.targetPort !== endpoint.port) continue;
    if (port && [endpoint.port, name].includes(port.targetPort ?? port.port ?? 0)) continue;
    const found = ports.map((each) => `${each.name} to ${each.targetPort ?? each.port}`).join(', ') || 'none';
    report({
      code: 'scrape/service-port',
      message: `the Service of ${app.name} has no port '${name}' to ${endpoint.port}, which its monitor asks for; it has ${found}`,
      fix: 'leave the port as it is made, or scrape past it: targetPort of the scrape policy',
    });
  }
}

function checkNetwork(check: WorkloadToCheck, report: Report): void {
  const { app, manifest, hasNetworkPolicy, isolate } = check;
  if (app.endpoints.length === 0 || hasNetworkPolicy) {
    if (hasNetworkPolicy && podTemplateOf(manifest).spec?.hostNetwork) {
      report({
        code: 'network/host-network',
        severity: 'info',
        message: `the pods of ${app.name} use the node's network, where NetworkPolicies do not hold`,
        fix: 'guard the port on the node, or leave hostNetwork',
      });
    }
    return;
  }
  const denied = app.platform.facts.network?.defaultDeny;
  const wanted = denied === true || isolate || (denied === false && app.endpoints.some(({ dedicated }) => dedicated));
  if (wanted && !knowsPrometheusPeer(app.platform)) {
    report({
      code: 'network/unknown-prometheus',
      severity: denied === true ? 'warning' : 'info',
      message: `no NetworkPolicy admits Prometheus to ${app.name}: the platform does not say where Prometheus runs`,
      fix: 'set prometheus.namespace (or namespaceLabels) on the platform',
    });
    return;
  }
  const others = check.policiesOfOthers();
  const cutOff = app.endpoints.filter((endpoint) => {
    const target = { namespace: app.namespace, port: endpoint.port, portName: app.portNameOf(endpoint) };
    return !others.some((policy) => couldAdmitPrometheus(policy, app.platform, target));
  });
  if (others.length > 0 && cutOff.length > 0 && knowsPrometheusPeer(app.platform)) {
    const ports = cutOff.map((endpoint) => `${app.portNameOf(endpoint)} (${endpoint.port})`).join(', ');
    report({
      code: 'network/closed-by-policy',
      severity: 'warning',
      message: `NetworkPolicy ${others.map(({ name }) => name).join(', ')} closes the pods of ${app.name}, and none admits Prometheus to ${ports}`,
      fix: 'set isolate: true, which adds the policy that admits Prometheus; the others go on admitting what they admit',
    });
  } else if (denied === undefined && app.platform !== Platform.unknown) {
    report({
      code: 'network/unknown',
      severity: 'info',
      message: `no NetworkPolicy for ${app.name}: the platform does not say whether namespaces deny ingress by default`,
      fix: 'set network.defaultDeny on the platform',
    });
  }
}

function describePort({ container, name, containerPort }: ReturnType<typeof addressedPorts>[number]): string {
  return `${name ?? 'a port'} (${containerPort}) of container ${container}`;
}

function duplicates(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) (seen.has(value) ? twice : seen).add(value);
  return [...twice].sort(compareText);
}
