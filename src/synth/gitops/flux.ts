import type { Finding } from '../../findings';
import { asRecord } from '../document';
import type { AppliedDocument } from './applied-document';

/**
 * The groups whose CustomResourceDefinitions come with a Helm chart. Source: the `crds` folder or subchart of each in
 * prometheus-community/helm-charts and grafana/grafana-operator.
 */
const groupsOfHelmCharts: Readonly<Record<string, readonly string[]>> = {
  'kube-prometheus-stack': ['monitoring.coreos.com'],
  'prometheus-operator-crds': ['monitoring.coreos.com'],
  'grafana-operator': ['grafana.integreatly.org'],
};

/**
 * Flux applies the CustomResourceDefinitions of a folder first and waits for them, but a HelmRelease is an object like any
 * other: all objects beside it are tried against the API server before one of them is applied.
 *
 * Source: fluxcd/kustomize-controller, internal/controller/kustomization_controller.go, `apply`.
 */
export function fluxFindings(applied: readonly AppliedDocument[], oneFolder: boolean): Finding[] {
  const byFlux = applied.filter(({ gitops }) => gitops?.tool === 'flux').map(({ document }) => document);
  const defined = new Set(
    byFlux
      .filter(({ object }) => object?.kind === 'CustomResourceDefinition')
      .map(({ value }) => asRecord(asRecord(value).spec).group),
  );
  return byFlux.flatMap((release): Finding[] => {
    if (release.group !== 'helm.toolkit.fluxcd.io' || release.object?.kind !== 'HelmRelease') return [];
    const { chart } = asRecord(asRecord(asRecord(asRecord(release.value).spec).chart).spec);
    const groups = groupsOfHelmCharts[String(chart)] ?? [];
    const early = byFlux.find(
      ({ group, chart: ofChart }) =>
        groups.includes(group) && !defined.has(group) && (oneFolder || ofChart === release.chart),
    );
    if (early?.object === undefined) return [];
    return [
      {
        code: 'gitops/crd-first',
        severity: 'warning',
        object: early.object,
        related: [release.object],
        where: { construct: early.construct.node.path },
        message: `the ${early.object.kind} '${early.object.name}' needs a CRD that the HelmRelease '${release.object.name}' of the same folder installs: on a new cluster Flux applies neither`,
        fix: 'put the HelmRelease into a folder of its own, and let the Kustomization of this one depend on that of the other (dependsOn)',
      },
    ];
  });
}
