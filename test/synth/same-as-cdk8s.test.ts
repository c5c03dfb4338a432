import { writeFileSync } from 'fs';
import { join } from 'path';
import {
  ApiObject,
  App,
  AppProps,
  Chart,
  Include,
  JsonPatch,
  Lazy,
  ResolutionContext,
  Testing,
  YamlOutputType,
} from 'cdk8s';
import { Deployment, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MonitoringApp } from '../../src/synth';
import { readOutput, readTree, removeTemporaryFolders, temporaryFolder } from './folders';

type Stack = (app: App) => void;

const settings = (scope: Construct, id: string, data: object = {}) =>
  new ApiObject(scope, id, { apiVersion: 'example.com/v1', kind: 'Settings', data });

class Rendering extends Chart {
  public override toJson(): unknown[] {
    return [
      { kind: 'Second', metadata: { name: 'b' } },
      { kind: 'First', metadata: { name: 'a' } },
    ];
  }
}

const stacks: Record<string, Stack> = {
  'plain objects': (app) => {
    for (const id of ['shop', 'cart']) {
      const chart = new Chart(app, id, { namespace: id, labels: { team: 'web' } });
      settings(chart, 'settings', { on: 'yes', text: 'a\nb\n', empty: {}, list: [] });
      new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount' });
    }
  },
  'without hashes': (app) => {
    const chart = new Chart(app, 'shop', { disableResourceNameHashes: true });
    settings(new Construct(chart, 'group'), 'settings');
  },
  'cdk8s-plus': (app) => {
    const chart = new Chart(app, 'shop');
    const deployment = new Deployment(chart, 'web', { containers: [{ image: 'nginx', portNumber: 80 }] });
    new Service(chart, 'service', { selector: deployment, ports: [{ port: 80 }] });
    deployment.exposeViaIngress('/');
  },
  'nested charts': (app) => {
    const outer = new Chart(app, 'outer');
    settings(outer, 'own');
    settings(new Chart(outer, 'inner'), 'own');
    settings(new Chart(new Construct(outer, 'between'), 'deep'), 'own');
  },
  'dependencies across charts': (app) => {
    const first = settings(new Chart(app, 'first'), 'object');
    const second = new Chart(app, 'second');
    const dependent = settings(new Construct(second, 'group'), 'object');
    dependent.addDependency(first);
    settings(second, 'b').addDependency(dependent);
  },
  'Lazy values, resolvers and patches': (app) => {
    const chart = new Chart(app, 'shop');
    const object = settings(chart, 'lazy', { value: Lazy.any({ produce: () => ({ late: 1 }) }), replace: 'me' });
    object.addJsonPatch(JsonPatch.add('/data/zebra', 1), JsonPatch.add('/data/added', [1]));
    object.metadata.addAnnotation('note', '=note');
  },
  Include: (app) => {
    const file = join(temporaryFolder(), 'in.yaml');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  namespace: b\n---\napiVersion: x/v1\nkind: X\nspec: {a: [1]}\n',
    );
    new Include(new Chart(app, 'shop'), 'include', { url: file });
  },
  'a chart that renders itself': (app) => {
    settings(new Rendering(app, 'own'), 'not-shown');
  },
  'integer-like ids': (app) => {
    const chart = new Chart(app, '10');
    for (const id of ['b', '2', 'a', '1']) settings(chart, id, { id });
    settings(new Chart(app, '9'), '1');
  },
  'no charts': () => undefined,
};

const resolver = {
  resolve: (context: ResolutionContext) => {
    if (context.value === 'me') context.replaceValue('resolved');
  },
};
const modes = Object.values(YamlOutputType).filter((mode): mode is YamlOutputType => typeof mode === 'number');

