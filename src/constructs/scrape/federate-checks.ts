import type { Finding, FindingLocation } from '../../findings';
import { selectorProblem } from '../../promql';
import type { FederateOptions } from './federate-options';

const example = `'{job="istiod"}'`;

/** What another Prometheus would refuse of `match[]`, or what would copy all that it has. */
export function matchFindings({ match }: Partial<FederateOptions>, where: FindingLocation): Finding[] {
  const report = (message: string, fix: string): Finding => ({
    code: 'scrape/federate-match',
    severity: 'error',
    where,
    message,
    fix,
  });
  if (!Array.isArray(match) || match.length === 0) {
    const found = match === undefined || Array.isArray(match) ? 'match is empty' : `match is ${JSON.stringify(match)}`;
    return [report(`${found}: no series would be copied`, `give a list of selectors, such as [${example}]`)];
  }
  return (match as readonly unknown[]).flatMap((selector, index) => {
    const place = `match[${index}]`;
    if (typeof selector !== 'string') {
      return [report(`${place} is ${JSON.stringify(selector)}, not a selector`, `give it as text, such as ${example}`)];
    }
    const problem = selectorProblem(selector);
    return problem === undefined
      ? []
      : [report(`${place} '${selector}': ${problem}`, `write a selector, such as ${example}`)];
  });
}
