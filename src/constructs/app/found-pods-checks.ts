import type { Finding } from '../../findings';
import { AppToCheck, Report } from './app-to-check';
import { checkNetwork, checkPlatform } from './network-checks';
import type { PodAdditions } from './pod-additions';
import { checkService } from './service-checks';

/** An app whose pods are not in the code. */
export interface FoundPodsToCheck extends AppToCheck {
  /** What would have been added to the pods. */
  readonly added: Omit<PodAdditions, 'container'>;
}

/** What is wrong with an app whose pods, or whose Service, somebody else makes. */
export function foundPodsFindings(check: FoundPodsToCheck): Finding[] {
  const findings: Finding[] = [];
  const where = { construct: check.app.node.path };
  const report: Report = (finding) => void findings.push({ severity: 'error', where, ...finding });
  checkPlatform(check, report);
  const ofSource = check.pods.findings?.(check.app.endpoints) ?? [];
  ofSource.forEach(report);
  if (ofSource.some(({ severity }) => severity === 'error')) return findings;
  checkAdditions(check, report);
  checkNamespaces(check, report);
  if (check.pods.existingService === undefined) checkService(check, report);
  checkNetwork(check, report, false);
  return findings;
}

function checkAdditions({ pods, added }: FoundPodsToCheck, report: Report): void {
  const containers = [...added.sidecars, ...added.nativeSidecars, ...added.initContainers];
  const wanted = [
    ...containers.map(({ name }) => `container ${name}`),
    ...added.volumes.map(({ name }) => `volume ${name}`),
    ...[...added.env, ...added.envJoin].map(({ name }) => `variable ${name}`),
    ...Object.entries(added.podLabels).map((pair) => `label ${pair.join('=')}`),
    ...Object.entries(added.podAnnotations).map((pair) => `annotation ${pair.join('=')}`),
  ];
  if (wanted.length === 0) return;
  const [workload] = pods.workloadsBehind?.() ?? [];
  const reason =
    workload === undefined
      ? 'nothing can be added to pods that are not in the code'
      : `nothing is added to the pods of ${workload} through their Service`;
  report({
    code: 'attach/out-of-reach',
    message: `${pods.what}: ${reason}, and monitoring would add ${wanted.join(', ')}`,
    fix:
      workload === undefined
        ? (pods.manualFix ?? 'add it where the pods are made')
        : `attach to ${workload} itself: workload`,
  });
}

/** A platform whose Prometheus looks for targets only in the namespace of the monitor. */
function checkNamespaces({ app, pods }: FoundPodsToCheck, report: Report): void {
  const { objectsNamespace } = pods;
  if (objectsNamespace === undefined || app.namespace === objectsNamespace) return;
  const byMonitor = app.endpoints.some(({ scrape: { kind } }) =>
    ['serviceMonitor', 'podMonitor', 'federate'].includes(kind),
  );
  const isBound = app.platform.prometheusServers.some(({ ignoreNamespaceSelectors }) => ignoreNamespaceSelectors);
  if (!byMonitor || !isBound) return;
  report({
    code: 'attach/namespace',
    message: `${pods.what} is in namespace '${app.namespace}', its monitor in '${objectsNamespace}', and the platform's Prometheus looks nowhere else than there`,
    fix: `put the monitoring into a chart with namespace '${app.namespace}'`,
  });
}
