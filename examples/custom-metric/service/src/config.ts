export interface ServiceConfig {
  /** The address to listen on; without one, every address of the machine, as a container needs it. */
  readonly listenAddress: string | undefined;
  readonly port: number;
}

export class ConfigError extends Error {}

export function readConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  const port = env.PORT ?? '8000';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new ConfigError(
      `environment variable PORT is '${port}', expected a port from 1 to 65535: correct it, or leave it out for 8000`,
    );
  }
  return { listenAddress: env.LISTEN_ADDRESS, port: Number(port) };
}
