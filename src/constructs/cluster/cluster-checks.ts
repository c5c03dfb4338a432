import type { Finding } from '../../findings';
import type { ClusterPart, ClusterPartFacts, Platform } from '../../platform';

/** Why no monitor of the cluster could work on a platform, whatever it says. */
export function refusal({ facts, name, prometheusServers }: Platform): Pick<Finding, 'message' | 'fix'> | undefined {
  if (facts.operator?.installed === false) {
    return {
      message: `the platform '${name}' has no prometheus-operator: nothing would read monitors of the cluster`,
      fix: 'configure the scrapes of the cluster in Prometheus itself, or choose a platform with the operator',
    };
  }
  const { arbitraryFSAccessThroughSMs, enforcedNamespaceLabel, ignoreNamespaceSelectors } = prometheusServers[0] ?? {};
  if (!arbitraryFSAccessThroughSMs?.deny || !enforcedNamespaceLabel || !ignoreNamespaceSelectors) return undefined;
  return {
    message:
      `the Prometheus of the platform '${name}' is for the metrics of teams: it refuses the token by which the cluster ` +
      `is scraped, looks into a monitor's own namespace only, and overwrites the label ${enforcedNamespaceLabel} of every series`,
    fix: 'leave the cluster to the Prometheus that the platform runs for itself, or name another one with Platform.forServer',
  };
}

/** Parts that the platform scrapes itself. */
export function twiceFindings(parts: readonly ClusterPart[], { name, facts }: Platform, place: string): Finding[] {
  const twice = parts.filter((part) => facts.clusterMonitors?.includes(part));
  if (twice.length === 0) return [];
  return [
    {
      code: 'cluster/monitored-twice',
      severity: 'warning',
      where: { construct: place },
      message: `the platform '${name}' brings monitors of its own for ${twice.join(', ')}: they would be scraped twice`,
      fix: `set ${twice.map((part) => `${part}: false`).join(', ')}, or say in clusterMonitors of the platform what it does scrape`,
    },
  ];
}

/** A part whose series tell of other objects is no use where their labels are overridden. */
export function labelFindings(facts: ClusterPartFacts, platform: Platform, place: string): Finding[] {
  const { overrideHonorLabels } = platform.prometheusServers[0] ?? {};
  if (!overrideHonorLabels || !facts.endpoints.some(({ options }) => options.honorLabels)) return [];
  return [
    {
      code: 'cluster/honor-labels',
      severity: 'warning',
      where: { construct: place },
      message: `the platform's Prometheus has overrideHonorLabels: the labels namespace and pod of what ${facts.title} reports become exported_namespace and exported_pod, which no dashboard for Kubernetes asks for`,
      fix: 'scrape the cluster with a Prometheus that honors labels',
    },
  ];
}
