import type { Construct } from 'constructs';
import type { Platform } from '../../platform';
import { addChosenAlerts, AlertToChoose, DefaultAlertOptions, DefaultAlerts } from '../rules/default-alerts';
import { labelMatchers } from '../rules/label-matchers';
import type { RuleSet } from '../rules/rule-set';

/** The alerts that come with a JMX agent, by name: `false` switches one off, options change it. */
export interface JmxAlerts extends DefaultAlerts {
  /** A changed configuration is refused, and the old one stays. @default - after 5 minutes, severity warning */
  readonly configurationRejected?: false | DefaultAlertOptions;
  /** Threads of the JVM wait for one another for ever. @default - after 5 minutes, severity critical */
  readonly threadsDeadlocked?: false | DefaultAlertOptions;
  /** More than nine tenths of the heap are in use. @default - after 15 minutes, severity warning */
  readonly heapNearlyFull?: false | DefaultAlertOptions;
  /** More than nine tenths of the file descriptors are in use. @default - after 15 minutes, severity warning */
  readonly fileDescriptorsNearlyUsed?: false | DefaultAlertOptions;
}

const ofEndpoints: readonly string[] = ['targetDown', 'targetAbsent', 'exporterDown'] satisfies (keyof DefaultAlerts)[];

/** What is chosen of the alerts of every endpoint, and of those of the JVM. */
export function splitAlerts(chosen: false | JmxAlerts | undefined): {
  readonly ofEndpoint: false | DefaultAlerts | undefined;
  readonly ofJvm: false | Omit<JmxAlerts, keyof DefaultAlerts> | undefined;
} {
  if (chosen === false || chosen === undefined) return { ofEndpoint: chosen, ofJvm: chosen };
  const part = (isOfEndpoint: boolean) =>
    Object.fromEntries(Object.entries(chosen).filter(([name]) => ofEndpoints.includes(name) === isOfEndpoint));
  return { ofEndpoint: part(true), ofJvm: part(false) };
}

export interface JvmToAlertOn {
  readonly declaredBy: Construct;
  /** Beginning of the alerts' names, in CamelCase. */
  readonly prefix: string;
  readonly what: string;
  readonly matchers: () => Readonly<Record<string, string>>;
}

/** Alerts on what an agent tells of its JVM. Metrics: prometheus.github.io/client_java, "JVM". */
export function addJvmAlerts(
  rules: RuleSet,
  jvm: JvmToAlertOn,
  chosen: ReturnType<typeof splitAlerts>['ofJvm'],
  platform: Platform,
): void {
  const { prefix, what, matchers } = jvm;
  const series = (metric: string, labels: Readonly<Record<string, string>> = {}) =>
    `${metric}${labelMatchers({ ...matchers(), ...labels })}`;
  const heap = { area: 'heap' };
  const alerts: readonly (readonly [Exclude<keyof JmxAlerts, keyof DefaultAlerts>, AlertToChoose])[] = [
    [
      'configurationRejected',
      {
        name: `${prefix}ConfigurationRejected`,
        metric: 'jmx_config_reload_failure_total',
        expr: () => `increase(${series('jmx_config_reload_failure_total')}[15m]) > 0`,
        for: '5m',
        severity: 'warning',
        summary: `The JMX exporter of ${what} refuses its configuration`,
        description: 'The exporter in pod {{ $labels.pod }} keeps the configuration that it had.',
      },
    ],
    [
      'threadsDeadlocked',
      {
        name: `${prefix}ThreadsDeadlocked`,
        metric: 'jvm_threads_deadlocked',
        expr: () => `${series('jvm_threads_deadlocked')} > 0`,
        for: '5m',
        severity: 'critical',
        summary: `Threads of ${what} are deadlocked`,
        description: '{{ $value }} threads in pod {{ $labels.pod }} wait for one another.',
      },
    ],
    [
      'heapNearlyFull',
      {
        name: `${prefix}HeapNearlyFull`,
        metric: 'jvm_memory_used_bytes',
        expr: () => `${series('jvm_memory_used_bytes', heap)} / ${series('jvm_memory_max_bytes', heap)} > 0.9`,
        for: '15m',
        severity: 'warning',
        summary: `The heap of ${what} is nearly full`,
        description: '{{ $value | humanizePercentage }} of the heap in pod {{ $labels.pod }} are in use.',
      },
    ],
    [
      'fileDescriptorsNearlyUsed',
      {
        name: `${prefix}FileDescriptorsNearlyUsed`,
        metric: 'process_open_fds',
        expr: () => `${series('process_open_fds')} / ${series('process_max_fds')} > 0.9`,
        for: '15m',
        severity: 'warning',
        summary: `${what} has hardly any file descriptors left`,
        description: '{{ $value | humanizePercentage }} of those of pod {{ $labels.pod }} are in use.',
      },
    ],
  ];
  addChosenAlerts(rules, jvm, alerts, chosen, platform);
}
