import { Finding, FindingLocation } from '../../findings';
import type { Platform } from '../../platform';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { isOlder } from '../scrape/version-checks';
import type { MeshOfApp } from './mesh-options';
import { certificateObstacle, isFoundByPods, isMerged, needsCertificate, Reach } from './mesh-reach';

/** An endpoint in a mesh: what its owner asked for, and what became of it. */
export interface EndpointInMesh {
  readonly endpoint: MetricsEndpoint;
  readonly wanted: Reach;
}

export interface AppToCheck {
  readonly mesh: MeshOfApp;
  readonly platform: Platform;
  readonly namespace?: string;
  readonly where: FindingLocation;
  /** The endpoints that are scraped through the mesh. */
  readonly members: readonly EndpointInMesh[];
  /** Container port that the app itself answers on. */
  readonly appPort?: number;
  /** Container ports that a Service leads to; undefined where there is none. */
  readonly servicePorts: readonly number[] | undefined;
  /** Are the labels known by which a policy selects the pods? */
  readonly knowsPods: boolean;
}

type Report = (code: `mesh/${string}`, severity: Finding['severity'], message: string, fix: string) => void;

/** The version of Istio that brought an API or a setting. Source: the release notes on istio.io. */
const since = { policies: '1.22', severalTargets: '1.31', securePort: '1.31' } as const;

/** What will not work in a mesh, or not as it looks. */
export function meshFindings(app: AppToCheck): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (code, severity, message, fix) =>
    void findings.push({ code, severity, where: app.where, message, fix });
  if (app.members.length === 0) return [];
  checkVersion(app, report);
  checkDirect(app, report);
  checkAmbient(app, report);
  checkMerging(app, report);
  checkCertificates(app, report);
  checkExemption(app, report);
  return findings;
}

/** Of what is no version, nothing can be older or newer. */
function checkVersion({ mesh: { istio } }: AppToCheck, report: Report): void {
  if (istio === undefined || /^v?\d+\.\d+/.test(istio)) return;
  report(
    'mesh/istio-version',
    'error',
    `mesh.istio of the platform is '${istio}', which is no version: what the mesh can do depends on it`,
    "write it as '1.31', or leave it out where it is unknown",
  );
}

/** Policies of `security.istio.io/v1` are what we write. */
export function policyVersionFindings({ mesh, where }: Pick<AppToCheck, 'mesh' | 'where'>, kind: string): Finding[] {
  if (mesh.istio === undefined || !isOlder(mesh.istio, since.policies)) return [];
  return [
    {
      code: 'mesh/istio-version',
      severity: 'error',
      where,
      message: `${kind} of security.istio.io/v1 needs Istio ${since.policies}, the platform has ${mesh.istio}`,
      fix: "raise the platform's mesh.istio, or choose mesh.scrape 'merged-metrics'",
    },
  ];
}

/** Source: istio.io, "Prometheus", TLS settings: application metrics follow the workload's mutual TLS. */
function checkDirect({ mesh, platform, namespace, members }: AppToCheck, report: Report): void {
  if (members.every(({ wanted }) => isFoundByPods(wanted.scrape))) return;
  if ((mesh.scrape ?? 'direct') !== 'direct' || mesh.mtls !== 'STRICT') return;
  if (mesh.dataPlaneMode === 'ambient') {
    const known = platform.prometheusServers.map(
      (server) => platform.facts.namespaces?.[server.namespace ?? '']?.labels,
    );
    if (known.length === 0 || known.some((labels) => labels === undefined)) return;
    if (known.every((labels) => labels?.['istio.io/dataplane-mode'] === 'ambient')) return;
    report(
      'mesh/strict-mtls',
      'warning',
      'mutual TLS is STRICT, and Prometheus is in a namespace outside the ambient mesh: its scrapes are refused',
      "label Prometheus' namespace istio.io/dataplane-mode: ambient, or set mesh: { scrape: 'port-exemption' }",
    );
    return;
  }
  const injected = platform.facts.namespaces?.[namespace ?? '']?.labels?.['istio-injection'] === 'enabled';
  report(
    'mesh/strict-mtls',
    injected ? 'error' : 'warning',
    'mutual TLS is STRICT, and the sidecar resets plain-text scrapes (connection reset by peer)',
    "set mesh: { scrape: 'merged-metrics' } or 'port-exemption', or mesh: false where the pods have no sidecar",
  );
}

/** Source: istio.io, "Ambient mode", and the reference of PeerAuthentication. */
function checkAmbient({ mesh }: AppToCheck, report: Report): void {
  if (mesh.dataPlaneMode !== 'ambient') return;
  if (mesh.scrape === 'port-exemption') {
    if (mesh.portMode !== 'DISABLE') return;
    report('mesh/ambient', 'error', 'the ambient mode knows no DISABLE on a port', "write portMode: 'PERMISSIVE'");
    return;
  }
  if (mesh.scrape === undefined || mesh.scrape === 'direct') return;
  report(
    'mesh/ambient',
    'error',
    `mesh.scrape '${mesh.scrape}' needs a sidecar in each pod, and the mesh is ambient`,
    "write 'direct' where Prometheus is in the mesh as well, or 'port-exemption'",
  );
}

