import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Chart, JsonPatch } from 'cdk8s';
import * as fc from 'fast-check';
import { GrafanaDashboard, GrafanaDashboardProps, MonitoredApp } from '../../../src/constructs';
import { dashboardUid } from '../../../src/constructs/dashboards/dashboard-json';
import { Platform, PlatformProps } from '../../../src/platform';
import { expectValidObjects } from '../../support/schemas';
import { faultsOf, findingsOfSynth, image, stack, theOnly } from '../../support/stack';

const json = { title: 'Overview', panels: [{ type: 'timeseries' }] };

const operator = Platform.kubePrometheusStack({
  release: 'kps',
  grafana: {
    dashboards: 'operator',
    instanceSelector: { matchLabels: { grafana: 'main' } },
    allowCrossNamespaceImport: true,
  },
});

function dashboard(props: Partial<GrafanaDashboardProps> = {}, platform?: Platform, id = 'overview') {
  return stack(
    (chart) => {
      const app = new MonitoredApp(chart, 'checkout', { image, port: 5000, team: 'payments' });
      new GrafanaDashboard(app, id, { json, ...props } as GrafanaDashboardProps);
    },
    { platform },
  );
}

/** The dashboard as Grafana will read it. */
function provisioned(props: Partial<GrafanaDashboardProps>): Record<string, unknown> {
  const [text = ''] = Object.values(theOnly(dashboard(props).objects, 'ConfigMap').data ?? {});
  return JSON.parse(text) as Record<string, unknown>;
}

