import * as fc from 'fast-check';
import { checkSchema, hasSchema, SchemaViolation } from '../../src/manifests/schema';
import { schemaErrors } from '../support/schemas';
import { sampleObjects } from './sample-objects';

const header = { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'checkout' } };
const serviceMonitor = (endpoint: object, spec: object = {}) => ({
  ...header,
  spec: { selector: {}, endpoints: [endpoint], ...spec },
});
const prometheusRule = (...groups: object[]) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'checkout' },
  spec: { groups },
});

function onlyViolation(object: unknown): SchemaViolation {
  const violations = checkSchema(object);
  expect(violations).toHaveLength(1);
  return violations[0]!;
}

describe('checkSchema', () => {
  test.each(sampleObjects.map((object) => [(object as { kind: string }).kind, object]))(
    'finds nothing in a valid %s',
    (_, object) => {
      expect(checkSchema(object)).toEqual([]);
      expect(schemaErrors(object)).toEqual([]);
    },
  );

  describe('unknown fields', () => {
    it('names the field that differs in a letter', () => {
      expect(onlyViolation(serviceMonitor({ intervall: '30s' }))).toMatchObject({
        fault: 'unknown-field',
        path: 'spec.endpoints[0].intervall',
        message: 'spec.endpoints[0].intervall is not a known field',
        nearMiss: 'interval',
      });
    });

    it('names the field that differs in upper and lower case', () => {
      const violation = onlyViolation(serviceMonitor({}, { selector: { matchlabels: { app: 'checkout' } } }));
      expect(violation).toMatchObject({ path: 'spec.selector.matchlabels', nearMiss: 'matchLabels' });
    });

    it('tells where a field belongs that stands too deep', () => {
      expect(onlyViolation(serviceMonitor({ jobLabel: 'app' })).nearMiss).toBe('spec.jobLabel');
    });

    it('tells where a field belongs that stands too high', () => {
      expect(onlyViolation(serviceMonitor({}, { scrapeTimeout: '10s' })).nearMiss).toBe(
        'spec.endpoints[].scrapeTimeout',
      );
    });

    it('lists the known fields where nothing is near', () => {
      expect(onlyViolation(serviceMonitor({}, { namespaceSelector: { zzzzzzzz: 1 } }))).toMatchObject({
        message: 'spec.namespaceSelector.zzzzzzzz is not a known field, expected one of any, matchNames',
        expected: 'one of any, matchNames',
      });
    });

    it('accepts any field where the schema preserves unknown ones', () => {
      const route = { receiver: 'team', routes: [{ whatever: { deep: [1] } }] };
      const object = { apiVersion: 'monitoring.coreos.com/v1alpha1', kind: 'AlertmanagerConfig', spec: { route } };
      expect(checkSchema(object)).toEqual([]);
    });

    it('leaves the status to the controllers that write it', () => {
      expect(checkSchema({ ...serviceMonitor({}), status: { bindings: [{ anything: 1 }] } })).toEqual([]);
    });
  });

  describe('missing fields', () => {
    it('tells the type of what is missing', () => {
      expect(onlyViolation(prometheusRule({ name: 'a', rules: [{ alert: 'Down' }] }))).toMatchObject({
        fault: 'missing-field',
        path: 'spec.groups[0].rules[0].expr',
        message: 'spec.groups[0].rules[0].expr is missing, expected an integer or a string',
      });
    });

    it('names the misspelt field beside it', () => {
      const violations = checkSchema({ ...header, spec: { selectr: {}, endpoints: [] } });
      const byFault = (fault: string) => violations.find((violation) => violation.fault === fault);
      expect(byFault('missing-field')).toMatchObject({ path: 'spec.selector', nearMiss: 'selectr' });
      expect(byFault('unknown-field')).toMatchObject({ path: 'spec.selectr', nearMiss: 'selector' });
    });

    it('does not ask for a field that the API server fills in', () => {
      const alertmanagers = [{ name: 'main', port: 'web' }];
      expect(schemaErrors({ ...header, kind: 'Prometheus', spec: { alerting: { alertmanagers } } })).toEqual([]);
      expect(checkSchema({ ...header, kind: 'Prometheus', spec: { alerting: { alertmanagers } } })).toEqual([]);
    });

    it('takes null for absent', () => {
      expect(checkSchema(serviceMonitor({ interval: null, path: undefined }))).toEqual([]);
      expect(onlyViolation(serviceMonitor({}, { selector: null })).fault).toBe('missing-field');
    });
  });

  describe('wrong types', () => {
    it('writes a number as the string that is expected', () => {
      const object = { ...serviceMonitor({}), metadata: { annotations: { 'prometheus.io/port': 9090 } } };
      expect(onlyViolation(object)).toMatchObject({
        fault: 'wrong-type',
        path: 'metadata.annotations["prometheus.io/port"]',
        message: 'metadata.annotations["prometheus.io/port"] is the number 9090, expected a string',
        nearMiss: "'9090'",
      });
    });

    it('writes a string as the number or boolean that is expected', () => {
      expect(onlyViolation(serviceMonitor({}, { sampleLimit: '100' })).nearMiss).toBe('100');
      expect(onlyViolation(serviceMonitor({ honorLabels: 'true' })).nearMiss).toBe('true');
    });

    it('accepts a number and a name for a port', () => {
      expect(checkSchema(serviceMonitor({ targetPort: 9187 }))).toEqual([]);
      expect(checkSchema(serviceMonitor({ targetPort: 'metrics' }))).toEqual([]);
      expect(onlyViolation(serviceMonitor({ targetPort: 1.5 })).expected).toBe('an integer or a string');
    });

    it.each([
      ['a list', { spec: [] }, 'spec is a list, expected an object'],
      ['text', { spec: 'none' }, "spec is the string 'none', expected an object"],
      ['true', { spec: true }, 'spec is true, expected an object'],
    ])('says that %s is no object', (_, fields, message) => {
      expect(onlyViolation({ ...header, ...fields }).message).toBe(message);
    });
  });

  describe('values', () => {
    it('names the value of an enum that is near', () => {
      expect(onlyViolation(serviceMonitor({ scheme: 'Https' }))).toMatchObject({
        fault: 'not-in-enum',
        message: "spec.endpoints[0].scheme is 'Https', expected one of 'http', 'https', 'HTTP', 'HTTPS'",
        nearMiss: "'https'",
      });
    });

    it.each([
      ['30', "'30s'"],
      ['30 sec', "'30s'"],
      ['5min', "'5m'"],
      ['1.5h', undefined],
      ['30s1m', undefined],
    ])('refuses the duration %s', (interval, near) => {
      const violation = onlyViolation(serviceMonitor({ interval }));
      expect(violation.message).toContain(`is '${interval}', expected a duration such as 30s, 5m or 1h30m`);
      expect(violation.nearMiss).toBe(near);
    });

    it('refuses a size without a unit', () => {
      expect(onlyViolation(serviceMonitor({}, { bodySizeLimit: '10mb' }))).toMatchObject({
        fault: 'pattern',
        expected: 'a size such as 512KB, 10MB or 1GiB',
        nearMiss: "'10MB'",
      });
    });

    it('reads patterns that JavaScript has not', () => {
      expect(checkSchema(prometheusRule({ name: 'a', partial_response_strategy: 'ABORT' }))).toEqual([]);
      const violation = onlyViolation(prometheusRule({ name: 'a', partial_response_strategy: 'stop' }));
      expect(violation.expected).toBe("'abort' or 'warn'");
    });

    it('refuses what is out of range', () => {
      expect(onlyViolation(serviceMonitor({ relabelings: [{ modulus: -1 }] }))).toMatchObject({
        fault: 'out-of-range',
        message: 'spec.endpoints[0].relabelings[0].modulus is -1, expected at least 0',
      });
      expect(onlyViolation(prometheusRule({ name: '' })).message).toBe(
        'spec.groups[0].name has 0 characters, expected at least 1 character',
      );
    });

    it('refuses an item that is there already', () => {
      expect(onlyViolation(prometheusRule({ name: 'a' }, { name: 'b' }, { name: 'a' }))).toMatchObject({
        fault: 'duplicate',
        path: 'spec.groups[2]',
        message: "spec.groups[2] has the same name as spec.groups[0] ('a')",
      });
      const scrapeProtocols = ['PrometheusProto', 'PrometheusProto'];
      expect(onlyViolation(serviceMonitor({}, { scrapeProtocols })).path).toBe('spec.scrapeProtocols[1]');
    });
  });

  describe('weird input', () => {
    const circular: Record<string, unknown> = { ...header };
    circular.spec = circular;
    const circularItem = serviceMonitor({ relabelings: [circular] });
    let deep: unknown = {};
    for (let level = 0; level < 10_000; level += 1) deep = { spec: deep, endpoints: [deep] };

    it.each([
      ['nothing', undefined],
      ['null', null],
      ['text', 'ServiceMonitor'],
      ['a list', [header]],
      ['an object without a kind', { apiVersion: 'v1' }],
      ['a kind that is an object', { apiVersion: 'v1', kind: {} }],
      ['a kind from the prototype of objects', { apiVersion: 'v1', kind: '../toString' }],
      ['a kind without a schema', { apiVersion: 'example.org/v1', kind: 'Thing', spec: 3 }],
    ])('finds nothing in %s', (_, object) => expect(checkSchema(object)).toEqual([]));

    it.each([
      ['circular objects', circular],
      ['circular items', circularItem],
      ['10,000 levels', { ...header, spec: deep }],
      ['lists where maps belong', { ...header, metadata: { labels: ['a'] }, spec: { selector: [], endpoints: {} } }],
      ['holes and functions', serviceMonitor({ port: () => 1, path: Symbol('x'), params: { a: [, 'b'] } })],
      ['fields named like those of every object', { ...header, spec: { ...serviceMonitor({}).spec, constructor: 1 } }],
    ])('finds faults in %s and does not throw', (_, object) => expect(checkSchema(object)).not.toEqual([]));

    it('is quick with a long text', () => {
      const started = process.hrtime.bigint();
      expect(onlyViolation(serviceMonitor({ interval: '1'.repeat(1_000_000) })).fault).toBe('pattern');
      expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2_000);
    });
  });

  it('knows the kinds it has schemas of, in each version that is served', () => {
    expect(hasSchema('v1', 'Service')).toBe(true);
    expect(hasSchema('autoscaling/v2', 'HorizontalPodAutoscaler')).toBe(true);
    expect(hasSchema('security.istio.io/v1', 'PeerAuthentication')).toBe(true);
    expect(hasSchema('security.istio.io/v1beta1', 'PeerAuthentication')).toBe(true);
    expect(hasSchema('v2', 'Service')).toBe(false);
    expect(hasSchema('__proto__', 'x')).toBe(false);
  });

  it('says the same as ajv of mutated objects', () => {
    const verdicts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...sampleObjects),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (sample, mutations) => {
          const object = mutations.reduce((result, change) => mutate(result, change), structuredClone(sample));
          const errors = schemaErrors(object)!;
          const violations = checkSchema(object);
          verdicts[errors.length === 0 ? 'accepted' : 'refused'] += 1;
          expect({ violations: violations.length > 0, violationsFound: violations }).toMatchObject({
            violations: errors.length > 0,
          });
        },
      ),
      { numRuns: 3_000, seed: 20_260_101 },
    );
    // A property that only ever sees one verdict proves nothing.
    expect(verdicts.accepted).toBeGreaterThan(300);
    expect(verdicts.refused).toBeGreaterThan(300);
  });
});

