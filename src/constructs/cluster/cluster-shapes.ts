import type { Shape } from '../../findings';
import { objectOptions, prometheusRuleOptions } from '../app/app-shapes';
import { portNumberRule } from '../app/ports';
import type { ShapeOf } from '../objects';
import type {
  ClusterMonitorsProps,
  ClusterPartOptions,
  ControlPlaneOptions,
  KubeletOptions,
  MadeServiceOptions,
} from './cluster-props';

const labels: Shape = { map: 'text' };

const anyPart: ShapeOf<ClusterPartOptions> = {
  service: { fields: { namespace: 'text', labels, port: 'text' } },
  scheme: { oneOf: ['http', 'https'] },
  scrape: { map: 'anything' },
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  serviceMonitor: { fields: objectOptions },
};

const kubelet: ShapeOf<KubeletOptions> = { ...anyPart, cAdvisor: 'boolean', probes: 'boolean' };

const madeService: ShapeOf<MadeServiceOptions> = { ...objectOptions, podLabels: labels, port: portNumberRule };

const controlPlane: ShapeOf<ControlPlaneOptions> = {
  ...anyPart,
  makeService: { either: ['boolean', { fields: madeService }] },
};

const choice = (fields: Readonly<Record<string, Shape>>): Shape => ({ either: ['boolean', { fields }] });

export const clusterMonitorsShape: ShapeOf<ClusterMonitorsProps> = {
  name: 'text',
  labels,
  prometheusRule: { fields: prometheusRuleOptions },
  apiServer: choice(anyPart),
  kubelet: choice(kubelet),
  etcd: choice(controlPlane),
  dns: choice(anyPart),
  controllerManager: choice(controlPlane),
  scheduler: choice(controlPlane),
  kubeProxy: choice(controlPlane),
  kubeStateMetrics: choice(anyPart),
  nodeExporter: choice(anyPart),
};
