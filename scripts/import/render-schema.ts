import { JsonSchema } from '../../src/manifests/json-schema';
import { Definitions } from './render-types';

/** A `*.schema.json`: one definition per line, so that a change of one field is a change of one line. */
export function renderSchemaFile(
  file: string,
  comment: string,
  root: string | undefined,
  definitions: Definitions,
  fileOf: (definition: string) => string,
): string {
  const head = [
    `  "$schema": "http://json-schema.org/draft-07/schema#"`,
    `  "$id": ${JSON.stringify(file)}`,
    `  "$comment": ${JSON.stringify(comment)}`,
  ];
  if (root !== undefined) head.push(`  "$ref": ${JSON.stringify(`#/$defs/${root}`)}`);
  const lines = [...definitions].map(([name, schema]) => {
    const inFile = JSON.stringify(withPlaces(schema, (reference) => placeOf(reference, file, fileOf)));
    return `    ${JSON.stringify(name)}: ${inFile}`;
  });
  return `{\n${head.join(',\n')},\n  "$defs": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function placeOf(reference: string, file: string, fileOf: (definition: string) => string): string {
  const target = fileOf(reference);
  return `${target === file ? '' : target}#/$defs/${reference}`;
}

function withPlaces(value: JsonSchema, place: (reference: string) => string): unknown {
  return JSON.parse(JSON.stringify(value), (key, child: unknown) =>
    key === '$ref' && typeof child === 'string' ? place(child) : child,
  );
}
