import { described, nearMiss, ShapeRule } from '../../findings';

/** Why a name cannot be a port's, or undefined when it can: Kubernetes takes IANA service names for container ports. */
export function portNameProblem(name: string): { message: string; fix: string } | undefined {
  // Kubernetes: k8s.io/apimachinery/pkg/util/validation, IsValidPortName (RFC 6335).
  const faults: string[] = [];
  if (name.length > 15) faults.push(`has ${name.length} characters, 15 at most`);
  if (!/^[a-z0-9-]*$/.test(name)) faults.push('may hold only lower-case letters, digits and -');
  if (!/[a-z]/.test(name)) faults.push('needs a letter');
  if (/^-|-$|--/.test(name)) faults.push('may not begin or end with -, nor hold --');
  if (faults.length === 0) return undefined;
  const valid = toPortName(name);
  return { message: `the port name '${name}' ${faults.join(', and ')}`, fix: `name it '${valid}'` };
}

/** The nearest valid port name. */
export function toPortName(text: string): string {
  const letters = asPortLetters(text).slice(0, 15).replace(/-$/, '');
  return /[a-z]/.test(letters) ? letters : 'metrics';
}

/** Name of an exporter's port: `<id>-metrics`, or the id alone where both do not fit into 15 characters. */
export function exporterPortName(id: string): string {
  const stem = asPortLetters(id);
  const whole = stem === '' ? 'metrics' : `${stem}-metrics`;
  return whole.length <= 15 ? whole : toPortName(stem);
}

function asPortLetters(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Why a value cannot be the number of a port. */
export function portNumberProblem(port: unknown, what = 'the port'): { message: string; fix: string } | undefined {
  if (isPortNumber(port)) return undefined;
  const isQuoted = typeof port === 'string' && isPortNumber(Number(port));
  return {
    message: `${what} is ${described(port)}, expected a whole number from 1 to 65535`,
    fix: isQuoted ? `write ${Number(port)}` : 'give the port that it listens on',
  };
}

function isPortNumber(port: unknown): boolean {
  return Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535;
}

/** A prop that is the number of a port. */
export const portNumberRule: ShapeRule = {
  code: 'ports/invalid',
  problem: portNumberProblem,
  instead: (port) => (isPortNumber(Number(port)) ? Number(port) : 1),
};

/** A prop that is the number of a port, or its name. A name has a letter in it. */
export const portRule: ShapeRule = {
  ...portNumberRule,
  problem: (port, place) =>
    typeof port === 'string' && /[a-z]/i.test(port) ? undefined : portNumberProblem(port, place),
};

/** A prop that is the name of a port. */
export const portNameRule: ShapeRule = {
  code: 'ports/invalid',
  problem: (name, place) =>
    typeof name === 'string'
      ? portNameProblem(name)
      : { message: `${place} is ${described(name)}, expected text`, fix: `name it '${toPortName(String(name))}'` },
  instead: (name) => toPortName(String(name)),
};

// Ports that the sidecar keeps for itself. Source: istio.io, "Ports used by Istio".
const istioPorts = new Set([15000, 15001, 15002, 15004, 15006, 15008, 15009, 15020, 15021, 15053, 15090]);
const istioPortName = 'http-envoy-prom';

/** Why a port is taken by the mesh that the platform runs. */
export function reservedPortProblem(name: string, port: number): { message: string; fix: string } | undefined {
  if (istioPorts.has(port)) {
    return { message: `port ${port} ('${name}') is reserved by Istio's sidecar`, fix: 'listen on another port' };
  }
  if (name === istioPortName) {
    return { message: `the port name '${name}' is reserved by Istio's sidecar`, fix: 'give the port another name' };
  }
  return undefined;
}

/** A declared port, as sentences speak of it. */
export interface PortToName {
  readonly name?: string;
  readonly number?: number;
}

/** Why no declared port is the one that is asked for, by its name or its number. */
export function unknownPort(
  port: string | number,
  declared: readonly PortToName[],
): { message: string; nearMiss?: string; fix: string } {
  const isNumber = typeof port === 'number';
  const listed = declared.map(({ name, number }) => {
    return isNumber && number !== undefined ? `${name ?? 'a port'} (${number})` : (name ?? String(number));
  });
  const message = isNumber ? `no port is ${port}` : `no port is called '${port}'`;
  const among = `${message}; declared are ${listed.join(', ') || 'none'}`;
  const names = declared.flatMap(({ name }) => name ?? []);
  if (isNumber) {
    const [only, ...others] = declared.map(({ name, number }) =>
      name === undefined ? String(number) : `${number} or '${name}'`,
    );
    const meant = only !== undefined && others.length === 0 ? `write ${only}` : 'write one of them';
    return {
      message: among,
      fix: declared.length === 0 ? `add ${port} to ports` : `${meant}, or add ${port} to ports`,
    };
  }
  const near = nearMiss(port, names);
  const fix = /^\d+$/.test(port) ? `write the number: ${port}` : `declare a port of that name, or give its number`;
  return {
    message: among,
    ...(near === undefined ? {} : { nearMiss: near }),
    fix: near === undefined ? fix : `write '${near}'`,
  };
}
