import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import { JmxAgent, JmxAgentProps, MonitoredApp } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { describeWithEngine } from '../../support/engines';
import { restrictedViolations } from '../../support/pod-security';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import {
  containersOf,
  faultsOf,
  findingsOfSynth,
  handWritten,
  image,
  KubernetesObject,
  stack,
  StackOptions,
  theOnly,
} from '../../support/stack';

const agentImage = 'registry.example/jmx-agent:1.6.0';
const jar = '/jmx_prometheus_javaagent.jar';

const compose =
  (props: Partial<JmxAgentProps>, env?: Record<string, string>) =>
  (chart: Chart): void => {
    const app = new MonitoredApp(chart, 'checkout', { image, port: 8080, env });
    new JmxAgent(app, 'jmx', { image: agentImage, jar, ...props });
  };
const withAgent = (props: Partial<JmxAgentProps> = {}, env?: Record<string, string>, options: StackOptions = {}) =>
  stack(compose(props, env), options);
const faults = (props: object) => faultsOf(findingsOfSynth(compose(props)));

const containerOf = (objects: readonly KubernetesObject[], name = 'checkout') =>
  containersOf(theOnly(objects, 'Deployment')).find((container) => container.name === name);
const variable = (objects: readonly KubernetesObject[], name = 'JAVA_TOOL_OPTIONS') =>
  containerOf(objects).env?.find((each: { name: string }) => each.name === name)?.value;
const alertsOf = (objects: readonly KubernetesObject[]) =>
  theOnly(objects, 'PrometheusRule').spec.groups[0].rules as { alert: string; expr: string }[];

describe('a JMX agent', () => {
  test('comes with an init container, a ConfigMap and an argument of the JVM', () => {
    const { objects, findings } = withAgent({ config: { lowercaseOutputName: true } });
    const { volumes } = theOnly(objects, 'Deployment').spec.template.spec;
    expect(containerOf(objects, 'jmx-agent')).toMatchObject({
      image: agentImage,
      command: ['cp', jar, '/jmx/jmx_prometheus_javaagent.jar'],
      volumeMounts: [{ name: 'jmx-jar', mountPath: '/jmx' }],
    });
    expect(containerOf(objects).volumeMounts).toEqual(
      expect.arrayContaining([
        { name: 'jmx-config', mountPath: '/jmx-config', readOnly: true },
        { name: 'jmx-jar', mountPath: '/jmx', readOnly: true },
      ]),
    );
    expect(volumes).toEqual(
      expect.arrayContaining([
        { name: 'jmx-config', configMap: { name: 'checkout-jmx' } },
        { name: 'jmx-jar', emptyDir: { sizeLimit: '64Mi' } },
      ]),
    );
    expect(variable(objects)).toBe('-javaagent:/jmx/jmx_prometheus_javaagent.jar=9404:/jmx-config/config.yaml');
    expect(parse(theOnly(objects, 'ConfigMap').data?.['config.yaml'] ?? '')).toEqual({ lowercaseOutputName: true });
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });

  test("listens on a port of the app's own container, which is scraped and protected", () => {
    const { objects } = withAgent();
    expect(containerOf(objects).ports).toContainEqual({ name: 'jmx-metrics', containerPort: 9404 });
    expect(theOnly(objects, 'Service').spec.ports).toContainEqual({
      name: 'jmx-metrics',
      port: 9404,
      targetPort: 9404,
      protocol: 'TCP',
    });
    expect(theOnly(objects, 'ServiceMonitor').spec.endpoints).toEqual([{ port: 'jmx-metrics', path: '/metrics' }]);
    expect(theOnly(objects, 'NetworkPolicy').spec.ingress[0].ports).toEqual([{ protocol: 'TCP', port: 9404 }]);
  });

  test('joins what the variable holds, and can use another one', () => {
    expect(variable(withAgent({}, { JAVA_TOOL_OPTIONS: '-Xmx512m' }).objects)).toBe(
      '-Xmx512m -javaagent:/jmx/jmx_prometheus_javaagent.jar=9404:/jmx-config/config.yaml',
    );
    const { objects } = withAgent({ variable: 'KAFKA_OPTS', port: 5556 });
    expect(variable(objects, 'KAFKA_OPTS')).toContain('=5556:');
    expect(variable(objects)).toBeUndefined();
  });

  test("is found in the app's own image", () => {
    const { objects } = withAgent({ image: undefined, jar: '/opt/agent.jar' });
    expect(variable(objects)).toBe('-javaagent:/opt/agent.jar=9404:/jmx-config/config.yaml');
    expect(theOnly(objects, 'Deployment').spec.template.spec.initContainers).toBeUndefined();
  });

  test('stays within the restricted Pod Security Standard, and takes the user that the cluster gives', () => {
    const { objects } = withAgent();
    expect(restrictedViolations(theOnly(objects, 'Deployment').spec.template.spec)).toEqual([]);
    expect(containerOf(objects, 'jmx-agent').securityContext.runAsUser).toBe(65534);
    const assigned = withAgent({}, undefined, { platform: Platform.openShift() });
    expect(containerOf(assigned.objects, 'jmx-agent').securityContext.runAsUser).toBeUndefined();
  });

  test('watches an existing StatefulSet, such as that of Kafka', () => {
    const { objects, findings } = stack((chart) => {
      const workload = new ApiObject(chart, 'kafka-workload', {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'kafka' },
        spec: {
          serviceName: 'kafka',
          selector: { matchLabels: { app: 'kafka' } },
          template: {
            metadata: { labels: { app: 'kafka' } },
            spec: {
              containers: [{ name: 'kafka', image, env: [{ name: 'KAFKA_OPTS', value: '-Dauth=on' }] }],
              initContainers: [{ name: 'format', image }],
            },
          },
        },
      });
      const kafka = MonitoredApp.attach(chart, 'kafka', { workload });
      new JmxAgent(kafka, 'jmx', {
        image: agentImage,
        jar,
        variable: 'KAFKA_OPTS',
        config: {
          includeObjectNames: ['kafka.server:*'],
          rules: [
            {
              pattern: 'kafka.server<type=(.+), name=(.+)><>Value',
              name: 'kafka_server_$1_$2',
              type: 'GAUGE',
              labels: { part: '$1' },
            },
          ],
        },
      });
    });
    const { spec } = theOnly(objects, 'StatefulSet').spec.template;
    expect(spec.containers[0].env).toEqual([
      {
        name: 'KAFKA_OPTS',
        value: '-Dauth=on -javaagent:/jmx/jmx_prometheus_javaagent.jar=9404:/jmx-config/config.yaml',
      },
    ]);
    expect(spec.initContainers.map(({ name }: { name: string }) => name)).toEqual(['format', 'jmx-agent']);
    expect(theOnly(objects, 'ConfigMap').data?.['config.yaml']).toContain('type: GAUGE');
    expect(findings).toEqual([]);
    expectValidObjects(objects);
  });
});

