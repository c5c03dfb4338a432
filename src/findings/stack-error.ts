import { Finding } from './finding';
import { renderFindings } from './render-text';

/**
 * A stack that cannot be built or written as it was declared. The message is the report, and `stack` is the message alone,
 * since the fault is in what was declared and not where the library noticed it.
 */
export class StackError extends Error {
  public override readonly name: string = 'StackError';

  /** @param findings all that was found, warnings included */
  public constructor(
    public readonly findings: readonly Finding[],
    message = renderFindings(findings),
  ) {
    super(message);
    this.stack = this.message;
  }
}

let listening = false;

/**
 * Makes Node end on an uncaught {@link StackError} with its message on standard error and exit code 1, without the source
 * line and stack that it would print. Any other error is printed as Node does. Nothing changes for a program that catches the
 * error, or has a listener of its own, as test runners do.
 */
export function reportWhenUncaught(): void {
  if (listening || process.listenerCount('uncaughtException') > 0) return;
  listening = true;
  process.on('uncaughtException', (error: unknown) => {
    process.stderr.write(`${textOf(error)}\n`);
    process.exit(1);
  });
}

function textOf(error: unknown): string {
  if (error instanceof StackError) return error.message;
  const text = error instanceof Error ? (error.stack ?? String(error)) : `Uncaught ${String(error)}`;
  return `${text}\n\nNode.js ${process.version}`;
}
