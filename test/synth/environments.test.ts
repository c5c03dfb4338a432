import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ApiObject, Chart, Testing, YamlOutputType } from 'cdk8s';
import { MonitoredApp } from '../../src/constructs';
import { addFinding } from '../../src/findings';
import { Platform } from '../../src/platform';
import { EnvironmentsOptions, MonitoringApp, SynthesisError } from '../../src/synth';
import { readOutput, readTree, removeTemporaryFolders, temporaryFolder, writeTree } from './folders';

afterAll(removeTemporaryFolders);
afterEach(() => jest.restoreAllMocks());

const image = 'registry.example/checkout:1.4.2';
const staging = Platform.kubePrometheusStack({ release: 'kps-staging' });
const prod = Platform.kubePrometheusStack({ release: 'kps-prod' });

function shopOf(environment: MonitoringApp, replicas: number): MonitoredApp {
  const shop = new Chart(environment, 'shop', { namespace: 'shop' });
  return new MonitoredApp(shop, 'checkout', { image, replicas, port: 5000, metrics: {} });
}

/** The stack of these tests, with what differs in one test. */
function synthesize(
  outdir: string,
  also: (environment: MonitoringApp, name: 'staging' | 'prod') => void = () => undefined,
  options: EnvironmentsOptions = {},
) {
  return MonitoringApp.environments(
    { staging: { platform: staging, values: { replicas: 1 } }, prod: { platform: prod, values: { replicas: 8 } } },
    (environment, { replicas }, name) => {
      shopOf(environment, replicas);
      also(environment, name);
    },
    { outdir, summary: false, ...options },
  );
}

const configMap = (environment: MonitoringApp, id: string) =>
  new ApiObject(new Chart(environment, id), 'object', { apiVersion: 'v1', kind: 'ConfigMap' });

function errorOf(work: () => unknown): SynthesisError {
  try {
    work();
  } catch (error) {
    if (error instanceof SynthesisError) return error;
    throw error;
  }
  throw new Error('there was no error');
}

/** What is said of environments that a type would not let through. */
const refusal = (environments: unknown, compose: unknown = () => undefined) => {
  const untyped = MonitoringApp.environments as (...given: unknown[]) => unknown;
  const outdir = temporaryFolder();
  const { findings } = errorOf(() => untyped.call(MonitoringApp, environments, compose, { outdir }));
  expect(readTree(outdir)).toEqual({});
  return findings.map(({ code, where, message, fix }) => {
    const place = 'construct' in where ? where.construct : where.file;
    return `${code} ${place}: ${message} → ${fix}`;
  });
};

describe('the environments of a stack', () => {
  test('are written in one run into a folder each, with their own platform and values', () => {
    const outdir = temporaryFolder();
    synthesize(outdir);
    const output = readOutput(outdir);
    expect(Object.keys(output)).toEqual(['prod/shop.k8s.yaml', 'staging/shop.k8s.yaml']);
    expect(output['staging/shop.k8s.yaml']).toContain('replicas: 1\n');
    expect(output['staging/shop.k8s.yaml']).toContain('release: kps-staging\n');
    expect(output['prod/shop.k8s.yaml']).toContain('replicas: 8\n');
    expect(output['prod/shop.k8s.yaml']).toContain('release: kps-prod\n');
  });

  test('have the bytes of an app of their own', () => {
    const [together, alone] = [temporaryFolder(), temporaryFolder()];
    synthesize(together);
    const app = new MonitoringApp({ outdir: alone, platform: prod, summary: false });
    shopOf(app, 8);
    app.synth();
    expect(readOutput(together)['prod/shop.k8s.yaml']).toBe(readOutput(alone)['shop.k8s.yaml']);
  });

  test('are written below CDK8S_OUTDIR where no outdir is given', () => {
    const outdir = temporaryFolder();
    process.env.CDK8S_OUTDIR = outdir;
    try {
      MonitoringApp.environments({ dev: {} }, (environment) => void configMap(environment, 'one'), { summary: false });
    } finally {
      delete process.env.CDK8S_OUTDIR;
    }
    expect(Object.keys(readOutput(outdir))).toEqual(['dev/one.k8s.yaml']);
  });

  test('can be given folders, and every option of an app', () => {
    const outdir = temporaryFolder();
    MonitoringApp.environments(
      { prod: { folder: 'production' }, dev: {} },
      (environment) => void configMap(environment, 'one'),
      {
        outdir,
        summary: false,
        outputFileExtension: '.yaml',
        yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
        recordConstructMetadata: true,
        kustomization: true,
      },
    );
    expect(Object.keys(readOutput(outdir))).toEqual([
      'construct-metadata.json',
      'dev/kustomization.yaml',
      'dev/one/ConfigMap.one-object-c847e1df.yaml',
      'dev/one/kustomization.yaml',
      'production/kustomization.yaml',
      'production/one/ConfigMap.one-object-c847e1df.yaml',
      'production/one/kustomization.yaml',
    ]);
  });

  test('are returned by name, and can be looked at without being written', () => {
    const outdir = temporaryFolder();
    const apps = synthesize(outdir, undefined, { write: false });
    expect(readTree(outdir)).toEqual({});
    const replicas = [apps.staging, apps.prod].map((app) => {
      const objects = Testing.synth(app.node.findChild('shop') as Chart) as {
        kind: string;
        spec: { replicas: number };
      }[];
      return objects.find(({ kind }) => kind === 'Deployment')?.spec.replicas;
    });
    expect(replicas).toEqual([1, 8]);
    expect(apps.prod.findings().map(({ severity }) => severity)).not.toContain('error');
  });

  test('are summed up in a line each, with the findings of all below', () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    synthesize(
      temporaryFolder(),
      (environment, name) => {
        if (name === 'prod') addFinding(environment.node.findChild('shop') as Chart, warning);
      },
      { summary: true },
    );
    const [text] = write.mock.calls.map(([line]) => String(line));
    expect(text).toContain(
      [
        'staging: 1 endpoint, 2 alerts · 4 objects in 1 file · 0 errors, 0 warnings',
        'prod: 1 endpoint, 2 alerts · 4 objects in 1 file · 0 errors, 1 warning',
        'warning  test/finding  prod/shop',
      ].join('\n'),
    );
  });

  test('leave the files of others alone, and take their own away when they are gone', () => {
    const outdir = temporaryFolder();
    writeTree(outdir, { 'prod/theirs.yaml': 'theirs', 'README.md': 'theirs' });
    synthesize(outdir);
    MonitoringApp.environments({ dev: {} }, (environment) => void configMap(environment, 'one'), {
      outdir,
      summary: false,
    });
    expect(Object.keys(readOutput(outdir))).toEqual(['README.md', 'dev/one.k8s.yaml', 'prod/theirs.yaml']);
  });
});

