import { App, Chart } from 'cdk8s';
import {
  addCheck,
  addFinding,
  compareText,
  countFindings,
  Finding,
  findingsOf,
  nearMiss,
  placeOf,
  plural,
  renderFindings,
  sortFindings,
  whileReporting,
} from '../../src/findings';

const finding = (severity: Finding['severity'], construct: string, code: Finding['code'] = 'a/b'): Finding => ({
  code,
  severity,
  where: { construct },
  message: `something at ${construct}`,
  fix: 'mend it',
});

describe('findings of constructs', () => {
  test('are found in the order of the tree, with those of checks that look at the finished stack', () => {
    const app = new App();
    const first = new Chart(app, 'first');
    const second = new Chart(app, 'second');
    let late = 'too early';
    addCheck(second, () => [finding('info', late)]);
    addFinding(first, finding('warning', 'first'));
    addFinding(first, finding('error', 'first again'));
    late = 'finished';
    expect(findingsOf(app).map(placeOf)).toEqual(['first', 'first again', 'finished']);
    expect(findingsOf(second).map(placeOf)).toEqual(['finished']);
  });

  test('fail the synth of a plain App when they are errors, once for all of a construct', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    addFinding(chart, finding('error', 'shop/one'));
    addFinding(chart, finding('error', 'shop/two'));
    addFinding(chart, finding('warning', 'shop/three'));
    const errors = chart.node.validate();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('error    a/b  shop/one');
    expect(errors[0]).toContain('error    a/b  shop/two');
    expect(errors[0]).not.toContain('shop/three');
    expect(() => app.synthYaml()).toThrow('shop/two');
  });

  test('let a plain App pass when they are warnings', () => {
    const app = new App();
    addFinding(new Chart(app, 'shop'), finding('warning', 'shop'));
    expect(() => app.synthYaml()).not.toThrow();
  });

  test('are left out of validation while their root reports them, also after it failed', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    addFinding(chart, finding('error', 'shop'));
    expect(whileReporting(app, () => chart.node.validate())).toEqual([]);
    expect(() =>
      whileReporting(app, () => {
        throw new Error('stopped');
      }),
    ).toThrow('stopped');
    expect(chart.node.validate()).toHaveLength(1);
  });
});

describe('sorting and rendering', () => {
  test('errors come first, then by place and code, whatever the order of construction', () => {
    const findings = [
      finding('info', 'a'),
      finding('warning', 'b'),
      finding('error', 'z'),
      finding('error', 'b', 'z/z'),
      finding('error', 'b', 'a/a'),
    ];
    const sorted = sortFindings(findings);
    expect(sorted.map((one) => `${one.severity} ${placeOf(one)} ${one.code}`)).toEqual([
      'error b a/a',
      'error b z/z',
      'error z a/b',
      'warning b a/b',
      'info a a/b',
    ]);
    expect(sortFindings([...findings].reverse())).toEqual(sorted);
    expect(findings[0]?.severity).toBe('info');
  });

  test('order is by code unit, not by locale', () => {
    expect(['ä', 'z', 'a', 'Z', 'I', 'ı', 'i'].sort(compareText)).toEqual(['I', 'Z', 'a', 'i', 'z', 'ä', 'ı']);
    expect(compareText('same', 'same')).toBe(0);
  });

  test('text names severity, code, place, message, near miss and fix', () => {
    const text = renderFindings([
      { ...finding('warning', 'shop/checkout'), nearMiss: 'checkout' },
      { ...finding('error', ''), where: { file: 'dist/shop.k8s.yaml', line: 41 } },
      { ...finding('info', ''), where: { file: 'platform.yaml' } },
    ]);
    expect(text).toMatchInlineSnapshot(`
"error    a/b  dist/shop.k8s.yaml:41
  something at 
  fix: mend it
warning  a/b  shop/checkout
  something at shop/checkout
  near miss: checkout
  fix: mend it
info     a/b  platform.yaml
  something at 
  fix: mend it"
`);
    expect(renderFindings([])).toBe('');
  });

  test('counting names errors and warnings always, infos where there are any', () => {
    expect(countFindings([])).toBe('0 errors, 0 warnings');
    expect(countFindings([finding('error', 'a'), finding('warning', 'a'), finding('warning', 'b')])).toBe(
      '1 error, 2 warnings',
    );
    expect(countFindings([finding('info', 'a')])).toBe('0 errors, 0 warnings, 1 info');
    expect([plural(0, 'alert'), plural(1, 'alert'), plural(2, 'alert')]).toEqual(['0 alerts', '1 alert', '2 alerts']);
  });
});

describe('a near miss', () => {
  const names = ['interval', 'scrapeTimeout', 'honorLabels', 'relabelings', 'metricRelabelings'];

  test.each([
    ['intervall', 'interval'],
    ['INTERVAL', 'interval'],
    ['scrapTimeout', 'scrapeTimeout'],
    ['honourLabels', 'honorLabels'],
    ['relabelling', 'relabelings'],
    ['metricRelabelConfigs', 'metricRelabelings'],
  ])('%s means %s', (given, meant) => expect(nearMiss(given, names)).toBe(meant));

  test.each(['port', '', 'x', 'something else'])('%j means none of them', (given) =>
    expect(nearMiss(given, names)).toBeUndefined(),
  );

  test('the nearest wins, the first of equals', () => {
    expect(nearMiss('abcd', ['abxy', 'abcx', 'abcy'])).toBe('abcx');
    expect(nearMiss('anything', [])).toBeUndefined();
  });

  test('a name of 10,000 letters is compared without delay', () => {
    const start = process.hrtime.bigint();
    expect(nearMiss('a'.repeat(10_000), names)).toBeUndefined();
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(200);
  });
});
