import { countFindings, Finding, renderFindings, StackError } from '../findings';

export { reportWhenUncaught } from '../findings';

/** A synth that found errors and so has written nothing. */
export class SynthesisError extends StackError {
  public override readonly name = 'SynthesisError';

  /** @param findings all that was found, warnings included */
  public constructor(findings: readonly Finding[]) {
    super(findings, `${renderFindings(findings)}\n${countFindings(findings)}`);
  }
}
