import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { addFinding } from '../../findings';
import type { Platform, PlatformProps } from '../../platform';
import { generateObject, ObjectOptions } from '../objects';
import { markAsOpen } from './other-policies';

interface ProberNetworkPolicyProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly platform: Platform;
  /** The pods to let it in to; undefined where there turn out to be none. */
  readonly probed: () => ProbedPods | undefined;
}

/** The pods that a prober asks, and their ports. */
export interface ProbedPods {
  readonly podSelector: Readonly<Record<string, string>>;
  readonly targetPorts: readonly (number | string)[];
}

/**
 * Says that a prober cannot be let in to the closed pods of an app, where that is so.
 *
 * @param ownProber the address of a prober that is not the platform's
 */
export function proberIsKnown(
  declaredBy: Construct,
  app: string,
  platform: Platform,
  ownProber: string | undefined,
): boolean {
  const isOwn = ownProber !== undefined;
  if (platform.facts.prober?.namespace !== undefined && !isOwn) return true;
  addFinding(declaredBy, {
    code: 'network/unknown-prober',
    // a prober of the policy's own may be admitted elsewhere
    severity: isOwn ? 'info' : 'warning',
    where: { construct: declaredBy.node.path },
    message: isOwn
      ? `the pods of ${app} are closed, and where the pods of the prober ${ownProber} run is not known`
      : `the pods of ${app} are closed, and the platform does not say where the pods of the prober run`,
    fix: isOwn ? 'admit that prober with a NetworkPolicy' : 'set prober.namespace on the platform',
  });
  return false;
}

/** Admits the platform's prober to the ports that it asks, of pods that are closed. */
export function proberNetworkPolicy(scope: Construct, id: string, props: ProberNetworkPolicyProps): ApiObject {
  const { name, namespace, labels, options, platform, probed } = props;
  const prober: PlatformProps['prober'] = platform.facts.prober;
  const policy = generateObject(scope, id, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name,
    namespace,
    labels,
    options,
    content: () => {
      const { podSelector = {}, targetPorts = [] } = probed() ?? {};
      const ports = targetPorts.map((port) => ({ protocol: 'TCP', port }));
      const peer = {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': prober?.namespace } },
        ...(prober?.podLabels === undefined ? {} : { podSelector: { matchLabels: prober.podLabels } }),
      };
      return {
        spec: {
          podSelector: { matchLabels: { ...podSelector } },
          policyTypes: ['Ingress'],
          // a rule without ports would admit to all of them
          ingress: ports.length === 0 ? [] : [{ from: [peer], ports }],
        },
      };
    },
  });
  // the pods are closed already: this one only admits
  markAsOpen(policy);
  return policy;
}
