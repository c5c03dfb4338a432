export const healthStates = ['healthy', 'unhealthy'] as const;
export type Health = (typeof healthStates)[number];

/** What the application says about itself at /status. */
export interface Status {
  readonly currentRequests: number;
  readonly pendingRequests: number;
  readonly totalUptime: number;
  readonly health: Health;
}

/** `not_json`: the body is no JSON object at all; `bad_field`: a field is missing or has no value that we know. */
export class StatusError extends Error {
  constructor(
    readonly reason: 'not_json' | 'bad_field',
    message: string,
  ) {
    super(message);
  }
}

/** Reads the body of /status; throws a {@link StatusError}, since half a status would be served as if it were whole. */
export function parseStatus(body: string): Status {
  const fields = parseObject(body);
  return {
    currentRequests: amount(fields, 'current_requests'),
    pendingRequests: amount(fields, 'pending_requests'),
    totalUptime: amount(fields, 'total_uptime'),
    health: health(fields),
  };
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new StatusError('not_json', `/status answered ${shown(body)}, expected JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StatusError('not_json', `/status answered ${shown(body)}, expected a JSON object`);
  }
  return { ...value };
}

function amount(fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw badField(name, value, 'a number that is not negative');
}

function health(fields: Record<string, unknown>): Health {
  const state = healthStates.find((known) => known === fields.health);
  if (state) return state;
  throw badField('health', fields.health, `one of ${healthStates.join(', ')}`);
}

function badField(name: string, value: unknown, expected: string): StatusError {
  const found = value === undefined ? 'missing' : shown(JSON.stringify(value));
  return new StatusError('bad_field', `field ${name} of /status is ${found}, expected ${expected}`);
}

/** Short and on one line: the text comes from another program and goes to the log. */
function shown(text: string): string {
  const line = JSON.stringify(text.slice(0, 60));
  return text.length > 60 ? `${line}…` : line;
}
