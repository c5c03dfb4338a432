import { label, objectOptions, prometheusRuleOptions, scrapePolicy } from '../app/app-shapes';
import type { ObjectOptions, ShapeOf } from '../objects';
import type { DefaultAlertOptions, DefaultAlerts } from '../rules/default-alerts';
import type { PrometheusRuleOptions } from '../rules/rule-group';
import type { ScrapePolicy } from '../scrape/scrape-policy';

/** The alerts that come with a scrape job, by name: `false` switches one off, options change it. */
export interface ScrapeJobAlerts extends Pick<DefaultAlerts, 'targetDown' | 'targetAbsent'> {
  /** A target does not answer the prober as its module expects. @default - after 2 minutes, severity critical */
  readonly probeFailed?: false | DefaultAlertOptions;
  /** A certificate of a target expires within 21 days. @default - severity warning */
  readonly certificateExpiry?: false | DefaultAlertOptions;
}

export interface ScrapeJobProps {
  /** `ScrapePolicy.probe`, `.scrapeConfig` or `.federate`; the platform's settings stand below it. */
  readonly scrape: ScrapePolicy;
  /**
   * Value of the label `job`, and the stem of all object names. Lower-case letters, digits and -, 63 at most.
   * @default - the id of the construct; under an app `<app>-<id>`
   */
  readonly job?: string;
  /** Who owns the job: a label of its objects and alerts. Under an app, alerts are of the app's team. @default - the app's */
  readonly team?: string;
  /** Labels of every object. A label of the same key replaces ours. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Alerts of the job. @default - all of them, with their defaults */
  readonly alerts?: false | ScrapeJobAlerts;
  /** Names, labels, annotations and patches of the objects that the job makes. */
  readonly objects?: {
    readonly probe?: ObjectOptions;
    readonly scrapeConfig?: ObjectOptions;
    /** Admits the prober to the pods of the app around it. */
    readonly networkPolicy?: ObjectOptions;
    /** Under an app its rules are in the app's PrometheusRule, and this has no effect. */
    readonly prometheusRule?: PrometheusRuleOptions;
  };
}

export const scrapeJobShape: ShapeOf<ScrapeJobProps> = {
  scrape: scrapePolicy,
  job: 'text',
  team: label,
  labels: { map: label },
  alerts: { either: [{ map: 'anything' }, 'boolean'] },
  objects: {
    fields: {
      probe: { fields: objectOptions },
      scrapeConfig: { fields: objectOptions },
      networkPolicy: { fields: objectOptions },
      prometheusRule: { fields: prometheusRuleOptions },
    },
  },
};
