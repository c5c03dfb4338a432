import { spawnSync } from 'child_process';
import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ApiObject, App, Chart, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { MonitoredApp, ScrapePolicy } from '../../src/constructs';
import { addFinding, Finding } from '../../src/findings';
import { MonitoringApp, type MonitoringAppProps, SynthesisError } from '../../src/synth';
import { compileRooms } from './compile-room';
import { readOutput, readTree, removeTemporaryFolders, temporaryFolder, writeTree } from './folders';

const object = (scope: Construct, id: string, kind: string, metadata: object = {}, apiVersion = 'v1') =>
  new ApiObject(scope, id, { apiVersion, kind, metadata: { name: id, ...metadata } });

const finding = (severity: Finding['severity'], construct: string): Finding => ({
  code: 'test/finding',
  severity,
  where: { construct },
  message: `this is ${severity}`,
  fix: 'do something',
});

function findingsOfSynth(stack: (app: App) => void): readonly Finding[] {
  const app = new MonitoringApp({ outdir: temporaryFolder(), summary: false });
  stack(app);
  try {
    app.synth();
  } catch (error) {
    expect(readTree(app.outdir)).toEqual({});
    if (error instanceof SynthesisError) return error.findings;
    throw error;
  }
  return [];
}

const warns = (props: MonitoringAppProps) => {
  const app = new MonitoringApp({ outdir: temporaryFolder(), summary: false, ...props });
  addFinding(new Chart(app, 'shop'), finding('warning', 'shop'));
  return () => app.synth();
};

test('a warning fails a synth where that is asked for, by a prop or by the environment', () => {
  expect(warns({})).not.toThrow();
  expect(warns({ failOn: 'warning' })).toThrow(SynthesisError);
  process.env.CDK8S_MONITORING_FAIL_ON = 'warning';
  try {
    expect(warns({})).toThrow(SynthesisError);
    expect(warns({ failOn: 'error' })).not.toThrow();
  } finally {
    delete process.env.CDK8S_MONITORING_FAIL_ON;
  }
});

const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code).sort();

const roomsMade: string[] = [];
afterAll(() => {
  removeTemporaryFolders();
  for (const room of roomsMade) rmSync(room, { recursive: true, force: true });
});

