import * as fs from 'node:fs';
import { createServer, Server } from 'node:http';
import * as path from 'node:path';
import { ordersService } from '../../../../examples/platform-stack/orders/service';
import { Certificate, MeshAuthority } from './mesh-authority';
import { admits, prometheusPrincipal } from './policies';
import { close, listen, mergingAgent, strictProxy } from './sidecar';
import { InjectedPod, Job } from './stack';

const apps = ['orders', 'invoices', 'search'] as const;
type App = (typeof apps)[number];

/** The apps of the stack on this machine, each behind what stands for its sidecar. */
export class Mesh {
  readonly authority: MeshAuthority;
  /** Where each container port of each app is, as `app:port`. */
  private readonly servers = new Map<string, { readonly port: number; readonly server: Server }>();
  private readonly pods = apps.map((app) => new InjectedPod(app, (port) => this.port(app, port)));

  private constructor(folder: string) {
    fs.mkdirSync(folder);
    this.authority = new MeshAuthority(folder);
  }

  static async start(folder: string): Promise<Mesh> {
    const mesh = new Mesh(folder);
    const [orders] = mesh.pods;
    await mesh.serve('orders', 8000, ordersService());
    await mesh.serve('orders', 9121, redisExporter());
    await mesh.serve(
      'orders',
      15020,
      mergingAgent(() => orders?.targetsOfAgent() ?? []),
    );
    await mesh.serve('invoices', 8080, mesh.proxyOf('invoices', ordersService()));
    await mesh.serve('search', 9090, ordersService());
    return mesh;
  }

  /** The port of this machine for a port of a pod; a port that nobody listens on is itself. */
  port(app: App, port: number): number {
    return this.servers.get(`${app}:${port}`)?.port ?? port;
  }

  /** Stops what listens on a port of a pod. */
  async end(app: App, port: number): Promise<void> {
    const found = this.servers.get(`${app}:${port}`);
    if (found) await close(found.server);
  }

  async stop(): Promise<void> {
    for (const { server } of this.servers.values()) if (server.listening) await close(server);
  }

  /** A job with the pods in the place of Kubernetes, and with the files of a folder. */
  discover({ kubernetes_sd_configs: _, tls_config: tls, ...job }: Job, certificates: string): object {
    return {
      ...job,
      ...(tls === undefined ? {} : { tls_config: inFolder(tls, certificates) }),
      static_configs: this.pods.flatMap((pod) => pod.discovered()),
    };
  }

  /** Writes what the sidecar of Prometheus writes for it. */
  writeCertificates(folder: string): void {
    fs.mkdirSync(folder, { recursive: true });
    const { chain, key } = this.authority.certify(prometheusPrincipal());
    fs.copyFileSync(this.authority.root, path.join(folder, 'root-cert.pem'));
    fs.copyFileSync(chain, path.join(folder, 'cert-chain.pem'));
    fs.copyFileSync(key, path.join(folder, 'key.pem'));
  }

  private async serve(app: App, port: number, server: Server): Promise<void> {
    this.servers.set(`${app}:${port}`, { port: await listen(server), server });
  }

  private proxyOf(app: App, server: Server): Server {
    const certificate: Certificate = this.authority.certify(`cluster.local/ns/shop/sa/${app}`);
    return strictProxy({
      root: this.authority.root,
      certificate,
      admits: (principal, path) => admits(app, principal, path),
      app: server,
    });
  }
}

/** `/etc/prom-certs` is another folder here. */
function inFolder(tls: NonNullable<Job['tls_config']>, folder: string): object {
  return Object.fromEntries(
    Object.entries(tls).map(([field, value]) => [
      field,
      typeof value === 'string' ? path.join(folder, path.basename(value)) : value,
    ]),
  );
}

function redisExporter(): Server {
  return createServer((_request, response) => response.end('# TYPE redis_up gauge\nredis_up 1\n'));
}
