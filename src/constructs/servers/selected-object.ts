import type { ApiObject } from 'cdk8s';
import type { Platform, SelectorOfPrometheus } from '../../platform';
import { refine } from '../objects';

/**
 * Gives an object the labels by which a platform's Prometheus selects it, when it is rendered: a platform may be made of a
 * server that is declared later in the same stack.
 */
export function selectedWhenRendered(
  object: ApiObject,
  selector: SelectorOfPrometheus,
  platform: () => Platform,
): ApiObject {
  refine(object, (manifest) => {
    const labels = { ...platform().labelsToBeSelected(selector), ...manifest.metadata.labels };
    return { ...manifest, metadata: { ...manifest.metadata, labels } };
  });
  return object;
}
