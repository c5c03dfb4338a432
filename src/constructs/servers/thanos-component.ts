import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { ResourceRequirements, Toleration } from '../../../imports/kubernetes-core';
import { addCheck, addFinding, scopeFor, Shape } from '../../findings';
import { Platform } from '../../platform';
import { objectOptions } from '../app/app-shapes';
import { MonitoredApp } from '../app/monitored-app';
import type { MonitoredWorkload } from '../app/monitored-workload';
import {
  CheckedProps,
  definedFields,
  generateObject,
  nameProblem,
  ObjectOptions,
  reportProps,
  ShapeOf,
  toObjectName,
} from '../objects';
import type { HealthAlert } from './health-alert';
import { HealthAlertChanges, healthRules } from './health-rules';
import { clientsOf, NetworkPeer, NetworkPolicyChoice, networkPolicyShape, peersOf, podsOf } from './network-peer';
import { storageSizeText, versionRule } from './quantities';
import type { SecretReference } from './secret-reference';
import { labelMap, resourcesShape } from './server-props';
import { StorageOptions, storageFindings, volumeClaimSpec } from './storage';

/** Source: prometheus-operator, pkg/operator/defaults.go, `DefaultThanosVersion` of version 0.93.0. */
const defaultVersion = '0.42.2';

/** Names, labels, annotations and patches of the objects that come with a component of Thanos. */
export interface ThanosObjects {
  /** The Deployment or StatefulSet. */
  readonly workload?: ObjectOptions;
  /** The headless Service through which others reach it. */
  readonly service?: ObjectOptions;
  readonly networkPolicy?: ObjectOptions;
  readonly podDisruptionBudget?: ObjectOptions;
  readonly prometheusRule?: ObjectOptions;
}

/** What the components of Thanos have in common. */
export interface ThanosComponentProps {
  /** Name of the workload and its Service, and the `job` of its metrics. @default - the id of the construct */
  readonly name?: string;
  /** Version of the image. @default - 0.42.2, the one of prometheus-operator 0.93 */
  readonly version?: string;
  /** Image with its version, where it does not come from quay.io/thanos/thanos. */
  readonly image?: string;
  readonly resources?: ResourceRequirements;
  /** Who owns it: a label of every object. */
  readonly team?: string;
  /** Labels of every object. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further arguments of the command. */
  readonly args?: readonly string[];
  /** ServiceAccount that something else makes, where it opens the bucket. @default - that of the namespace, without its token */
  readonly serviceAccountName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  /** Who may connect. `false` makes no NetworkPolicy. @default - pods of the namespace, and what is joined to it */
  readonly networkPolicy?: NetworkPolicyChoice;
  /** Alerts about it, by name: `false` switches one off, or all. @default - all of them */
  readonly alerts?: false | HealthAlertChanges;
  readonly objects?: ThanosObjects;
}

export const thanosShape: ShapeOf<ThanosComponentProps> = {
  name: 'text',
  version: versionRule,
  image: 'text',
  resources: resourcesShape,
  team: 'text',
  labels: labelMap,
  args: { list: 'text' },
  serviceAccountName: 'text',
  nodeSelector: { map: 'text' },
  tolerations: { list: 'anything' },
  networkPolicy: networkPolicyShape,
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  objects: {
    fields: {
      workload: { fields: objectOptions },
      service: { fields: objectOptions },
      networkPolicy: { fields: objectOptions },
      podDisruptionBudget: { fields: objectOptions },
      prometheusRule: { fields: objectOptions },
    } satisfies Record<keyof ThanosObjects, Shape>,
  },
};

/** How a component runs. */
export interface ThanosWorkload {
  readonly kind: 'Deployment' | 'StatefulSet';
  /** The command of the image: `thanos <command>`. */
  readonly command: 'query' | 'store' | 'compact';
  readonly replicas: number;
  readonly args: () => readonly string[];
  /** Does it answer other components over gRPC? */
  readonly hasGrpc: boolean;
  readonly objectStorage?: SecretReference;
  readonly storage?: StorageOptions;
  readonly alerts: readonly HealthAlert[];
}

