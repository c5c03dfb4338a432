import { describeWithEngine } from './engines';
import { checkRules } from './promtool';

const ruleWith = (name: string, ...expressions: string[]) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name, namespace: 'shop' },
  spec: { groups: [{ name, rules: expressions.map((expr) => ({ alert: 'CheckoutErrors', expr, for: '10m' })) }] },
});

const good = ruleWith('good', 'rate(http_requests_total{code="5xx"}[5m]) > 1');
const broken = ruleWith('broken', 'rate(http_requests_total[5m]');
const twice = ruleWith('twice', 'up == 0', 'up == 0');

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('a good rule is accepted', () => {
      const verdict = checkRules(promtool, [good]);
      expect(verdict.output).toContain('SUCCESS: 1 rules found');
      expect(verdict.ok).toBe(true);
    });

    test('a broken rule among good ones is refused, with the file and the reason', () => {
      const verdict = checkRules(promtool, [good, broken]);
      expect(verdict.ok).toBe(false);
      expect(verdict.output).toMatch(/^1-broken\.yaml: .*unclosed left parenthesis/m);
    });

    test('a rule that is there twice is refused', () => {
      const verdict = checkRules(promtool, [twice]);
      expect(verdict.ok).toBe(false);
      expect(verdict.output).toContain('1 duplicate rule(s) found');
    });

    test('an object without groups that promtool could read is refused', () => {
      expect(checkRules(promtool, [{ metadata: { name: 'odd' }, spec: { group: [] } }]).ok).toBe(false);
    });
  });
}

describeWithEngine('promtool', (promtool) => {
  test('a UTF-8 metric name is accepted, which 2.42 does not know', () => {
    expect(checkRules(promtool, [ruleWith('utf8', '{"http.server.requests"} > 1')]).ok).toBe(true);
  });
});

test('no rules at all is a mistake of the caller', () => {
  expect(() => checkRules('promtool', [])).toThrow('no PrometheusRule was given');
});
