import { ApiObject, App, Chart } from 'cdk8s';
import { MonitoredApp } from '../../../src/constructs';
import type { PodAdditions } from '../../../src/constructs/app/pod-additions';
import { withPodAdditions } from '../../../src/constructs/app/pod-additions';
import { renderedByMaker } from '../../../src/constructs/objects';
import { faultsOf, handWritten, image, stack, theOnly } from '../../support/stack';

interface Given {
  readonly env?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly initContainers?: readonly object[];
}

function workloadWith(chart: Chart, { env, annotations, initContainers }: Given): ApiObject {
  return handWritten(chart, 'web', {
    spec: {
      template: {
        metadata: { labels: { app: 'web' }, ...(annotations && { annotations }) },
        spec: { containers: [{ name: 'web', image, ...(env && { env }) }], ...(initContainers && { initContainers }) },
      },
    },
  });
}

function added(given: Given, ...additions: Partial<PodAdditions>[]) {
  const { objects, findings } = stack((chart) => {
    const app = MonitoredApp.attach(chart, 'web', { workload: workloadWith(chart, given), metrics: { port: 8080 } });
    for (const addition of additions) app._addToPods(addition);
  });
  return { template: theOnly(objects, 'Deployment').spec.template, faults: faultsOf(findings) };
}

const agent = { name: 'JAVA_TOOL_OPTIONS', value: '-javaagent:/jmx/agent.jar=9404', separator: ' ' };
const envOf = (template: { spec: { containers: { env?: unknown }[] } }) => template.spec.containers[0]?.env;

describe('a variable that others have a part in', () => {
  test.each<[string, object[] | undefined, object[]]>([
    ['is set where it is not', undefined, [{ name: agent.name, value: agent.value }]],
    ['is set where it is empty', [{ name: agent.name, value: '' }], [{ name: agent.name, value: agent.value }]],
    [
      'is joined where it is set',
      [{ name: agent.name, value: '-Xmx1g' }],
      [{ name: agent.name, value: `-Xmx1g ${agent.value}` }],
    ],
    [
      'stays as it is where it holds our part already',
      [{ name: agent.name, value: `${agent.value} -Xmx1g` }],
      [{ name: agent.name, value: `${agent.value} -Xmx1g` }],
    ],
    [
      'is joined where it holds something that only begins like our part',
      [{ name: agent.name, value: `${agent.value}4` }],
      [{ name: agent.name, value: `${agent.value}4 ${agent.value}` }],
    ],
  ])('%s', (_, env, expected) => {
    const { template, faults } = added({ env }, { envJoin: [agent] });
    expect(envOf(template)).toEqual(expected);
    expect(faults).toEqual([]);
  });

  test('takes one part after another', () => {
    const other = { ...agent, value: '-Dx=y' };
    expect(envOf(added({}, { envJoin: [agent] }, { envJoin: [other, agent] }).template)).toEqual([
      { name: agent.name, value: `${agent.value} -Dx=y` },
    ]);
  });

  test('that comes from a Secret is refused, and stays as it is', () => {
    const env = [{ name: agent.name, valueFrom: { secretKeyRef: { name: 'java', key: 'options' } } }];
    const { template, faults } = added({ env }, { envJoin: [agent] });
    expect(envOf(template)).toEqual(env);
    expect(faults).toEqual([
      `workload/environment-taken shop/web: JAVA_TOOL_OPTIONS of the container comes from elsewhere (valueFrom), so '${agent.value}' cannot be added to it → write JAVA_TOOL_OPTIONS as text where the workload is made, or add '${agent.value}' to its source and leave ours out`,
    ]);
  });
});