/** Kubernetes puts up to 11 characters behind it for revisions of a StatefulSet, in a label. */
const longestName = 52;
const httpPort = 10902;
const grpcPort = 10901;

/**
 * A component of Thanos as a monitored workload.
 *
 * Sources: thanos-io/thanos, docs/components/ (arguments, ports); thanos-io/kube-thanos (user ids, probes, volumes).
 */
export abstract class ThanosComponent extends Construct {
  readonly name: string;
  /** Namespace; undefined where the chart names none. */
  readonly namespace?: string;
  /** What is scraped: its metrics, and rules that are created under it. */
  readonly monitoring: MonitoredWorkload;
  /** The headless Service through which others reach it. */
  readonly service: ApiObject;

  private readonly clients: NetworkPeer[] = [];

  protected constructor(
    scope: Construct,
    id: string,
    className: string,
    { props, problems }: CheckedProps<ThanosComponentProps>,
    private readonly runs: ThanosWorkload,
  ) {
    super(scopeFor(scope, id, className), id);
    reportProps(this, problems);
    this.name = this.usableName(props.name ?? id);
    this.namespace = Chart.of(this).namespace;
    const { team, objects = {} } = props;
    const platform = Platform.of(this);
    const labels = {
      ...this.podLabels,
      ...(team === undefined ? {} : { [platform.teamLabel]: team }),
      ...props.labels,
    };
    const common = { name: this.name, namespace: this.namespace, labels };
    const workload = generateObject(this, 'Workload', {
      ...common,
      apiVersion: 'apps/v1',
      kind: runs.kind,
      options: objects.workload,
      content: () => ({ spec: this.workloadSpec(props, labels) }),
    });
    this.service = generateObject(this, 'Service', {
      ...common,
      apiVersion: 'v1',
      kind: 'Service',
      options: objects.service,
      content: () => ({
        spec: {
          clusterIP: 'None',
          ports: this.ports().map((port) => ({ ...port, targetPort: port.name, protocol: 'TCP' })),
          selector: this.podLabels,
        },
      }),
    });
    this.monitoring = MonitoredApp.attach(this, 'Monitoring', {
      name: this.name,
      workload,
      team,
      labels: props.labels,
      metrics: { port: httpPort, ...(props.alerts === false ? { alerts: false } : {}) },
    });
    const { networkPolicy } = props;
    if (networkPolicy !== false) {
      generateObject(this, 'NetworkPolicy', {
        ...common,
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        options: objects.networkPolicy,
        content: () => ({ spec: this.policySpec(platform, clientsOf(networkPolicy)) }),
      });
    }
    if (runs.replicas > 1) {
      generateObject(this, 'PodDisruptionBudget', {
        ...common,
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        options: objects.podDisruptionBudget,
        content: () => ({ spec: { maxUnavailable: 1, selector: { matchLabels: this.podLabels } } }),
      });
    }
    if (props.alerts !== false) {
      healthRules(this, 'Health', {
        ...common,
        name: `${this.name}-health`,
        options: objects.prometheusRule,
        watched: () => [{ alerts: runs.alerts, matchers: () => this.jobLabels() }],
        changes: props.alerts,
        platform: () => Platform.of(this),
      });
    }
    addCheck(this, () => storageFindings(runs.storage, { construct: this.node.path }));
  }

  /** @internal Lets what is joined to this component connect to it. */
  _admit(client: NetworkPeer): void {
    this.clients.push(client);
  }

  /** @internal The component's pods, for the policies of what it is joined to. */
  get _peer(): NetworkPeer {
    return podsOf(this.namespace, this.podLabels);
  }

  /** Address of the Service inside the cluster. */
  protected get hostName(): string {
    return `${this.service.name}.${this.namespace ?? 'default'}.svc`;
  }

  /** A name that no Service could have is said once, and not of each object that is called after it. */
  private usableName(name: string): string {
    const problem = nameProblem(name, longestName);
    if (problem === undefined) return name;
    addFinding(this, { code: 'servers/name', severity: 'error', where: { construct: this.node.path }, ...problem });
    return toObjectName(name, longestName);
  }

