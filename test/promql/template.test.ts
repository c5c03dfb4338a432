import { templateProblem } from '../../src/promql';
import { describeWithEngine } from '../support/engines';
import { rejectedRules } from './rejected-rules';
import { badTemplates, goodTemplates, templatesOfPrometheus3 } from './templates';

test.each([...goodTemplates, ...templatesOfPrometheus3])('%s is a template', (text) =>
  expect(templateProblem(text)).toBeUndefined(),
);

test.each(badTemplates)('%s is none', (text) => expect(templateProblem(text)).toMatch(/\S/));

test.each([
  ['{{ $value', "the template '{{ $value' is not closed"],
  ['{{ }}', 'a template is empty in {{  }}'],
  ['{{ humanise $value }}', "the template function 'humanise' does not exist"],
  ['{{ $label.pod }}', 'the variable $label is not defined'],
  ['{{ if $value }}x', '{{ if }} has no {{ end }}'],
  ['x{{ end }}', '{{ end }} ends nothing'],
  ['{{ $value > 1 }}', "the template '{{ $value > 1 }}' cannot be read at '> 1 }}'"],
  ['{{ printf "%d" ($value }}', 'a parenthesis is not closed in {{ printf "%d" ($value }}'],
])('%s: %s', (text, message) => expect(templateProblem(text)).toBe(message));

test('a long text is read without delay', () => {
  const start = process.hrtime.bigint();
  expect(templateProblem('{{ $value }} '.repeat(20_000))).toBeUndefined();
  expect(templateProblem('{'.repeat(100_000))).toBeDefined();
  expect(templateProblem(`{{ "${'\\'.repeat(100_001)}`)).toBeDefined();
  expect(templateProblem(`{{ ${'('.repeat(1_000)}`)).toBeDefined();
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(3_000);
});

for (const name of ['promtool', 'promtool-2.42'] as const) {
  describeWithEngine(name, (promtool) => {
    test('promtool agrees about every template of the lists', () => {
      const lists = [goodTemplates, templatesOfPrometheus3, badTemplates];
      const rule = (text: string, index: number) => ({ alert: `A${index}`, expr: 'up', annotations: { text } });
      const rejected = rejectedRules(
        promtool,
        lists.map((list) => list.map(rule)),
      );
      const [good, ofPrometheus3, bad] = lists.map((list, file) =>
        list.filter((_, index) => !rejected[file]?.includes(index)),
      );
      expect(good).toEqual(goodTemplates);
      expect(ofPrometheus3).toEqual(name === 'promtool' ? templatesOfPrometheus3 : []);
      expect(bad).toEqual([]);
    });
  });
}
