import * as fc from 'fast-check';
import { exporterPortName, portNameProblem, portNumberProblem, toPortName } from '../../../src/constructs/app/ports';

/** IANA's rules as RFC 6335 gives them, apart from the code under test. */
function isServiceName(name: string): boolean {
  return /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9_-]{0,40}$/));

test('a port name is refused exactly where IANA does not take it', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.stringMatching(/^[a-z0-9-]{0,17}$/)), (name) => {
      expect(portNameProblem(name) === undefined).toBe(isServiceName(name));
    }),
    { numRuns: 500 },
  );
});

test('the name that an error suggests is taken', () => {
  fc.assert(
    fc.property(anyText, (text) => expect(isServiceName(toPortName(text))).toBe(true)),
    { numRuns: 500 },
  );
});

test('the port of an exporter has a valid name, whatever the exporter is called, and always the same', () => {
  fc.assert(
    fc.property(anyText, (id) => {
      const name = exporterPortName(id);
      expect(isServiceName(name)).toBe(true);
      expect(exporterPortName(id)).toBe(name);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['redis', 'redis-metrics'],
  ['Orders DB', 'orders-db'],
  ['postgres', 'postgres'],
  ['replica-of-the-orders', 'replica-of-the'],
  ['кэш', 'metrics'],
  ['--a--', 'a-metrics'],
])('the exporter %j has the port %s', (id, name) => {
  expect(exporterPortName(id)).toBe(name);
});

test.each([1, 80, 65535])('%p is the number of a port', (port) => {
  expect(portNumberProblem(port)).toBeUndefined();
});

test.each([0, -1, 65536, 1.5, NaN, Infinity, '', 'http', null, undefined, true, [80], {}])('%p is none', (port) => {
  expect(portNumberProblem(port)?.message).toMatch(/^the port is .+, expected a whole number from 1 to 65535$/);
});

test('a number in quotes is suggested without them', () => {
  expect(portNumberProblem('8080')).toEqual({
    message: "the port is the string '8080', expected a whole number from 1 to 65535",
    fix: 'write 8080',
  });
});
