import type { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import type { MeshOfApp } from './mesh-options';

/** Would the sidecars of an app, or ztunnel, refuse a prober that is not known to be in the mesh? */
export function refusesProber(mesh: MeshOfApp, platform: Platform, ownProber: string | undefined): boolean {
  const namespace = ownProber === undefined ? platform.facts.prober?.namespace : undefined;
  const labels = (namespace === undefined ? undefined : platform.facts.namespaces?.[namespace]?.labels) ?? {};
  const isInMesh = labels['istio-injection'] === 'enabled' || labels['istio.io/dataplane-mode'] === 'ambient';
  return mesh.mtls === 'STRICT' && !isInMesh;
}

/** Source: istio.io, reference of PeerAuthentication, STRICT. */
export function refusedProbeFinding(app: string, where: FindingLocation): Finding {
  return {
    code: 'mesh/refused-probe',
    severity: 'warning',
    where,
    message: `mutual TLS is STRICT, and the prober is not known to be in the mesh: ${app} refuses it, and ProbeFailed fires for ever`,
    fix: "probe the address of a gateway in targets.static, or run the prober in the mesh and give its namespace the label istio-injection: 'enabled' in namespaces of the platform",
  };
}
