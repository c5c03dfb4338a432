import { existsSync, mkdirSync, writeFileSync } from 'fs';
import { delimiter, join } from 'path';
import { ApiObject, App, Chart, Yaml } from 'cdk8s';
import { engineFolder } from '../scripts/engines';
import { addCharts } from './stacks/many-charts';

/** The program, on PATH or where `npm run engines` puts it; undefined if it is on neither. */
export function findHelm(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(engineFolder(), 'bin')];
  return folders.map((folder) => join(folder, 'helm')).find(existsSync);
}

/** A Helm chart whose template makes the objects of `addCharts` in a loop. */
export function writeHelmChart(folder: string, count: number): void {
  const app = new App();
  addCharts(app, 1);
  const objects = (app.node.children[0] as Chart).apiObjects.map((each: ApiObject): unknown => each.toJson());
  const text = Yaml.stringify(...objects)
    .replace(/\{\{ \$labels\.job \}\}/g, 'the job')
    .replace(/(app|team)-0/g, '$1-{{ $i }}');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n');
  writeFileSync(
    join(folder, 'templates', 'objects.yaml'),
    `{{- range $i := until ${count} }}\n---\n${text}\n{{- end }}\n`,
  );
}
