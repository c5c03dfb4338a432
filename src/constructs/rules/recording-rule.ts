import { Construct } from 'constructs';
import { addCheck, Finding, scopeFor } from '../../findings';
import { checkProps, reportProps } from '../objects';
import { expressionFindings, labelFindings, seriesNameProblem } from './rule-checks';
import { RecordingRuleProps, recordingRuleShape } from './rule-props';
import { RuleSet } from './rule-set';

/**
 * A series that Prometheus computes at every evaluation. It joins the PrometheusRule of the app (or chart) that it is
 * created under, after the recording rules that its expression uses and before all alerts.
 *
 * @example
 * new RecordingRule(checkout, 'job:http_requests:rate5m', { expr: 'sum by (job) (rate(http_requests_total[5m]))' });
 */
export class RecordingRule extends Construct {
  /** Name of the recorded series. */
  readonly record: string;

  constructor(scope: Construct, id: string, given: RecordingRuleProps) {
    super(scopeFor(scope, id, 'RecordingRule'), id);
    const { props, problems } = checkProps(given, recordingRuleShape);
    reportProps(this, problems);
    this.record = props.record ?? id;
    const { labels } = props;
    // what is no expression is reported below, and not by the schema again
    const expr = typeof props.expr === 'string' ? props.expr : '';
    const record = this.record;
    const rules = RuleSet.of(scope);
    rules.add({ source: this, render: () => ({ record, expr, ...(labels ? { labels } : {}) }) });
    addCheck(this, () => [
      ...this.findings(props),
      ...rules.matcherFindings(props.expr, { construct: this.node.path }),
    ]);
  }

  private findings({ expr, labels }: RecordingRuleProps): Finding[] {
    const where = { construct: this.node.path };
    const problem = seriesNameProblem(this.record);
    const name: Finding[] =
      problem === undefined ? [] : [{ code: 'rules/record-name', severity: 'error', where, ...problem }];
    return [
      ...name,
      ...expressionFindings(expr, where, `the recording rule '${this.record}'`),
      ...labelFindings('label', labels, where, 'plain'),
    ];
  }
}
