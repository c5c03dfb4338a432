import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Finding } from '../../findings';
import type { MonitoringOptions } from './monitoring-props';

/**
 * A scrape policy that stands at an app without any endpoint. Metrics that were given, and came to nothing, are faulty
 * themselves.
 */
export function nothingScrapedFindings(app: Construct, { metrics, scrape }: MonitoringOptions): Finding[] {
  // ScrapePolicy.none would make nothing of an endpoint either
  if (metrics !== undefined || scrape === undefined || scrape.mechanism.kind === 'none') return [];
  return [
    {
      code: 'workload/nothing-scraped',
      severity: 'error',
      where: { construct: app.node.path },
      message: 'scrape is given, but neither metrics nor an exporter: nothing is scraped',
      fix: 'add metrics, such as metrics: {}, or an exporter, or leave out scrape',
    },
  ];
}

/** An attach without a trace in the output: an exporter, a job, a rule or a dashboard would be an object below it. */
export function attachedInVainFindings(app: Construct, { metrics, scrape }: MonitoringOptions): Finding[] {
  if (metrics !== undefined || scrape !== undefined) return [];
  if (app.node.findAll().some((construct) => ApiObject.isApiObject(construct))) return [];
  return [
    {
      code: 'workload/nothing-scraped',
      severity: 'warning',
      where: { construct: app.node.path },
      message: 'the app is attached to in vain: it has no metrics, exporter, job, rule or dashboard',
      fix: 'add metrics: { port: … }, or leave out the attach',
    },
  ];
}