const warning = {
  code: 'test/finding',
  severity: 'warning',
  where: { construct: 'shop' },
  message: 'this is a warning',
  fix: 'do something',
} as const;
const error = { ...warning, severity: 'error' } as const;

describe('a fault in one environment', () => {
  test('leaves the folders of all as they were', () => {
    const outdir = temporaryFolder();
    synthesize(outdir);
    const before = readTree(outdir);
    const thrown = errorOf(() =>
      synthesize(outdir, (environment, name) => {
        configMap(environment, 'added');
        if (name === 'prod') addFinding(environment.node.findChild('shop'), error);
      }),
    );
    expect(thrown.findings.filter(({ severity }) => severity === 'error')).toEqual([
      { ...error, where: { construct: 'prod/shop' } },
    ]);
    expect(readTree(outdir)).toEqual(before);
  });

  test('is shown together with the faults of the others, a construct that cannot exist among them', () => {
    const thrown = errorOf(() =>
      synthesize(temporaryFolder(), (environment, name) => {
        const shop = environment.node.findChild('shop') as Chart;
        if (name === 'prod') addFinding(shop, error);
        else new MonitoredApp(shop, 'checkout', { image, port: 80, metrics: {} });
      }),
    );
    const places = thrown.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, where }) => ({ code, where }));
    expect(places).toEqual([
      { code: 'construct/id-taken', where: { construct: 'staging/shop/checkout' } },
      { code: 'test/finding', where: { construct: 'prod/shop' } },
    ]);
  });

  test('that is none of a stack is thrown as it is', () => {
    expect(() =>
      synthesize(temporaryFolder(), () => {
        throw new TypeError('a fault of the program');
      }),
    ).toThrow(TypeError);
  });

  test('is an output folder that cannot be written', () => {
    const outdir = join(temporaryFolder(), 'file');
    writeFileSync(outdir, 'in the way');
    expect(errorOf(() => synthesize(outdir)).findings.map(({ code }) => code)).toContain('synth/output-folder');
    rmSync(outdir);
  });
});

