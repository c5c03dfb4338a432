import type { Construct } from 'constructs';
import { checkProps, reportProps, type ShapeOf } from '../objects';
import type { FederateOptions } from './federate-options';
import { probeShape } from './probe-checks';
import type { ScrapeMechanism } from './scrape-policy';

const federateParams: ShapeOf<Pick<FederateOptions, 'params'>> = { params: { map: { list: 'text' } } };

/**
 * A scrape without options of the wrong type, which are reported, as far as they are read while the objects of an endpoint
 * are made; the checks of a scrape look at the others.
 */
export function usableMechanism(declaredBy: Construct, given: ScrapeMechanism): ScrapeMechanism {
  if (given.kind === 'probe') return { kind: given.kind, options: usable(declaredBy, given.options, probeShape) };
  if (given.kind !== 'federate' || given.options.params === undefined) return given;
  const { params } = usable(declaredBy, { params: given.options.params }, federateParams);
  return { kind: given.kind, options: { ...given.options, params } };
}

function usable<O extends object>(declaredBy: Construct, options: O, shape: ShapeOf<O>): O {
  const { props, problems } = checkProps(options, shape);
  reportProps(declaredBy, problems);
  return props;
}
