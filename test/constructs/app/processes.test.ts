import { ApiObject } from 'cdk8s';
import { MonitoredApp, ProcessOptions } from '../../../src';
import { stack } from '../../support/stack';

function attachedWith(options: ProcessOptions) {
  return stack((chart) => {
    const workload = new ApiObject(chart, 'workload', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'a:1' }] } },
      },
    });
    MonitoredApp.attach(chart, 'web', { workload, metrics: { port: 8000 }, ...options });
  });
}

test('a workload that exists can say how its workers are counted together, as a new app can', () => {
  const { objects, findings } = attachedWith({ processes: 'prefork', aggregation: 'multi-process-directory' });
  expect(findings).toEqual([]);
  const { containers, volumes } = objects.find(({ kind }) => kind === 'Deployment')?.spec.template.spec;
  expect(volumes).toEqual([{ emptyDir: {}, name: 'prometheus-multiprocess' }]);
  expect(containers).toMatchObject([
    {
      env: [{ name: 'PROMETHEUS_MULTIPROC_DIR', value: '/var/run/prometheus-multiprocess' }],
      volumeMounts: [{ name: 'prometheus-multiprocess', mountPath: '/var/run/prometheus-multiprocess' }],
    },
  ]);
});

test('a pre-forking workload that does not say so is a warning', () => {
  expect(attachedWith({ processes: 'prefork' }).findings).toMatchObject([
    { code: 'workload/prefork-aggregation', severity: 'warning' },
  ]);
});

test('an aggregation without workers is a warning, and does not compile', () => {
  // @ts-expect-error: nothing forks
  const { findings } = attachedWith({ aggregation: 'in-process' });
  expect(findings).toMatchObject([
    { code: 'workload/prefork-aggregation', message: expect.stringContaining("'in-process'") as string },
  ]);
});
