import { Construct } from 'constructs';
import { addCheck, described, Finding, nameOf, refuse, scopeFor } from '../../findings';
import type { Platform } from '../../platform';
import { exporterShape } from '../app/app-shapes';
import { ContainerManifest, environment, restrictedSecurityContext, VolumeMount } from '../app/container';
import { MonitoredWorkload } from '../app/monitored-workload';
import { plainSecrets, secretFix } from '../app/plain-secrets';
import { exporterPortName } from '../app/ports';
import { checkProps, generateObject, nameProblem, reportProps, toObjectName } from '../objects';
import { isOlder } from '../scrape/version-checks';
import type { ExporterProps } from './exporter';
import { usableExporterId } from './exporter-id';
import { problemsOfOptions } from './exporter-options';

const defaultResources = { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } };

/**
 * An exporter beside an app, in each of its pods: the container, its Service port, its scrape and its alerts.
 *
 * @example
 * new ExporterSidecar(checkout, 'redis', Exporters.redis({ address: 'redis://localhost:6379' }));
 */
export class ExporterSidecar extends Construct {
  constructor(app: MonitoredWorkload, id: string, given: ExporterProps) {
    super(scopeFor(appFor(app, id), id, 'ExporterSidecar'), id);
    const { props, problems } = checkProps(given, exporterShape);
    reportProps(this, [...problemsOfOptions(given), ...problems]);
    const { port, path, scheme = 'http', native, upMetric, errorMetric, alerts, scrape } = props;
    const { serviceMonitor, podMonitor, probe, service } = props;
    const exporter = usableExporterId(this, id);
    const portName = props.portName ?? exporterPortName(exporter);
    const configMount = this.addConfigFiles(app, exporter, props);
    const container = containerOf(app, exporter, portName, {
      ...props,
      ...(configMount === undefined ? {} : { volumeMounts: [...(props.volumeMounts ?? []), configMount] }),
    });
    app._addToPods(
      native ? { nativeSidecars: [{ ...container, restartPolicy: 'Always' }] } : { sidecars: [container] },
    );
    app._addEndpoint({
      declaredBy: this,
      exporter,
      container: container.name,
      port,
      portName,
      path,
      scheme,
      dedicated: true,
      policy: scrape,
      alerts,
      upMetric,
      errorMetric,
      serviceMonitor,
      podMonitor,
      probe,
      service,
    });
    addCheck(this, () => this.findings(props, app.platform));
  }

  private addConfigFiles(app: MonitoredWorkload, id: string, { configFiles }: ExporterProps): VolumeMount | undefined {
    if (configFiles === undefined) return undefined;
    const name = toObjectName(id, 63 - '-config'.length);
    const { name: configMap } = generateObject(this, 'ConfigMap', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: `${app.name}-${name}`,
      namespace: app.namespace,
      labels: app.labels,
      options: configFiles.configMap,
      content: () => ({ data: { ...configFiles.files } }),
    });
    app._addToPods({ volumes: [{ name: `${name}-config`, configMap: { name: configMap } }] });
    return { name: `${name}-config`, mountPath: configFiles.mountPath, readOnly: true };
  }

  private findings({ image, env, args, native, containerName }: ExporterProps, platform: Platform): Finding[] {
    const findings: Finding[] = [];
    const where = { construct: this.node.path };
    if (typeof image !== 'string' || image.trim() === '') {
      findings.push({
        code: 'workload/image',
        severity: 'error',
        where,
        message: `the exporter has no image (${JSON.stringify(image)})`,
        fix: "give one, such as image: 'quay.io/prometheus/memcached-exporter:v0.17.0'",
      });
    }
    const problem = containerName === undefined ? undefined : nameProblem(containerName, 63);
    if (problem) findings.push({ code: 'workload/name', severity: 'error', where, ...problem });
    const kubernetes = platform.facts.operator?.kubernetesVersion;
    if (native && kubernetes !== undefined && isOlder(kubernetes, '1.29')) {
      findings.push({
        code: 'exporters/native-sidecar',
        severity: 'error',
        where,
        message: `native sidecars need Kubernetes 1.29, the platform has ${kubernetes}: the pod would wait for the exporter to end`,
        fix: 'leave out native, or raise the platform',
      });
    }
    for (const { name } of plainSecrets(env, args)) {
      findings.push({
        code: 'exporters/plain-secret',
        severity: 'error',
        where,
        message: `${name} holds a password in plain text, which would be committed with the YAML`,
        fix: secretFix,
      });
    }
    return findings;
  }
}

/** Anything can come from JavaScript, but an exporter needs the pods of an app. */
function appFor(app: unknown, id: string): MonitoredWorkload {
  if (app instanceof MonitoredWorkload) return app;
  const isConstruct = Construct.isConstruct(app);
  return refuse({
    code: 'exporters/no-app',
    path: isConstruct && app.node.path !== '' ? `${app.node.path}/${id}` : String(id),
    message: `the exporter '${id}' stands beside no app: its scope is ${isConstruct ? nameOf(app) : described(app)}`,
    fix: 'create it under a MonitoredApp, or under what MonitoredApp.attach gives',
  });
}

function containerOf(app: MonitoredWorkload, id: string, portName: string, props: ExporterProps): ContainerManifest {
  const { image, imagePullPolicy = 'IfNotPresent', command, args, env, resources, volumeMounts, port } = props;
  const user = app.platform.facts.pods?.assignsUserIds ? undefined : props.runAsUser;
  return {
    name: props.containerName ?? `${toObjectName(id, 63 - '-exporter'.length)}-exporter`,
    image: typeof image === 'string' ? image : '',
    imagePullPolicy,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined || args.length === 0 ? {} : { args }),
    ...(env === undefined || Object.keys(env).length === 0 ? {} : { env: environment(env) }),
    ports: [{ name: portName, containerPort: port }],
    resources: resources ?? defaultResources,
    securityContext: restrictedSecurityContext(user),
    ...(volumeMounts === undefined ? {} : { volumeMounts }),
  };
}