describe('the alerts of a JMX agent', () => {
  test('are those of the endpoint and those of its JVM', () => {
    expect(alertsOf(withAgent().objects).map(({ alert, expr }) => `${alert}: ${expr}`)).toMatchInlineSnapshot(`
     [
       "CheckoutJmxConfigurationRejected: increase(jmx_config_reload_failure_total{namespace="shop", job="checkout", endpoint="jmx-metrics"}[15m]) > 0",
       "CheckoutJmxDown: jmx_scrape_error{namespace="shop", job="checkout", endpoint="jmx-metrics"} > 0",
       "CheckoutJmxFileDescriptorsNearlyUsed: process_open_fds{namespace="shop", job="checkout", endpoint="jmx-metrics"} / process_max_fds{namespace="shop", job="checkout", endpoint="jmx-metrics"} > 0.9",
       "CheckoutJmxHeapNearlyFull: jvm_memory_used_bytes{namespace="shop", job="checkout", endpoint="jmx-metrics", area="heap"} / jvm_memory_max_bytes{namespace="shop", job="checkout", endpoint="jmx-metrics", area="heap"} > 0.9",
       "CheckoutJmxTargetAbsent: absent(up{namespace="shop", job="checkout", endpoint="jmx-metrics"})",
       "CheckoutJmxTargetDown: up{namespace="shop", job="checkout", endpoint="jmx-metrics"} == 0",
       "CheckoutJmxThreadsDeadlocked: jvm_threads_deadlocked{namespace="shop", job="checkout", endpoint="jmx-metrics"} > 0",
     ]
    `);
  });

  test('are switched off and changed by their names', () => {
    const names = (alerts: JmxAgentProps['alerts']) =>
      alertsOf(withAgent({ alerts }).objects).map(({ alert }) => alert.replace('CheckoutJmx', ''));
    expect(names({ heapNearlyFull: false, targetDown: false })).toEqual([
      'ConfigurationRejected',
      'Down',
      'FileDescriptorsNearlyUsed',
      'TargetAbsent',
      'ThreadsDeadlocked',
    ]);
    expect(withAgent({ alerts: false }).objects.map(({ kind }) => kind)).not.toContain('PrometheusRule');
    expect(faults({ alerts: { heapNearlyFul: false } })).toEqual([expect.stringContaining("write 'heapNearlyFull'")]);
  });

  describeWithEngine('promtool', (promtool) => {
    test('are valid rules', () => {
      expect(checkRules(promtool, [theOnly(withAgent().objects, 'PrometheusRule')])).toMatchObject({ ok: true });
    });
  });
});

