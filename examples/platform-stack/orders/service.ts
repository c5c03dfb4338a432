import { createServer, Server } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';

/** Takes orders on `POST /orders` and serves what it counts on `/metrics`. */
export function ordersService(): Server {
  const register = new Registry();
  const created = new Counter({
    name: 'orders_created_total',
    help: 'Orders that were taken, by how they ended.',
    labelNames: ['outcome'] as const,
    registers: [register],
  });
  // a series that exists from the start: its first increase counts
  for (const outcome of ['accepted', 'failed']) created.inc({ outcome }, 0);
  const duration = new Histogram({
    name: 'order_duration_seconds',
    help: 'Time to take an order.',
    buckets: [0.1, 0.3, 1, 3],
    registers: [register],
  });

  return createServer((request, response) => {
    if (request.url === '/metrics') {
      void register.metrics().then((text) => response.setHeader('content-type', register.contentType).end(text));
      return;
    }
    if (request.url !== '/orders' || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const end = duration.startTimer();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const accepted = Buffer.concat(chunks).length > 0;
      created.inc({ outcome: accepted ? 'accepted' : 'failed' });
      end();
      response.writeHead(accepted ? 201 : 400).end();
    });
  });
}

if (require.main === module) ordersService().listen(8000);
