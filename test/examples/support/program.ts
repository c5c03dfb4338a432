import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';

const repository = path.join(__dirname, '..', '..', '..');

/** A TypeScript program of the repository, run as a process of its own as a reader would run it. */
export class Program {
  output = '';
  readonly exitCode: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(
      process.execPath,
      ['--require', require.resolve('ts-node/register/transpile-only'), path.join(repository, file), ...args],
      { cwd: repository, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exitCode = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code) => resolve(code));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** For afterAll: ends the program even if the test left it in a bad state. */
  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 8000);
    await this.exitCode;
    clearTimeout(hard);
  }
}