describe('a synth with errors', () => {
  const faulty = (app: App) => {
    const shop = new Chart(app, 'shop', { namespace: 'shop' });
    addFinding(shop, finding('error', 'shop'));
    addFinding(shop, finding('warning', 'shop'));
    shop.node.addValidation({ validate: () => ['a message of a third party', 'and another'] });
    const lazy = { produce: () => JSON.parse('{') as unknown };
    new ApiObject(shop, 'broken', { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any(lazy) });
    object(shop, 'web', 'Service');
    object(new Construct(shop, 'other'), 'web', 'Service');
    object(shop, 'Not_Valid NAME!', 'ConfigMap', { labels: { 'a b': 'c d' } });
    const one = object(shop, 'one', 'ConfigMap');
    const two = object(shop, 'two', 'ConfigMap');
    one.addDependency(two);
    two.addDependency(one);
  };

  test('shows all of them in one run', () => {
    expect(codesOf(findingsOfSynth(faulty))).toEqual([
      'synth/dependency-cycle',
      'synth/duplicate-object',
      ...['synth/label', 'synth/label', 'synth/object-name', 'synth/render', 'synth/validation', 'synth/validation'],
      'test/finding',
      'test/finding',
    ]);
  });

  test('says them in a message that is also the stack', () => {
    const app = new MonitoringApp({ outdir: temporaryFolder() });
    faulty(app);
    let error: unknown;
    try {
      app.synth();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SynthesisError);
    const { message, stack } = error as SynthesisError;
    expect(stack).toBe(message);
    expect(message.replace(/(Unexpected|Expected).*/, 'Expected …')).toMatchInlineSnapshot(`
     "error    synth/validation  shop
       a message of a third party
       fix: correct the construct at 'shop', whose own validation says this
     error    synth/validation  shop
       and another
       fix: correct the construct at 'shop', whose own validation says this
     error    test/finding  shop
       this is error
       fix: do something
     error    synth/label  shop/Not_Valid NAME!
       the label key 'a b' of ConfigMap 'Not_Valid NAME!' must be a name of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, at most 63 characters, behind an optional DNS subdomain and /
       fix: write 'a-b'
     error    synth/label  shop/Not_Valid NAME!
       the value 'c d' of label 'a b' of ConfigMap 'Not_Valid NAME!' must be empty, or A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, at most 63 characters
       fix: write 'c-d'
     error    synth/object-name  shop/Not_Valid NAME!
       the name 'Not_Valid NAME!' of a ConfigMap must be an RFC 1123 subdomain: a-z, 0-9, - and ., a letter or digit first and last, at most 253 characters
       fix: write 'not-valid-name'
     error    synth/render  shop/broken
       the ConfigMap 'shop-broken-c8c50057' cannot be rendered: SyntaxError: Expected …
       fix: correct what is passed to the construct at 'shop/broken': a value, a Lazy, a resolver or a patch of it fails
     error    synth/dependency-cycle  shop/one
       the constructs 'shop/one' => 'shop/two' => 'shop/one' depend on each other, so none can come first
       fix: remove one of these dependencies; between charts, any dependency makes the whole chart wait for the other
     error    synth/duplicate-object  shop/web
       made twice in namespace 'shop', by 'shop/other/web' and by 'shop/web': Service 'web'; the one applied last would win
       fix: give one of them another name or namespace, or remove it
     warning  test/finding  shop
       this is warning
       fix: do something
     9 errors, 1 warning"
    `);
  });

  test('leaves the output as it was, and synthYaml throws the same', () => {
    const outdir = temporaryFolder();
    writeTree(outdir, { 'shop.k8s.yaml': 'before' });
    const app = new MonitoringApp({ outdir });
    faulty(app);
    expect(() => app.synth()).toThrow(/9 errors, 1 warning$/);
    expect(() => app.synthYaml()).toThrow(/9 errors, 1 warning$/);
    expect(readTree(outdir)).toEqual({ 'shop.k8s.yaml': 'before' });
  });

  test('names the construct whose Lazy, metadata or toJson fails', () => {
    const found = findingsOfSynth((app) => {
      const chart = new Chart(app, 'shop');
      const failing = Lazy.any({
        produce: () => {
          throw new Error('no price');
        },
      });
      new ApiObject(chart, 'spec', { apiVersion: 'v1', kind: 'ConfigMap', data: { failing } });
      object(chart, 'label', 'ConfigMap', { labels: { failing } });
      object(chart, 'own', 'ConfigMap').toJson = () => {
        throw 'a string';
      };
    });
    expect(found.map(({ where, message }) => [where, message])).toEqual([
      [
        { construct: 'shop/spec' },
        expect.stringMatching(/^the ConfigMap 'shop-spec-\w+' cannot be rendered: no price$/),
      ],
      [{ construct: 'shop/label' }, "the ConfigMap 'label' cannot be rendered: no price"],
      [{ construct: 'shop/own' }, "the ConfigMap 'own' cannot be rendered: a string"],
    ]);
  });

  test('survives a validation that throws', () => {
    const found = findingsOfSynth((app) =>
      new Chart(app, 'shop').node.addValidation({
        validate: () => {
          throw new Error('oh');
        },
      }),
    );
    expect(found).toMatchObject([{ code: 'synth/validation', message: 'the validation failed with: oh' }]);
  });

  test('shows a finding once, though a chart that renders itself validates again', () => {
    class Own extends Chart {
      public override toJson() {
        return super.toJson();
      }
    }
    const found = findingsOfSynth((app) => {
      const chart = new Own(app, 'shop');
      object(chart, 'a', 'ConfigMap');
      addFinding(chart, finding('error', 'shop'));
    });
    expect(codesOf(found)).toEqual(['test/finding']);
  });

  test('of an output folder that is a file says so', () => {
    const folder = temporaryFolder();
    writeTree(folder, { dist: '' });
    expect(() => new MonitoringApp({ outdir: join(folder, 'dist') }).synth()).toThrow(
      /synth\/output-folder.*\n.*is a file, but/,
    );
  });

  test('finds cycles of charts, naming them', () => {
    const found = findingsOfSynth((app) => {
      const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
      const [inA, inB] = [object(a, 'x', 'ConfigMap'), object(b, 'y', 'ConfigMap')];
      object(b, 'z', 'ConfigMap').addDependency(inA);
      object(a, 'w', 'ConfigMap').addDependency(inB);
    });
    expect(found).toMatchObject([{ code: 'synth/dependency-cycle', where: { construct: 'a/w' } }]);
    expect(found[0]!.message).toContain("'a/w' => ");
  });

  test('says which dependency has no chart', () => {
    const found = findingsOfSynth((app) => {
      object(new Chart(app, 'shop'), 'x', 'ConfigMap').addDependency(new Construct(app, 'nowhere'));
    });
    expect(found).toMatchObject([{ code: 'synth/dependency', where: { construct: 'shop/x' } }]);
    expect(found[0]!.message).toContain("'nowhere' is in no chart");
  });
});

