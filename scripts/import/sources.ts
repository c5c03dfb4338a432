import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** A Go module that publishes definitions; its version is the one that `imports/` describes. */
export interface Source {
  readonly module: string;
  readonly version: string;
  /** The file or folder in it. */
  readonly path: string;
  /** Of the custom resource definitions there, those that are described. */
  readonly kinds?: readonly string[];
}

/** The OpenAPI document of Kubernetes: metadata and built-in kinds. */
export const kubernetes: Source = {
  module: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  path: 'api/openapi-spec/swagger.json',
};

export const customResources: readonly Source[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.93.0',
    path: 'example/prometheus-operator-crd',
    kinds: [
      ...['Alertmanager', 'AlertmanagerConfig', 'PodMonitor', 'Probe', 'Prometheus', 'PrometheusAgent'],
      ...['PrometheusRule', 'ScrapeConfig', 'ServiceMonitor', 'ThanosRuler'],
    ],
  },
  {
    module: 'github.com/grafana/grafana-operator/v5',
    version: 'v5.25.0',
    path: 'config/crd/bases',
    kinds: ['Grafana', 'GrafanaDashboard', 'GrafanaFolder'],
  },
  {
    module: 'istio.io/api',
    version: 'v1.31.1',
    path: 'kubernetes/customresourcedefinitions.gen.yaml',
    kinds: ['AuthorizationPolicy', 'PeerAuthentication'],
  },
];

/** Gets the module, which needs `go`, and gives the path of its definitions. */
export function download({ module, version, path: inside }: Source): string {
  const output = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' });
  return path.join((JSON.parse(output) as { Dir: string }).Dir, inside);
}

/** The path of the definitions, if the module is in Go's module cache already. */
export function downloaded({ module, version, path: inside }: Source): string | undefined {
  const { GOMODCACHE, GOPATH } = process.env;
  const cache = GOMODCACHE ?? path.join(GOPATH ?? path.join(os.homedir(), 'go'), 'pkg/mod');
  const found = path.join(cache, `${module}@${version}`, inside);
  return fs.existsSync(found) ? found : undefined;
}
