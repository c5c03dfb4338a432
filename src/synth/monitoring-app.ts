import { App } from 'cdk8s';
import { Finding, refuse, sortFindings } from '../findings';
import { Platform } from '../platform';
import { checkedSynthesis, refuseErrors, writeFindings } from './checked-synthesis';
import {
  CompleteEnvironments,
  ComposeEnvironment,
  EnvironmentProps,
  EnvironmentsOptions,
  EnvironmentValues,
  recordsMetadata,
  showsSummary,
  synthesizeEnvironments,
} from './environments';
import type { MonitoringAppProps } from './monitoring-app-props';
import { outputContents } from './output-contents';
import { report, summaryLine } from './summary';
import { constructMetadata, metadataFile, Synthesis, SynthesizedFile } from './synthesis';
import { printDocuments } from './yaml-printer';

/**
 * An `App` that shows all faults in one run, writes its output folder atomically and in a time that grows with the number
 * of objects. Takes the place of `App` without any other change; {@link synthesize} lists what differs in the output.
 *
 * ```ts
 * const app = new MonitoringApp();
 * new ShopChart(app, 'shop');
 * app.synth();
 * ```
 */
export class MonitoringApp extends App {
  /**
   * One stack for several environments, each with its own platform and values, written in one run into a folder each:
   * `dist/staging/shop.k8s.yaml` and `dist/prod/shop.k8s.yaml`. An error in one of them leaves the files of all as they
   * were. There is no `synth()` to call.
   *
   * ```ts
   * MonitoringApp.environments(
   *   {
   *     staging: { platform: Platform.kubePrometheusStack({ release: 'kps' }), values: { replicas: 1 } },
   *     prod: { platform: Platform.openShift(), values: { replicas: 8 } },
   *   },
   *   (environment, { replicas }) => {
   *     const shop = new Chart(environment, 'shop', { namespace: 'shop' });
   *     new MonitoredApp(shop, 'checkout', { image, replicas, port: 5000, metrics: {} });
   *   },
   * );
   * ```
   *
   * @param environments by name; a value that one of them lacks does not compile
   * @param compose makes the charts of one environment; it is called once for each, in the order given
   * @returns the app of each environment by name, for tests
   * @throws SynthesisError with the errors of all environments; the output folder is as it was
   */
  public static environments<E extends Readonly<Record<string, EnvironmentProps>>>(
    environments: E & CompleteEnvironments<E>,
    compose: (environment: MonitoringApp, values: EnvironmentValues<E>, name: keyof E & string) => void,
    options: EnvironmentsOptions = {},
  ): { readonly [N in keyof E]: MonitoringApp } {
    const untyped = compose as ComposeEnvironment<MonitoringApp>;
    const apps = synthesizeEnvironments(environments, untyped, options, (name, props) => new Environment(name, props));
    return apps as { readonly [N in keyof E]: MonitoringApp };
  }

  private readonly given: MonitoringAppProps;

  public constructor(props: MonitoringAppProps = {}) {
    super(props);
    if (props.platform) Platform.provide(this, props.platform);
    this.given = props;
  }

  /**
   * Writes all manifests to the output folder. Files of an earlier synth that are no longer made are removed; files of
   * others stay. Prints a summary on standard error.
   *
   * @throws SynthesisError if anything is wrong; the output folder is as it was
   */
  public override synth(): void {
    const synthesis = this.faultless();
    const { contents, yielding, findings } = outputContents(this, synthesis, this.given.kustomization);
    const found = [...synthesis.findings, ...findings];
    refuseErrors(found, this.given);
    if (recordsMetadata(this.given)) contents.set(metadataFile, constructMetadata(synthesis.apiObjects));
    const all = writeFindings(this.outdir, contents, found, yielding);
    if (showsSummary(this.given)) process.stderr.write(`${this.summary(all, synthesis.files)}\n`);
  }

  /**
   * All manifests as one YAML text, in the order in which they can be applied. Writes nothing.
   *
   * @throws SynthesisError if anything is wrong
   */
  public override synthYaml(): string {
    return printDocuments(this.faultless().documents.map(({ value }) => value));
  }

  /** Everything that `synth()` would say, errors and all, without writing or throwing: for tests and for tools. */
  public findings(): Finding[] {
    return sortFindings(checkedSynthesis(this).findings);
  }

  /** What `synth()` says after it has written: counts in one line, and the findings, if there are any, below. */
  protected summary(findings: readonly Finding[], files: readonly SynthesizedFile[]): string {
    return report(summaryLine(this, files, findings), findings);
  }

  private faultless(): Synthesis {
    const synthesis = checkedSynthesis(this);
    refuseErrors(synthesis.findings, this.given);
    return synthesis;
  }
}

/** The app of one environment among others, with which it is written. */
class Environment extends MonitoringApp {
  public constructor(
    private readonly environment: string,
    props: MonitoringAppProps,
  ) {
    super(props);
  }

  public override synth(): never {
    refuse({
      code: 'environments/synth',
      path: '',
      message: `synth() is called for the environment '${this.environment}' alone`,
      fix: 'leave the call out: MonitoringApp.environments(…) writes all environments in one run',
    });
  }
}
