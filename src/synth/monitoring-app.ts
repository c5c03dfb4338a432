import { App, AppProps } from 'cdk8s';
import { duringSynthesis } from '../constructs/objects/render-cache';
import { countFindings, Finding, findingsOf, plural, renderFindings, sortFindings, whileReporting } from '../findings';
import { Platform } from '../platform';
import { OutputFolderError, writeOutputFolder } from './output-folder';
import { schemaFindings } from './schema-findings';
import { monitoringSummary } from './summary';
import { constructMetadata, Synthesis, SynthesizedFile, synthesize } from './synthesis';
import { reportWhenUncaught, SynthesisError } from './synthesis-error';
import { printDocuments } from './yaml-printer';

export interface MonitoringAppProps extends AppProps {
  /**
   * The facts about the cluster's monitoring, for every chart that has no platform of its own.
   *
   * @default - nothing is known, and the summary says what that leaves undone
   */
  readonly platform?: Platform;
  /**
   * Whether `synth()` says on standard error what it wrote and what it found. Errors are always shown.
   *
   * @default - it does, unless the environment variable `CDK8S_MONITORING_QUIET` is set
   */
  readonly summary?: boolean;
}

const metadataFile = 'construct-metadata.json';

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
  private readonly recordsMetadata: boolean;
  private readonly showsSummary: boolean;

  public constructor(props: MonitoringAppProps = {}) {
    super(props);
    if (props.platform) Platform.provide(this, props.platform);
    // App keeps its own copy to itself
    this.recordsMetadata = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    this.showsSummary = props.summary ?? !process.env.CDK8S_MONITORING_QUIET;
  }

  /**
   * Writes all manifests to the output folder. Files of an earlier synth that are no longer made are removed; files of
   * others stay. Prints a summary on standard error.
   *
   * @throws SynthesisError if anything is wrong; the output folder is as it was
   */
  public override synth(): void {
    const { files, apiObjects, findings } = this.faultless();
    const contents = new Map(files.map((file) => [file.path, textOf(file)]));
    if (this.recordsMetadata) contents.set(metadataFile, constructMetadata(apiObjects));
    const all = [...findings, ...this.write(contents, findings)];
    if (this.showsSummary) process.stderr.write(`${this.summary(all, files)}\n`);
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
    return sortFindings(this.synthesis().findings);
  }

  /** What `synth()` says after it has written: counts in one line, and the findings, if there are any, below. */
  protected summary(findings: readonly Finding[], files: readonly SynthesizedFile[]): string {
    const objects = files.reduce((count, file) => count + file.documents.length, 0);
    const written = `${plural(objects, 'object')} in ${plural(files.length, 'file')}`;
    const monitored = monitoringSummary(
      this,
      files.flatMap(({ documents }) => documents),
    );
    const counts = `${monitored === undefined ? '' : `${monitored} · `}${written} · ${countFindings(findings)}`;
    return findings.length === 0 ? counts : `${counts}\n${renderFindings(findings)}`;
  }

  private synthesis(): Synthesis {
    // an overridden Chart.toJson validates the app again, so it has to run in here, too
    return duringSynthesis(() =>
      whileReporting(this, () => {
        const result = synthesize(this);
        const findings = [...result.findings, ...findingsOf(this)];
        return { ...result, findings: [...findings, ...schemaFindings(result.documents, findings)] };
      }),
    );
  }

  private faultless(): Synthesis {
    const synthesis = this.synthesis();
    if (synthesis.findings.some(({ severity }) => severity === 'error')) throw this.failure(synthesis.findings);
    return synthesis;
  }

  private write(contents: ReadonlyMap<string, string>, findings: readonly Finding[]): readonly Finding[] {
    try {
      return writeOutputFolder(this.outdir, contents).findings;
    } catch (cause) {
      throw cause instanceof OutputFolderError ? this.failure([...findings, cause.finding]) : cause;
    }
  }

  private failure(findings: readonly Finding[]): SynthesisError {
    reportWhenUncaught();
    return new SynthesisError(findings);
  }
}

function textOf(file: SynthesizedFile): string {
  return printDocuments(file.documents.map(({ value }) => value));
}
