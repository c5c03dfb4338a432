import { ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { engine, EngineName, missingEngine } from '../../support/engines';

/** How long a program may take to become healthy, or a state to come about that is certain to come. */
const patience = 120_000;

/** A program that runs until it is stopped, or until jest ends and the kernel with it all of its process namespace. */
export class Program {
  private readonly process: ChildProcess;
  private ended: string | undefined;

  constructor(
    private readonly name: EngineName,
    args: readonly string[],
    private readonly log: string,
    env: NodeJS.ProcessEnv = {},
  ) {
    const output = fs.openSync(log, 'a');
    this.process = spawn(pathOf(name), args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
    fs.closeSync(output);
    this.process.unref();
    this.process.on('exit', (code, signal) => (this.ended = `ended with ${code ?? signal}`));
    this.process.on('error', (error) => (this.ended = error.message));
  }

  /** Resolves once `healthy` says so, and fails with what the program wrote if that does not come. */
  async until(healthy: () => Promise<boolean>): Promise<this> {
    const came = await eventually(async () => this.ended !== undefined || (await healthy()), patience);
    if (came && this.ended === undefined) return this;
    const said = fs.readFileSync(this.log, 'utf8').trim().split('\n').slice(-15).join('\n');
    throw new Error(`${this.name} ${this.ended ?? `is not healthy after ${patience / 1000} s`}:\n${said}`);
  }

  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const exit = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    const overdue = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await exit;
    clearTimeout(overdue);
  }
}

export function pathOf(name: EngineName): string {
  const file = engine(name);
  if (file === undefined) throw new Error(missingEngine(name));
  return file;
}

/** Asks again and again until the answer is yes. Says whether that came within the time, in milliseconds. */
export async function eventually(condition: () => Promise<boolean>, within = patience): Promise<boolean> {
  const deadline = Date.now() + within;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Whether an address answers with 200. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
