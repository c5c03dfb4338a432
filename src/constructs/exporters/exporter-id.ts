import type { Construct } from 'constructs';
import { addFinding } from '../../findings';

/** Container, port, monitor and alerts are called after the id: `app` is what those of the app itself are called. */
export function usableExporterId(exporter: Construct, id: string): string {
  if (/[a-zA-Z0-9]/.test(id) && id !== 'app') return id;
  addFinding(exporter, {
    code: 'exporters/id',
    severity: 'error',
    where: { construct: exporter.node.path },
    message:
      id === 'app'
        ? "an exporter cannot be called 'app', which stands for the app's own metrics"
        : `nothing can be called after the id '${id}', which has no letter of a-z and no digit`,
    fix: 'choose another id, such as what the exporter watches',
  });
  return 'exporter';
}
