/** What every engine has, however it is got. */
interface EngineEntry {
  readonly name: string;
  readonly version: string;
  /** What the tests ask of it. */
  readonly purpose: string;
  /** Got only when it is named, or with the option of this name: it takes long, or works only on some machines. */
  readonly group?: EngineGroup;
}

export const engineGroups = ['cluster', 'debian', 'java'] as const;
type EngineGroup = (typeof engineGroups)[number];

/** A program that is built from a Go module; entries of one module, version and flags are built together. */
export interface GoProgram extends EngineEntry {
  readonly from: 'go';
  readonly module: string;
  /** The main package, as a path inside the module: `cmd/promtool`, or `.` for the module's root. */
  readonly package: string;
  readonly flags?: readonly string[];
  /** Packages of sibling modules that must have the same version, where the module's own go.mod leaves it open. */
  readonly alsoGet?: readonly string[];
  /** For k8s.io/kubernetes: the version of the modules that its go.mod requires at v0.0.0. */
  readonly stagingVersion?: string;
}

/** YAML files that are published inside a Go module; the engine's name is the folder they are copied to. */
export interface GoModuleFolder extends EngineEntry {
  readonly from: 'go-folder';
  readonly module: string;
  readonly folder: string;
  /** Only these, as paths inside the folder; without it every YAML file that lies in the folder itself. */
  readonly files?: readonly string[];
}

/** A program out of a Debian package, which is unpacked and not installed, so that it starts no services. */
export interface DebianProgram extends EngineEntry {
  readonly from: 'debian';
  readonly package: string;
  readonly file: string;
}

/** A folder of jars, with a script of the engine's name that runs a class out of them. */
export interface JavaProgram extends EngineEntry {
  readonly from: 'maven';
  /** `group:artifact:version`; what they depend on comes with them. */
  readonly artifacts: readonly string[];
  /** Variable with options for the JVM, which the script reads. */
  readonly optionsVariable: string;
}

export type Engine = GoProgram | GoModuleFolder | DebianProgram | JavaProgram;

/** Without the tags promtool and prometheus link the clients of every cloud: 330 s and 264 MB instead of 150 s and 129 MB. */
const prometheusFlags = [
  '-tags=remove_all_sd,enable_kubernetes_sd',
  '-ldflags=-s -w -X github.com/prometheus/common/version.Version=3.15.0',
];

/** Without a version the operator takes the API server for one that has no EndpointSlices yet. */
const kubernetesProgram = {
  version: 'v1.36.3',
  group: 'cluster',
  from: 'go',
  module: 'k8s.io/kubernetes',
  stagingVersion: 'v0.36.3',
  flags: [
    '-ldflags=-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3' +
      ' -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36',
  ],
} as const;

const operatorModule = 'github.com/prometheus-operator/prometheus-operator';

export const engines: readonly Engine[] = [
  {
    name: 'promtool',
    version: 'v0.315.0',
    purpose: 'judges rules and runs rule tests, as Prometheus 3.15',
    from: 'go',
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/promtool',
    flags: prometheusFlags,
  },
  {
    name: 'prometheus',
    version: 'v0.315.0',
    purpose: 'parses PromQL over HTTP and scrapes, as Prometheus 3.15',
    from: 'go',
    module: 'github.com/prometheus/prometheus',
    package: 'cmd/prometheus',
    flags: prometheusFlags,
  },
  {
    name: 'helm',
    version: 'v3.22.0',
    purpose: 'renders charts that stacks attach to',
    from: 'go',
    module: 'helm.sh/helm/v3',
    package: 'cmd/helm',
    flags: ['-ldflags=-s -w -X helm.sh/helm/v3/internal/version.version=v3.22.0'],
  },
  {
    name: 'crds',
    version: 'v0.93.0',
    purpose: 'the schemas of what the operator reads',
    from: 'go-folder',
    module: operatorModule,
    folder: 'example/prometheus-operator-crd',
  },
  {
    name: 'istio-crds',
    version: 'v1.31.1',
    purpose: 'lets the API server check what a mesh reads',
    group: 'cluster',
    from: 'go-folder',
    module: 'istio.io/api',
    folder: 'kubernetes',
    files: ['customresourcedefinitions.gen.yaml'],
  },
  {
    name: 'amtool',
    version: 'v0.34.2',
    purpose: 'judges configurations and routes, as Alertmanager 0.34',
    from: 'go',
    module: 'github.com/prometheus/alertmanager',
    package: 'cmd/amtool',
    flags: ['-ldflags=-s -w -X github.com/prometheus/common/version.Version=0.34.2'],
  },
  {
    ...kubernetesProgram,
    name: 'kube-apiserver',
    purpose: 'accepts or refuses objects',
    package: 'cmd/kube-apiserver',
  },
  {
    ...kubernetesProgram,
    name: 'kube-controller-manager',
    purpose: 'makes pods and EndpointSlices',
    package: 'cmd/kube-controller-manager',
  },
  {
    ...kubernetesProgram,
    name: 'kube-scheduler',
    purpose: 'gives pods a node',
    package: 'cmd/kube-scheduler',
  },
  {
    ...kubernetesProgram,
    name: 'kubectl',
    purpose: 'applies and deletes stacks',
    package: 'cmd/kubectl',
  },
  {
    name: 'etcd',
    version: 'v3.7.3',
    purpose: 'keeps the objects of the API server',
    group: 'cluster',
    from: 'go',
    module: 'go.etcd.io/etcd/server/v3',
    package: '.',
    flags: ['-ldflags=-s -w'],
  },
  {
    name: 'kwok',
    version: 'v0.8.0',
    purpose: 'lets pods become ready, without containers',
    group: 'cluster',
    from: 'go',
    module: 'sigs.k8s.io/kwok',
    package: 'cmd/kwok',
    flags: ['-ldflags=-s -w'],
  },
  {
    name: 'kwok-stages',
    version: 'v0.8.0',
    purpose: 'says what kwok does with nodes, pods and volumes',
    group: 'cluster',
    from: 'go-folder',
    module: 'sigs.k8s.io/kwok',
    folder: 'kustomize/stage',
    files: [
      'node/fast/node-initialize.yaml',
      'node/heartbeat/node-heartbeat.yaml',
      'pod/fast/pod-delete.yaml',
      'pod/fast/pod-ready.yaml',
      'volume/fast/pv-bind.yaml',
      'volume/fast/pv-delete.yaml',
      'volume/fast/pvc-delete.yaml',
      'volume/fast/pvc-provision.yaml',
    ],
  },
  {
    name: 'prometheus-operator',
    version: 'v0.93.0',
    purpose: 'makes the configuration of Prometheus, or refuses',
    group: 'cluster',
    from: 'go',
    module: operatorModule,
    package: 'cmd/operator',
    alsoGet: [`${operatorModule}/pkg/apis/monitoring`, `${operatorModule}/pkg/client`],
    flags: ['-ldflags=-s -w -X github.com/prometheus/common/version.Version=0.93.0'],
  },
  {
    name: 'promtool-2.42',
    version: '2.42',
    purpose: 'judges rules as the Prometheus of Debian 12 does',
    group: 'debian',
    from: 'debian',
    package: 'prometheus',
    file: 'usr/bin/promtool',
  },
  {
    name: 'kafka',
    version: '4.1.0',
    purpose: 'is watched by the JMX exporter 1.0',
    group: 'java',
    from: 'maven',
    artifacts: ['org.apache.kafka:kafka_2.13:4.1.0', 'io.prometheus.jmx:jmx_prometheus_javaagent:1.0.1'],
    optionsVariable: 'KAFKA_OPTS',
  },
];
