import { described, Finding, FindingLocation, nearMiss } from '../../findings';
import type { Platform } from '../../platform';
import type { AnnotationOptions } from './annotation-options';

const known: readonly (keyof AnnotationOptions)[] = ['on', 'params', 'slow'];

/** What annotations cannot say, and a platform where nobody is known to read them. */
export function annotationFindings(options: AnnotationOptions, platform: Platform, where: FindingLocation): Finding[] {
  const report = (message: string, fix: string, near?: string): Finding => ({
    code: 'scrape/annotation-field',
    severity: 'error',
    where,
    message,
    ...(near === undefined ? {} : { nearMiss: near }),
    fix,
  });
  const unknown = Object.keys(options)
    .filter((field) => !(known as readonly string[]).includes(field))
    .map((field) => {
      const near = nearMiss(field, known);
      const fix = near === undefined ? 'leave it to the Prometheus that reads the annotations' : `write '${near}'`;
      return report(`annotations cannot say ${field}`, fix, near);
    });
  const { on, slow, params } = options;
  return [
    ...readerFindings(platform, where),
    ...unknown,
    ...(on === undefined || on === 'pods' || on === 'service'
      ? []
      : [report(`on is ${described(on)}, expected 'pods' or 'service'`, "write 'pods' or 'service'")]),
    ...(slow === undefined || typeof slow === 'boolean'
      ? []
      : [report(`slow is ${described(slow)}, expected true or false`, 'write true or false')]),
    ...parameterFindings(params, report),
  ];
}

/** Prometheus reads names of annotations with _ for everything that is no letter, digit or _. */
function parameterFindings(params: unknown, report: (message: string, fix: string) => Finding): Finding[] {
  if (params === undefined) return [];
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    return [report(`params is ${described(params)}, expected an object`, "write params: { name: ['value'] }")];
  }
  return Object.entries(params).flatMap(([name, values]: [string, unknown]) => {
    const found: Finding[] = [];
    if (!/^\w{1,57}$/.test(name)) {
      found.push(
        report(`an annotation cannot name the parameter '${name}'`, 'use a monitor, or letters, digits and _ alone'),
      );
    }
    if (!Array.isArray(values) || values.length !== 1 || typeof values[0] !== 'string') {
      const count = Array.isArray(values) ? `${values.length} values` : described(values);
      found.push(report(`params.${name} has ${count}, and an annotation holds one`, "give it as ['value']"));
    }
    return found;
  });
}

function readerFindings({ facts, name }: Platform, where: FindingLocation): Finding[] {
  if (facts.annotations !== undefined || facts.operator?.installed !== true) return [];
  return [
    {
      code: 'scrape/no-annotation-discovery',
      severity: 'warning',
      where,
      message: `nothing on the platform '${name}' is known to read annotations: prometheus-operator ignores them`,
      fix: 'use ScrapePolicy.podMonitor, or set annotations on the platform if its Prometheus has jobs that read them',
    },
  ];
}