test('the endpoint has a monitor of its own where it is given one', () => {
  const { objects } = withAgent({ serviceMonitor: { name: 'jvm', labels: { tier: 'x' } } });
  expect(theOnly(objects, 'ServiceMonitor').metadata).toMatchObject({ name: 'jvm', labels: { tier: 'x' } });
});

test('the ConfigMap takes a name, labels and patches', () => {
  const { objects } = withAgent({
    configMap: { name: 'jvm', labels: { tier: 'x' }, patches: [JsonPatch.add('/immutable', true)] },
  });
  expect(theOnly(objects, 'ConfigMap')).toMatchObject({
    metadata: { name: 'jvm', labels: { tier: 'x', 'app.kubernetes.io/name': 'checkout' } },
    immutable: true,
  });
  expect(theOnly(objects, 'Deployment').spec.template.spec.volumes).toContainEqual({
    name: 'jmx-config',
    configMap: { name: 'jvm' },
  });
});

describe('mistakes are said', () => {
  test.each([
    ['a jar that is no path', { jar: 'agent.jar' }, 'jar is "agent.jar", expected the path of the agent\'s jar'],
    ['no jar', { jar: undefined }, 'jar is missing, expected the path'],
    ['an empty image', { image: '' }, 'the image that the jar is copied from is empty'],
    ['no variable', { variable: 'JAVA OPTS' }, 'variable is "JAVA OPTS", which names no variable'],
    ['a port beyond all ports', { port: 94040 }, '94040'],
    [
      'an unknown field of the configuration',
      { config: { lowercaseOutputNames: true } },
      "write 'lowercaseOutputName'",
    ],
    ['a fraction of a second', { config: { startDelaySeconds: 1.5 } }, 'config.startDelaySeconds is the number 1.5'],
    ['a rule that is none', { config: { rules: ['.*'] } }, "config.rules[0] is the string '.*', expected a rule"],
    [
      'an unknown field of a rule',
      { config: { rules: [{ pattern: '.*', nam: 'x' }] } },
      'config.rules[0].nam is no field',
    ],
    ['labels without a name', { config: { rules: [{ pattern: '.*', labels: {} }] } }, 'has labels and no name'],
    [
      'a near field of a rule',
      { config: { rules: [{ patern: '.*' }] } },
      "config.rules[0].patern is no field of a rule → write 'pattern'",
    ],
    [
      'a type that is none',
      { config: { rules: [{ pattern: 'a', name: 'x', type: 'COUNT' }] } },
      "config.rules[0].type is the string 'COUNT', expected GAUGE, COUNTER, UNTYPED → write 'COUNTER'",
    ],
    [
      'a name that no metric can have',
      { config: { rules: [{ pattern: 'a', name: 'x-$1' }] } },
      "config.rules[0].name 'x-$1' is no name of a metric: letters, digits, _ and : beside groups such as $1 → write 'x_$1'",
    ],
    [
      'a group that is not closed',
      { config: { rules: [{ pattern: 'a(b' }] } },
      "config.rules[0].pattern 'a(b' does not close its (: the exporter refuses it, and the JVM does not start",
    ],
    ['a group that is not open', { config: { rules: [{ pattern: 'a)b' }] } }, 'closes a group that is not open by )'],
    ['a class that is not closed', { config: { rules: [{ pattern: 'a[b' }] } }, 'does not close its ['],
    ['a name without a pattern', { config: { rules: [{ name: 'x' }] } }, 'has a name and no pattern'],
  ])('%s', (_, props, expected) => {
    expect(faults(props as never)).toEqual([expect.stringContaining(expected)]);
  });

  test.each(['a\\(b', '[(]', '\\Q(\\E', 'kafka.server<type=(.+), name=(.+)><>Value', '[]abc(]'])(
    'the pattern %s is none',
    (pattern) => expect(faults({ config: { rules: [{ pattern, name: '$1_x:${2}' }] } })).toEqual([]),
  );

  test('an id that nothing can be called after', () => {
    const found = faultsOf(
      findingsOfSynth((chart) => {
        const app = new MonitoredApp(chart, 'checkout', { image, port: 8080 });
        new JmxAgent(app, 'app', { jar: '/opt/agent.jar' });
      }),
    );
    expect(found).toEqual([expect.stringContaining("an exporter cannot be called 'app'")]);
  });

  test('an agent outside of an app', () => {
    expect(() => stack((chart) => void new JmxAgent(chart as never, 'jmx', { jar }))).toThrow(
      "the agent 'jmx' is in the JVM of no app: its scope is Chart at shop",
    );
  });

  test('a rule that the exporter would refuse does not compile, and is said where nothing is compiled', () => {
    const refused = [
      // @ts-expect-error labels need a name
      { config: { rules: [{ pattern: '.*', labels: { a: 'b' } }] } } satisfies Partial<JmxAgentProps>,
      // @ts-expect-error a name needs a pattern
      { config: { rules: [{ name: 'x' }] } } satisfies Partial<JmxAgentProps>,
    ];
    for (const props of refused) expect(faults(props)).toHaveLength(1);
  });
});

