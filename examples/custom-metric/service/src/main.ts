import { readFileSync } from 'fs';
import * as path from 'path';
import { ConfigError, readConfig } from './config';
import { createService } from './server';

function main(): void {
  const { listenAddress, port } = readConfig(process.env);
  const server = createService(ownVersion());

  server.on('error', (error: NodeJS.ErrnoException) => {
    const cause = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
    console.error(`cannot listen on port ${port}: ${cause}; set PORT to a free port`);
    process.exitCode = 1;
  });
  server.listen(port, listenAddress, () => console.log(`listening on port ${port}, see /docs`));

  const stop = (): void => {
    // answers what is being asked, closes what is idle; the process ends when nothing is left to do
    server.close();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** package.json stands beside `dist` in the image and beside `src` here. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version);
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