describe('annotations and labels of pods', () => {
  const additions = { podAnnotations: { 'prometheus.io/port': '8080' }, podLabels: { jmx: 'yes' } };

  test('are added to those that are there', () => {
    const { template, faults } = added({ annotations: { team: 'x' } }, additions);
    expect(template.metadata).toEqual({
      annotations: { 'prometheus.io/port': '8080', team: 'x' },
      labels: { app: 'web', jmx: 'yes' },
    });
    expect(faults).toEqual([]);
  });

  test('that are there with the same value are fine', () => {
    const { template, faults } = added({ annotations: { 'prometheus.io/port': '8080' } }, additions, additions);
    expect(template.metadata.annotations).toEqual({ 'prometheus.io/port': '8080' });
    expect(faults).toEqual([]);
  });

  test('that are there with another value stay, and are an error', () => {
    const { template, faults } = added({ annotations: { 'prometheus.io/port': '9999' } }, additions, {
      podLabels: { app: 'other' },
    });
    expect(template.metadata).toMatchObject({ annotations: { 'prometheus.io/port': '9999' }, labels: { app: 'web' } });
    expect(faults).toEqual([
      "workload/label-taken shop/web: the label app of the pods shall be 'other', and the pods have 'web' there → remove app where the pods are made, or let both agree",
      "workload/annotation-taken shop/web: the annotation prometheus.io/port of the pods shall be '8080', and the pods have '9999' there → remove prometheus.io/port where the pods are made, or let both agree",
    ]);
  });

  test('of which two parts of the monitoring say different things are an error: the first counts', () => {
    const { template, faults } = added({}, additions, { podAnnotations: { 'prometheus.io/port': '9404' } });
    expect(template.metadata.annotations).toEqual({ 'prometheus.io/port': '8080' });
    expect(faults).toEqual([expect.stringContaining("shall be '9404', and monitoring sets '8080' there")]);
  });
});

test('init containers that end come before those that stay, and after those that are there', () => {
  const { template } = added(
    { initContainers: [{ name: 'first', image }] },
    { nativeSidecars: [{ name: 'proxy', image, restartPolicy: 'Always' }] },
    { initContainers: [{ name: 'copy-agent', image }] },
  );
  expect(template.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual([
    'first',
    'copy-agent',
    'proxy',
  ]);
});

test('what is known only late is asked for late', () => {
  const { objects } = stack((chart) => {
    let value = 'early';
    const app = MonitoredApp.attach(chart, 'web', { workload: handWritten(chart), metrics: { port: 8080 } });
    app._addToPods(() => ({ podAnnotations: { value } }));
    value = 'late';
  });
  expect(theOnly(objects, 'Deployment').spec.template.metadata.annotations).toEqual({ value: 'late' });
});

test.each(['Deployment', 'Pod', 'Job', 'CronJob'])('additions to a %s that has them change nothing', (kind) => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } };
  const spec = { Pod: template.spec, CronJob: { jobTemplate: { spec: { template } } } }[kind] ?? { template };
  const manifest = renderedByMaker(
    new ApiObject(new Chart(new App(), 'c'), 'w', { apiVersion: 'v1', kind, metadata: { name: 'web' }, spec }),
  );
  const additions: PodAdditions = {
    ports: [{ name: 'metrics', containerPort: 9404 }],
    env: [{ name: 'A', value: 'b' }],
    envJoin: [agent],
    volumeMounts: [{ name: 'jmx', mountPath: '/jmx' }],
    volumes: [{ name: 'jmx', emptyDir: {} }],
    sidecars: [{ name: 'exporter', image }],
    nativeSidecars: [{ name: 'proxy', image, restartPolicy: 'Always' }],
    initContainers: [{ name: 'copy-agent', image }],
    podLabels: { jmx: 'yes' },
    podAnnotations: { 'prometheus.io/port': '9404' },
  };
  const once = withPodAdditions(manifest, additions);
  expect(JSON.stringify(once)).toContain('"jmx":"yes"');
  expect(withPodAdditions(once, additions)).toEqual(once);
});

test('an added container is looked at like any other', () => {
  const copy = { name: 'web', image: 'registry.example/agent:latest' };
  expect(added({}, { initContainers: [copy] }).faults.map((fault) => fault.split(':')[0])).toEqual([
    'workload/duplicate-container shop/web',
    'workload/latest-tag shop/web',
  ]);
});