describe('environments that cannot be', () => {
  test('are two with one folder, by their names or by their props', () => {
    expect(refusal({ prod: {}, Prod: {} })).toEqual([
      "environments/shared-folder Prod: the environments 'prod' and 'Prod' would both be written into the folder 'Prod' → give one of them another folder; names that differ in case only are one folder on some file systems",
    ]);
    expect(refusal({ prod: { folder: 'eu' }, staging: { folder: 'eu' } })).toHaveLength(1);
  });

  test.each(['.', '..', '/abs', 'a/b', 'a\\b', '', ' ', '.cdk8s-monitoring', '#x', 'c:', 'dot.', 'prüfung'])(
    'have a name that is no folder: %j',
    (name) => {
      const refusals = refusal({ [name]: {} });
      expect(refusals).toEqual([expect.stringMatching(/^environments\/folder /)]);
      const suggested = /folder: '(.*)'$/.exec(refusals[0] ?? '')?.[1] ?? '';
      expect(refusal({ [name]: { folder: suggested } }, 'no function')).toEqual([
        expect.stringMatching(/^environments\/compose /),
      ]);
    },
  );

  test('are none at all', () => {
    expect(refusal({})).toEqual([expect.stringMatching(/^environments\/none .*there is no environment/)]);
    expect(refusal(null)).toEqual([expect.stringMatching(/^environments\/none .*the environments are null/)]);
    expect(refusal(['prod'])).toEqual([expect.stringMatching(/^environments\/none .*are a list/)]);
  });

  test('are no objects, have props of another type, or no function that composes them', () => {
    expect(refusal({ prod: 'openshift' })).toEqual([
      expect.stringMatching(/^environments\/props prod: the environment 'prod' is the string 'openshift'/),
    ]);
    expect(refusal({ prod: { values: 5 }, dev: { folder: 7 } })).toEqual([
      expect.stringMatching(/^props\/type dev: folder is the number 7/),
      expect.stringMatching(/^props\/type prod: values is the number 5/),
    ]);
    expect(refusal({ prod: {} }, null)).toEqual([
      expect.stringMatching(/^environments\/compose .*the second argument is null/),
    ]);
  });

  test('are composed by a function that a synth would have to wait for', () => {
    expect(refusal({ prod: {} }, () => Promise.reject(new Error('later')))).toEqual([
      expect.stringMatching(/^environments\/async prod: /),
    ]);
  });

  test('are synthesized one by one', () => {
    expect(refusal({ prod: {}, dev: {} }, (environment: MonitoringApp) => environment.synth())).toEqual([
      expect.stringMatching(/^environments\/synth prod: synth\(\) is called for the environment 'prod' alone/),
      expect.stringMatching(/^environments\/synth dev: /),
    ]);
  });

  test('have something else for a platform', () => {
    expect(refusal({ prod: { platform: 'openshift' } })).toEqual([expect.stringMatching(/^platform\/invalid prod: /)]);
  });
});

describe('the types of values', () => {
  const options = { outdir: 'nowhere', write: false } as const;

  test('refuse a value that one environment lacks, wherever it stands', () => {
    const apps = [
      MonitoringApp.environments(
        {
          staging: { platform: staging, values: { replicas: 1, errorRatio: 0.2 } },
          // @ts-expect-error errorRatio is missing
          prod: { platform: prod, values: { replicas: 8 } },
        },
        (environment, { replicas }) => shopOf(environment, replicas),
        options,
      ),
      MonitoringApp.environments(
        {
          // @ts-expect-error errorRatio is missing
          staging: { values: { replicas: 1 } },
          prod: { values: { replicas: 8, errorRatio: 0.05 } },
        },
        (environment, { replicas }) => shopOf(environment, replicas),
        options,
      ),
      MonitoringApp.environments(
        // @ts-expect-error values are missing
        { staging: { platform: staging }, prod: { values: { replicas: 8 } } },
        () => undefined,
        options,
      ),
    ];
    expect(apps.map((app) => Object.keys(app))).toEqual(Array(3).fill(['staging', 'prod']));
  });

  test('are numbers and strings, not the literals given, and only what was given', () => {
    MonitoringApp.environments(
      { staging: { values: { replicas: 1, host: 'a' } }, prod: { values: { replicas: 8, host: 'b' } } },
      (environment, values, name) => {
        const exact: { readonly replicas: number; readonly host: string } = values;
        const wide: typeof values = { replicas: 3, host: 'c' };
        const known: 'staging' | 'prod' = name;
        // @ts-expect-error there is no such value
        expect(values.replica).toBeUndefined();
        // @ts-expect-error there is no such environment
        expect(name === 'dev').toBe(false);
        expect([typeof exact.replicas, wide.replicas, known]).toEqual(['number', 3, name]);
        void environment;
      },
      options,
    );
  });

  test('may leave out what an interface leaves open, and say all types that a value has', () => {
    interface Values {
      readonly replicas: number;
      readonly mirror?: string;
    }
    const values: Values = { replicas: 1 };
    const seen: (string | undefined)[] = [];
    MonitoringApp.environments(
      { staging: { values: { ...values, limit: 'none' } }, prod: { values: { replicas: 2, mirror: 'm', limit: 5 } } },
      (_, { mirror, limit }) => {
        const either: string | number = limit;
        seen.push(mirror, String(either));
      },
      options,
    );
    expect(seen).toEqual([undefined, 'none', 'm', '5']);
  });

  test('refuse props that an environment does not have, and environments that were not given', () => {
    // @ts-expect-error platfrom is misspelt
    MonitoringApp.environments({ prod: { platfrom: prod } }, () => undefined, options);
    // @ts-expect-error platfrom is misspelt
    MonitoringApp.environments({ prod: { platform: prod, platfrom: prod } }, () => undefined, options);
    const apps = MonitoringApp.environments({ prod: { platform: prod } }, () => undefined, options);
    // @ts-expect-error there is no such environment
    expect(apps.staging).toBeUndefined();
    expect(apps.prod).toBeInstanceOf(MonitoringApp);
  });
});
