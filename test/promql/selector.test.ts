import { selectorProblem } from '../../src/promql';

test.each([
  'up',
  ' up ',
  'up{job="a"}',
  '{job="a"}',
  '{__name__=~"istio_.*"}',
  '{job=~".+", le!=""}',
  '{a!~".*x|"}',
  '{"http.requests"}',
  '{"a.b"="c"}',
  '{__name__=~".+", job="a"}',
  '{__name__!="up", job="a"}',
])('%s is a selector', (text) => expect(selectorProblem(text)).toBeUndefined());

test.each([
  ['', 'the expression is empty'],
  ['up{job=}', "unexpected '}' at character 8"],
  ['sum(up)', 'this is an expression, not a plain selector'],
  ['up[5m]', 'this is an expression, not a plain selector'],
  ['up offset 5m', 'this is an expression, not a plain selector'],
  ['(up)', 'this is an expression, not a plain selector'],
  ['up == 1', 'this is an expression, not a plain selector'],
])('%s is none', (text, problem) => expect(selectorProblem(text)).toBe(problem));

test.each(['{}', '{job=""}', '{job=~".*"}', '{job!="a"}', '{job!~"a"}', '{"a.b"=""}'])(
  '%s would select every series, so Prometheus refuses it',
  (text) => expect(selectorProblem(text)).toBe('this would select every series'),
);

test.each([
  '{__name__=~".+"}',
  '{__name__=~".*"}',
  '{__name__!=""}',
  '{"__name__"=~"(.+)"}',
  '{__name__!="", job!="a"}',
])('%s selects every series, which Prometheus does not mind', (text) =>
  expect(selectorProblem(text)).toBe('this would select every series'),
);
