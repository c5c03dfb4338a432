import type { AppProps } from 'cdk8s';
import type { Platform } from '../platform';

export interface MonitoringAppProps extends AppProps {
  /**
   * The facts about the cluster's monitoring, for every chart that has no platform of its own.
   *
   * @default - nothing is known, and the summary says what that leaves undone
   */
  readonly platform?: Platform;
  /**
   * Whether a synth says on standard error what it wrote and what it found. Errors are always shown.
   *
   * @default - it does, unless the environment variable `CDK8S_MONITORING_QUIET` is set
   */
  readonly summary?: boolean;
  /**
   * The least severity at which nothing is written and the program ends with exit code 1. `warning` is for CI, where nobody
   * reads what does not fail.
   *
   * @default - what the environment variable `CDK8S_MONITORING_FAIL_ON` says, else `error`
   */
  readonly failOn?: 'error' | 'warning';
  /**
   * Whether each output folder gets a `kustomization.yaml` that lists what is in it, sorted. One that somebody else has put
   * there stays, which is a warning.
   *
   * @default - where the platform's GitOps tool is Flux
   */
  readonly kustomization?: boolean;
}
