import { readRecord } from './record';

/** The programs need no stopping: they end with the process namespace that jest is the first process of. */
export default function (): void {
  console.log(['proved on the cluster:', ...readRecord()].join('\n  '));
}
