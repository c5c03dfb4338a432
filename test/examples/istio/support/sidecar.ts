import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './mesh-authority';

/**
 * What the agent of a sidecar does with metrics: it asks each target of the pod by a plain GET, and answers with its own
 * metrics and theirs, one behind the other. A target that does not answer shows in its own metrics alone.
 * Source: istio, pilot/cmd/pilot-agent/status/server.go, `handleStats`.
 *
 * @param targets addresses of the pod's containers, read anew for each scrape
 */
export function mergingAgent(targets: () => readonly string[]): http.Server {
  let failures = 0;
  return http.createServer((request, response) => {
    if (request.url !== '/stats/prometheus') return void response.writeHead(404).end();
    const texts = targets().map(async (target) => {
      try {
        return await (await fetch(target)).text();
      } catch {
        failures += 1;
        return '';
      }
    });
    void Promise.all(texts).then((merged) => {
      const own = [
        '# TYPE istio_agent_scrape_failures_total counter',
        `istio_agent_scrape_failures_total{type="application"} ${failures}`,
        '',
      ].join('\n');
      response.setHeader('content-type', 'text/plain; version=0.0.4').end([own, ...merged].join('\n'));
    });
  });
}

export interface StrictProxyProps {
  readonly root: string;
  readonly certificate: Certificate;
  /** May this client have this path? */
  readonly admits: (principal: string, path: string) => boolean;
  readonly app: http.Server;
}

/** A sidecar under STRICT mutual TLS in front of an app: no request without a certificate of the mesh comes through. */
export function strictProxy({ root, certificate, admits, app }: StrictProxyProps): https.Server {
  const options: https.ServerOptions = {
    ca: fs.readFileSync(root),
    cert: fs.readFileSync(certificate.chain),
    key: fs.readFileSync(certificate.key),
    requestCert: true,
    rejectUnauthorized: true,
  };
  return https.createServer(options, (request, response) => {
    const { subjectaltname = '' } = (request.socket as TLSSocket).getPeerCertificate();
    const principal = /^URI:spiffe:\/\/(.+)$/.exec(subjectaltname)?.[1] ?? '';
    if (!admits(principal, request.url ?? '')) return void response.writeHead(403).end('RBAC: access denied');
    app.emit('request', request, response);
  });
}

/** @returns the port of the loopback that it listens on */
export async function listen(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export async function close(server: http.Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