describe('by the sidecar of Grafana', () => {
  test('a dashboard is a ConfigMap with the label that the sidecar looks for', () => {
    const { objects, findings } = dashboard();
    expect(theOnly(objects, 'ConfigMap')).toMatchInlineSnapshot(`
     {
       "apiVersion": "v1",
       "data": {
         "shop-checkout-overview.json": "{
       "panels": [
         {
           "type": "timeseries"
         }
       ],
       "title": "Overview",
       "uid": "shop-checkout-overview"
     }
     ",
       },
       "kind": "ConfigMap",
       "metadata": {
         "labels": {
           "app.kubernetes.io/name": "checkout",
           "grafana_dashboard": "1",
           "team": "payments",
         },
         "name": "checkout-overview",
         "namespace": "shop",
       },
     }
    `);
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test('the label, its value and the annotation of the folder are those of the platform', () => {
    const platform = Platform.custom({
      grafana: { dashboards: 'sidecar', label: 'dash', labelValue: 'yes', folderAnnotation: 'grafana_folder' },
    });
    const { metadata } = theOnly(dashboard({ folder: 'Shop' }, platform).objects, 'ConfigMap');
    expect(metadata.labels).toMatchObject({ dash: 'yes' });
    expect(metadata.annotations).toEqual({ grafana_folder: 'Shop' });
  });

  test('a folder without an annotation for it has no effect, which is a warning', () => {
    expect(dashboard({ folder: 'Shop' }).findings).toMatchObject([{ code: 'dashboards/folder', severity: 'warning' }]);
  });

  test('a namespace that the sidecar does not look into is a warning', () => {
    const looksInto = (namespaces: readonly string[]) =>
      dashboard(
        {},
        Platform.custom({ grafana: { dashboards: 'sidecar', namespaces }, network: { defaultDeny: false } }),
      ).findings.map(({ code }) => code);
    expect(looksInto(['monitoring'])).toContain('dashboards/namespace');
    expect(looksInto(['shop'])).toEqual([]);
  });

  test('the same dashboard in two namespaces does not overwrite itself in the folder of the sidecar', () => {
    const { objects } = stack((chart) => {
      for (const namespace of ['live', 'test']) {
        new GrafanaDashboard(new Chart(chart, namespace, { namespace }), 'overview', { json });
      }
    });
    expect(objects.flatMap(({ data }) => Object.keys(data ?? {}))).toEqual([
      'live-overview.json',
      'test-overview.json',
    ]);
  });
});

describe('by grafana-operator', () => {
  test('a dashboard is a GrafanaDashboard for the instances of the platform, in its folder', () => {
    const { objects, findings } = dashboard({ folder: 'Shop' }, operator);
    const { metadata, spec } = theOnly(objects, 'GrafanaDashboard');
    expect(metadata).toMatchObject({ name: 'checkout-overview', namespace: 'shop', labels: { team: 'payments' } });
    expect(spec).toMatchObject({
      instanceSelector: { matchLabels: { grafana: 'main' } },
      folder: 'Shop',
      allowCrossNamespaceImport: true,
    });
    expect(JSON.parse(spec.json)).toMatchObject({ title: 'Overview' });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });
});

test('a platform that does not say how dashboards reach Grafana gets a plain ConfigMap and a warning', () => {
  const { objects, findings } = dashboard({}, Platform.kubePrometheus());
  expect(theOnly(objects, 'ConfigMap').metadata.labels).toEqual({
    'app.kubernetes.io/name': 'checkout',
    team: 'payments',
  });
  expect(findings).toMatchObject([{ code: 'dashboards/unknown-grafana', severity: 'warning' }]);
});

test('the object is named, labelled, annotated and patched by its user', () => {
  const options = {
    name: 'mine',
    labels: { a: 'b' },
    annotations: { c: 'd' },
    patches: [JsonPatch.add('/immutable', true)],
  };
  const object = theOnly(dashboard(options).objects, 'ConfigMap');
  expect(object).toMatchObject({
    metadata: { name: 'mine', labels: { a: 'b' }, annotations: { c: 'd' } },
    immutable: true,
  });
});

test('any id makes a valid name', () => {
  const { objects, findings } = dashboard({}, undefined, 'Golden Signals');
  expect(theOnly(objects, 'ConfigMap').metadata.name).toBe('checkout-golden-signals');
  expect(findings).toEqual([]);
});

describe('an export for sharing', () => {
  const inputs = [{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }];
  const shared = {
    ...json,
    id: 12,
    __inputs: inputs,
    __requires: [{ type: 'grafana' }],
    panels: [{ datasource: { type: 'prometheus', uid: '${DS_PROMETHEUS}' }, title: 'by ${DS_PROMETHEUS}' }],
  };
  const variable = { label: 'Data source', name: 'datasource', query: 'prometheus', type: 'datasource' };

  test('asks for its data source by a variable, as provisioning asks nobody', () => {
    expect(provisioned({ json: shared })).toEqual({
      title: 'Overview',
      uid: 'shop-checkout-overview',
      panels: [{ datasource: { type: 'prometheus', uid: '$datasource' }, title: 'by $datasource' }],
      templating: { list: [variable] },
    });
  });

  test('keeps its own variables, and one for the data source that it has already', () => {
    const own = { name: 'pod', type: 'query' };
    const already = { ...variable, label: 'Source' };
    const list = (present: object[]) =>
      (provisioned({ json: { ...shared, templating: { list: present } } }).templating as { list: unknown[] }).list;
    expect(list([own])).toEqual([variable, own]);
    expect(list([own, already])).toEqual([own, already]);
  });

  test('does not take a name that stands for something else', () => {
    const { templating, panels } = provisioned({
      json: { ...shared, templating: { list: [{ name: 'datasource', type: 'query' }] } },
    });
    expect((templating as { list: object[] }).list[0]).toMatchObject({ name: 'datasource_prometheus' });
    expect(panels).toMatchObject([{ datasource: { uid: '$datasource_prometheus' } }]);
  });

  test('fills in its constants', () => {
    const { title } = provisioned({
      json: { ...json, title: '${VAR_ENV} overview', __inputs: [{ name: 'VAR_ENV', type: 'constant', value: 'live' }] },
    });
    expect(title).toBe('live overview');
  });

  test('brings its library panels along, which provisioning would not find', () => {
    const model = { type: 'stat', title: 'Up', targets: [{ datasource: { uid: '${DS_PROMETHEUS}' } }] };
    const panel = { id: 3, gridPos: { x: 0 }, libraryPanel: { uid: 'lib', name: 'Up' } };
    const { panels } = provisioned({
      json: {
        ...shared,
        __elements: { lib: { uid: 'lib', model } },
        panels: [panel, { type: 'row', panels: [panel] }, { ...panel, libraryPanel: { uid: 'other' } }],
      },
    });
    const inlined = {
      id: 3,
      gridPos: { x: 0 },
      type: 'stat',
      title: 'Up',
      targets: [{ datasource: { uid: '$datasource' } }],
    };
    expect(panels).toEqual([inlined, { type: 'row', panels: [inlined] }, { ...panel, libraryPanel: { uid: 'other' } }]);
  });
});

describe('the uid', () => {
  test('is the prop, else that of the JSON, else made of namespace, app and id', () => {
    expect(provisioned({ uid: 'mine', json: { ...json, uid: 'theirs' } }).uid).toBe('mine');
    expect(provisioned({ json: { ...json, uid: 'theirs' } }).uid).toBe('theirs');
    expect(provisioned({ json: { ...json, uid: '' } }).uid).toBe('shop-checkout-overview');
  });

  test('made of parts is always one that Grafana takes, and tells long ones apart', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 3 }), (parts) => {
        const uid = dashboardUid(...parts);
        expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
        expect(dashboardUid(...parts)).toBe(uid);
      }),
    );
    const [namespace, app] = ['a-rather-long-namespace', 'a-rather-long-app'];
    expect(dashboardUid(namespace, app, 'overview')).not.toBe(dashboardUid(namespace, app, 'details'));
  });

  test('that two dashboards of one Grafana share is a warning: one of them would not be seen', () => {
    const { findings } = stack((chart) => {
      const file = { json: { ...json, uid: 'same' } };
      new GrafanaDashboard(chart, 'one', file);
      new GrafanaDashboard(chart, 'two', file);
    });
    expect(findings).toMatchObject([
      { code: 'dashboards/shared-uid', severity: 'warning', where: { construct: 'shop/two' } },
    ]);
  });

  test('may be shared where the platforms differ', () => {
    const { findings } = stack((chart) => {
      const other = new Chart(chart.node.root, 'other');
      Platform.provide(other, operator);
      new GrafanaDashboard(chart, 'one', { json: { ...json, uid: 'same' } });
      new GrafanaDashboard(other, 'two', { json: { ...json, uid: 'same' } });
    });
    expect(findings).toEqual([]);
  });
});