describe('duplicates', () => {
  const twice = (one: () => void, two: () => void) => void [one(), two()];

  const foundIn = (stack: (app: App) => void) => {
    const app = new MonitoringApp();
    stack(app);
    return app.findings();
  };

  test('are found across charts, groups of versions and the namespace of a chart', () => {
    const found = foundIn((app) => {
      object(new Chart(app, 'a', { namespace: 'shop' }), 'web', 'Deployment', {}, 'apps/v1');
      object(new Chart(app, 'b'), 'web', 'Deployment', { namespace: 'shop' }, 'apps/v1beta1');
    });
    expect(found).toMatchObject([
      { code: 'synth/duplicate-object', severity: 'warning', related: [{ apiVersion: 'apps/v1' }] },
    ]);
    expect(found[0]!.message).toContain("by 'a/web' and by 'b/web'");
  });

  test('include cluster-scoped objects on which a chart has put its namespace', () => {
    const found = foundIn((app) => {
      object(new Chart(app, 'a', { namespace: 'a' }), 'x', 'ClusterRole', {}, 'rbac.authorization.k8s.io/v1');
      object(new Chart(app, 'b', { namespace: 'b' }), 'x', 'ClusterRole', {}, 'rbac.authorization.k8s.io/v1');
    });
    expect(codesOf(found)).toEqual(['synth/duplicate-object']);
  });

  test('are not objects that differ in kind, group, namespace or name', () => {
    const found = foundIn((app) => {
      const chart = new Chart(app, 'a');
      const scope = (id: string) => new Construct(chart, id);
      twice(
        () => object(scope('1'), 'web', 'Service'),
        () => object(scope('2'), 'web', 'Service', {}, 'serving.knative.dev/v1'),
      );
      object(scope('3'), 'web', 'Service', { namespace: 'other' });
      object(scope('4'), 'web', 'Endpoints');
      object(scope('5'), 'web-2', 'Service');
      for (const id of ['6', '7']) {
        new ApiObject(scope(id), 'x', { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'job-' } });
      }
    });
    expect(found).toEqual([]);
  });
});

