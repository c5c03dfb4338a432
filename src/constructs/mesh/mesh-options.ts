import type { Shape } from '../../findings';
import type { MeshFacts, MeshSettings, Platform } from '../../platform';
import { meshSettingsShape } from '../../platform/platform-shape';
import { definedFields, ShapeOf } from '../objects';

/** What an app says of its place in the mesh; what it leaves out is as the platform says. */
export interface MeshOptions extends MeshSettings {
  /**
   * Admit the platform's Prometheus to the metrics by an AuthorizationPolicy. Where nothing is known to refuse requests it
   * keeps everybody else away from the metrics and leaves the rest as open as it was.
   * @default - true where the platform's mesh has `defaultDeny`, else false
   */
  readonly authorizePrometheus?: boolean;
}

const fields: ShapeOf<MeshOptions> = { ...meshSettingsShape, authorizePrometheus: 'boolean' };

/** `mesh` of an app: `false` where its pods have no sidecar. */
export const meshShape: Shape = { either: [{ fields }, 'boolean'] };

/** Facts of the platform and what an app says, joined. */
export type MeshOfApp = MeshFacts & MeshOptions;

/**
 * The mesh that an app is in; undefined where there is none, or where the app or its namespace is left out of it.
 * Source: istio.io, "Installing the Sidecar", the labels that control injection.
 */
export function meshOf(
  platform: Platform,
  options: boolean | MeshOptions | undefined,
  namespace: string | undefined,
): MeshOfApp | undefined {
  const { mesh, namespaces } = platform.facts;
  if (options === false || (mesh === undefined && options === undefined)) return undefined;
  const labels = (namespace === undefined ? undefined : namespaces?.[namespace]?.labels) ?? {};
  const isLeftOut =
    mesh?.dataPlaneMode === 'ambient'
      ? labels['istio.io/dataplane-mode'] === 'none'
      : labels['istio-injection'] === 'disabled';
  if (isLeftOut && typeof options !== 'object') return undefined;
  return { ...mesh, ...(typeof options === 'object' ? definedFields(options) : {}) };
}
