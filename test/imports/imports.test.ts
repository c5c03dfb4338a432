import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import { Crd, readCrds } from '../../scripts/import/crd';
import { builtInKinds, generateImports } from '../../scripts/import/generate';
import { customResources, downloaded, kubernetes, Source } from '../../scripts/import/sources';
import { Swagger } from '../../scripts/import/swagger';

const folder = path.join(__dirname, '../../imports');
const generated = fs.readdirSync(folder).filter((file) => file !== 'README.md');
const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');

describe('the types', () => {
  it.each([
    ['node10', ts.ModuleResolutionKind.Node10, ts.ModuleKind.CommonJS],
    ['node16', ts.ModuleResolutionKind.Node16, ts.ModuleKind.Node16],
  ])('compile under %s, and refuse what the definitions refuse', (_, moduleResolution, module) => {
    const declarations = generated.filter((file) => file.endsWith('.d.ts')).map((file) => path.join(folder, file));
    const program = ts.createProgram([...declarations, path.join(__dirname, 'type-checks.ts')], {
      ...{ module, moduleResolution, target: ts.ScriptTarget.ES2022, lib: ['lib.es2016.d.ts'] },
      ...{ strict: true, skipLibCheck: false, noEmit: true, types: [], exactOptionalPropertyTypes: true },
    });
    expect(ts.getPreEmitDiagnostics(program).map(describeDiagnostic)).toEqual([]);
  });

  it('import nothing but one another', () => {
    for (const file of generated.filter((name) => name.endsWith('.d.ts'))) {
      const imported = [...read(file).matchAll(/from '(.*)'/g)].map((match) => match[1]);
      expect(imported.filter((target) => target !== './kubernetes-core')).toEqual([]);
    }
  });

  it('use the names of the wire', () => {
    const declaration = read('service-monitor.d.ts');
    expect(declaration).toContain('readonly proxyUrl?: string;');
    expect(declaration).toContain('readonly targetPort?: number | string;');
    expect(declaration).toContain('readonly metricRelabelings?: readonly Relabeling[];');
    expect(declaration).toContain('readonly relabelings?: readonly Relabeling[];');
    expect(read('prometheus-rule.d.ts')).toContain('readonly keep_firing_for?: string;');
  });
});

describe('the schemas', () => {
  it('are referred to by the index, each of them', () => {
    const index = JSON.parse(read('schemas.json')) as Record<string, string>;
    const references = Object.values(index).map((reference) => reference.split('#')[0]);
    const described = generated.filter((file) => file.endsWith('.schema.json') && !file.startsWith('kubernetes-core'));
    expect([...new Set(references)].sort()).toEqual(described.sort());
    const kinds = new Set(Object.keys(index).map((key) => key.slice(key.lastIndexOf('/') + 1)));
    const expected = [...builtInKinds, ...customResources.flatMap((source) => source.kinds ?? [])];
    expect([...kinds].sort()).toEqual(expected.sort());
  });

  it('refer to definitions that exist, and to none that refers back', () => {
    const definitions = new Map<string, readonly string[]>();
    for (const file of generated.filter((name) => name.endsWith('.schema.json'))) {
      const { $defs } = JSON.parse(read(file)) as { $defs: Record<string, object> };
      for (const [name, schema] of Object.entries($defs)) {
        const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)].map((match) => match[1]!);
        definitions.set(`${file}#/$defs/${name}`, references.map((to) => (to.startsWith('#') ? file + to : to)));
      }
    }
    const visit = (name: string, within: readonly string[]): void => {
      expect(within).not.toContain(name);
      expect(definitions.has(name)).toBe(true);
      for (const reference of new Set(definitions.get(name))) visit(reference, [...within, name]);
    };
    for (const reference of Object.values(JSON.parse(read('schemas.json')) as Record<string, string>)) visit(reference, []);
  });

  it('stay small enough to be read at synth', () => {
    const size = generated.reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
    expect(size).toBeLessThan(600_000);
  });
});

describe('generating again', () => {
  const sources = findSources();
  const run = sources ? it : it.skip;
  if (!sources) {
    console.log(
      'skipped: that imports/ is generated from the definitions, because they are not here. `npm run import` gets them ' +
        'into the module cache of Go; or set CDK8S_MONITORING_CRDS to a folder that has all of them',
    );
  }

  run('gives the same bytes, whatever the order of the definitions', () => {
    const { crds, swagger } = sources!();
    const files = generateImports(crds.reverse(), swagger, kubernetes.version);
    expect([...files.keys()].sort()).toEqual([...generated].sort());
    for (const [file, content] of files) expect({ file, isSame: content === read(file) }).toEqual({ file, isSame: true });
  });
});

/** The definitions that `imports/` was made of, if they are all on this machine. */
function findSources(): (() => { crds: Crd[]; swagger: Swagger }) | undefined {
  const openApi = downloaded(kubernetes);
  const given = process.env.CDK8S_MONITORING_CRDS;
  const places = given === undefined ? customResources.map(placeOf) : [given];
  if (openApi === undefined || !places.every((place) => place !== undefined)) return undefined;
  const kinds = customResources.flatMap((source) => source.kinds ?? []);
  return () => ({
    crds: places.flatMap((place) => readCrds(place!, kinds)),
    swagger: JSON.parse(fs.readFileSync(openApi, 'utf8')) as Swagger,
  });
}

/** In the module cache of Go, or, for those of prometheus-operator, where `npm run engines` puts them. */
function placeOf(source: Source): string | undefined {
  const { CDK8S_MONITORING_ENGINES: engines = path.join(os.homedir(), '.cache/cdk8s-monitoring/engines') } = process.env;
  const fromEngines = path.join(engines, 'crds');
  const isThere = source.module.includes('prometheus-operator') && fs.existsSync(fromEngines);
  return downloaded(source) ?? (isThere ? fromEngines : undefined);
}

function describeDiagnostic({ file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${path.basename(file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
