import { described, Finding, FindingLocation } from '../../findings';
import { byteSizeText } from '../scrape/monitor-endpoint';
import type { PrometheusProps } from './prometheus-props';
import { bytesOf, storageSizeText } from './quantities';

/** What is wrong with a Prometheus, beyond what goes for every server that scrapes. */
export function prometheusFindings(props: PrometheusProps, where: FindingLocation): Finding[] {
  return [...retentionFindings(props, where), ...alertmanagerFindings(props, where)];
}

/** Prometheus deletes by size only what is compacted: a volume that holds no more than that runs full. */
function retentionFindings({ retentionSize, storage }: PrometheusProps, where: FindingLocation): Finding[] {
  const size = storage?.size ?? storage?.emptyDir?.sizeLimit;
  if (retentionSize === undefined || size === undefined) return [];
  const [kept, volume] = [byteSizeText(retentionSize), storageSizeText(size)];
  if ((bytesOf(kept) ?? 0) < (bytesOf(volume) ?? Infinity)) return [];
  return [
    {
      code: 'servers/retention',
      severity: 'warning',
      where,
      message: `retentionSize ${kept} fills the volume of ${volume}, which also holds what is not compacted yet`,
      fix: 'lower retentionSize to about 85% of the volume, or make that larger',
    },
  ];
}

function alertmanagerFindings({ alertmanagers = [] }: PrometheusProps, where: FindingLocation): Finding[] {
  return (alertmanagers as readonly unknown[]).flatMap((given, index): Finding[] => {
    const { name, port, server } = (given ?? {}) as { name?: unknown; port?: unknown; server?: unknown };
    const isNamed = typeof name === 'string' && name !== '';
    if (isNamed && (server !== undefined || typeof port === 'string' || typeof port === 'number')) return [];
    const what = isNamed ? 'has no port' : `is ${described(given)}`;
    return [
      {
        code: 'servers/alertmanagers',
        severity: 'error',
        where,
        message: `alertmanagers[${index}] ${what}, expected an Alertmanager, or the name, namespace and port of a Service`,
        fix: "give an Alertmanager of the stack, or { name: 'alertmanager-main', namespace: 'monitoring', port: 'web' }",
      },
    ];
  });
}