interface Mutation {
  readonly kind: 'delete' | 'rename' | 'replace' | 'add' | 'repeat';
  /** Which of the places of the object. */
  readonly place: number;
  readonly value: unknown;
  readonly name: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('delete', 'rename', 'replace', 'add', 'repeat'),
  place: fc.nat(1_000),
  value: fc.oneof(
    fc.constantFrom<unknown>('', 'x', '30s', '0', '5 m', '10MB', 'https://x', 'keep', 'Monday', 'TCP', '24:00'),
    fc.constantFrom<unknown>(0, -1, 1, 70_000, 1.5, true, false, null, 2 ** 40),
    fc.constantFrom<unknown>([], {}, [null], [''], ['a', 'a'], [{}], { a: 1 }, { key: 'a' }, { name: 'x', value: 'y' }),
    fc.string(),
    fc.jsonValue(),
  ),
  name: fc.constantFrom(
    'name',
    'labels',
    'metadata',
    'port',
    'interval',
    'Spec',
    'x',
    'toString',
    'for',
    'key',
    'data',
  ),
});

/** Changes one place of an object, anywhere but in what names its kind. */
function mutate(object: object, { kind, place, value: original, name }: Mutation): object {
  // A later mutation may change what this one puts in.
  const value = structuredClone(original);
  const places: [Record<string, unknown> | unknown[], string][] = [];
  const collect = (holder: object): void => {
    for (const [key, child] of Object.entries(holder)) {
      if (holder === object && (key === 'apiVersion' || key === 'kind')) continue;
      places.push([holder as Record<string, unknown>, key]);
      if (typeof child === 'object' && child !== null) collect(child as object);
    }
  };
  collect(object);
  const chosen = places[place % Math.max(places.length, 1)];
  if (!chosen) return object;
  const [holder, key] = chosen;
  if (Array.isArray(holder)) {
    if (kind === 'delete') holder.splice(Number(key), 1);
    else if (kind === 'repeat') holder.push(structuredClone(holder[Number(key)]));
    else holder[Number(key)] = value;
    return object;
  }
  if (kind === 'replace' || kind === 'repeat') holder[key] = value;
  if (kind === 'add') holder[name === 'x' ? key.toLowerCase() : name] = value;
  if (kind === 'rename') holder[name] = holder[key];
  if (kind === 'rename' || kind === 'delete') delete holder[key];
  return object;
}
