import * as fs from 'node:fs';
import * as path from 'node:path';

/** Kinds that no construct makes yet. Routing has to say which alerts reach which receivers, which fields alone do not. */
const withoutConstruct = ['alertmanager-config'];

test('the fields of every kind of prometheus-operator are tested here', () => {
  const folder = path.join(__dirname, '../../../imports');
  const kinds = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.schema.json'))
    .filter((file) => /"[^"]*, monitoring\.coreos\.com\//.test(fs.readFileSync(path.join(folder, file), 'utf8')))
    .map((file) => file.replace('.schema.json', ''));
  const tested = fs.readdirSync(__dirname).map((file) => file.replace('.test.ts', ''));
  expect(kinds.length).toBeGreaterThan(withoutConstruct.length);
  expect(kinds.filter((kind) => !tested.includes(kind))).toEqual(withoutConstruct);
});
