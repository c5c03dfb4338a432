import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { addFinding } from '../../findings';
import { defaultJobLabel } from '../scrape/monitor-endpoint';

const monitoredBy = new WeakMap<ApiObject, Construct>();

/** The apps of a tree, by what their monitors select Services by. */
const appsOf = new WeakMap<IConstruct, Map<string, Construct>>();

/** Is an app the first that monitors an object? A second one is a finding. */
export function claim(app: Construct, monitored: ApiObject): boolean {
  const other = monitoredBy.get(monitored);
  if (other === undefined) {
    monitoredBy.set(monitored, app);
    return true;
  }
  addFinding(app, {
    code: 'workload/attached-twice',
    severity: 'error',
    where: { construct: app.node.path },
    message: `the ${monitored.kind} ${monitored.node.path} is monitored already, by ${other.node.path}`,
    fix: `add exporters and rules to ${other.node.path} instead of attaching to it again`,
  });
  return false;
}

/** Two apps that share namespace and name label would each scrape the other's pods. */
export function reportSharedName(app: Construct, namespace: string | undefined, label: string): void {
  const apps = appsOf.get(app.node.root) ?? new Map<string, Construct>();
  appsOf.set(app.node.root, apps);
  const key = `${namespace ?? ''}/${label}`;
  const other = apps.get(key);
  if (other === undefined) {
    apps.set(key, app);
    return;
  }
  // Charts may go to different clusters; in one chart nothing tells the two apart.
  const inOneChart = Chart.of(app) === Chart.of(other);
  addFinding(app, {
    code: 'workload/same-name',
    severity: inOneChart ? 'error' : 'warning',
    where: { construct: app.node.path },
    message: `${app.node.path} and ${other.node.path} are both ${defaultJobLabel}=${label} in one namespace: each would scrape the other's pods`,
    fix: 'give one of them another name, or its chart another namespace',
  });
}
