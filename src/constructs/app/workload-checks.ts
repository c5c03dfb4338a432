import { Finding, nearMiss } from '../../findings';
import { duplicates, Report, WorkloadToCheck } from './app-to-check';
import { addressedPorts, isFloatingImage } from './container';
import { isOlder } from '../scrape/version-checks';
import { checkHostPorts } from './host-network-checks';
import { checkNetwork, checkPlatform } from './network-checks';
import {
  allContainers,
  appContainerOf,
  containersOf,
  hasPodTemplate,
  kindsWithPods,
  podLabelsOf,
  podSelectorOf,
  podTemplateOf,
  runningContainers,
  runsToCompletion,
} from './pod-template';
import { portNameProblem, reservedPortProblem } from './ports';
import { checkService } from './service-checks';

/** What is wrong with a workload and its ports as a whole, and what could not be decided about its network. */
export function workloadFindings(check: WorkloadToCheck): Finding[] {
  const findings: Finding[] = [];
  const where = { construct: check.app.node.path };
  const report: Report = (finding) => void findings.push({ severity: 'error', where, ...finding });
  if (!hasPodTemplate(check.workload.kind)) {
    report({
      code: 'workload/kind',
      message: `${check.pods.what} runs no pods that can be scraped`,
      fix: `attach to a ${kindsWithPods.slice(0, -1).join(', ')} or ${kindsWithPods.at(-1)}`,
    });
    return findings;
  }
  checkPlatform(check, report);
  if (hasOwnContainer(check)) {
    checkContainers(check, report);
    checkSidecarsOfJob(check, report);
    checkHostPorts(check, report);
    check.additionProblems.forEach(report);
    checkPods(check, report);
  } else {
    report({
      code: 'workload/no-container',
      message: `${check.pods.what} has no container`,
      fix: 'add the app as a container before monitoring it',
    });
  }
  checkNamespace(check, report);
  checkPorts(check, report);
  checkService(check, report);
  checkNetwork(check, report, podTemplateOf(check.manifest).spec?.hostNetwork === true);
  return findings;
}

/** Is there a container that is not ours? */
function hasOwnContainer({ manifest, givenContainers, addedContainers }: WorkloadToCheck): boolean {
  const ours = addedContainers.map(({ name }) => name).filter((name) => !givenContainers.includes(name));
  return containersOf(podTemplateOf(manifest)).some(({ name }) => !ours.includes(name));
}

function checkContainers(check: WorkloadToCheck, report: Report): void {
  const { manifest, container, givenContainers, addedContainers } = check;
  const template = podTemplateOf(manifest);
  const workload = check.pods.what;
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

/** Beside the containers of a Job, exporters run as native sidecars: they end when the Job does. */
function checkSidecarsOfJob({ app, pods, workload, addedSidecars }: WorkloadToCheck, report: Report): void {
  const kubernetes = app.platform.facts.operator?.kubernetesVersion;
  if (!runsToCompletion(workload.kind) || kubernetes === undefined || !isOlder(kubernetes, '1.29')) return;
  if (addedSidecars.length === 0) return;
  report({
    code: 'exporters/native-sidecar',
    message: `${addedSidecars.map(({ name }) => name).join(', ')} would keep the pods of ${pods.what} running for ever: sidecars that end with them need Kubernetes 1.29, the platform has ${kubernetes}`,
    fix: 'raise the platform, or push the metrics of short runs to a Pushgateway',
  });
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
function checkPods({ pods, manifest }: WorkloadToCheck, report: Report): void {
  const workload = pods.what;
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

function checkNamespace({ app, pods, manifest }: WorkloadToCheck, report: Report): void {
  const namespace = manifest.metadata?.namespace;
  if (namespace === app.namespace) return;
  const workload = pods.what;
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

function describePort({ container, name, containerPort }: ReturnType<typeof addressedPorts>[number]): string {
  return `${name ?? 'a port'} (${containerPort}) of container ${container}`;
}
