import { Finding, nearMiss } from '../findings';
import type { PlatformProps, PrometheusServer } from './platform-props';

type Path = readonly (string | number)[];
type Problem = Pick<Finding, 'message' | 'nearMiss' | 'fix'>;

interface ServerProblem extends Problem {
  readonly path: Path;
}

/** What no server can be, beyond the shape of its facts. */
export function serverProblems({ prometheus }: PlatformProps = {}): ServerProblem[] {
  if (prometheus === undefined) return [];
  const isList = Array.isArray(prometheus);
  const servers = (isList ? prometheus : [prometheus]) as readonly PrometheusServer[];
  if (servers.length === 0) {
    return [
      {
        path: ['prometheus'],
        message: 'platform prometheus is an empty list: it names no Prometheus',
        fix: 'name one, or leave prometheus out where it is unknown',
      },
    ];
  }
  return servers.flatMap((server, index) => {
    const path: Path = isList ? ['prometheus', index] : ['prometheus'];
    const place = isList ? `platform prometheus[${index}]` : 'platform prometheus';
    const isTwin = servers
      .slice(0, index)
      .some((other) => server.name !== undefined && fullName(other) === fullName(server));
    return [
      ...(isTwin
        ? [
            {
              path,
              message: `${place} is called ${fullName(server)}, like another server`,
              fix: 'give each its own name',
            },
          ]
        : []),
      ...scrapeClassProblems(server, [...path, 'scrapeClasses'], `${place}.scrapeClasses`),
    ];
  });
}

/** Source: prometheus-operator, pkg/prometheus/promcfg.go, `NewConfigGenerator` (one default, unique names). */
function scrapeClassProblems({ scrapeClasses = [] }: PrometheusServer, path: Path, place: string): ServerProblem[] {
  const names = scrapeClasses.map(({ name }) => name);
  const defaults = scrapeClasses.filter((scrapeClass) => scrapeClass.default).map(({ name }) => name);
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
  return [
    ...(names.includes(undefined as never)
      ? [{ path, message: `${place} has a class without a name`, fix: 'give each class a name' }]
      : []),
    ...(twice === undefined ? [] : [{ path, message: `${place} has '${twice}' twice`, fix: 'rename one of them' }]),
    ...(defaults.length < 2
      ? []
      : [
          {
            path,
            message: `${place} has ${defaults.length} defaults: ${defaults.join(', ')}`,
            fix: 'keep one default',
          },
        ]),
  ];
}

/** The server of a name, or why there is none. */
export function meantServer(
  given: string,
  servers: readonly PrometheusServer[],
): { readonly found?: PrometheusServer; readonly problem?: Problem } {
  const found = servers.filter(
    (server) => server.name !== undefined && [server.name, fullName(server)].includes(given),
  );
  if (found.length === 1) return { found: found[0] };
  const names = servers.flatMap(({ name }) => name ?? []);
  if (found.length > 1) {
    const choices = found.map(fullName).join(' or ');
    return { problem: { message: `the platform has ${found.length} servers '${given}'`, fix: `write ${choices}` } };
  }
  if (names.length === 0) {
    const message = `the platform names no Prometheus, and '${String(given)}' is asked for`;
    return { problem: { message, fix: 'give prometheus a name on the platform' } };
  }
  const near = nearMiss(String(given), names);
  return {
    problem: {
      message: `the platform has no Prometheus '${String(given)}', only ${names.join(', ')}`,
      ...(near === undefined ? {} : { nearMiss: near }),
      fix: near === undefined ? 'name one of them, or add it to the platform' : `write '${near}'`,
    },
  };
}

function fullName({ namespace, name }: PrometheusServer): string {
  return namespace === undefined ? String(name) : `${namespace}/${name}`;
}
