/**
 * Writes `imports/`: types and schemas of the custom resources, and the schemas of the built-in kinds.
 *
 *     npm run import -- [FOLDER_OF_CRDS] [--kubernetes SWAGGER_JSON] [--out FOLDER]
 *
 * What is not given is taken from the Go modules in `import/sources.ts`, which needs `go`.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Crd, readCrds } from './import/crd';
import { generateImports } from './import/generate';
import { customResources, download, kubernetes } from './import/sources';
import { Swagger } from './import/swagger';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { kubernetes: { type: 'string' }, out: { type: 'string' } },
  });
  if (positionals.length > 1) {
    throw new Error(`given ${positionals.length} folders, expected one: npm run import -- FOLDER_OF_CRDS`);
  }
  const crds = positionals[0] === undefined ? downloadCrds() : readCrds(positionals[0]);
  const swagger = JSON.parse(fs.readFileSync(values.kubernetes ?? download(kubernetes), 'utf8')) as Swagger;
  const out = values.out ?? path.join(__dirname, '../imports');
  fs.mkdirSync(out, { recursive: true });
  for (const [file, content] of generateImports(crds, swagger, kubernetes.version)) {
    fs.writeFileSync(path.join(out, file), content);
    console.log(`${String(content.length).padStart(8)}  ${file}`);
  }
}

function downloadCrds(): Crd[] {
  return customResources.flatMap((source) => readCrds(download(source), source.kinds));
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
