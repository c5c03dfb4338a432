import { MonitoredApp } from '../../src/constructs';
import { Platform } from '../../src/platform';
import { expectStacks } from './support/expect-stacks';
import { StackRow, stacksOn } from './support/synthesized';

const app = { image: 'registry.example/web:1.0.0', port: 8080 };

/** A small app, as it is scraped through the operator. */
const throughMonitor: StackRow = {
  name: 'web',
  compose: (chart) => new MonitoredApp(chart, 'web', { ...app, metrics: {} }),
  targets: [{ port: 8080, pods: 2, labels: { job: 'web', endpoint: 'http', container: 'web', service: 'web' } }],
};

/** The same app where annotations are all there is: the chart `prometheus` copies the labels of the pods. */
const byAnnotations: StackRow = {
  name: 'web',
  compose: (chart) => new MonitoredApp(chart, 'web', { ...app, metrics: {} }),
  targets: [
    {
      port: 8080,
      pods: 2,
      labels: {
        job: 'kubernetes-pods',
        app_kubernetes_io_name: 'web',
        cdk8s_io_metadata_addr: 'web',
        pod_template_hash: '',
      },
    },
  ],
};

describe('a small app on each preset', () => {
  const withOperator = [
    Platform.kubePrometheusStack({ release: 'kps' }),
    Platform.kubePrometheus(),
    Platform.openShift(),
    Platform.cloudPlatform(),
  ];
  for (const platform of withOperator) expectStacks(platform, stacksOn(platform, [throughMonitor]));

  const annotations = Platform.annotationDiscovery();
  expectStacks(annotations, stacksOn(annotations, [byAnnotations]));
});