test('the text has its keys in order, and a title of its own if wanted', () => {
  const { objects } = dashboard({ json: '{ "title": "x", "panels": [], "a": { "z": 1, "b": 2 } }', title: 'Mine' });
  expect(Object.values(theOnly(objects, 'ConfigMap').data ?? {})[0]).toBe(
    '{\n  "a": {\n    "b": 2,\n    "z": 1\n  },\n  "panels": [],\n  "title": "Mine",\n  "uid": "shop-checkout-overview"\n}\n',
  );
});

test('the given object is not changed', () => {
  const given = { ...json, id: 1, templating: { list: [] }, __inputs: [{ name: 'DS', type: 'datasource' }] };
  const before = structuredClone(given);
  provisioned({ json: given });
  expect(given).toEqual(before);
});

describe('a file', () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dashboards-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const inFile = (text: string) => {
    fs.writeFileSync(path.join(folder, 'a.json'), text);
    return dashboard({ json: undefined, file: path.join(folder, 'a.json') });
  };

  test('is read as the same dashboard, with a byte order mark or not', () => {
    expect(inFile(`\uFEFF${JSON.stringify(json)}`).objects).toEqual(dashboard().objects);
  });

  test.each([
    ['', 'is no JSON'],
    ['{', 'is no JSON'],
    ['[]', 'holds no JSON object'],
    ['null', 'holds no JSON object'],
    ['"text"', 'holds no JSON object'],
  ])('with the content %j is an error', (text, message) => {
    const { findings } = inFile(text);
    expect(findings).toMatchObject([{ code: 'dashboards/invalid', severity: 'error' }]);
    expect(findings[0]?.message).toContain(message);
  });

  test.each(['/nowhere/a.json', os.tmpdir()])('that cannot be read (%s) is an error', (file) => {
    expect(dashboard({ json: undefined, file }).findings).toMatchObject([
      { code: 'dashboards/file', severity: 'error' },
    ]);
  });
});

