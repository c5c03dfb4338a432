import { parse } from 'yaml';
import { Exporters, ExporterSidecar, JmxExporterOptions, MonitoredApp } from '../../../src/constructs';
import { describeWithEngine } from '../../support/engines';
import { restrictedViolations } from '../../support/pod-security';
import { checkRules } from '../../support/promtool';
import { expectValidObjects } from '../../support/schemas';
import { containersOf, faultsOf, findingsOfSynth, image, stack, theOnly } from '../../support/stack';

const exporterImage = 'registry.example/jmx-exporter:1.6.0';

const compose = (options: Partial<JmxExporterOptions>) => (chart: Parameters<Parameters<typeof stack>[0]>[0]) => {
  const app = new MonitoredApp(chart, 'checkout', { image, port: 8080 });
  new ExporterSidecar(app, 'jmx', Exporters.jmx({ image: exporterImage, ...options }));
};
const withExporter = (options: Partial<JmxExporterOptions> = {}) => stack(compose(options));
const exporterIn = ({ objects }: ReturnType<typeof stack>) =>
  containersOf(theOnly(objects, 'Deployment')).find(({ name }) => name === 'jmx-exporter');

test('the JMX exporter beside a JVM reads where it is from a ConfigMap', () => {
  const made = withExporter({ config: { excludeObjectNames: ['java.lang:type=ClassLoading'] } });
  expect(exporterIn(made)).toMatchObject({
    image: exporterImage,
    args: ['5556', '/etc/jmx-exporter/config.yaml'],
    ports: [{ name: 'jmx-metrics', containerPort: 5556 }],
    volumeMounts: [{ name: 'jmx-config', mountPath: '/etc/jmx-exporter', readOnly: true }],
  });
  const configMap = theOnly(made.objects, 'ConfigMap');
  expect(configMap.metadata).toMatchObject({ name: 'checkout-jmx', labels: { 'app.kubernetes.io/name': 'checkout' } });
  expect(parse(configMap.data?.['config.yaml'] ?? '')).toEqual({
    hostPort: 'localhost:5555',
    excludeObjectNames: ['java.lang:type=ClassLoading'],
  });
  expect(theOnly(made.objects, 'Deployment').spec.template.spec.volumes).toContainEqual({
    name: 'jmx-config',
    configMap: { name: 'checkout-jmx' },
  });
  expect(made.findings).toEqual([]);
  expectValidObjects(made.objects);
  expect(restrictedViolations(theOnly(made.objects, 'Deployment').spec.template.spec)).toEqual([]);
});

test('it can be told its jar, its port and further arguments', () => {
  const made = withExporter({ jar: '/opt/jmx.jar', port: 9404, args: ['--debug'], hostPort: 'localhost:9999' });
  expect(exporterIn(made)).toMatchObject({
    command: ['java', '-jar', '/opt/jmx.jar'],
    args: ['9404', '/etc/jmx-exporter/config.yaml', '--debug'],
  });
  expect(theOnly(made.objects, 'ConfigMap').data?.['config.yaml']).toContain('hostPort: localhost:9999');
});

test('that the JVM does not answer is an alert', () => {
  const rules = theOnly(withExporter().objects, 'PrometheusRule').spec.groups[0].rules as {
    alert: string;
    expr: string;
  }[];
  expect(rules.find(({ alert }) => alert === 'CheckoutJmxDown')?.expr).toBe(
    'jmx_scrape_error{namespace="shop", job="checkout", endpoint="jmx-metrics"} > 0',
  );
});

test('mistakes are said at the sidecar', () => {
  const faults = (options: object) => faultsOf(findingsOfSynth(compose(options))).join();
  expect(faults({ image: undefined })).toContain('the exporter has no image');
  expect(faults({ hostport: 'localhost:1' })).toContain("write 'hostPort'");
  expect(faults({ config: { rules: {} } })).toContain('config.rules is an object, expected a list');
});

describeWithEngine('promtool', (promtool) => {
  test('takes its alerts', () => {
    expect(checkRules(promtool, [theOnly(withExporter().objects, 'PrometheusRule')])).toMatchObject({ ok: true });
  });
});
