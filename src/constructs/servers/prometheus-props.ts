import type { Alertmanager as AlertmanagerTarget, PrometheusSpec } from '../../../imports/prometheus';
import type { ResourceRequirements } from '../../../imports/kubernetes-core';
import type { ByteSizeLike, LabelSelector, ObjectSelector } from '../../platform';
import type { DurationLike } from '../../promql';
import { objectOptions } from '../app/app-shapes';
import type { ObjectOptions, ShapeOf } from '../objects';
import type { Alertmanager } from './alertmanager';
import { byteSizeRule, serverDuration, versionRule } from './quantities';
import {
  ScrapingServerObjects,
  scrapingServerObjects,
  ScrapingServerProps,
  scrapingServerShape,
} from './scraping-props';
import { SecretReference, secretReference } from './secret-reference';
import { objectSelectorShape, resourcesShape, selectorShape } from './server-props';

/** Thanos beside each Prometheus: it answers queries of ThanosQuery, and uploads blocks where a store is given. */
export interface ThanosSidecarOptions {
  /** Version of the image, such as `0.42.2`. @default - the newest that the operator knows */
  readonly version?: string;
  readonly image?: string;
  /** Configuration of the bucket, as Thanos reads it. @default - nothing is uploaded */
  readonly objectStorage?: SecretReference;
  readonly resources?: ResourceRequirements;
}

/** An Alertmanager that is not in the code, by its Service. */
export type ExternalAlertmanager = AlertmanagerTarget;

export interface PrometheusObjects extends ScrapingServerObjects {
  /** The Service of the Thanos sidecars. */
  readonly thanosService?: ObjectOptions;
}

/** A Prometheus server, in the field names of prometheus-operator. */
export interface PrometheusProps extends ScrapingServerProps<PrometheusSpec> {
  /** How long samples are kept. @default - 24h, the operator's default, or as `retentionSize` says */
  readonly retention?: DurationLike;
  /** How much is kept at most; leave room on the volume for what is written before it is compacted. */
  readonly retentionSize?: ByteSizeLike;
  /** @default - 30s, the operator's default */
  readonly evaluationInterval?: DurationLike;
  /** Which PrometheusRules are evaluated; `none` leaves them to a ThanosRuler. @default - all in `namespaces` */
  readonly ruleSelector?: ObjectSelector;
  /** @default - `namespaces` */
  readonly ruleNamespaceSelector?: LabelSelector;
  /** Who gets the alerts: Alertmanagers of the stack, or Services of others by name. @default - nobody */
  readonly alertmanagers?: readonly (Alertmanager | ExternalAlertmanager)[];
  readonly thanos?: ThanosSidecarOptions;
  readonly objects?: PrometheusObjects;
}

export const prometheusShape: ShapeOf<PrometheusProps> = {
  ...scrapingServerShape,
  retention: serverDuration,
  retentionSize: byteSizeRule,
  evaluationInterval: serverDuration,
  ruleSelector: objectSelectorShape,
  ruleNamespaceSelector: selectorShape,
  alertmanagers: { list: 'anything' },
  thanos: {
    fields: { version: versionRule, image: 'text', objectStorage: secretReference, resources: resourcesShape },
  },
  objects: { fields: { ...scrapingServerObjects, thanosService: { fields: objectOptions } } },
};
