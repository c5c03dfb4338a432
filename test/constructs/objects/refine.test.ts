import { ApiObject, App, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import {
  canBeRendered,
  generateObject,
  Manifest,
  patch,
  refine,
  rendered,
  renderedByMaker,
} from '../../../src/constructs/objects';
import { findingsOf } from '../../../src/findings';
import { faultsOf } from '../../support/stack';

function chartWith(data: unknown = { a: '1' }): { app: App; chart: Chart; object: ApiObject } {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const object = new ApiObject(chart, 'settings', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data,
  });
  return { app, chart, object };
}

const withData = (more: object) => (manifest: Manifest) => ({
  ...manifest,
  data: { ...(manifest.data as object), ...more },
});

/** A class as `cdk8s import` makes them: it drops every field that it does not know, patched ones too. */
class Typed extends ApiObject {
  override toJson(): unknown {
    const { apiVersion, kind, metadata, data } = super.toJson() as Manifest;
    return { apiVersion, kind, metadata, data };
  }
}

test('changes apply in the order in which they were added, patches after all of them', () => {
  const { object } = chartWith();
  patch(object, [JsonPatch.replace('/data/a', 'patched')]);
  refine(object, withData({ a: 'first', b: 'first' }));
  refine(object, withData({ b: 'second' }));
  expect(rendered(object).data).toEqual({ a: 'patched', b: 'second' });
  expect(renderedByMaker(object).data).toEqual({ a: '1' });
});

test('patches that the user gives the object itself are kept, before and after', () => {
  const { object } = chartWith();
  object.addJsonPatch(JsonPatch.add('/data/before', 'x'));
  refine(object, withData({ ours: 'x' }));
  object.addJsonPatch(JsonPatch.add('/data/after', 'x'), JsonPatch.remove('/data/a'));
  expect(rendered(object).data).toEqual({ before: 'x', ours: 'x', after: 'x' });
});

test('a patch reaches a field that a typed class would drop', () => {
  const chart = new Chart(new App(), 'shop');
  const object = new Typed(chart, 'typed', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'typed' } });
  object.addJsonPatch(JsonPatch.add('/immutable', true));
  expect(Testing.synth(chart)[0].immutable).toBeUndefined();
  refine(object, (manifest) => manifest);
  expect(Testing.synth(chart)[0].immutable).toBe(true);
});

test('the object is printed as cdk8s prints it: keys in order, the leading ones first', () => {
  const { object } = chartWith({ z: '1', a: '1' });
  refine(object, withData({ m: '1' }));
  expect(JSON.stringify(object.toJson())).toBe(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"shop"},"data":{"a":"1","m":"1","z":"1"}}',
  );
});

test('rendering again gives the same, and changes neither the patches nor what they hold', () => {
  const { object } = chartWith();
  const value = { nested: 'x' };
  patch(object, [JsonPatch.add('/data/value', value), JsonPatch.replace('/data/value/nested', 'y')]);
  const first = JSON.stringify(object.toJson());
  expect(JSON.stringify(object.toJson())).toBe(first);
  expect(value).toEqual({ nested: 'x' });
});

describe('a patch that cannot do what it says', () => {
  const problems = (...patches: JsonPatch[]) => {
    const { app, object } = chartWith();
    patch(object, patches);
    return faultsOf(findingsOf(app));
  };

  test('is a finding with the near miss: cdk8s would add or pass', () => {
    expect(
      problems(
        JsonPatch.replace('/data/A', 'x'),
        JsonPatch.remove('/data/b'),
        JsonPatch.add('/datta/x', 'x'),
        JsonPatch.test('/data/a', '2'),
        JsonPatch.copy('/data/b', '/data/c'),
        JsonPatch.add('/data/lazy', Lazy.any({ produce: () => 'x' })),
        JsonPatch.remove(''),
        { op: 'add', path: '/data/x', value: 'x' } as unknown as JsonPatch,
      ),
    ).toMatchInlineSnapshot(`
     [
       "synth/patch shop/settings: the patch replace /data/A needs 'A' under /data, which has a → correct the path, or use JsonPatch.add",
       "synth/patch shop/settings: the patch remove /data/b needs 'b' under /data, which has a → correct the path, or leave the patch out",
       "synth/patch shop/settings: the patch add /datta/x needs 'datta' under /, which has apiVersion, kind, metadata, data → correct the path, or add what is above it first",
       "synth/patch shop/settings: the patch test /data/a fails: Test operation failed → mend the patch",
       "synth/patch shop/settings: the patch copy /data/b needs 'b' under /data, which has a → correct the path to copy from",
       "synth/patch shop/settings: the patch add /data/lazy holds a Lazy, which a patch never resolves → give a plain value",
       "synth/patch shop/settings: the patch remove of the whole object would lose it → patch a field of it",
       "synth/patch shop/settings: a patch is not made by JsonPatch → write JsonPatch.add('/spec/…', value), or replace, remove, copy, move, test",
     ]
    `);
  });

  test('is left out, and the others apply', () => {
    const { object } = chartWith();
    patch(object, [JsonPatch.remove('/data/b'), JsonPatch.add('/data/c', 'x')]);
    expect(rendered(object).data).toEqual({ a: '1', c: 'x' });
  });

  test('fails the synth of a plain App', () => {
    const { app, object } = chartWith();
    patch(object, [JsonPatch.remove('/data/b')]);
    expect(() => app.synthYaml()).toThrow(/synth\/patch {2}shop\/settings[^]*needs 'b' under \/data, which has a/);
  });

  test.each(['/data/a~1b', '/data/c~0d'])('%s is found by its escaped name', (path) => {
    const { app, object } = chartWith({ 'a/b': '1', 'c~d': '1' });
    patch(object, [JsonPatch.replace(path, 'x')]);
    expect(findingsOf(app)).toEqual([]);
  });
});

describe('an object that cannot be rendered', () => {
  const broken = () => chartWith(Lazy.any({ produce: () => JSON.parse('{') as unknown }));

  test('throws what its maker threw, and is bare for those who only look', () => {
    const { object } = broken();
    refine(object, withData({ ours: 'x' }));
    expect(() => object.toJson()).toThrow(/JSON/);
    expect(canBeRendered(object)).toBe(false);
    expect(rendered(object)).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
  });

  test('may be one that nobody took over', () => {
    expect(canBeRendered(broken().object)).toBe(false);
    expect(canBeRendered(chartWith().object)).toBe(true);
  });

  test('may be one whose content asks for itself', () => {
    const { object } = chartWith(Lazy.any({ produce: () => object.toJson() as unknown }));
    refine(object, withData({ ours: 'x' }));
    expect(() => object.toJson()).toThrow("the ConfigMap 'settings' (shop/settings) needs itself to be rendered");
  });
});

test('a generated object is labelled, annotated, named and patched by its user', () => {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  generateObject(chart, 'object', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'ours',
    labels: { a: 'ours', b: 'ours' },
    options: {
      name: 'theirs',
      labels: { b: 'theirs' },
      annotations: { note: 'theirs' },
      patches: [JsonPatch.add('/data/more', 'x')],
    },
    content: () => ({ data: { some: 'x' } }),
  });
  expect(Testing.synth(chart)).toMatchInlineSnapshot(`
   [
     {
       "apiVersion": "v1",
       "data": {
         "more": "x",
         "some": "x",
       },
       "kind": "ConfigMap",
       "metadata": {
         "annotations": {
           "note": "theirs",
         },
         "labels": {
           "a": "ours",
           "b": "theirs",
         },
         "name": "theirs",
         "namespace": "shop",
       },
     },
   ]
  `);
});
