import { Yaml } from 'cdk8s';
import { described, Shape, ShapeRule } from '../../findings';
import { definedFields, ShapeOf } from '../objects';
import { jmxRule } from './jmx-rule-checks';

/**
 * How attributes of MBeans become metrics; the first rule whose pattern matches counts. Capture groups of the pattern (`$1`)
 * can stand in `name`, `value`, `labels` and `help`. Source: prometheus.github.io/jmx_exporter, "Rules".
 */
export type JmxRule = {
  /** Convert attribute names to snake case before anything else. @default - false */
  readonly attrNameSnakeCase?: boolean;
  /** Remember which rule matches a name. Not for rules that match on values. @default - false */
  readonly cache?: boolean;
  /** @default - the value of the attribute */
  readonly value?: number | string;
  /** What the value is multiplied by, such as 0.001 for milliseconds. @default - 1 */
  readonly valueFactor?: number;
} & (
  | {
      /**
       * A Java regular expression that matches somewhere in `domain<property=value, …><key, …>attribute: value`.
       * @default - matches everything
       */
      readonly pattern?: string;
      readonly name?: never;
      readonly labels?: never;
      readonly help?: never;
      readonly type?: never;
    }
  | {
      readonly pattern: string;
      /** Name of the metric. */
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly help?: string;
      /** @default - UNTYPED */
      readonly type?: 'GAUGE' | 'COUNTER' | 'UNTYPED';
    }
);

/** Configuration of the JMX exporter (1.x). Source: prometheus.github.io/jmx_exporter, "Configuration Reference". */
export interface JmxConfig {
  /** Seconds in which the JVM starts, and metrics are empty. @default - 0 */
  readonly startDelaySeconds?: number;
  /** @default - false */
  readonly lowercaseOutputName?: boolean;
  /** @default - false */
  readonly lowercaseOutputLabelNames?: boolean;
  /** Names of MBeans to ask for, such as `kafka.server:*`. @default - all */
  readonly includeObjectNames?: readonly string[];
  /** Names of MBeans to leave out; they win. @default - none */
  readonly excludeObjectNames?: readonly string[];
  /** Leave out attributes that can be no metrics. @default - true */
  readonly autoExcludeObjectNameAttributes?: boolean;
  /** Attributes to ask for, by MBean. @default - all */
  readonly includeObjectNameAttributes?: Readonly<Record<string, readonly string[]>>;
  /** Attributes to leave out, by MBean. @default - none */
  readonly excludeObjectNameAttributes?: Readonly<Record<string, readonly string[]>>;
  /** @default - everything, under names made of the MBeans' own */
  readonly rules?: readonly JmxRule[];
}

const attributes: Shape = { map: { list: 'text' } };

const startDelay: ShapeRule = {
  problem: (value, place) =>
    Number.isInteger(value) && (value as number) >= 0
      ? undefined
      : { message: `${place} is ${described(value)}, expected whole seconds from 0`, fix: 'give a whole number' },
};

export const jmxConfigShape: ShapeOf<JmxConfig> = {
  startDelaySeconds: startDelay,
  lowercaseOutputName: 'boolean',
  lowercaseOutputLabelNames: 'boolean',
  includeObjectNames: { list: 'text' },
  excludeObjectNames: { list: 'text' },
  autoExcludeObjectNameAttributes: 'boolean',
  includeObjectNameAttributes: attributes,
  excludeObjectNameAttributes: attributes,
  rules: { list: jmxRule },
};

/** The configuration file, with what only we know of it first. */
export function jmxConfigFile(config: JmxConfig, connection: { readonly hostPort?: string } = {}): string {
  return Yaml.stringify({ ...connection, ...definedFields(config) });
}
