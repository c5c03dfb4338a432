import type { App } from 'cdk8s';
import { duringSynthesis } from '../constructs/objects/render-cache';
import { Finding, findingsOf, whileReporting } from '../findings';
import { diskFileSystem } from './file-system';
import type { MonitoringAppProps } from './monitoring-app-props';
import { OutputFolderError, writeOutputFolder } from './output-folder';
import { schemaFindings } from './schema-findings';
import { Synthesis, synthesize } from './synthesis';
import { SynthesisError } from './synthesis-error';

/** The documents of an app, and everything that its own checks and ours say of them. */
export function checkedSynthesis(app: App): Synthesis {
  // an overridden Chart.toJson validates the app again, so it has to run in here, too
  return duringSynthesis(() =>
    whileReporting(app, () => {
      const result = synthesize(app);
      const findings = [...result.findings, ...findingsOf(app)];
      return { ...result, findings: [...findings, ...schemaFindings(result.documents, findings)] };
    }),
  );
}

/** @throws SynthesisError with all findings if one of them is an error, or a warning where warnings fail */
export function refuseErrors(findings: readonly Finding[], { failOn }: MonitoringAppProps = {}): void {
  const failing = failOn ?? process.env.CDK8S_MONITORING_FAIL_ON;
  const fails = ({ severity }: Finding) => severity === 'error' || (severity === 'warning' && failing === 'warning');
  if (findings.some(fails)) throw SynthesisError.of(findings);
}

/**
 * Writes a faultless synthesis.
 *
 * @returns what was found, the output folder included
 * @throws SynthesisError if the folder cannot be written
 */
export function writeFindings(
  folder: string,
  contents: ReadonlyMap<string, string>,
  findings: readonly Finding[],
  yielding: ReadonlySet<string>,
): readonly Finding[] {
  try {
    return [...findings, ...writeOutputFolder(folder, contents, diskFileSystem, yielding).findings];
  } catch (cause) {
    throw cause instanceof OutputFolderError ? SynthesisError.of([...findings, cause.finding]) : cause;
  }
}
