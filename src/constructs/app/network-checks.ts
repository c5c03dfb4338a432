import { Platform } from '../../platform';
import { couldAdmitPrometheus } from '../network/could-admit';
import { knowsPrometheusPeer } from '../network/scrape-network-policy';
import type { AppToCheck, Report } from './app-to-check';

/** An app on no platform is scraped only by chance. */
export function checkPlatform({ app }: AppToCheck, report: Report): void {
  if (app.platform === Platform.unknown) {
    report({
      code: 'platform/unknown',
      severity: 'info',
      message: `${app.name} is on no known platform: its monitors carry no labels, and no NetworkPolicy admits Prometheus`,
      fix: 'set a platform at the app or the chart, such as Platform.kubePrometheusStack({ release: … })',
    });
  }
}

/** What could not be decided about the network between Prometheus and an app. */
export function checkNetwork(check: AppToCheck, report: Report, isOnNodeNetwork: boolean): void {
  const { app, pods, hasNetworkPolicy, isolate } = check;
  if (app.endpoints.length === 0 || hasNetworkPolicy) {
    if (hasNetworkPolicy && isOnNodeNetwork) {
      report({
        code: 'network/host-network',
        severity: 'info',
        message: `the pods of ${app.name} use the node's network, where NetworkPolicies do not hold`,
        fix: 'guard the port on the node, or leave hostNetwork',
      });
    }
    return;
  }
  const denied = app.platform.facts.network?.defaultDeny;
  const wanted =
    denied === true ||
    isolate ||
    (denied === false && app.endpoints.some(({ dedicated, scrape }) => dedicated && scrape.kind !== 'probe'));
  if (wanted && !knowsPrometheusPeer(app.platform)) {
    report({
      code: 'network/unknown-prometheus',
      severity: denied === true ? 'warning' : 'info',
      message: `no NetworkPolicy admits Prometheus to ${app.name}: the platform does not say where Prometheus runs`,
      fix: 'set prometheus.namespace (or namespaceLabels) on the platform',
    });
    return;
  }
  if (wanted && !pods.canBeGuarded()) {
    report({
      code: 'network/unknown-pods',
      severity: denied === true && !pods.existingService?.hasOwnEndpoints?.() ? 'warning' : 'info',
      message: `no NetworkPolicy admits Prometheus to ${app.name}: which pods and ports are behind ${pods.what} is not known`,
      fix: 'admit Prometheus where the pods are made, or attach to the workload itself',
    });
    return;
  }
  const others = check.policiesOfOthers();
  const cutOff = app.endpoints.filter((endpoint) => {
    const target = { namespace: app.namespace, port: endpoint.port, portName: app.portNameOf(endpoint) };
    return !others.some((policy) => couldAdmitPrometheus(policy, app.platform, target));
  });
  if (others.length > 0 && cutOff.length > 0 && knowsPrometheusPeer(app.platform)) {
    const ports = cutOff.map((endpoint) => `${app.portNameOf(endpoint)} (${endpoint.port})`).join(', ');
    report({
      code: 'network/closed-by-policy',
      severity: 'warning',
      message: `NetworkPolicy ${others.map(({ name }) => name).join(', ')} closes the pods of ${app.name}, and none admits Prometheus to ${ports}`,
      fix: 'set isolate: true, which adds the policy that admits Prometheus; the others go on admitting what they admit',
    });
  } else if (denied === undefined && (others.length === 0 || cutOff.length > 0) && app.platform !== Platform.unknown) {
    report({
      code: 'network/unknown',
      severity: 'info',
      message: `no NetworkPolicy for ${app.name}: the platform does not say whether namespaces deny ingress by default`,
      fix: 'set network.defaultDeny on the platform',
    });
  }
}
