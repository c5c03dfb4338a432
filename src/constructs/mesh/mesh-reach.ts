import type { Platform, RelabelingRule, TlsOptions } from '../../platform';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import type { MeshOfApp } from './mesh-options';

/** How Prometheus asks for the metrics of an endpoint. */
export type Reach = Pick<MetricsEndpoint, 'path' | 'scheme' | 'scrape'>;

/** Where the agent of a sidecar serves its own metrics with those that it merges. Source: istio.io, "Prometheus". */
export const mergedMetrics = { port: 15020, path: '/stats/prometheus' } as const;

const defaultSecurePort = 15092;
export const defaultCertificatesFolder = '/etc/prom-certs';

export function isMerged({ scrape }: MeshOfApp): boolean {
  return scrape === 'merged-metrics' || scrape === 'secure-port';
}

/** The port on which the pods of an app serve all of its metrics at once; undefined where each endpoint has its own. */
export function mergedPort(mesh: MeshOfApp): number | undefined {
  if (mesh.scrape === 'merged-metrics') return mergedMetrics.port;
  return mesh.scrape === 'secure-port' ? securePortOf(mesh) : undefined;
}

export function securePortOf({ securePort }: MeshOfApp): number {
  return securePort ?? defaultSecurePort;
}

/** Does something of ours ask pods or Services for the metrics, so that the mesh is in between? */
export function isScraped({ kind }: ScrapeMechanism): boolean {
  return kind !== 'none' && kind !== 'probe' && kind !== 'scrapeConfig';
}

/** Do annotations of the pods lead Prometheus to them? The injector changes those so that they lead to the agent. */
export function isFoundByPods({ kind, options }: ScrapeMechanism): boolean {
  return kind === 'annotations' && options.on !== 'service';
}

/** Is it a monitor that we write, so that we decide on addresses and certificates? */
function isMonitor({ kind }: ScrapeMechanism): boolean {
  return isScraped({ kind } as ScrapeMechanism) && kind !== 'annotations';
}

/**
 * How Prometheus asks for the metrics in a mesh. The target stays that of the endpoint's own port, and so do its labels: only
 * the address that is dialled changes. Jobs that read annotations get what they need from the pods' annotations.
 */
export function reachIn(mesh: MeshOfApp, platform: Platform, wanted: Reach): Reach {
  if (!isMonitor(wanted.scrape)) {
    const isAnnotated = wanted.scrape.kind === 'annotations' && mesh.scrape === 'mesh-certificates';
    return isAnnotated ? { ...wanted, scheme: 'https' } : wanted;
  }
  const certified = (scrape: ScrapeMechanism) => withCertificates(mesh, platform, scrape);
  switch (mesh.scrape) {
    case 'merged-metrics':
      return {
        path: mergedMetrics.path,
        scheme: 'http',
        scrape: withOptions(wanted.scrape, { relabelings: at(mergedMetrics.port, wanted) }),
      };
    case 'secure-port':
      return {
        path: mergedMetrics.path,
        scheme: 'https',
        scrape: certified(withOptions(wanted.scrape, { relabelings: at(securePortOf(mesh), wanted) })),
      };
    case 'mesh-certificates':
      return { ...wanted, scheme: 'https', scrape: certified(wanted.scrape) };
    default:
      return wanted;
  }
}

/** Does Prometheus have to show a certificate of the mesh? */
export function needsCertificate({ scrape }: MeshOfApp): boolean {
  return scrape === 'mesh-certificates' || scrape === 'secure-port';
}

/** The settings of a scrape with what the certificates of the mesh need; without, where they cannot be named. */
export function withCertificates(mesh: MeshOfApp, platform: Platform, scrape: ScrapeMechanism): ScrapeMechanism {
  if (mesh.scrapeClass !== undefined) return withOptions(scrape, { scrapeClass: mesh.scrapeClass });
  if ('tlsConfig' in scrape.options && scrape.options.tlsConfig !== undefined) return scrape;
  const files = certificateFiles(mesh);
  const { insecureSkipVerify } = files;
  const isRefused = certificateObstacle(mesh, platform, scrape) !== undefined;
  return withOptions(scrape, { tlsConfig: isRefused ? { insecureSkipVerify } : files });
}

/**
 * Why a monitor cannot name the files of certificates. Source: prometheus-operator, `SafeTLSConfig` of PodMonitor, and
 * `arbitraryFSAccessThroughSMs`.
 */
export function certificateObstacle(mesh: MeshOfApp, platform: Platform, scrape: ScrapeMechanism): string | undefined {
  if (mesh.scrapeClass !== undefined || !isMonitor(scrape)) return undefined;
  if (scrape.kind === 'podMonitor') return 'a PodMonitor cannot name files, which certificates of the mesh are';
  return platform.prometheusServers[0]?.arbitraryFSAccessThroughSMs?.deny
    ? "the platform's Prometheus refuses monitors that name files, which certificates of the mesh are"
    : undefined;
}

/**
 * The certificates that a sidecar beside Prometheus writes. Prometheus does not know the names in Istio's certificates, so
 * it cannot verify them. Source: istio.io, "Prometheus", TLS settings.
 */
export function certificateFiles({ certificatesFolder = defaultCertificatesFolder }: MeshOfApp) {
  const folder = certificatesFolder.replace(/\/$/, '');
  return {
    caFile: `${folder}/root-cert.pem`,
    certFile: `${folder}/cert-chain.pem`,
    keyFile: `${folder}/key.pem`,
    insecureSkipVerify: true,
  } satisfies TlsOptions;
}

/** The target's address with another port, for addresses of both IP families. */
function at(port: number, { scrape }: Reach): RelabelingRule[] {
  const { relabelings = [] } = scrape.options as { relabelings?: readonly RelabelingRule[] };
  return [
    { sourceLabels: ['__address__'], regex: '(.+):\\d+', replacement: `$1:${port}`, targetLabel: '__address__' },
    ...relabelings,
  ];
}

function withOptions(scrape: ScrapeMechanism, options: object): ScrapeMechanism {
  return { ...scrape, options: { ...scrape.options, ...options } } as ScrapeMechanism;
}
