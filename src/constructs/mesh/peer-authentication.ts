import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PeerAuthenticationSpec } from '../../../imports/peer-authentication';
import { generateObject, ObjectOptions } from '../objects';
import type { MeshOfApp } from './mesh-options';

export interface PortExemptionProps {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  readonly mesh: MeshOfApp;
  readonly podSelector: () => Readonly<Record<string, string>>;
  /** Container ports that take plain text. */
  readonly ports: () => readonly number[];
}

/**
 * Lets Prometheus scrape in plain text where the mesh asks for mutual TLS: on the metrics ports of an app and no others. What
 * is not known stays as the namespace or the mesh has it. Source: istio.io, reference of PeerAuthentication.
 */
export function portExemption(scope: Construct, id: string, props: PortExemptionProps): ApiObject {
  const { name, namespace, labels, options, mesh, podSelector, ports } = props;
  const mode = mesh.portMode ?? 'PERMISSIVE';
  return generateObject(scope, id, {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    name,
    namespace,
    labels,
    options,
    content: (): { spec: PeerAuthenticationSpec } => ({
      spec: {
        selector: { matchLabels: { ...podSelector() } },
        ...(mesh.mtls === undefined ? {} : { mtls: { mode: mesh.mtls } }),
        portLevelMtls: Object.fromEntries([...new Set(ports())].sort((a, b) => a - b).map((port) => [port, { mode }])),
      },
    }),
  });
}
