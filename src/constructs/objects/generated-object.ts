import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { Platform } from '../../platform';
import { MonitoringDefaults } from '../defaults/monitoring-defaults';
import { Manifest } from './manifest';
import { patch, refine } from './refine';
import { checkSelection } from './selection';

/** What a user may say of an object that we generate. Whatever selects the object follows. */
export interface ObjectOptions {
  /** @default - derived from the name of the app */
  readonly name?: string;
  /** Labels beside ours; a label of the same key replaces ours. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** RFC 6902 patches, applied last. */
  readonly patches?: readonly JsonPatch[];
}

export interface GeneratedObjectProps {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** @default - the chart's namespace */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly options?: ObjectOptions;
  /** Everything below `metadata`, computed when the object is rendered. */
  readonly content: () => Readonly<Record<string, unknown>>;
}

/** Makes an object whose content is computed at synth, so that the order in which a stack is composed does not matter. */
export function generateObject(scope: Construct, id: string, props: GeneratedObjectProps): ApiObject {
  const { apiVersion, kind, name, namespace, labels, annotations, options, content } = props;
  const { team, labels: ofTeam } = MonitoringDefaults.of(scope);
  const teamLabel = team === undefined ? {} : { [Platform.of(scope).teamLabel]: team };
  const allAnnotations = { ...annotations, ...options?.annotations };
  const object = new ApiObject(scope, id, {
    apiVersion,
    kind,
    metadata: {
      name: options?.name ?? name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...teamLabel, ...ofTeam, ...labels, ...options?.labels },
      ...(Object.keys(allAnnotations).length > 0 ? { annotations: allAnnotations } : {}),
    },
  });
  refine(object, (manifest: Manifest) => ({ ...manifest, ...content() }));
  patch(object, options?.patches ?? []);
  checkSelection(scope, object);
  return object;
}
