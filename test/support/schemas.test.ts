import { sampleObjects } from '../manifests/sample-objects';
import { expectValidObjects } from './schemas';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'dashboards' } };
const thing = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'one' } };

describe('expectValidObjects', () => {
  it('accepts valid objects', () => expectValidObjects(sampleObjects));

  it('lists every fault, unknown fields included', () => {
    const objects = [
      { ...configMap, dta: {} },
      { ...configMap, data: { port: 9090 } },
    ];
    expect(() => expectValidObjects(objects)).toThrow(
      'objects that their schemas refuse:\n' +
        '  ConfigMap dashboards: / must NOT have additional properties {"additionalProperty":"dta"}\n' +
        '  ConfigMap dashboards: /data/port must be string {"type":"string"}',
    );
  });

  it('refuses a kind without a schema unless it is allowed by name', () => {
    expect(() => expectValidObjects([thing])).toThrow('Thing one: no schema for example.org/v1 Thing in imports/');
    expectValidObjects([thing], ['Thing']);
    expectValidObjects([thing], ['example.org/v1/Thing']);
  });
});
