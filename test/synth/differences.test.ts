import { ApiObject, App, AppProps, Chart, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { MonitoringApp } from '../../src/synth';
import { readOutput, removeTemporaryFolders, temporaryFolder } from './folders';

const object = (scope: Construct, id: string, kind: string, metadata: object = {}, apiVersion = 'v1') =>
  new ApiObject(scope, id, { apiVersion, kind, metadata: { name: id, ...metadata } });

function synth(stack: (app: App) => void, props: AppProps = {}): Record<string, string> {
  const app = new MonitoringApp({ outdir: temporaryFolder(), summary: false, ...props });
  stack(app);
  app.synth();
  return readOutput(app.outdir);
}

/** Kind and name of the documents of a file, in order. */
const order = (text = '') =>
  [...text.matchAll(/^kind: (\S+)\nmetadata:\n {2}name: (\S+)/gm)].map(([, kind, name]) => `${kind} ${name}`);

const { FILE_PER_APP, FILE_PER_RESOURCE, FOLDER_PER_CHART_FILE_PER_RESOURCE } = YamlOutputType;

afterAll(removeTemporaryFolders);

describe('file names', () => {
  test('have no number, whatever depends on what', () => {
    const dependent = (app: App) => {
      const one = new Chart(app, 'one');
      const two = new Chart(app, 'two');
      object(one, 'a', 'ConfigMap');
      object(two, 'b', 'ConfigMap');
      one.addDependency(two);
    };
    expect(Object.keys(synth(dependent))).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
    const folders = synth(dependent, { yamlOutputType: FOLDER_PER_CHART_FILE_PER_RESOURCE });
    expect(Object.keys(folders)).toEqual(['one/ConfigMap.a.k8s.yaml', 'two/ConfigMap.b.k8s.yaml']);
  });

  const sharing = (ids: readonly string[]) => (app: App) => {
    for (const id of ids) {
      const chart = new Chart(app, id, { namespace: id });
      new ApiObject(chart, 'web', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } });
      new ApiObject(chart, 'own', { apiVersion: 'v1', kind: 'Service', metadata: { name: `own-${id}` } });
    }
  };

  test('have the namespace where objects would share them, so that none is lost', () => {
    const files = synth(sharing(['shop', 'cart']), { yamlOutputType: FILE_PER_RESOURCE });
    expect(Object.keys(files)).toEqual([
      'Service.own-cart.k8s.yaml',
      'Service.own-shop.k8s.yaml',
      'Service.web.cart.k8s.yaml',
      'Service.web.shop.k8s.yaml',
    ]);
    expect(files['Service.web.cart.k8s.yaml']).toContain('namespace: cart');
    expect(synth(sharing(['cart', 'shop']), { yamlOutputType: FILE_PER_RESOURCE })).toEqual(files);
  });

  test('have a number where even that is not enough, the same in any order of construction', () => {
    const groups = (apiVersions: readonly string[]) => (app: App) => {
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      for (const apiVersion of apiVersions) object(new Construct(chart, apiVersion), 'web', 'Service', {}, apiVersion);
    };
    const files = synth(groups(['v1', 'serving.knative.dev/v1']), { yamlOutputType: FILE_PER_RESOURCE });
    expect(Object.keys(files)).toEqual(['Service.web.shop.1.k8s.yaml', 'Service.web.shop.2.k8s.yaml']);
    expect(synth(groups(['serving.knative.dev/v1', 'v1']), { yamlOutputType: FILE_PER_RESOURCE })).toEqual(files);
  });

  test('differ by more than case', () => {
    const roles = (app: App) => {
      const chart = new Chart(app, 'shop');
      for (const name of ['Reader', 'reader']) object(chart, name, 'Role', {}, 'rbac.authorization.k8s.io/v1');
    };
    const names = Object.keys(synth(roles, { yamlOutputType: FILE_PER_RESOURCE }));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(2);
  });

  test('are an error where two charts would share one', () => {
    const colliding = (app: App) => {
      object(new Chart(new Construct(app, 'shop'), 'web'), 'a', 'ConfigMap');
      object(new Chart(new Construct(new Construct(app, 'shop-2'), 'x'), 'web'), 'b', 'ConfigMap');
      object(
        new Chart(new Construct(new Construct(app.node.tryFindChild('shop')!, 'Default'), 'x'), 'web'),
        'c',
        'ConfigMap',
      );
      object(new Chart(new Construct(app.node.tryFindChild('shop')!, 'x'), 'web'), 'd', 'ConfigMap');
    };
    expect(() => synth(colliding)).toThrow(
      /synth\/file-name.*\n.*the charts 'shop\/Default\/x\/web' and 'shop\/x\/web' would both be written as 'shop-x-web-/,
    );
    expect(Object.keys(synth(colliding, { yamlOutputType: FILE_PER_APP }))).toEqual(['app.k8s.yaml']);
  });
});