  private get podLabels(): Record<string, string> {
    return { 'app.kubernetes.io/name': this.name };
  }

  private jobLabels(): Record<string, string> {
    const [endpoint] = this.monitoring.endpoints;
    return endpoint === undefined ? { job: this.name } : this.monitoring.labelsOf(endpoint);
  }

  private ports(): { readonly name: string; readonly port: number }[] {
    return [...(this.runs.hasGrpc ? [{ name: 'grpc', port: grpcPort }] : []), { name: 'http', port: httpPort }];
  }

  private policySpec(platform: Platform, clients: readonly NetworkPeer[]): object {
    const { namespace, clients: joined } = this;
    return {
      podSelector: { matchLabels: this.podLabels },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: peersOf({ namespace, platform, joined, clients }),
          ports: this.ports().map(({ port }) => ({ protocol: 'TCP', port })),
        },
      ],
    };
  }

  private workloadSpec(props: ThanosComponentProps, labels: Readonly<Record<string, string>>): object {
    const { kind, replicas, storage } = this.runs;
    const template = { metadata: { labels: { ...labels } }, spec: this.podSpec(props) };
    const common = { replicas, selector: { matchLabels: this.podLabels }, template };
    if (kind === 'Deployment') return common;
    const claims =
      storage?.size === undefined
        ? {}
        : { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: volumeClaimSpec(storage) }] };
    return { ...common, serviceName: this.service.name, podManagementPolicy: 'Parallel', ...claims };
  }

  private podSpec(props: ThanosComponentProps): object {
    const { command, args, objectStorage, replicas } = this.runs;
    const { image, version = defaultVersion, resources, serviceAccountName, nodeSelector, tolerations } = props;
    const hasData = this.runs.kind === 'StatefulSet';
    const mounts = [
      ...(hasData ? [{ name: 'data', mountPath: '/var/thanos' }] : []),
      ...(objectStorage ? [{ name: 'object-storage', mountPath: '/etc/thanos', readOnly: true }] : []),
    ];
    const ofBucket = objectStorage ? [`--objstore.config-file=/etc/thanos/${objectStorage.secret.key}`] : [];
    const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 5 });
    return {
      ...definedFields({ serviceAccountName, nodeSelector, tolerations }),
      ...(serviceAccountName === undefined ? { automountServiceAccountToken: false } : {}),
      securityContext: {
        ...(Platform.of(this).facts.pods?.assignsUserIds
          ? {}
          : { runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 }),
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(replicas > 1 ? { topologySpreadConstraints: [this.spread()] } : {}),
      containers: [
        {
          name: 'thanos',
          image: image ?? `quay.io/thanos/thanos:v${version.replace(/^v/, '')}`,
          args: [
            command,
            ...(this.runs.hasGrpc ? [`--grpc-address=0.0.0.0:${grpcPort}`] : []),
            `--http-address=0.0.0.0:${httpPort}`,
            ...(hasData ? ['--data-dir=/var/thanos'] : []),
            ...ofBucket,
            ...args(),
            ...(props.args ?? []),
          ],
          ports: this.ports().map(({ name, port }) => ({ name, containerPort: port })),
          ...definedFields({ resources }),
          readinessProbe: probe('/-/ready'),
          livenessProbe: { ...probe('/-/healthy'), periodSeconds: 30, failureThreshold: 4 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
        },
      ],
      ...this.volumes(),
    };
  }

  private volumes(): { volumes?: object[] } {
    const { kind, storage, objectStorage } = this.runs;
    const sizeLimit = storage?.emptyDir?.sizeLimit;
    const emptyDir = sizeLimit === undefined ? {} : { sizeLimit: storageSizeText(sizeLimit) };
    const volumes = [
      ...(kind === 'StatefulSet' && storage?.size === undefined ? [{ name: 'data', emptyDir }] : []),
      ...(objectStorage ? [{ name: 'object-storage', secret: { secretName: objectStorage.secret.name } }] : []),
    ];
    return volumes.length > 0 ? { volumes } : {};
  }

  private spread(): object {
    return {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: this.podLabels },
    };
  }
}
