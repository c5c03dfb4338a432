import { AppMetrics } from './app-metrics';
import { ConfigError, ExporterConfig, readConfig } from './config';
import { Poller } from './poller';
import { createExporterServer } from './server';

async function main(config: ExporterConfig): Promise<void> {
  const { appPort, exporterPort, pollingIntervalSeconds } = config;
  const metrics = new AppMetrics();
  const poller = new Poller({ appPort, intervalSeconds: pollingIntervalSeconds, metrics, log: console.log });
  const server = createExporterServer(metrics.registry);

  let stopping = false;
  const stop = (): void => {
    stopping = true;
    poller.stop();
    // answers what is being scraped, closes what is idle; the process ends when nothing is left to do
    server.close();
    setTimeout(() => server.closeAllConnections(), 2000).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  server.on('error', (error: NodeJS.ErrnoException) => {
    const cause = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
    console.error(`cannot listen on port ${exporterPort}: ${cause}; set EXPORTER_PORT to a free port`);
    process.exitCode = 1;
    stop();
  });

  await poller.start();
  if (stopping) return;
  server.listen(exporterPort, () => {
    console.log(
      `serving /metrics on port ${exporterPort}, ` +
        `polling localhost:${appPort}/status every ${pollingIntervalSeconds} s`,
    );
  });
}

try {
  void main(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems) console.error(problem);
  process.exitCode = 1;
}
