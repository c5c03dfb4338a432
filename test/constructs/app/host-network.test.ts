import { Exporters, ExporterSidecar, MonitoredApp } from '../../../src/constructs';
import { faultsOf, handWritten, image, stack } from '../../support/stack';

/** Two workloads with an exporter each, on the network of their nodes or on their own. */
function faults(hostNetwork: { one: boolean; other: boolean }, otherPort = 9121): string[] {
  const { findings } = stack((chart) => {
    for (const name of ['one', 'other'] as const) {
      const pods = { hostNetwork: hostNetwork[name], containers: [{ name: 'web', image }] };
      const template = { metadata: { labels: { app: name } }, spec: pods };
      const spec = { selector: { matchLabels: { app: name } }, template };
      const app = MonitoredApp.attach(chart, name, { workload: handWritten(chart, name, { kind: 'DaemonSet', spec }) });
      new ExporterSidecar(app, 'redis', { ...Exporters.redis(), port: name === 'one' ? 9121 : otherPort });
    }
  });
  return faultsOf(findings);
}

test('two exporters that would listen on one port of a node are a warning', () => {
  expect(faults({ one: true, other: true })).toEqual([
    'workload/host-port shop/one: redis-exporter would listen on port 9121 of the node, as the pods of DaemonSet one use its network, and so does DaemonSet other → give the exporter another port, or see to it that the two never share a node',
    'workload/host-port shop/other: redis-exporter would listen on port 9121 of the node, as the pods of DaemonSet other use its network, and so does DaemonSet one → give the exporter another port, or see to it that the two never share a node',
  ]);
});

test('different ports, and pods with a network of their own, do not get in the way of each other', () => {
  expect(faults({ one: true, other: true }, 9122)).toEqual([]);
  expect(faults({ one: true, other: false })).toEqual([]);
});
