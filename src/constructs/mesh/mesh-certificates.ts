import type { PrometheusSpec } from '../../../imports/prometheus';
import type { MeshFacts } from '../../platform';
import { restrictedSecurityContext } from '../app/container';
import { certificateFiles, defaultCertificatesFolder } from './mesh-reach';

export interface MeshCertificatesOptions {
  /** Folder of Prometheus' container. @default - `/etc/prom-certs`, as the platform's `mesh.certificatesFolder` has it */
  readonly folder?: MeshFacts['certificatesFolder'];
  /** Name of a scrape class with the certificates, for the platform's `mesh.scrapeClass`. @default - there is none */
  readonly scrapeClass?: string;
  /** Image with a shell, for the container that waits. @default - `docker.io/library/busybox:1.37.0` */
  readonly image?: string;
}

/** The fields of a Prometheus object that give it certificates of the mesh. */
export type PrometheusWithCertificates = Required<
  Pick<PrometheusSpec, 'podMetadata' | 'volumes' | 'volumeMounts' | 'initContainers'>
> &
  Pick<PrometheusSpec, 'scrapeClasses'>;

const volume = 'istio-certs';
const outputFolder = '/etc/istio-output-certs';

/** TLS settings of a job, in the spelling of Prometheus' own configuration. */
export interface RawTlsConfig {
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly insecure_skip_verify: boolean;
}

/**
 * `tls_config` with certificates of the mesh, for the jobs of a Prometheus without the operator. Prometheus does not know the
 * names in Istio's certificates, so it verifies none. Source: istio.io, "Prometheus", TLS settings.
 *
 * @param folder of Prometheus' container, `/etc/prom-certs` where it is left out
 * @example
 * annotationScrapeConfigs(platform).map((job) => ({ ...job, tls_config: meshTlsConfig() }));
 */
export function meshTlsConfig(folder?: string): RawTlsConfig {
  const { caFile, certFile, keyFile, insecureSkipVerify } = certificateFiles({ certificatesFolder: folder });
  return { ca_file: caFile, cert_file: certFile, key_file: keyFile, insecure_skip_verify: insecureSkipVerify };
}

/**
 * Fields for the spec of a Prometheus object whose servers scrape with certificates of the mesh: a sidecar that writes them
 * and does nothing else, the volume they share, and a container that waits for them.
 *
 * A Prometheus that starts first cannot build the scrape pools that name the files, and stays so until it is restarted. The
 * sidecar is a native one (Istio 1.24, Kubernetes 1.29), so it runs before the other init containers; the one that waits ends
 * as soon as all three files are there. Certificates that are renewed later, Prometheus reads by itself.
 * Source: istio.io, "Prometheus", TLS settings; istio, pkg/kube/inject/webhook.go (`reorderPod`).
 *
 * @example
 * new ApiObject(chart, 'prometheus', {
 *   apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', spec: { ...meshCertificates() },
 * });
 */
export function meshCertificates(options: MeshCertificatesOptions = {}): PrometheusWithCertificates {
  const { folder = defaultCertificatesFolder, scrapeClass, image = 'docker.io/library/busybox:1.37.0' } = options;
  const { caFile, certFile, keyFile, ...tls } = certificateFiles({ certificatesFolder: folder });
  const mount = { name: volume, mountPath: folder, readOnly: true };
  const areThere = [caFile, certFile, keyFile].map((file) => `[ -s ${file} ]`).join(' && ');
  return {
    podMetadata: {
      labels: { 'sidecar.istio.io/inject': 'true' },
      annotations: {
        'proxy.istio.io/config': JSON.stringify({
          holdApplicationUntilProxyStarts: true,
          proxyMetadata: { OUTPUT_CERTS: outputFolder },
        }),
        'sidecar.istio.io/nativeSidecar': 'true',
        'sidecar.istio.io/userVolumeMount': JSON.stringify([{ name: volume, mountPath: outputFolder }]),
        // Prometheus dials pods by address, which a sidecar in between would not understand
        'traffic.sidecar.istio.io/includeInboundPorts': '',
        'traffic.sidecar.istio.io/includeOutboundIPRanges': '',
      },
    },
    volumes: [{ name: volume, emptyDir: { medium: 'Memory' } }],
    volumeMounts: [mount],
    initContainers: [
      {
        name: 'wait-for-mesh-certificates',
        image,
        command: ['sh', '-c', `until ${areThere}; do sleep 1; done`],
        resources: { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '16Mi' } },
        securityContext: restrictedSecurityContext(),
        volumeMounts: [mount],
      },
    ],
    ...(scrapeClass === undefined
      ? {}
      : { scrapeClasses: [{ name: scrapeClass, tlsConfig: { caFile, certFile, keyFile, ...tls } }] }),
  };
}