/** Source: istio.io, "Prometheus", and the release notes of Istio 1.31 (issue 59567). */
function checkMerging({ mesh, members }: AppToCheck, report: Report): void {
  if (!isMerged(mesh)) return;
  if (mesh.scrape === 'secure-port' && (mesh.istio === undefined || isOlder(mesh.istio, since.securePort))) {
    report(
      'mesh/istio-version',
      mesh.istio === undefined ? 'warning' : 'error',
      `mesh.scrape 'secure-port' needs Istio ${since.securePort}, ${versionOf(mesh)}`,
      "raise the platform's mesh.istio, or choose 'mesh-certificates'",
    );
  }
  if (members.length > 1 && (mesh.istio === undefined || isOlder(mesh.istio, since.severalTargets))) {
    const lost = members.slice(1).map(({ endpoint }) => `${endpoint.exporter || 'the app'} (${endpoint.port})`);
    report(
      'mesh/several-endpoints',
      mesh.istio === undefined ? 'warning' : 'error',
      `an agent before Istio ${since.severalTargets} merges one endpoint of a pod, and says nothing of the others: ` +
        `lost would be ${lost.join(', ')}; ${versionOf(mesh)}`,
      `raise the platform's mesh.istio to ${since.severalTargets}, or set mesh: { scrape: 'port-exemption' } for this app`,
    );
  }
  for (const { endpoint, wanted } of members) {
    const lost = requestFields(wanted);
    if (lost.length === 0) continue;
    report(
      'mesh/merged-request',
      'error',
      `the agent asks port ${endpoint.port} by a plain GET over HTTP, without ${lost.join(', ')}`,
      "serve plain metrics on the pod's loopback, or set mesh: { scrape: 'port-exemption' } for this app",
    );
  }
}

/** What of a request the agent would not make. Source: istio, pilot/cmd/pilot-agent/status/server.go. */
function requestFields({ scheme, scrape }: Reach): string[] {
  const asked = (['params', 'authorization', 'basicAuth', 'oauth2', 'bearerTokenSecret', 'bearerTokenFile'] as const)
    .filter((field) => (scrape.options as Readonly<Record<string, unknown>>)[field] !== undefined)
    .map((field) => `the ${field} of the scrape policy`);
  return [...(scheme === 'https' ? ['https'] : []), ...(scrape.kind === 'federate' ? ['match[]'] : []), ...asked];
}

/** Source: istio issue 38720: under PERMISSIVE the sidecar takes TLS for its own by the ALPN name istio, which Prometheus never sends. */
function checkCertificates({ mesh, platform, members }: AppToCheck, report: Report): void {
  if (!needsCertificate(mesh)) return;
  if (mesh.scrape === 'mesh-certificates' && mesh.mtls !== undefined && mesh.mtls !== 'STRICT') {
    report(
      'mesh/certificates',
      'error',
      `scrapes with certificates of the mesh work under STRICT mutual TLS alone, and it is ${mesh.mtls}: ` +
        'the sidecar hands the TLS of Prometheus through to the app, which answers with EOF',
      "scrape in plain text (mesh: { scrape: 'direct' }), or make mutual TLS STRICT",
    );
  }
  for (const { endpoint, wanted } of members) {
    if (mesh.scrape !== 'mesh-certificates' || wanted.scheme !== 'https' || isFoundByPods(wanted.scrape)) continue;
    report(
      'mesh/certificates',
      'error',
      `port ${endpoint.port} is https by itself, and the sidecar that takes the certificate passes plain HTTP on to it`,
      "serve plain metrics, or set mesh: { scrape: 'port-exemption' } for this app",
    );
  }
  const obstacles = members.map(({ wanted }) => certificateObstacle(mesh, platform, wanted.scrape));
  for (const obstacle of new Set(obstacles.filter((each) => each !== undefined))) {
    report(
      'mesh/certificate-files',
      'error',
      obstacle,
      'give Prometheus a scrape class with their tlsConfig and name it in mesh.scrapeClass of the platform',
    );
  }
}

/** Source: istio.io, reference of PeerAuthentication, portLevelMtls. */
function checkExemption(app: AppToCheck, report: Report): void {
  const { mesh, members, namespace, appPort, servicePorts, knowsPods } = app;
  if (mesh.scrape !== 'port-exemption' && mesh.scrape !== 'excluded-ports') return;
  for (const { endpoint } of members) {
    const { port } = endpoint;
    if (port === appPort && !endpoint.dedicated) {
      report(
        'mesh/app-port',
        'warning',
        mesh.scrape === 'excluded-ports'
          ? `port ${port} serves the app too: all that comes in on it is out of the mesh, in plain text and without policies`
          : `port ${port} serves the app too: everybody may talk to it in plain text`,
        "serve the metrics on a port of their own, or set mesh: { scrape: 'merged-metrics' }",
      );
    }
    if (mesh.scrape === 'port-exemption' && knowsPods && !servicePorts?.includes(port)) {
      report(
        'mesh/port-exemption',
        'error',
        `Istio ignores an exemption of port ${port}, to which no Service leads`,
        "let the app have its Service port, or set mesh: { scrape: 'merged-metrics' }",
      );
    }
  }
  if (mesh.scrape !== 'port-exemption') return;
  if (!knowsPods) {
    report(
      'mesh/port-exemption',
      'error',
      'a PeerAuthentication exempts ports of pods that it selects, and the labels of the pods are not known',
      'attach to the workload itself, or write the PeerAuthentication where the pods are made',
    );
  }
  if (namespace !== undefined && namespace === (mesh.rootNamespace ?? 'istio-system')) {
    report(
      'mesh/port-exemption',
      'error',
      `Istio ignores PeerAuthentications with a selector in the root namespace '${namespace}'`,
      "run the app in another namespace, or set mesh: { scrape: 'excluded-ports' }",
    );
  }
}

function versionOf({ istio }: MeshOfApp): string {
  return istio === undefined ? 'which version the platform has is not known' : `the platform has ${istio}`;
}
