import { ChildProcess, spawn } from 'child_process';

const graceMs = 5000;
const keptOutput = 4000;

/** A program that runs beside us until we stop it. */
export class ChildProgram {
  /** Resolves when the program has ended, whoever ended it, with a sentence that says how. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private output = '';

  constructor(
    private readonly name: string,
    file: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    // kept and not shown: it is of interest only when the program fails
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-keptOutput)));
    }
    // if we end in a way that we did not foresee, the program must not stay behind
    const killHard = (): void => void this.child.kill('SIGKILL');
    process.on('exit', killHard);
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        process.off('exit', killHard);
        resolve(`${this.name} ${how}`);
      };
      this.child.on('error', (error) => end(`could not be started: ${error.message}`));
      // 'close' and not 'exit': the last lines of output come in between
      this.child.on('close', (code, signal) => {
        end(`ended with ${signal ?? `exit code ${code}`}${this.output ? `:\n${this.output.trimEnd()}` : ''}`);
      });
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const tooLong = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(tooLong);
  }
}
