import type { Construct } from 'constructs';
import { Finding, FindingLocation, nearMiss } from '../../findings';
import { addressedPorts, ContainerManifest } from '../app/container';
import type { MonitoredWorkload } from '../app/monitored-workload';
import { itemsOf, podTemplateOf, runningContainers } from '../app/pod-template';
import { canBeRendered, rendered, renderedByMaker } from '../objects';

/** What a JMX agent needs of the pods. */
export interface JmxAgentInPods {
  readonly app: MonitoredWorkload;
  readonly declaredBy: Construct;
  readonly port: number;
  readonly portName: string;
  /** The variable that the JVM is told of the agent by. */
  readonly variable: string;
  /** What is added to it. */
  readonly argument: string;
}

/** What of the pods as their maker wrote them stands in the way of an agent. */
export function jmxAgentFindings(agent: JmxAgentInPods): Finding[] {
  const { workload } = agent.app;
  const where = { construct: agent.declaredBy.node.path };
  if (workload === undefined || !canBeRendered(workload)) return [];
  const given = runningContainers(podTemplateOf(renderedByMaker(workload)));
  const written = runningContainers(podTemplateOf(rendered(workload)));
  // the app's container is the one that has the argument in the end, whoever chose it
  const own = written.find(({ env }) => itemsOf(env).some(({ value }) => value?.includes(agent.argument) === true));
  const taken = given.flatMap((container) => (container.name === own?.name ? addressedPorts(container) : []));
  return [...portFindings(agent, taken, where), ...variableFindings(agent, given, own?.name, where)];
}

/** A port that the app's container declares already; those of endpoints and other containers are compared with the workload. */
function portFindings(
  { port, portName }: JmxAgentInPods,
  declared: ReturnType<typeof addressedPorts>,
  where: FindingLocation,
): Finding[] {
  const owner = declared.find(
    ({ containerPort, protocol = 'TCP', name }) => containerPort === port && protocol === 'TCP' && name !== portName,
  );
  if (owner === undefined) return [];
  return [
    {
      code: 'ports/duplicate-number',
      severity: 'error',
      where,
      message: `the agent listens on port ${port}, which is that of ${owner.name ?? 'a port'} of container ${owner.container}: the JVM would not start`,
      fix: `give the agent another one: port: ${port === 9404 ? 9405 : 9404}`,
    },
  ];
}

function variableFindings(
  { app, variable, argument }: JmxAgentInPods,
  given: readonly ContainerManifest[],
  own: string | undefined,
  where: FindingLocation,
): Finding[] {
  const ofOwn = itemsOf(given.find(({ name }) => name === own)?.env);
  const present = ofOwn.find(({ value = '' }) => value.includes(argument) || /-javaagent:\S*jmx/i.test(value));
  if (present !== undefined) {
    if (present.value?.includes(argument)) return [];
    const port = /-javaagent:\S*jmx[^\s=]*=(?:\S*?:)?(\d+):/i.exec(present.value ?? '')?.[1];
    const instead = port === undefined ? 'metrics: { port: … }' : `metrics: { port: ${port} }`;
    return [
      {
        code: 'exporters/agent-there',
        severity: 'error',
        where,
        message: `${present.name} of container ${own} loads an agent of JMX already: '${present.value}'`,
        fix: `leave out the JmxAgent and scrape what is there (${instead}), or remove it from ${present.name}`,
      },
    ];
  }
  if (ofOwn.some(({ name }) => name === variable)) return [];
  const near = nearMiss(
    variable,
    ofOwn.map(({ name }) => name),
    2,
  );
  if (near !== undefined) {
    return [
      {
        code: 'exporters/variable',
        severity: 'warning',
        where,
        message: `container ${own} has no variable ${variable}, but ${near}: no program may read the one that is added`,
        nearMiss: near,
        fix: `write variable: '${near}'`,
      },
    ];
  }
  const other = given.find(({ name, env }) => name !== own && itemsOf(env).some((each) => each.name === variable));
  if (other === undefined) return [];
  return [
    {
      code: 'exporters/variable',
      severity: 'warning',
      where,
      message: `${variable} is set in container ${other.name}, and the agent comes into ${own}, the container of ${app.name}`,
      fix: `attach with container: '${other.name}' where the JVM is that one`,
    },
  ];
}
