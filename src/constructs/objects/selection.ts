import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { addCheck, Finding, nearMiss } from '../../findings';
import { Platform, selectorOfKind } from '../../platform';

/** Looks at synth whether any Prometheus of the platform takes objects of this kind from this namespace. */
export function checkSelection(scope: Construct, object: ApiObject): void {
  const { kind, apiVersion, name } = object;
  const selector = selectorOfKind[kind];
  if (selector === undefined) return;
  addCheck(scope, () => namespaceFindings(scope, object));
  // that no ScrapeConfig is taken is told by the check of its mechanism, with another way to the same targets
  if (kind === 'ScrapeConfig') return;
  addCheck(scope, () => {
    if (!Platform.of(scope).selectsNone(selector)) return [];
    return [
      {
        code: 'platform/selects-none',
        severity: 'error',
        object: { apiVersion, kind, name },
        where: { construct: object.node.path },
        message: `no Prometheus of the platform takes ${kind}s (${selector} 'none'): '${name}' would have no effect`,
        fix: `use what it does take, or give the platform the ${selector} of the Prometheus that is meant`,
      },
    ];
  });
}

/** Does any Prometheus of the platform look into the namespace of the object? */
function namespaceFindings(scope: Construct, { kind, apiVersion, name, metadata, node, chart }: ApiObject): Finding[] {
  const selector = selectorOfKind[kind]!;
  const namespace = metadata.namespace ?? Chart.of(chart).namespace;
  const platform = Platform.of(scope);
  const mismatch = namespace === undefined ? undefined : platform._namespaceMismatch(selector, namespace);
  if (namespace === undefined || mismatch === undefined || platform.selectsNone(selector)) return [];
  const near = nearMiss(namespace, [...mismatch.values]);
  return [
    {
      code: 'platform/namespace-not-selected',
      severity: mismatch.isCertain ? 'error' : 'warning',
      object: { apiVersion, kind, name },
      where: { construct: node.path },
      message: `no Prometheus of the platform takes ${kind}s from namespace '${namespace}': it asks for ${mismatch.asked}`,
      ...(near === undefined ? {} : { nearMiss: near }),
      fix: mismatch.isCertain
        ? 'add the namespace to those of the Prometheus that is meant, or deploy to one of its own'
        : `if the namespace has the label, say so on the platform: namespaces: { '${namespace}': { labels: … } }`,
    },
  ];
}
