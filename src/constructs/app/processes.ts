import { addFinding, Finding } from '../../findings';
import type { MonitoredWorkload } from './monitored-workload';
import type { ProcessOptions } from './monitoring-props';

const sharedFolder = '/var/run/prometheus-multiprocess';

/** Lets the workers of a pre-forking server be counted together, or says that nobody has said how. */
export function addProcesses(app: MonitoredWorkload, { processes, aggregation }: ProcessOptions): void {
  const report = (finding: Omit<Finding, 'where'>) =>
    addFinding(app, { where: { construct: app.node.path }, ...finding });
  if (processes === 'prefork' && aggregation === undefined) {
    report({
      code: 'workload/prefork-aggregation',
      severity: 'warning',
      message: 'every scrape of a pre-forking server reaches another worker, whose counters are its own',
      fix: "say how they are added up: aggregation: 'multi-process-directory' (Python, Ruby) or 'in-process'",
    });
  }
  if (processes !== 'prefork' && aggregation !== undefined) {
    report({
      code: 'workload/prefork-aggregation',
      severity: 'warning',
      message: `aggregation '${String(aggregation)}' says how workers are added up, and the app is not said to fork any`,
      fix: "add processes: 'prefork', or leave out aggregation",
    });
  }
  if (aggregation !== 'multi-process-directory') return;
  app._addToPods({ env: [{ name: 'PROMETHEUS_MULTIPROC_DIR', value: sharedFolder }] });
  addWritableFolder(app, 'prometheus-multiprocess', sharedFolder);
}

/** An empty volume: it begins empty with the pod, and outlives a container that starts again. */
export function addWritableFolder(app: MonitoredWorkload, name: string, mountPath: string): void {
  app._addToPods({ volumes: [{ name, emptyDir: {} }], volumeMounts: [{ name, mountPath }] });
}