describe('what Grafana could not load is one error', () => {
  const cyclic: Record<string, unknown> = { ...json };
  cyclic.self = cyclic;

  test.each<[string, string, object]>([
    ['nothing', 'dashboards/source', { json: undefined }],
    ['null', 'dashboards/source', { json: null }],
    ['both json and file', 'dashboards/source', { file: 'x.json' }],
    ['a list', 'props/type', { json: [] }],
    ['a number', 'props/type', { json: 5 }],
    ['a cycle', 'dashboards/file', { json: cyclic }],
    ['a number without an end', 'dashboards/file', { json: { ...json, big: 5n } }],
    ['no panels', 'dashboards/invalid', { json: { title: 'x' } }],
    ['no title', 'dashboards/invalid', { json: { panels: [] } }],
    ['the v2 model', 'dashboards/invalid', { json: { title: 'x', elements: {}, layout: {} } }],
    [
      'the v2 resource',
      'dashboards/invalid',
      { json: { apiVersion: 'dashboard.grafana.app/v2beta1', kind: 'Dashboard', spec: {} } },
    ],
    ['an empty uid', 'dashboards/uid', { uid: '' }],
    ['a long uid', 'dashboards/uid', { uid: 'x'.repeat(41) }],
    ['a uid with spaces', 'dashboards/uid', { uid: 'my dashboard' }],
    ['a uid of another type', 'props/type', { uid: 5 }],
    ['a misspelt prop', 'props/unknown', { titel: 'x' }],
  ])('%s', (_, code, props) => {
    const faults = faultsOf(
      findingsOfSynth(
        (chart) => void new GrafanaDashboard(chart, 'overview', { json, ...props } as GrafanaDashboardProps),
      ),
    );
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${code} shop/overview: .+ → .+`));
  });
});

describe('the size of a dashboard', () => {
  const sized = (bytes: number, facts: Partial<PlatformProps> = {}) => {
    const text = 'x'.repeat(100);
    const panels = Array.from({ length: bytes / 100 }, () => text);
    const { objects, findings } = dashboard(
      { json: { title: 'x', panels } },
      Platform.kubePrometheusStack({ release: 'kps', ...facts }),
    );
    return { text: Object.values(theOnly(objects, 'ConfigMap').data ?? {})[0] ?? '', findings };
  };

  test('decides whether it is written for readers', () => {
    expect(sized(100_000).text.includes('\n')).toBe(true);
    expect(sized(245_000).text.includes('\n')).toBe(false);
    expect(sized(245_000).findings).toEqual([]);
  });

  test('beyond what kubectl can keep in an annotation is a warning, unless a GitOps tool applies it on the server', () => {
    expect(sized(300_000).findings).toMatchObject([{ code: 'dashboards/size', severity: 'warning' }]);
    expect(sized(300_000, { gitops: { tool: 'argocd', apply: 'server' } }).findings).toEqual([]);
    expect(sized(300_000, { gitops: { tool: 'argocd' } }).findings).toEqual([]);
    expect(sized(300_000, { gitops: { tool: 'flux' } }).findings).toEqual([]);
  });

  test('beyond what Kubernetes takes is an error', () => {
    expect(sized(1_100_000).findings).toMatchObject([{ code: 'dashboards/size', severity: 'error' }]);
  });
});

export function typesOfProps(chart: Chart): void {
  // @ts-expect-error: a dashboard comes from somewhere
  new GrafanaDashboard(chart, 'a', {});
  // @ts-expect-error: and from one place
  new GrafanaDashboard(chart, 'a', { json, file: 'a.json' });
}

test('the labels of an app stand on its dashboards as well', () => {
  const { objects } = stack((chart) => {
    const labelled = new MonitoredApp(chart, 'checkout', { image, port: 5000, labels: { 'cost-center': 'k7' } });
    new GrafanaDashboard(labelled, 'overview', { json: { title: 'Overview', panels: [] } });
  });
  expect(theOnly(objects, 'ConfigMap').metadata.labels).toMatchObject({ 'cost-center': 'k7' });
});
