export interface ExporterConfig {
  readonly pollingIntervalSeconds: number;
  /** Where the application listens, on localhost: the exporter runs beside it in the same pod. */
  readonly appPort: number;
  readonly exporterPort: number;
}

/** Everything that is wrong with the environment at once, so that one look is enough to mend it. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const defaults: ExporterConfig = { pollingIntervalSeconds: 5, appPort: 80, exporterPort: 9877 };

export function readConfig(env: NodeJS.ProcessEnv): ExporterConfig {
  const problems: string[] = [];

  const read = (name: string, fallback: number, isValid: (value: number) => boolean, expected: string): number => {
    const text = env[name];
    if (text === undefined) return fallback;
    // only plain decimals: Number() would also take '', '0x50' and '1e3'
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (isValid(value)) return value;
    problems.push(
      `environment variable ${name} is '${text}', expected ${expected}: correct it, or leave it out for ${fallback}`,
    );
    return fallback;
  };

  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;
  const isInterval = (value: number): boolean => value >= 0.1 && value <= 3600;
  const aPort = 'a port from 1 to 65535';

  const config: ExporterConfig = {
    pollingIntervalSeconds: read(
      'POLLING_INTERVAL_SECONDS',
      defaults.pollingIntervalSeconds,
      isInterval,
      'seconds from 0.1 to 3600',
    ),
    appPort: read('APP_PORT', defaults.appPort, isPort, aPort),
    exporterPort: read('EXPORTER_PORT', defaults.exporterPort, isPort, aPort),
  };
  if (problems.length === 0 && config.appPort === config.exporterPort) {
    problems.push(
      `APP_PORT and EXPORTER_PORT are both ${config.appPort}, expected two ports: ` +
        'the containers of a pod share one network, so give the exporter another',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
