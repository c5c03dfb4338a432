import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { PrometheusRuleSpec, Rule } from '../../../imports/prometheus-rule';
import { rendered } from '../objects';
import { rulesOfFile } from './rule-file';

/** All rules of a stack, whoever makes them. */
export function rulesOfTree(root: IConstruct): readonly Rule[] {
  return root.node
    .findAll()
    .flatMap((each) => (ApiObject.isApiObject(each) ? rulesOf(each, () => rendered(each)) : []));
}

/** The rules of an object, be it a PrometheusRule or a ConfigMap with a rule file of ours; none for any other. */
export function rulesOf(object: ApiObject, render: () => object): readonly Rule[] {
  if (object.kind !== 'PrometheusRule') return rulesOfFile(object) ?? [];
  const { spec } = render() as { readonly spec?: PrometheusRuleSpec };
  // whoever makes the object may have made it of anything
  return listOf(spec?.groups).flatMap((group) =>
    listOf(group?.rules).filter((rule) => typeof rule === 'object' && rule),
  );
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
