import { described, Shape, ShapeRule } from '../../findings';
import { meshShape } from '../mesh/mesh-options';
import { labelProblem, ShapeOf } from '../objects';
import type { ObjectOptions } from '../objects';
import type { ExporterProps } from '../exporters/exporter';
import { seriesNameProblem } from '../rules/rule-checks';
import { PrometheusRuleOptions, ruleGroupShape } from '../rules/rule-group';
import type { MonitoredAppProps } from './app-props';
import type { MetricsOptions, MonitoringOptions, ProcessOptions } from './monitoring-props';
import type { ServiceOptions } from './app-service';
import { portNameRule, portNumberRule, portRule } from './ports';

/*
 * What the props of apps and exporters look like, for those whom no compiler tells: JavaScript, `any`, a spread object.
 */

export const textMap: Shape = { map: 'text' };

/** Labels of an app stand on each of its objects: a fault is shown once, at the app. */
export const label: ShapeRule = {
  code: 'props/label',
  problem: (value, _place, key) => labelProblem(key, value),
};

const replicas: ShapeRule = {
  problem: (value, place) =>
    Number.isInteger(value) && (value as number) >= 0
      ? undefined
      : {
          message: `${place} is ${described(value)}, expected a whole number from 0`,
          fix: 'give how many pods shall run',
        },
};

export const objectOptions: Record<keyof ObjectOptions, Shape> = {
  name: 'text',
  labels: textMap,
  annotations: textMap,
  patches: { list: { withMember: '_toJson', expected: 'a patch made by JsonPatch' } },
};

export const prometheusRuleOptions: Record<keyof PrometheusRuleOptions, Shape> = {
  ...objectOptions,
  group: { fields: ruleGroupShape },
};

export const scrapePolicy: Shape = {
  problem: (value, place) => {
    if (value === undefined || value === null) return undefined;
    const { mechanism } = value as { mechanism?: { kind?: string; options?: unknown } };
    if (mechanism === undefined) {
      const expected = 'a ScrapePolicy, such as ScrapePolicy.serviceMonitor(…)';
      return { message: `${place} is ${described(value)}, expected ${expected}`, fix: `give ${expected}` };
    }
    const { kind = 'serviceMonitor', options } = mechanism;
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) return undefined;
    return {
      message: `${place} has ${described(options)} for its options, expected { interval, scrapeTimeout, … }`,
      fix: `write ScrapePolicy.${kind}({ … })`,
    };
  },
};
const alerts: Shape = { either: [{ map: 'anything' }, 'boolean'] };
const pullPolicy: Shape = { oneOf: ['Always', 'IfNotPresent', 'Never'] };
const environment: Shape = {
  map: {
    problem: (value, place) =>
      typeof value === 'string' || isSecretReference(value)
        ? undefined
        : {
            message: `${place} is ${described(value)}, expected text or { secret: { name, key } }`,
            fix: isScalar(value) ? `write '${String(value)}'` : 'give text or a reference to a Secret, or leave it out',
          },
  },
};

function isSecretReference(value: unknown): boolean {
  const { secret } = (value ?? {}) as { secret?: { name?: unknown; key?: unknown } };
  return typeof secret?.name === 'string' && typeof secret.key === 'string';
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

const probe: Shape = { withMember: '_toKube', expected: 'a probe, such as kplus.Probe.fromHttpGet(…)' };

const metrics: ShapeOf<MetricsOptions> = {
  port: portRule,
  portName: portNameRule,
  path: 'text',
  scheme: { oneOf: ['http', 'https'] },
  dedicated: 'boolean',
  scrape: scrapePolicy,
  alerts,
  serviceMonitor: { fields: objectOptions },
  podMonitor: { fields: objectOptions },
  probe: { fields: objectOptions },
};

export const processes: ShapeOf<ProcessOptions> = {
  processes: { oneOf: ['single', 'prefork'] },
  aggregation: { oneOf: ['multi-process-directory', 'in-process'] },
};

const service: ShapeOf<ServiceOptions> = {
  ...objectOptions,
  type: { oneOf: ['ClusterIP', 'NodePort', 'headless'] },
  port: portNumberRule,
};

export const monitoring: ShapeOf<MonitoringOptions> = {
  name: 'text',
  metrics: { fields: metrics },
  scrape: scrapePolicy,
  prometheus: 'text',
  team: label,
  labels: { map: label },
  service: { either: [{ oneOf: ['none'] }, { fields: service }] },
  isolate: 'boolean',
  mesh: meshShape,
  objects: {
    fields: {
      deployment: { fields: objectOptions },
      serviceMonitor: { fields: objectOptions },
      podMonitor: { fields: objectOptions },
      networkPolicy: { fields: objectOptions },
      proberNetworkPolicy: { fields: objectOptions },
      prometheusRule: { fields: prometheusRuleOptions },
      peerAuthentication: { fields: objectOptions },
      authorizationPolicy: { fields: objectOptions },
    },
  },
};

export const monitoredAppShape: ShapeOf<MonitoredAppProps> = {
  ...monitoring,
  image: 'anything',
  imagePullPolicy: pullPolicy,
  replicas,
  port: portNumberRule,
  portName: portNameRule,
  ports: { map: portNumberRule },
  env: environment,
  command: { list: 'text' },
  args: { list: 'text' },
  resources: 'anything',
  securityContext: 'anything',
  readiness: probe,
  liveness: probe,
  startup: probe,
  writableFolders: { list: 'text' },
  ...processes,
};

/** An expression is made of it: `queue-up == 0` would be a subtraction. */
const metricName: ShapeRule = {
  code: 'rules/record-name',
  problem: (value, place) => {
    if (typeof value !== 'string')
      return { message: `${place} is ${described(value)}, expected text`, fix: 'name a metric' };
    const problem = seriesNameProblem(value);
    return problem && { message: `${place}: ${problem.message}`, fix: problem.fix };
  },
};

export const exporterShape: ShapeOf<ExporterProps> = {
  image: 'anything',
  imagePullPolicy: pullPolicy,
  containerName: 'text',
  port: { ...portNumberRule, required: true },
  portName: portNameRule,
  path: 'text',
  scheme: { oneOf: ['http', 'https'] },
  command: { list: 'text' },
  args: { list: 'text' },
  env: environment,
  resources: { fields: { requests: textMap, limits: textMap } },
  volumeMounts: { list: { fields: { name: 'text', mountPath: 'text', readOnly: 'boolean', subPath: 'text' } } },
  native: 'boolean',
  upMetric: metricName,
  errorMetric: metricName,
  configFiles: { fields: { mountPath: 'text', files: textMap, configMap: { fields: objectOptions } } },
  runAsUser: 'number',
  scrape: scrapePolicy,
  alerts,
  serviceMonitor: { fields: objectOptions },
  podMonitor: { fields: objectOptions },
  probe: { fields: objectOptions },
  service: { fields: objectOptions },
};
