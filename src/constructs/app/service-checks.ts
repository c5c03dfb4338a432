import type { Manifest } from '../objects';
import { MetricsEndpoint, needsService } from '../scrape/metrics-endpoint';
import { AppToCheck, duplicates, Report } from './app-to-check';

/** What is wrong with the Service that is made for an app. */
export function checkService(check: AppToCheck, report: Report): void {
  const { app, hasService, service, servicePorts, selectBy } = check;
  const lost = service === undefined ? [] : selectBy.filter((key) => service.metadata.labels?.[key] === undefined);
  if (lost.length > 0) {
    report({
      code: 'scrape/service-labels',
      message: `the Service of ${app.name} has lost ${lost.join(' and ')}, by which its monitor selects it`,
      fix: 'leave the label to the Service; service.labels gives it another value',
    });
  }
  if (service !== undefined) checkPatchedService(check, service, report);
  const throughService = app.endpoints.find(needsService);
  if (!hasService && throughService !== undefined) {
    report({
      code: 'scrape/no-service',
      message: `${whyService(throughService)}, and ${app.name} has none (service: 'none')`,
      fix: "leave out service: 'none', or find the pods without one: ScrapePolicy.podMonitor()",
    });
  }
  for (const number of duplicates(servicePorts.map(({ port }) => String(port)))) {
    const ports = servicePorts.filter(({ port }) => String(port) === number);
    // One container port under two names is a fault of the containers, and shown there.
    if (new Set(ports.map(({ targetPort }) => targetPort)).size < ports.length) continue;
    report({
      code: 'ports/duplicate-service-port',
      message: `port ${number} of the Service of ${app.name} stands for ${ports.map(({ name }) => name).join(' and ')}`,
      fix: 'choose another service.port',
    });
  }
}

function whyService({ scrape: { kind } }: MetricsEndpoint): string {
  if (kind === 'probe') return 'a Probe asks the app through a Service';
  return `${kind === 'annotations' ? 'the policy annotates' : 'a ServiceMonitor finds pods through'} a Service`;
}

/** A patch can take from a Service what a monitor asks of it; what we made ourselves has been looked at. */
function checkPatchedService(check: AppToCheck, service: Manifest, report: Report): void {
  const { app, pods, servicePorts } = check;
  const { ports = [], selector = {} } = (service.spec ?? {}) as {
    ports?: readonly { name?: string; port?: number; targetPort?: number | string }[];
    selector?: Readonly<Record<string, string>>;
  };
  const labels = pods.podLabels();
  const made = pods.podSelector();
  const unmet = Object.entries(selector).filter(([key, value]) => labels[key] !== value && made[key] !== value);
  if (unmet.length > 0) {
    report({
      code: 'scrape/service-selector',
      message: `the Service of ${app.name} selects ${unmet.map((pair) => pair.join('=')).join(', ')}, which its pods do not have`,
      fix: 'leave the selector as it is made, or give the pods the labels',
    });
  }
  for (const endpoint of app.endpoints) {
    const { kind, options } = endpoint.scrape;
    if (!needsService(endpoint) || (kind === 'serviceMonitor' && options.targetPort !== undefined)) continue;
    const name = app.portNameOf(endpoint);
    const port = ports.find((each) => each.name === name);
    const madeFor = servicePorts.filter((each) => each.name === name);
    if (madeFor.length !== 1 || madeFor[0]?.targetPort !== endpoint.port) continue;
    if (port && [endpoint.port, name].includes(port.targetPort ?? port.port ?? 0)) continue;
    const found = ports.map((each) => `${each.name} to ${each.targetPort ?? each.port}`).join(', ') || 'none';
    report({
      code: 'scrape/service-port',
      message: `the Service of ${app.name} has no port '${name}' to ${endpoint.port}, which its monitor asks for; it has ${found}`,
      fix: 'leave the port as it is made, or scrape past it: targetPort of the scrape policy',
    });
  }
}
