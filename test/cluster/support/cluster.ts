import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { engineFolder } from '../../../scripts/engines';
import { answers, eventually, pathOf, Program } from './program';

/** Ports that no stack is likely to use: what a stack listens on is served on every address of this machine. */
const ports = { etcd: 22379, etcdPeers: 22380, api: 26443, operator: 28080, proxy: 28001 };

export const apiPort = ports.api;

/** Addresses of the API server, without authentication, and of the operator. */
export const apiUrl = `http://127.0.0.1:${ports.proxy}`;

/** An object as the API server has it. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they expect, and fail where it is not
  readonly [field: string]: any;
}

/** The folder of the run, in memory; every program writes below it. */
export function clusterFolder(): string {
  const folder = process.env.CLUSTER_FOLDER;
  if (folder === undefined) throw new Error('there is no cluster: run npm run test:cluster');
  return folder;
}

export const kubeconfigFile = (): string => path.join(clusterFolder(), 'kubeconfig');

/**
 * Starts the control plane, pods without containers (kwok) and prometheus-operator, with the CRDs and one node. Everything
 * is the real program except the kubelet.
 */
export async function startCluster(): Promise<void> {
  const folder = clusterFolder();
  const log = (name: string) => path.join(folder, `${name}.log`);
  const [key, publicKey] = writeServiceAccountKeys(folder);
  const tokens = path.join(folder, 'tokens.csv');
  fs.writeFileSync(tokens, 'admin-token,admin,admin,system:masters\n');
  fs.writeFileSync(kubeconfigFile(), kubeconfig('admin-token'));

  await new Program(
    'etcd',
    [
      `--data-dir=${folder}/etcd`,
      '--unsafe-no-fsync',
      `--listen-client-urls=http://127.0.0.1:${ports.etcd}`,
      `--advertise-client-urls=http://127.0.0.1:${ports.etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeers}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${ports.etcdPeers}`,
      `--initial-cluster=default=http://127.0.0.1:${ports.etcdPeers}`,
    ],
    log('etcd'),
  ).until(() => answers(`http://127.0.0.1:${ports.etcd}/health`));

  const api = new Program(
    'kube-apiserver',
    [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      `--secure-port=${ports.api}`,
      // a stack may scrape it, by the address of the node
      '--bind-address=0.0.0.0',
      '--advertise-address=10.1.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${certificateFolder()}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${tokens}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${key}`,
      `--service-account-key-file=${publicKey}`,
      // it would refuse every pod until the controller has made the account, and no pod here runs
      '--disable-admission-plugins=ServiceAccount',
    ],
    log('kube-apiserver'),
  );
  new Program('kubectl', ['proxy', `--kubeconfig=${kubeconfigFile()}`, `--port=${ports.proxy}`], log('kubectl-proxy'));
  await api.until(() => answers(`${apiUrl}/readyz`));

  const kubeconfigFlag = `--kubeconfig=${kubeconfigFile()}`;
  new Program(
    'kube-controller-manager',
    [kubeconfigFlag, `--service-account-private-key-file=${key}`, '--leader-elect=false', '--secure-port=0'],
    log('kube-controller-manager'),
  );
  new Program('kube-scheduler', [kubeconfigFlag, '--leader-elect=false', '--secure-port=0'], log('kube-scheduler'));
  new Program(
    'kwok',
    // prettier-ignore
    [kubeconfigFlag, '--manage-all-nodes=true', '--cidr=10.2.0.0/16', '--node-ip=10.1.0.1', '-c', writeStages(folder)],
    log('kwok'),
  );
  await apply([node, storageClass]);
  const crds = ['crds', 'istio-crds'].flatMap((name) => ['-f', path.join(engineFolder(), name)]);
  await kubectl(['apply', '--server-side', ...crds]);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);
  await new Program(
    'prometheus-operator',
    [
      '--prometheus-config-reloader=reloader',
      `--web.listen-address=127.0.0.1:${ports.operator}`,
      // it makes the Service of the kubelets, as its installers let it
      '--kubelet-service=kube-system/kubelet',
      '--kubelet-endpointslice=true',
      '--kubelet-sync-period=5s',
      // monitors and rules say in their status which Prometheus has accepted them
      '--feature-gates=StatusForConfigurationResources=true',
    ],
    log('prometheus-operator'),
    { KUBECONFIG: kubeconfigFile() },
  ).until(() => answers(`http://127.0.0.1:${ports.operator}/healthz`));
  if (!(await eventually(nodeIsReady))) throw new Error('the node does not become ready');
}

const node: ClusterObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', labels: { 'kubernetes.io/hostname': 'node', 'kubernetes.io/os': 'linux' } },
  status: {
    allocatable: { cpu: '1000', memory: '1Ti', pods: '1000' },
    capacity: { cpu: '1000', memory: '1Ti', pods: '1000' },
  },
};

/** The name by which kwok's stages know the volumes that they provide. */
const storageClass: ClusterObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'kwok-volume', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kwok.x-k8s.io/volume',
};

async function nodeIsReady(): Promise<boolean> {
  const { status } = await get('/api/v1/nodes/node');
  const conditions = (status?.conditions ?? []) as { readonly type: string; readonly status: string }[];
  return conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True');
}

/** A certificate that nobody has to trust; the API server makes it at its first start. */
export function certificateFolder(): string {
  return path.join(clusterFolder(), 'certificates');
}

/** How a program reaches the API server with a token. */
export function kubeconfig(token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'cluster', cluster: { server: `https://127.0.0.1:${ports.api}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  });
}

function writeServiceAccountKeys(folder: string): [string, string] {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const files: [string, string] = [path.join(folder, 'accounts.key'), path.join(folder, 'accounts.pub')];
  fs.writeFileSync(files[0], privateKey);
  fs.writeFileSync(files[1], publicKey);
  return files;
}

/** What kwok does with nodes, pods and volumes, in one file. */
function writeStages(folder: string): string {
  const stages = path.join(engineFolder(), 'kwok-stages');
  const file = path.join(folder, 'stages.yaml');
  const documents = fs.readdirSync(stages).map((name) => fs.readFileSync(path.join(stages, name), 'utf8'));
  fs.writeFileSync(file, documents.join('\n---\n'));
  return file;
}

/** What kubectl wrote to its two outputs. */
export interface KubectlOutput {
  readonly status: number | null;
  readonly said: string;
  readonly complained: string;
}

/** Runs kubectl and never fails; {@link kubectl} does. */
export function tryKubectl(args: readonly string[], input = ''): Promise<KubectlOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(pathOf('kubectl'), [`--kubeconfig=${kubeconfigFile()}`, ...args]);
    let said = '';
    let complained = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (complained += text.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, said, complained }));
    // it may end without reading all of it, or any; its status says whether that was well
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { status, said, complained } = await tryKubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')} failed with ${status}:\n${complained}`);
  return said;
}

/** Applies objects whose acceptance is not what is tested. */
export async function apply(objects: readonly ClusterObject[]): Promise<void> {
  await kubectl(['apply', '--server-side', '-f', '-'], documentsOf(objects));
}

/** Objects as kubectl reads them. A List would be checked by kubectl alone, which knows less than the API server. */
export function documentsOf(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

/** One object or a list, by its path on the API server; undefined fields where there is none. */
export async function get(apiPath: string): Promise<ClusterObject> {
  const response = await fetch(`${apiUrl}${apiPath}`);
  return (await response.json()) as ClusterObject;
}

/** The objects of a list; none where the kind is unknown. */
export async function list(apiPath: string): Promise<readonly ClusterObject[]> {
  return ((await get(apiPath)).items ?? []) as ClusterObject[];
}
