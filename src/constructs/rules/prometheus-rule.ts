import { Construct } from 'constructs';
import { scopeFor } from '../../findings';
import { prometheusRuleOptions } from '../app/app-shapes';
import { checkProps, reportProps, toObjectName } from '../objects';
import type { PrometheusRuleOptions } from './rule-group';
import { RuleSet } from './rule-set';

/**
 * A PrometheusRule object of its own, for rules that belong to no single app, or that must have another name, other labels or
 * patches, or that are evaluated in a `group` with an interval of its own. Rules created under it join it.
 *
 * @example
 * const platform = new PrometheusRule(chart, 'platform', { labels: { scope: 'cluster' } });
 * new AlertRule(platform, 'Watchdog', { expr: 'vector(1)', severity: 'info', summary: 'Alerting works' });
 */
export class PrometheusRule extends Construct {
  constructor(scope: Construct, id: string, given: PrometheusRuleOptions = {}) {
    super(scopeFor(scope, id, 'PrometheusRule'), id);
    const { props, problems } = checkProps(given, prometheusRuleOptions);
    reportProps(this, problems);
    new RuleSet(this, { name: toObjectName(id), options: props });
  }
}
