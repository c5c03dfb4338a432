import { parseArgs } from 'util';
import { StartError } from './start-error';

export interface StartOptions {
  readonly servicePort: number;
  readonly prometheusPort: number;
  /** A Prometheus to use instead of the one that is found. */
  readonly prometheusFile: string | undefined;
}

export const usage = `npm run example:custom-metric -- [--service-port PORT] [--prometheus-port PORT] [--prometheus FILE]

  --service-port     where the service listens, 8000 by default (or environment variable SERVICE_PORT)
  --prometheus-port  where Prometheus listens, 9090 by default (or environment variable PROMETHEUS_PORT)
  --prometheus       the Prometheus to start, by default the one on the PATH, else that of 'npm run engines'`;

/** Nothing where only help is asked for. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const options = {
    servicePort: readPort('--service-port', values['service-port'] ?? env.SERVICE_PORT ?? '8000'),
    prometheusPort: readPort('--prometheus-port', values['prometheus-port'] ?? env.PROMETHEUS_PORT ?? '9090'),
    prometheusFile: values.prometheus,
  };
  if (options.servicePort === options.prometheusPort) {
    throw new StartError(
      `the service and Prometheus are both given port ${options.servicePort}, expected two ports: ` +
        'choose others with --service-port and --prometheus-port',
    );
  }
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        'service-port': { type: 'string' },
        'prometheus-port': { type: 'string' },
        prometheus: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function readPort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new StartError(`${name} is '${text}', expected a port from 1 to 65535`);
}
