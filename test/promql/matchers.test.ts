import { selectorsWithMatchers } from '../../src/promql';

test('matchers are told selector by selector', () => {
  expect(selectorsWithMatchers('sum by (job) (a{job="x", pod=~"y.*"}) / on (job) b{"job"!=\'z\'} > c')).toEqual([
    [
      { label: 'job', operator: '=', value: 'x' },
      { label: 'pod', operator: '=~', value: 'y.*' },
    ],
    [{ label: 'job', operator: '!=', value: 'z' }],
  ]);
});

test('a name in quotes and the texts of functions are no matchers', () => {
  expect(selectorsWithMatchers('label_replace({"a.b", c="d"}, "x", "y", "z", "")')).toEqual([
    [{ label: 'c', operator: '=', value: 'd' }],
  ]);
  expect(selectorsWithMatchers('up')).toEqual([]);
});
