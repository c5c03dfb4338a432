import * as fs from 'node:fs';
import * as path from 'node:path';
import { clusterFolder } from './cluster';

const file = () => path.join(clusterFolder(), 'proved');

/** Keeps a line for the list at the end of the run. */
export function record(line: string): void {
  fs.appendFileSync(file(), `${line}\n`);
}

export function readRecord(): string[] {
  if (!fs.existsSync(file())) return ['nothing'];
  return fs.readFileSync(file(), 'utf8').trimEnd().split('\n');
}
