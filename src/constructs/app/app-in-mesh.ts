import type { Construct } from 'constructs';
import { reserveIds } from '../../findings';
import type { Platform } from '../../platform';
import { MeshAccess } from '../mesh/mesh-access';
import { meshOf } from '../mesh/mesh-options';
import { camelCase } from '../rules/default-alerts';
import type { RuleSet } from '../rules/rule-set';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { DerivedObjects } from './derived-objects';
import type { MonitoringOptions } from './monitoring-props';
import type { PodsSource } from './pods-source';

/** The parts of an app that its place in the mesh depends on. */
export interface PartsInMesh {
  readonly construct: Construct;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly options: MonitoringOptions;
  readonly pods: PodsSource;
  readonly ports: Readonly<Record<string, number>>;
  readonly rules: RuleSet;
  readonly objects: DerivedObjects;
  labelsOf(endpoint: MetricsEndpoint): Readonly<Record<string, string>>;
}

/** What the mesh asks of an app's scrapes; undefined where the app is in none. */
export function meshAccessOf(parts: PartsInMesh): MeshAccess | undefined {
  const { options, pods, ports, objects, platform, namespace, name, construct } = parts;
  const mesh = meshOf(platform, options.mesh, namespace);
  if (mesh === undefined) return undefined;
  reserveIds(construct, ['PeerAuthentication', 'AuthorizationPolicy']);
  return new MeshAccess({
    ...parts,
    mesh,
    objects: options.objects,
    isolate: options.isolate === true,
    alertPrefix: camelCase(name),
    appPort: Object.values(ports)[0],
    servicePorts: () => portsOfService(objects, pods),
    knowsPods: () => pods.canBeGuarded(),
    podSelector: () => pods.podSelector(),
    podLabels: () => pods.podLabels(),
  });
}

/** Container ports that a Service leads to, as far as that can be known; undefined where there is no Service. */
function portsOfService(objects: DerivedObjects, { existingService, declaredPorts }: PodsSource): number[] | undefined {
  if (existingService) return declaredPorts().map(({ containerPort }) => containerPort);
  return objects.service && objects.servicePorts().map(({ targetPort }) => targetPort);
}