/** File names without the prefix, and the documents of each file without their order. */
function comparable(output: Record<string, string>): Record<string, string[]> {
  const files = Object.entries(output)
    .filter(([, text]) => text !== '')
    .map(([path, text]): [string, string[]] => [path.replace(/^\d{4}-/, ''), text.split('---\n').sort()]);
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function synthBoth(stack: Stack, props: AppProps): [plain: string, ours: string] {
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  const plain = new App({ ...props, outdir: folders[0] });
  const ours = new MonitoringApp({ ...props, outdir: folders[1], summary: false });
  for (const app of [plain, ours]) {
    stack(app);
    app.synth();
  }
  return [...folders];
}

afterAll(removeTemporaryFolders);

describe.each(modes.map((mode) => [YamlOutputType[mode], mode] as const))('with %s', (name, yamlOutputType) => {
  const cases = Object.entries(stacks).filter(
    // cdk8s does not ask the chart in this mode; see differences.test.ts
    ([stack]) => !(name === 'FOLDER_PER_CHART_FILE_PER_RESOURCE' && stack === 'a chart that renders itself'),
  );
  test.each(cases)('each document of %s has the bytes of App.synth()', (_, stack) => {
    const [plain, ours] = synthBoth(stack, { yamlOutputType, resolvers: [resolver] });
    expect(comparable(readOutput(ours))).toEqual(comparable(readOutput(plain)));
  });

  test('the extension is honoured', () => {
    const [plain, ours] = synthBoth(stacks['plain objects']!, { yamlOutputType, outputFileExtension: '.yml' });
    expect(Object.keys(readOutput(ours))).toEqual(Object.keys(readOutput(plain)));
  });
});

describe('like App.synth()', () => {
  test('keys keep their order with CDK8S_DISABLE_SORT', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      const unsorted: Stack = (app) => settings(new Chart(app, 'shop'), 'x', { z: 1, a: { y: 1, b: 1 } });
      const [plain, ours] = synthBoth(unsorted, {});
      expect(readOutput(ours)).toEqual(readOutput(plain));
      expect(Object.values(readOutput(ours))[0]).toMatch(/z: 1\n {2}a:/);
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test.each(Object.entries(stacks))('it records construct metadata of %s', (_, stack) => {
    const [plain, ours] = synthBoth(stack, { recordConstructMetadata: true });
    const recorded = [plain, ours].map((folder) => JSON.parse(readTree(folder)['construct-metadata.json']!) as object);
    expect(recorded[1]).toEqual(recorded[0]);
  });

  test('it records construct metadata if the environment says so, unless the props say otherwise', () => {
    process.env.CDK8S_RECORD_CONSTRUCT_METADATA = 'true';
    try {
      const [plain, ours] = synthBoth(stacks['plain objects']!, {});
      expect(Object.keys(readOutput(ours))).toEqual(Object.keys(readOutput(plain)));
      const [, without] = synthBoth(stacks['plain objects']!, { recordConstructMetadata: false });
      expect(Object.keys(readOutput(without))).not.toContain('construct-metadata.json');
    } finally {
      delete process.env.CDK8S_RECORD_CONSTRUCT_METADATA;
    }
  });

  test.each(Object.entries(stacks))('synthYaml has the documents of %s', (_, stack) => {
    const texts = [new App(), new MonitoringApp()].map((app) => {
      stack(app);
      return app.synthYaml().split('---\n').sort();
    });
    expect(texts[1]).toEqual(texts[0]);
  });

  test('Testing.synth of a chart works as ever', () => {
    const app = new MonitoringApp();
    const chart = new Chart(app, 'shop');
    settings(chart, 'x');
    expect(Testing.synth(chart)).toEqual([
      {
        apiVersion: 'example.com/v1',
        kind: 'Settings',
        metadata: { name: expect.stringMatching(/^shop-x-/) as string },
        data: {},
      },
    ]);
  });

  test('an app without charts leaves its folder, for cdk8s synth looks for it', () => {
    const [, ours] = synthBoth(stacks['no charts']!, {});
    expect(readOutput(ours)).toEqual({});
  });
});
