import { Chart } from 'cdk8s';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { Exporters, ExporterSidecar, MonitoredApp, MonitoringApp } from '../../src';
import { root } from './pages';

/* The tables of the docs that repeat what stands in the sources. */

function textOf(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

/** The rows of all tables of a page, as cells. */
function rowsOf(file: string): string[][] {
  const lines = textOf(file).match(/^\|.*\|$/gm) ?? [];
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** Names of the members of interfaces. */
function membersOf(file: string, ...interfaces: readonly string[]): string[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
  const found = source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => interfaces.includes(name.text));
  expect(found).toHaveLength(interfaces.length);
  return found.flatMap(({ members }) => members.flatMap(({ name }) => name?.getText(source) ?? []));
}

test('docs/scrape-policy.md names every field of a scrape, and marks those of a monitor', () => {
  const rows = rowsOf('docs/scrape-policy.md').filter(([group]) => group !== 'group' && !/^-+$/.test(group ?? ''));
  const fieldsIn = (selected: readonly string[][]) =>
    selected.flatMap(([, fields = '']) => fields.match(/\w+(?=`)/g) ?? []);
  const options = 'src/platform/scrape-options.ts';
  const ofMonitor = [
    ...membersOf(options, 'ScrapeMonitorOptions'),
    ...['targetLabels', 'serviceDiscoveryRole', 'namespaceSelector'],
  ];
  const all = [
    ...membersOf(options, 'ScrapeEndpointOptions', 'ScrapeMonitorOptions', 'AuthenticationOptions', 'ProxyOptions'),
    ...membersOf(options, 'TlsConnectionOptions', 'TlsOptions'),
    ...membersOf('src/constructs/scrape/scrape-policy.ts', 'ServiceMonitorOptions'),
  ];
  expect(fieldsIn(rows.filter(([group]) => group?.endsWith('\\*'))).sort()).toEqual(ofMonitor.sort());
  expect(all.filter((field) => !fieldsIn(rows).includes(field))).toEqual([]);
});

test('docs/exporters.md has the image, port and up metric of every ready-made exporter', () => {
  const secret = { name: 'database', key: 'password' };
  const ready = {
    postgres: Exporters.postgres({ user: 'monitor', password: secret }),
    redis: Exporters.redis(),
    memcached: Exporters.memcached(),
    nginx: Exporters.nginx(),
    mysqld: Exporters.mysqld({ user: 'monitor', password: secret }),
  };
  expect([...Object.keys(ready), 'custom', 'jmx'].sort()).toEqual(Object.keys(Exporters).sort());
  const rows = rowsOf('docs/exporters.md').map((row) => row.slice(0, 4));
  for (const [name, { image, port, upMetric }] of Object.entries(ready)) {
    expect(rows).toContainEqual([`\`${name}\``, `\`${image}\``, `${port}`, `\`${upMetric}\``]);
  }
});

test('docs/rules.md has the default alerts with how long they wait and how severe they are', () => {
  const app = new MonitoringApp();
  const web = new MonitoredApp(new Chart(app, 'shop'), 'web', {
    image: 'registry.example/web:1',
    port: 80,
    metrics: {},
  });
  new ExporterSidecar(web, 'redis', Exporters.redis());
  const rules = web.node.findChild('PrometheusRule') as unknown as {
    toJson(): { spec: { groups: { rules: { alert: string; for: string; labels: { severity: string } }[] }[] } };
  };
  const alerts = rules.toJson().spec.groups.flatMap((group) => group.rules);
  const rows = rowsOf('docs/rules.md').map(([, alert, , after, severity]) => [alert, after, severity]);
  for (const [name, pattern] of [
    ['WebTargetDown', '`<App>TargetDown`'],
    ['WebTargetAbsent', '`<App>TargetAbsent`'],
    ['WebRedisDown', '`<App><Exporter>Down`'],
  ]) {
    const { for: after, labels } = alerts.find(({ alert }) => alert === name)!;
    expect(rows).toContainEqual([pattern, after, labels.severity]);
  }
});

test('docs/supported-versions.md has the versions that are tested', () => {
  const page = textOf('docs/supported-versions.md');
  const versionOf = (name: string) =>
    (JSON.parse(textOf(`node_modules/${name}/package.json`)) as { version: string }).version;
  const packages = ['cdk8s', 'cdk8s-plus-28', 'cdk8s-plus-33', 'constructs', 'typescript'];
  expect(packages.map(versionOf).filter((version) => !page.includes(version))).toEqual([]);
  const kinds = rowsOf('imports/README.md').filter(([name]) =>
    ['prometheus-operator', 'grafana-operator', 'Istio', 'Kubernetes'].includes(name!),
  );
  expect(kinds).toHaveLength(4);
  expect(kinds.filter(([, version]) => !page.includes(version!))).toEqual([]);
});
