import { ApiObject, App, Chart } from 'cdk8s';
import { Finding, findingsOf } from '../../../src/findings';
import { MonitoringApp } from '../../../src/synth';
import { KubernetesObject } from '../../support/stack';

export const bucket = { secret: { name: 'object-storage', key: 'thanos.yaml' } };

/** What a platform team's chart `monitoring` holds, and what a whole synth says of it. */
export function monitoringStack(
  compose: (chart: Chart, app: App) => void,
  namespace: string | undefined = 'monitoring',
): { objects: KubernetesObject[]; findings: Finding[] } {
  const app = new MonitoringApp({ summary: false });
  const chart = new Chart(app, 'monitoring', { namespace });
  compose(chart, app);
  const findings = app.findings();
  const objects = app.charts.flatMap((each) => each.toJson() as KubernetesObject[]);
  return { objects: JSON.parse(JSON.stringify(objects)) as KubernetesObject[], findings };
}

/** The errors and warnings of a whole synth, schemas and all. */
export function synthFaults(compose: (chart: Chart, app: App) => void): Finding[] {
  const app = new MonitoringApp({ summary: false });
  compose(new Chart(app, 'monitoring', { namespace: 'monitoring' }), app);
  return app.findings().filter(({ severity }) => severity !== 'info');
}

/** `severity code: message → fix` of our own checks, what is only worth knowing aside. */
export function faults(compose: (chart: Chart, app: App) => void, namespace?: string | null): string[] {
  const app = new App();
  const chart = new Chart(app, 'monitoring', {
    namespace: namespace === null ? undefined : (namespace ?? 'monitoring'),
  });
  compose(chart, app);
  // whatever is at fault, everything can be rendered
  for (const each of app.node.findAll()) if (ApiObject.isApiObject(each)) each.toJson();
  return findingsOf(app)
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, code, message, fix }) => `${severity} ${code}: ${message} → ${fix}`);
}

/** The one object of a kind and name. */
export function theObject(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} objects ${kind} ${name}`);
  return found[0];
}
