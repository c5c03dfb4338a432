import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeWithEngine } from '../../support/engines';
import { eventually } from '../support/eventually';
import { samplesIn } from '../support/exposition';
import { freePort } from '../support/free-port';

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

const file = path.join(__dirname, '../../../examples/platform-stack/dist/argocd/streaming.k8s.yaml');
const objects = parseAllDocuments(fs.readFileSync(file, 'utf8')).map((document) => document.toJS() as Written);

const config = objects.find(({ kind }) => kind === 'ConfigMap')!.data!['config.yaml']!;
const options = objects
  .find(({ kind }) => kind === 'StatefulSet')!
  .spec!.template!.spec.containers[0]!.env.find(({ name }) => name === 'KAFKA_OPTS')!.value;

/** A broker of its own, with the options and the configuration that the stack gives the pods. */
describeWithEngine('kafka', (kafka) => {
  const jars = path.dirname(kafka);
  let folder: string;
  let broker: ChildProcess | undefined;
  let exposition: string;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kafka-'));
    const [clients, controller, metrics] = [await freePort(), await freePort(), await freePort()];
    fs.writeFileSync(path.join(folder, 'config.yaml'), config);
    fs.writeFileSync(
      path.join(folder, 'server.properties'),
      [
        'process.roles=broker,controller',
        'node.id=1',
        `controller.quorum.voters=1@127.0.0.1:${controller}`,
        `listeners=PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
        'controller.listener.names=CONTROLLER',
        `log.dirs=${path.join(folder, 'data')}`,
      ].join('\n'),
    );
    const format = ['kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', 'server.properties'];
    const formatted = spawnSync(kafka, format, { cwd: folder, encoding: 'utf8' });
    expect({ status: formatted.status, said: formatted.stderr }).toMatchObject({ status: 0 });

    const [agent = ''] = fs.readdirSync(jars).filter((name) => name.startsWith('jmx_prometheus_javaagent'));
    const ofThisMachine = options
      .replace('/jmx/jmx_prometheus_javaagent.jar', path.join(jars, agent))
      .replace('9404', `127.0.0.1:${metrics}`)
      .replace('/jmx-config/', `${folder}/`);
    broker = spawn(kafka, ['kafka.Kafka', 'server.properties'], {
      cwd: folder,
      env: { ...process.env, KAFKA_OPTS: `-Xmx256m ${ofThisMachine}` },
      stdio: 'ignore',
    });
    exposition = await eventually(async () => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      expect(text).toContain('kafka_server_replicamanager_');
      return text;
    }, 60_000);
  }, 90_000);

  afterAll(async () => {
    const ended = new Promise((resolve) => broker?.on('close', resolve));
    broker?.kill('SIGKILL');
    await (broker && ended);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('each rule of the configuration gives metrics', () => {
    const names = [...samplesIn(exposition).keys()];
    expect(names).toContain('kafka_server_brokertopicmetrics_bytesin_total');
    expect(names).toContain('kafka_server_replicamanager_underreplicatedpartitions');
  });

  test('the broker exposes every metric that the alerts ask for', () => {
    const rules = fs.readFileSync(file, 'utf8');
    const asked = [...new Set([...rules.matchAll(/\b((?:jmx|jvm|process)_[a-z_]+)\{/g)].map(([, name]) => name!))];
    expect(asked.length).toBeGreaterThanOrEqual(5);
    const exposed = new Set([...samplesIn(exposition).keys()].map((series) => series.replace(/\{.*/, '')));
    expect(asked.filter((name) => !exposed.has(name))).toEqual([]);
  });
});
