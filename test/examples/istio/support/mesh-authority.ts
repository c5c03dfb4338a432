import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** A certificate with its key, as paths of files. */
export interface Certificate {
  readonly chain: string;
  readonly key: string;
}

/**
 * The certificate authority of a mesh. Like Istio's, its certificates name workloads by URI, `spiffe://<principal>`, and no
 * host. Source: istio, security/pkg/pki/util/generate_cert.go.
 */
export class MeshAuthority {
  /** The root certificate. */
  readonly root: string;
  private readonly rootKey: string;

  constructor(private readonly folder: string) {
    this.root = path.join(folder, 'root-cert.pem');
    this.rootKey = path.join(folder, 'root-key.pem');
    openssl('req', '-x509', ...newKey(this.rootKey), '-out', this.root, '-days', '1', '-subj', '/O=cluster.local');
  }

  /** @param principal as an AuthorizationPolicy writes it: `cluster.local/ns/shop/sa/default` */
  certify(principal: string): Certificate {
    const place = path.join(this.folder, principal.replaceAll('/', '-'));
    const certificate = { chain: `${place}.pem`, key: `${place}.key` };
    const [request, extensions] = [`${place}.csr`, `${place}.ext`];
    fs.writeFileSync(extensions, `subjectAltName=critical,URI:spiffe://${principal}\n`);
    openssl('req', ...newKey(certificate.key), '-out', request, '-subj', '/O=workload');
    const signing = ['-CA', this.root, '-CAkey', this.rootKey, '-set_serial', '1', '-days', '1'];
    openssl('x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', certificate.chain);
    return certificate;
  }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
