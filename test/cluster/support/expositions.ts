import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as path from 'node:path';
import { certificateFolder } from './cluster';
import { meshCertificate } from './prometheus';

/** What somebody listens for: `http://…:8080/metrics`. */
export interface Exposition {
  /** `mutual-tls` is https for who shows a certificate of the mesh. */
  readonly scheme: 'http' | 'https' | 'mutual-tls';
  readonly port: number;
  readonly path: string;
  /** What is answered. */
  readonly text: string;
  /** @default - that of an exposition */
  readonly contentType?: string;
}

/**
 * Answers on every address of this machine, pods' included, with an exposition at the given ports and paths, and with 404
 * at other paths. A scrape with the wrong scheme, port or path fails as it would on the real application.
 */
export class Expositions {
  private constructor(private readonly servers: readonly http.Server[]) {}

  static async serve(expositions: readonly Exposition[]): Promise<Expositions> {
    const ports = new Map<number, Exposition[]>();
    for (const exposition of expositions) {
      ports.set(exposition.port, [...(ports.get(exposition.port) ?? []), exposition]);
    }
    const servers: http.Server[] = [];
    for (const [port, ofPort] of ports) {
      const server = serverFor(ofPort);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '0.0.0.0', resolve);
      });
      servers.push(server);
    }
    return new Expositions(servers);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

/** All rows of a table share the addresses, so what they say of one port must agree. */
function serverFor(ofPort: readonly Exposition[]): http.Server {
  const [first] = ofPort;
  const byPath = new Map<string, Exposition>();
  for (const exposition of ofPort) {
    const { scheme, port, path: ofExposition, text } = exposition;
    const other = byPath.get(ofExposition);
    if (scheme !== first?.scheme || (other !== undefined && other.text !== text)) {
      throw new Error(`two stacks expect different answers at port ${port}: ${scheme} ${ofExposition} ${text}`);
    }
    byPath.set(ofExposition, exposition);
  }
  const listener = answer(byPath);
  if (first?.scheme === 'https') return https.createServer(ofApiServer(), listener);
  if (first?.scheme !== 'mutual-tls') return http.createServer(listener);
  const { certificate, key } = meshCertificate();
  return https.createServer({ cert: certificate, key, ca: certificate, requestCert: true }, listener);
}

/** A certificate that nobody has to trust. */
function ofApiServer(): https.ServerOptions {
  const [cert, key] = ['crt', 'key'].map((end) => fs.readFileSync(path.join(certificateFolder(), `apiserver.${end}`)));
  return { cert, key };
}

function answer(byPath: ReadonlyMap<string, Exposition>): http.RequestListener {
  return ({ url = '' }, response) => {
    const exposition = byPath.get(new URL(url, 'http://pod').pathname);
    if (exposition === undefined) return void response.writeHead(404).end();
    const { text, contentType = 'text/plain; version=0.0.4' } = exposition;
    response.writeHead(200, { 'Content-Type': contentType }).end(text);
  };
}