describe('what the pods have already', () => {
  const agentBeside = (containers: readonly object[], props: Partial<JmxAgentProps> = {}, container?: string) =>
    faultsOf(
      findingsOfSynth((chart) => {
        const template = { metadata: { labels: { app: 'kafka' } }, spec: { containers } };
        const workload = handWritten(chart, 'kafka', {
          spec: { selector: { matchLabels: { app: 'kafka' } }, template },
        });
        const kafka = MonitoredApp.attach(chart, 'kafka', { workload, container });
        new JmxAgent(kafka, 'jmx', { image: agentImage, jar, variable: 'KAFKA_OPTS', ...props });
      }),
    );
  const broker = (...env: readonly object[]) => ({
    name: 'broker',
    image,
    env,
    ports: [{ name: 'tcp-clients', containerPort: 9092 }],
  });
  const opts = (value: string) => ({ name: 'KAFKA_OPTS', value });

  test('a port of the container is not taken over', () => {
    expect(agentBeside([broker()], { port: 9092 })).toEqual([
      'ports/duplicate-number shop/kafka/jmx: the agent listens on port 9092, which is that of tcp-clients of container broker: ' +
        'the JVM would not start → give the agent another one: port: 9404',
    ]);
    expect(agentBeside([broker()], { port: 9092, portName: 'tcp-clients' })).toEqual([]);
  });

  test('a port of a new app is not taken over', () => {
    const found = findingsOfSynth((chart) => {
      const app = new MonitoredApp(chart, 'kafka', { image, port: 9404 });
      new JmxAgent(app, 'jmx', { image: agentImage, jar });
    });
    expect(faultsOf(found)).toEqual([
      expect.stringContaining('the agent listens on port 9404, which is that of http of container kafka'),
    ]);
  });

  test('an agent that is there already is scraped instead', () => {
    const there = '-Dauth=on -javaagent:/opt/jmx_prometheus_javaagent-0.20.0.jar=7071:/etc/kafka.yml';
    expect(agentBeside([broker(opts(there))])).toEqual([
      `exporters/agent-there shop/kafka/jmx: KAFKA_OPTS of container broker loads an agent of JMX already: '${there}'` +
        ' → leave out the JmxAgent and scrape what is there (metrics: { port: 7071 }), or remove it from KAFKA_OPTS',
    ]);
    expect(agentBeside([broker(opts('-javaagent:/opt/opentelemetry.jar'))])).toEqual([]);
  });

  test('a variable of another container, and one that is nearly there, are warnings', () => {
    const proxy = { name: 'proxy', image };
    expect(agentBeside([proxy, broker(opts('-Dauth=on'))])).toEqual([
      'exporters/variable shop/kafka/jmx: KAFKA_OPTS is set in container broker, and the agent comes into proxy, the container of kafka' +
        " → attach with container: 'broker' where the JVM is that one",
    ]);
    expect(agentBeside([proxy, broker(opts('-Dauth=on'))], {}, 'broker')).toEqual([]);
    expect(agentBeside([broker(opts('-Dauth=on'))], { variable: 'KAFKA_OPT' })).toEqual([
      "exporters/variable shop/kafka/jmx: container broker has no variable KAFKA_OPT, but KAFKA_OPTS: no program may read the one that is added → write variable: 'KAFKA_OPTS'",
    ]);
  });
});
