/**
 * Runs the tests on a real cluster: `npm run test:cluster [-- JEST OPTIONS]`.
 *
 * All of it, jest included, lives in namespaces of its own. Whatever is sent to a pod's address stays inside, because
 * there is no other network; when jest ends or is killed, the kernel ends every program it started; and what they wrote
 * into memory goes with them.
 */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { engineFolder } from '../../../scripts/engines';
import { engine, EngineName, missingEngine } from '../../support/engines';

const programs = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'prometheus-operator',
  'prometheus',
] as const satisfies readonly EngineName[];
const folders = ['crds', 'istio-crds', 'kwok-stages'];

/** The node's address; every address of pods (10.2.0.0/16) and Services (10.96.0.0/16) leads to this machine as well. */
const network = [
  'ip link set lo up',
  'ip address add 10.1.0.1/32 dev lo',
  'ip route add local 10.0.0.0/8 dev lo',
  'mount -t tmpfs cluster "$CLUSTER_FOLDER"',
  'echo nameserver 127.0.0.1 > "$CLUSTER_FOLDER/resolv.conf"',
  'mount --bind "$CLUSTER_FOLDER/resolv.conf" /etc/resolv.conf',
].join(' && ');

function whatIsMissing(): string[] {
  if (process.platform !== 'linux') return ['network namespaces are a part of Linux: run it there, or in a container'];
  const missing = [
    ...programs.filter((name) => engine(name) === undefined).map(missingEngine),
    ...folders
      .filter((name) => !fs.existsSync(path.join(engineFolder(), name)))
      .map((name) => `the folder ${name} was not found, get it with npm run engines -- --cluster`),
  ];
  const unshare = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'ip', 'address'], { encoding: 'utf8' });
  if (unshare.error) missing.push("'unshare' was not found: install util-linux");
  else if (unshare.status !== 0) {
    const root =
      process.getuid?.() === 0 ? 'a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN for it' : 'run it as root';
    missing.push(`a network namespace could not be made: ${unshare.stderr.trim()}; ${root}, with iproute2 installed`);
  }
  return missing;
}

function main(options: readonly string[]): void {
  const missing = whatIsMissing();
  if (missing.length > 0) {
    console.error(['the tests on a cluster cannot run here:', ...missing].join('\n  '));
    process.exitCode = 1;
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-monitoring-cluster-'));
  const jest = [process.execPath, require.resolve('jest/bin/jest'), '--config', 'jest.cluster.config.js', ...options];
  // should this process be killed, so is unshare; and with it all that runs in its namespaces
  const child = spawn(
    'setpriv',
    // prettier-ignore
    ['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc',
      'sh', '-c', `${network} && exec "$@"`, 'cluster', ...jest],
    { stdio: 'inherit', env: { ...process.env, CLUSTER_FOLDER: folder } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGKILL'));
  child.on('close', (code) => {
    fs.rmSync(folder, { recursive: true, force: true });
    process.exitCode = code ?? 1;
  });
}

main(process.argv.slice(2));
