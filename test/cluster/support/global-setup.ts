import { startCluster } from './cluster';

export default async function (): Promise<void> {
  const started = Date.now();
  await startCluster();
  console.log(`\nthe cluster is up after ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
