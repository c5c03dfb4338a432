/**
 * Starts the service and a Prometheus that scrapes it, both on this machine only: `npm run example:custom-metric`.
 * Ctrl-C stops both and leaves nothing behind.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ChildProgram } from './local/child-program';
import { findPrometheus } from './local/find-prometheus';
import { requireFreePort } from './local/free-port';
import { StartOptions, readOptions, usage } from './local/options';
import { placesToLook } from './local/places-to-look';
import { readTargets } from './local/prometheus-api';
import { StartError } from './local/start-error';

const upWithinMs = 60_000;

async function main(options: StartOptions): Promise<void> {
  const prometheusFile = findPrometheus(options.prometheusFile, process.env);
  await requireFreePort(options.servicePort, 'the service', '--service-port');
  await requireFreePort(options.prometheusPort, 'Prometheus', '--prometheus-port');

  const interrupted = new Promise<void>((resolve) => {
    // more than one may come, since npm hands on what the terminal has sent to all
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'custom-metric-'));
  const stopping = new AbortController();
  const children: ChildProgram[] = [];
  try {
    const service = startService(options);
    children.push(service);
    const prometheus = startPrometheus(prometheusFile, options, folder);
    children.push(prometheus);

    const failed = Promise.race([service.ended, prometheus.ended]).then((how): never => {
      throw new StartError(how);
    });
    // it also rejects after an ordinary stop, when nobody waits for it any more
    failed.catch(() => undefined);
    await Promise.race([interrupted, failed, showWhenUp(options, stopping.signal)]);
    await Promise.race([interrupted, failed]);
  } finally {
    stopping.abort();
    await Promise.all(children.map((child) => child.stop()));
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  console.log('stopped');
}

function startService(options: StartOptions): ChildProgram {
  const program = path.join(__dirname, 'service', 'src', 'main.ts');
  return new ChildProgram(
    'the service',
    process.execPath,
    ['--require', require.resolve('ts-node/register/transpile-only'), program],
    { ...process.env, LISTEN_ADDRESS: '127.0.0.1', PORT: String(options.servicePort) },
  );
}

function startPrometheus(file: string, options: StartOptions, folder: string): ChildProgram {
  const configFile = path.join(folder, 'prometheus.yml');
  fs.writeFileSync(configFile, prometheusConfig(`127.0.0.1:${options.servicePort}`));
  return new ChildProgram('Prometheus', file, [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${options.prometheusPort}`,
    `--web.user-assets=${path.join(__dirname, 'local', 'pages')}`,
  ]);
}

/** The configuration that Docker Compose uses, with the service's address on this machine. */
function prometheusConfig(address: string): string {
  const lines = fs.readFileSync(path.join(__dirname, 'prometheus.yml'), 'utf8').split('\n');
  return lines.map((line) => (line.startsWith('#') ? line : line.replace('service:8000', address))).join('\n');
}

async function showWhenUp(options: StartOptions, stopping: AbortSignal): Promise<void> {
  const prometheusUrl = `http://localhost:${options.prometheusPort}`;
  const deadline = Date.now() + upWithinMs;
  console.log('starting the service and Prometheus');
  while (!stopping.aborted) {
    // by address: localhost may lead to something else that listens on ::1
    const [target] = await readTargets(`http://127.0.0.1:${options.prometheusPort}`);
    if (target?.health === 'up') break;
    if (Date.now() > deadline) {
      throw new StartError(
        `Prometheus did not see its target up within ${upWithinMs / 1000} s: ${target?.lastError || 'it does not answer'}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const places = await placesToLook(`http://localhost:${options.servicePort}`, prometheusUrl);
  if (!stopping.aborted) console.log(`the target is up; open in a browser:\n\n${places}\n\nCtrl-C stops both`);
}

async function start(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    if (options) await main(options);
    else console.log(usage);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

void start();
