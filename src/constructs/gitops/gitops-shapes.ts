import { Duration } from 'cdk8s';
import { described, Shape, ShapeRule } from '../../findings';

/**
 * A duration of Go, which knows neither days nor weeks. Source: fluxcd/kustomize-controller,
 * api/v1/kustomization_types.go, the pattern of `interval`.
 */
const goDuration = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;

export const durationRule: ShapeRule = {
  problem: (value, place) =>
    value === undefined || value instanceof Duration || (typeof value === 'string' && goDuration.test(value))
      ? undefined
      : { message: `${place} is ${described(value)}, expected a duration such as '10m'`, fix: 'use h, m, s and ms' },
};

/** An interval as Flux reads it. */
export function goDurationText(duration: Duration | string): string {
  if (typeof duration === 'string') return duration;
  const milliseconds = duration.toMilliseconds({ integral: false });
  if (milliseconds % 1000 !== 0) return `${milliseconds}ms`;
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}

/** A text without which there is no object. */
export function requiredText(example: string): ShapeRule {
  return {
    required: true,
    problem: (value, place) =>
      typeof value === 'string' && value !== ''
        ? undefined
        : { message: `${place} is ${described(value)}, expected text such as '${example}'`, fix: `give ${place}` },
  };
}

/** The address of a Git repository. `git@host:path` is known to Git alone, not to Flux. */
export const repositoryUrlRule: ShapeRule = {
  required: true,
  problem: (value, place) => {
    if (typeof value === 'string' && /^(?:https?|ssh):\/\/./.test(value)) return undefined;
    const [, user, host, path] = (typeof value === 'string' && /^(\w+)@([^:/]+):(.+)$/.exec(value)) || [];
    return {
      message: `${place} is ${described(value)}, expected an address that begins with https:// or ssh://`,
      fix: host === undefined ? `give ${place}` : `write 'ssh://${user}@${host}/${path}'`,
    };
  },
};

export const textList: Shape = { list: 'text' };