describe('the order of documents', () => {
  const kinds = [
    'Deployment',
    'Widget',
    'Service',
    'Role',
    'ConfigMap',
    'CustomResourceDefinition',
    'Namespace',
    'Ingress',
  ];
  const groups: Record<string, string> = {
    Deployment: 'apps/v1',
    Widget: 'example.com/v1',
    Role: 'rbac.authorization.k8s.io/v1',
    CustomResourceDefinition: 'apiextensions.k8s.io/v1',
    Ingress: 'networking.k8s.io/v1',
  };
  const all = (order: readonly string[]) => (app: App) => {
    const chart = new Chart(app, 'shop');
    for (const kind of order) {
      for (const name of ['b', 'a']) {
        object(new Construct(chart, `${kind}-${name}`), name, kind, {}, groups[kind]);
      }
    }
  };

  test('is that of installation, then of namespace and name', () => {
    expect(order(synth(all(kinds))['shop.k8s.yaml'])).toEqual([
      ...['Namespace a', 'Namespace b', 'CustomResourceDefinition a', 'CustomResourceDefinition b', 'Role a', 'Role b'],
      ...[
        'ConfigMap a',
        'ConfigMap b',
        'Service a',
        'Service b',
        'Deployment a',
        'Deployment b',
        'Ingress a',
        'Ingress b',
      ],
      ...['Widget a', 'Widget b'],
    ]);
  });

  test('does not depend on the order of construction', () => {
    const files = synth(all(kinds));
    expect(synth(all([...kinds].reverse()))).toEqual(files);
    expect(synth(all([...kinds].sort()))).toEqual(files);
  });

  test('does not take a custom resource for the built-in kind of its name', () => {
    const stack = (app: App) => {
      const chart = new Chart(app, 'shop');
      object(chart, 'a', 'Service', {}, 'serving.knative.dev/v1');
      object(chart, 'z', 'Deployment', {}, 'apps/v1');
    };
    expect(order(synth(stack)['shop.k8s.yaml'])).toEqual(['Deployment z', 'Service a']);
  });

  test('puts what something depends on first, however far away', () => {
    const stack = (app: App) => {
      const chart = new Chart(app, 'shop');
      const namespace = object(chart, 'ns', 'Namespace');
      const group = new Construct(chart, 'group');
      const inner = new Construct(group, 'inner');
      object(inner, 'w', 'Widget', {}, 'example.com/v1');
      object(chart, 'c', 'ConfigMap');
      namespace.addDependency(group);
    };
    expect(order(synth(stack)['shop.k8s.yaml'])).toEqual(['ConfigMap c', 'Widget w', 'Namespace ns']);
  });

  test('across charts in one file follows dependencies of charts and nested charts', () => {
    const stack = (app: App) => {
      const outer = new Chart(app, 'outer');
      object(outer, 'o', 'Namespace');
      object(new Chart(outer, 'inner'), 'i', 'Deployment', {}, 'apps/v1');
      const other = new Chart(app, 'other');
      object(other, 'x', 'Service');
      other.addDependency(outer);
    };
    const files = synth(stack, { yamlOutputType: FILE_PER_APP });
    expect(order(files['app.k8s.yaml'])).toEqual(['Deployment i', 'Namespace o', 'Service x']);
  });

  test('keeps that of a chart that renders itself, in every mode', () => {
    class Own extends Chart {
      public override toJson() {
        return ['b', 'a'].map((name) => ({
          apiVersion: 'v1',
          kind: name === 'b' ? 'Pod' : 'Namespace',
          metadata: { name },
        }));
      }
    }
    const stack = (app: App) => void new Own(app, 'own');
    expect(order(synth(stack)['own.k8s.yaml'])).toEqual(['Pod b', 'Namespace a']);
    expect(Object.keys(synth(stack, { yamlOutputType: FOLDER_PER_CHART_FILE_PER_RESOURCE }))).toEqual([
      'own/Namespace.a.k8s.yaml',
      'own/Pod.b.k8s.yaml',
    ]);
  });

  test('comes in linear time where cdk8s takes a second: every layer depends on all of the one below', () => {
    const stack = (app: App) => {
      const chart = new Chart(app, 'shop');
      let below: ApiObject[] = [];
      for (let layer = 0; layer < 40; layer++) {
        const objects = Array.from({ length: 6 }, (_, index) =>
          object(chart, `l${String(layer).padStart(2, '0')}-${index}`, layer % 2 === 0 ? 'Namespace' : 'ConfigMap'),
        );
        for (const each of objects) each.addDependency(...below);
        below = objects;
      }
    };
    const start = performance.now();
    const names = order(synth(stack)['shop.k8s.yaml']).map((each) => each.split(' ')[1]);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(names).toEqual([...names].sort());
  });
});

describe('nothing to print', () => {
  test('leaves no file for an empty chart', () => {
    const stack = (app: App) => {
      new Chart(app, 'empty');
      object(new Chart(app, 'full'), 'a', 'ConfigMap');
    };
    expect(Object.keys(synth(stack))).toEqual(['full.k8s.yaml']);
  });

  test('leaves no document for an object that renders to nothing', () => {
    const stack = (app: App) => {
      const chart = new Chart(app, 'shop');
      object(chart, 'a', 'ConfigMap').toJson = () => undefined;
      object(chart, 'b', 'ConfigMap');
    };
    expect(order(synth(stack)['shop.k8s.yaml'])).toEqual(['ConfigMap b']);
  });
});

test('each object is rendered and each construct validated once', () => {
  const calls: string[] = [];
  synth((app) => {
    for (const id of ['a', 'b', 'c']) {
      const chart = new Chart(app, id);
      chart.node.addValidation({ validate: () => (calls.push(`validate ${id}`), []) });
      const each = object(chart, id, 'ConfigMap');
      const toJson = each.toJson.bind(each);
      each.toJson = () => (calls.push(`render ${id}`), toJson() as unknown);
    }
  });
  expect(calls.sort()).toEqual(['render a', 'render b', 'render c', 'validate a', 'validate b', 'validate c']);
});
