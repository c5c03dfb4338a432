/**
 * How Prometheus gets at the metrics of pods in a mesh. Source: istio.io, "Prometheus" (integrations), and "Securing
 * Prometheus Scraping".
 *
 * - `direct`: as without a mesh. Under STRICT mutual TLS the sidecar refuses it.
 * - `merged-metrics`: the agent of the sidecar asks the containers and serves their metrics beside its own, on 15020.
 * - `port-exemption`: a PeerAuthentication lets plain text in to the metrics ports.
 * - `excluded-ports`: the sidecar leaves the metrics ports alone.
 * - `mesh-certificates`: Prometheus shows a certificate of the mesh. Works under STRICT only.
 * - `secure-port`: the merged metrics on a port that asks for a certificate of the mesh (Istio 1.31).
 */
export type MeshScrape =
  'direct' | 'merged-metrics' | 'port-exemption' | 'excluded-ports' | 'mesh-certificates' | 'secure-port';

/** What scrapes in a mesh depend on, for a whole platform or for one app. */
export interface MeshSettings {
  /** Which mutual TLS the PeerAuthentications of the cluster ask for. @default - unknown */
  readonly mtls?: 'STRICT' | 'PERMISSIVE' | 'DISABLE';
  /** How Prometheus gets at the metrics. @default - `direct` */
  readonly scrape?: MeshScrape;
  /** What `port-exemption` asks for on the metrics ports: plain text too, or nothing else. @default - `PERMISSIVE` */
  readonly portMode?: 'PERMISSIVE' | 'DISABLE';
}

/** The facts about an Istio mesh. */
export interface MeshFacts extends MeshSettings {
  /** Version of Istio, such as `1.31`. @default - unknown: what needs a version is a warning */
  readonly istio?: string;
  /** Is there a proxy in every pod, or one on every node (ztunnel)? @default - `sidecar` */
  readonly dataPlaneMode?: 'sidecar' | 'ambient';
  /** @default - `cluster.local`, as Istio installs itself */
  readonly trustDomain?: string;
  /** Namespace of the control plane, whose policies are those of the mesh. @default - `istio-system` */
  readonly rootNamespace?: string;
  /**
   * Do AuthorizationPolicies of the mesh or of its namespaces refuse what none admits? Then every app gets one for the scrape.
   * @default - unknown: an app gets one where it asks for it
   */
  readonly defaultDeny?: boolean;
  /** Folder of Prometheus' container with the certificates of the mesh. @default - `/etc/prom-certs` */
  readonly certificatesFolder?: string;
  /**
   * Scrape class of the Prometheus object whose `tlsConfig` holds the certificates of the mesh: monitors then name no files.
   * @default - monitors name the files
   */
  readonly scrapeClass?: string;
  /** Port of `secure-port`: the mesh's `ENVOY_SECURE_MERGED_METRICS_PORT`. @default - 15092 */
  readonly securePort?: number;
}