describe('the summary', () => {
  const run = (stack: (app: App) => void, props: { summary?: boolean } = {}) => {
    const written: string[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const stdout = jest.spyOn(process.stdout, 'write');
    try {
      const app = new MonitoringApp({ outdir: temporaryFolder(), ...props });
      stack(app);
      app.synth();
      expect(stdout).not.toHaveBeenCalled();
    } finally {
      stderr.mockRestore();
      stdout.mockRestore();
    }
    return written.join('');
  };
  const stack = (app: App) => {
    const chart = new Chart(app, 'shop');
    object(chart, 'a', 'ConfigMap');
    addFinding(chart, finding('warning', 'shop'));
  };

  test('goes to standard error, with the findings', () => {
    expect(run(stack)).toMatchInlineSnapshot(`
     "1 object in 1 file · 0 errors, 1 warning
     warning  test/finding  shop
       this is warning
       fix: do something
     "
    `);
    expect(run(() => undefined)).toBe('0 objects in 0 files · 0 errors, 0 warnings\n');
  });

  test('can be turned off, by the environment unless the props say otherwise', () => {
    expect(run(stack, { summary: false })).toBe('');
    process.env.CDK8S_MONITORING_QUIET = '1';
    try {
      expect(run(stack)).toBe('');
      expect(run(stack, { summary: true })).not.toBe('');
    } finally {
      delete process.env.CDK8S_MONITORING_QUIET;
    }
  });
});

describe('a plain App', () => {
  test('fails by our errors through construct validation', () => {
    const app = new App({ outdir: temporaryFolder() });
    addFinding(new Chart(app, 'shop'), finding('error', 'shop'));
    expect(() => app.synth()).toThrow(/this is error/);
  });

  test('and so does the toJson of a chart in a MonitoringApp', () => {
    const chart = new Chart(new MonitoringApp(), 'shop');
    addFinding(chart, finding('error', 'shop'));
    expect(() => chart.toJson()).toThrow(/this is error/);
  });
});

describe('a program', () => {
  const program = (body: string, env: NodeJS.ProcessEnv = {}) => {
    const room = compileRooms();
    roomsMade.push(room);
    writeFileSync(
      join(room, 'main.js'),
      `const { App, Chart, ApiObject } = require('cdk8s');
const { MonitoringApp, SynthesisError } = require('./synth');
const app = new MonitoringApp();
const bad = () => new ApiObject(new Chart(app, 'shop'), 'x', { apiVersion: 'v1', kind: 'Service', metadata: { name: '9_' } });
${body}`,
    );
    const outdir = join(room, 'dist');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.js'], {
      cwd: room,
      encoding: 'utf8',
      env: { ...process.env, CDK8S_OUTDIR: outdir, ...env },
    });
    return { status, stdout, stderr, outdir };
  };

  test('that does not catch the error ends with 1 and the report alone on standard error', () => {
    const { status, stdout, stderr } = program('bad(); app.synth();');
    expect({ status, stdout, stderr }).toMatchInlineSnapshot(`
     {
       "status": 1,
       "stderr": "error    synth/object-name  shop/x
       the name '9_' of a Service must be an RFC 1035 label, as a Service is a DNS name: a-z, 0-9 and -, a letter first, at most 63 characters
       fix: write 'svc-9'
     1 error, 0 warnings
     ",
       "stdout": "",
     }
    `);
  });

  test('that catches it goes on', () => {
    const body =
      'bad(); try { app.synth(); } catch (e) { console.log(e.name, e.findings.length, e instanceof SynthesisError); }';
    expect(program(body)).toMatchObject({ status: 0, stderr: '', stdout: 'SynthesisError 1 true\n' });
  });

  test('sees other errors as ever, even after it has caught one of ours', () => {
    const { status, stderr } = program("bad(); try { app.synth(); } catch {} throw new TypeError('of the user');");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^TypeError: of the user\n {4}at .*main\.js/);
  });

  test('keeps its own way of dealing with errors', () => {
    const body =
      "process.on('uncaughtException', (e) => { console.log('own', e.name); process.exit(7); }); bad(); app.synth();";
    expect(program(body)).toMatchObject({ status: 7, stdout: 'own SynthesisError\n', stderr: '' });
  });

  test('writes the same bytes in any locale and time zone', () => {
    const body = `
for (const id of ['INGRESS', 'Istanbul-I', 'z', '10', '9']) {
  const chart = new Chart(app, id, { namespace: 'i' });
  for (const name of ['ı', 'i', 'b', 'ä'].map((c) => 'n' + c.charCodeAt(0))) {
    new ApiObject(chart, name, { apiVersion: 'example.com/v1', kind: 'Settings', metadata: { name: chart.node.id.toLowerCase() + name }, data: { n: 1.5 } });
  }
}
app.synth();`;
    // Node does not always follow the environment here, so the locale's idea of lower case is put in place by hand
    const inTurkish = `
const lower = String.prototype.toLocaleLowerCase;
String.prototype.toLocaleLowerCase = function () { return lower.call(this, 'tr'); };`;
    const turkish = program(inTurkish + body, { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' });
    const plain = program(body, { LC_ALL: 'C', LANG: 'C', TZ: 'UTC' });
    expect(turkish).toMatchObject({ status: 0, stdout: '', stderr: '20 objects in 5 files · 0 errors, 0 warnings\n' });
    expect(readTree(turkish.outdir)).toEqual(readTree(plain.outdir));
    expect(Object.keys(readOutput(turkish.outdir)).some((name) => name.startsWith('ingress-'))).toBe(true);
  });
});

describe('a fault that both a check and a schema would see', () => {
  const messages = (compose: (chart: Chart) => void) => {
    const app = new MonitoringApp();
    compose(new Chart(app, 'shop', { namespace: 'shop' }));
    return app
      .findings()
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code}: ${message}`);
  };
  const appWith = (chart: Chart, options: object) =>
    new MonitoredApp(chart, 'web', {
      image: 'registry.example/web:1.0.0',
      port: 8080,
      metrics: {},
      scrape: ScrapePolicy.serviceMonitor(options),
    });

  test('is said once, by the check', () => {
    expect(messages((chart) => appWith(chart, { interval: '15' }))).toEqual([
      "scrape/duration: interval: '15' is no Prometheus duration",
    ]);
  });

  test('does not hide what only the schema sees', () => {
    const found = messages((chart) => appWith(chart, { interval: '15', params: { module: 'http_2xx' } }));
    expect(found).toHaveLength(2);
    expect(found[1]).toMatch(/^schema\/wrong-type: ServiceMonitor web: .*params/);
  });
});
