import { countFindings, Finding, renderFindings, reportWhenUncaught, StackError } from '../findings';

/** A synth that found errors and so has written nothing. */
export class SynthesisError extends StackError {
  public override readonly name = 'SynthesisError';

  /** An error that ends the program with its report alone, where nobody catches it. */
  public static of(findings: readonly Finding[]): SynthesisError {
    reportWhenUncaught();
    return new SynthesisError(findings);
  }

  /** @param findings all that was found, warnings included */
  public constructor(findings: readonly Finding[]) {
    super(findings, `${renderFindings(findings)}\n${countFindings(findings)}`);
  }
}
