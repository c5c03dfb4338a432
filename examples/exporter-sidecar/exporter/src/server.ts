import * as http from 'http';
import { Registry } from 'prom-client';

/** Serves /metrics and /healthz. */
export function createExporterServer(registry: Registry): http.Server {
  return http.createServer((request, response) => {
    respond(registry, request).then(
      ({ status, type = 'text/plain; charset=utf-8', body }) => {
        response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      // what is thrown here is a defect, and Prometheus must see a failed scrape instead of half an exposition
      (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
    );
  });
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

async function respond(registry: Registry, request: http.IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/metrics' && path !== '/healthz') {
    return { status: 404, body: 'not found; there are /metrics and /healthz\n' };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: `${path} only answers GET\n` };
  }
  if (path === '/metrics') return { status: 200, type: registry.contentType, body: await registry.metrics() };
  // whether the exporter lives, not the application: a restart of the exporter would not mend that one
  return { status: 200, body: 'ok\n' };
}
