import { described, Finding, FindingLocation } from '../../findings';
import { CheckedProps, checkProps, definedFields, ShapeOf } from '../objects';
import type { ServerProps } from './server-props';

/** Fields whose prop of the same name is of another form, or means another thing. */
const ofAnotherForm: readonly string[] = [
  'alertmanagerConfigMatcherStrategy',
  'alertmanagersConfig',
  'labels',
  'podMetadata',
  'queryConfig',
  'storage',
  'thanos',
];

/** What is made here for no prop: a field of `spec` takes its place. */
const replaceable: readonly string[] = ['securityContext', 'topologySpreadConstraints'];

/**
 * Props as they can be used. A field of `spec` that has a prop counts as that prop, so that the Service, the rights, the alerts
 * and the platform know it too.
 */
export function checkServerProps<P extends ServerProps<object>>(
  given: P | null | undefined,
  shape: ShapeOf<P>,
): CheckedProps<P> {
  const spec: unknown = given?.spec;
  if (!given || !isMap(spec)) return checkProps(given, shape);
  const props = given as unknown as Readonly<Record<string, unknown>>;
  const isProp = ([field]: readonly [string, unknown]) =>
    field in shape && props[field] === undefined && !ofAnotherForm.includes(field);
  const fields = Object.entries(spec);
  const others = fields.filter((field) => !isProp(field));
  const joined = { ...props, ...Object.fromEntries(fields.filter(isProp)), spec: Object.fromEntries(others) };
  return checkProps(joined as unknown as P, shape);
}

interface Conflict {
  readonly path: string;
  readonly made: unknown;
  readonly given: unknown;
}

/** What is made of the props, and further fields; where both speak of one field, that of the props stands. */
export function joinedSpec(
  made: object,
  further: object | undefined,
): { readonly spec: object; readonly conflicts: readonly Conflict[] } {
  const conflicts: Conflict[] = [];
  const replaced = replaceable.filter((field) => field in definedFields(further));
  const own = without(made, replaced);
  return { spec: joined(own, further ?? {}, '', conflicts), conflicts };
}

function joined(made: object, further: object, at: string, conflicts: Conflict[]): object {
  const fields: Record<string, unknown> = { ...made };
  for (const [field, given] of Object.entries(definedFields(further))) {
    const [ours, path] = [fields[field], `${at}${field}`];
    if (ours === undefined) fields[field] = given;
    else if (isMap(ours) && isMap(given) && !field.endsWith('Selector')) {
      fields[field] = joined(ours, given, `${path}.`, conflicts);
    } else if (JSON.stringify(ours) !== JSON.stringify(given)) conflicts.push({ path, made: ours, given });
  }
  return fields;
}

/** Fields that change where the server listens, which its Service, its monitor and its address take for known. */
const listening: readonly {
  readonly path: readonly string[];
  readonly isUsed: (value: unknown) => boolean;
  readonly why: string;
}[] = [
  { path: ['portName'], isUsed: (value) => value !== 'web', why: 'look for the port web' },
  { path: ['listenLocal'], isUsed: (value) => value === true, why: 'connect to the pod from outside' },
  { path: ['web', 'tlsConfig'], isUsed: () => true, why: 'speak plain HTTP' },
  { path: ['grpcServerTlsConfig'], isUsed: () => true, why: 'speak gRPC without TLS' },
];

/** What is wrong with the fields of `spec`. */
export function specFindings(made: object, further: object | undefined, where: FindingLocation): Finding[] {
  const conflicts = joinedSpec(made, further).conflicts.map(({ path, made: ours, given }): Finding => ({
    code: 'servers/spec',
    severity: 'error',
    where,
    message: `spec.${path} is ${shown(given)} beside ${shown(ours)}, which is made of the props and stands`,
    fix: `remove spec.${path}`,
  }));
  const outOfReach = listening.filter(({ path, isUsed }) => {
    const value = path.reduce<unknown>((at, field) => (isMap(at) ? at[field] : undefined), further);
    return value !== undefined && isUsed(value);
  });
  return [
    ...conflicts,
    ...outOfReach.map(({ path, why }): Finding => ({
      code: 'servers/spec',
      severity: 'warning',
      where,
      message: `spec.${path.join('.')} changes how the server listens, while its Service, its monitor and its clients ${why}`,
      fix: 'leave it out, or patch these: objects.service.patches, objects.serviceMonitor.patches',
    })),
  ];
}

function without(value: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)));
}

/** A value as it is written, where it is short. */
function shown(value: unknown): string {
  return typeof value === 'object' ? described(value) : `'${String(value)}'`;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
