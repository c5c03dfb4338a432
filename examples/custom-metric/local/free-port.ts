import * as net from 'net';
import { StartError } from './start-error';

/** Looks before anything is started: a Prometheus of someone else on the port would answer in place of ours. */
export async function requireFreePort(port: number, user: string, option: string): Promise<void> {
  const error = await listenError(port);
  if (error === undefined) return;
  const cause = error.code === 'EADDRINUSE' ? 'is already taken' : `cannot be used (${error.message})`;
  throw new StartError(
    `port ${port} of 127.0.0.1 ${cause}, ${user} needs it: stop what listens there, or choose another with ${option}`,
  );
}

function listenError(port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', resolve);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}
