import { Construct } from 'constructs';
import { scopeFor } from '../../findings';
import { objectOptions } from '../app/app-shapes';
import { checkProps, ObjectOptions, reportProps, toObjectName } from '../objects';
import { RuleSet } from './rule-set';

/**
 * A PrometheusRule object of its own, for rules that belong to no single app, or that must have another name, other labels or
 * patches. Rules created under it join it.
 *
 * @example
 * const platform = new PrometheusRule(chart, 'platform', { labels: { scope: 'cluster' } });
 * new AlertRule(platform, 'Watchdog', { expr: 'vector(1)', severity: 'info', summary: 'Alerting works' });
 */
export class PrometheusRule extends Construct {
  constructor(scope: Construct, id: string, given: ObjectOptions = {}) {
    super(scopeFor(scope, id, 'PrometheusRule'), id);
    const { props, problems } = checkProps(given, objectOptions);
    reportProps(this, problems);
    new RuleSet(this, { name: toObjectName(id), options: props });
  }
}
