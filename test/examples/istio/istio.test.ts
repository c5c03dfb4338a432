import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as https from 'node:https';
import * as os from 'node:os';
import * as path from 'node:path';
import { describeWithEngine } from '../../support/engines';
import { eventually } from '../support/eventually';
import { Mesh } from './support/mesh';
import type { Certificate } from './support/mesh-authority';
import { PrometheusServer } from './support/prometheus-server';
import { federationJob, sharedRules } from './support/shared-prometheus';
import { discoveryJobs, Job, written } from './support/stack';

jest.setTimeout(30_000);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

test('the container that waits ends when all three files of the certificate are there, and not before', async () => {
  const { initContainers } = written<{ initContainers: { command: string[] }[] }>('Prometheus', 'istio').spec;
  const here = path.join(folder, 'waits');
  fs.mkdirSync(here);
  const command = initContainers[0]!.command.map((part) => part.replaceAll('/etc/prom-certs', here));
  const waiting = spawn(command[0]!, command.slice(1), { stdio: 'ignore' });
  const ended = new Promise((resolve) => waiting.on('close', resolve));
  try {
    for (const file of ['root-cert.pem', 'cert-chain.pem']) fs.writeFileSync(path.join(here, file), 'a certificate');
    fs.writeFileSync(path.join(here, 'key.pem'), '');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(waiting.exitCode).toBeNull();
    fs.writeFileSync(path.join(here, 'key.pem'), 'a key');
    expect(await ended).toBe(0);
  } finally {
    waiting.kill('SIGKILL');
  }
});

/** Istio's Prometheus scrapes the apps, and the shared one copies what it has; each test goes on where the last one ended. */
describeWithEngine('prometheus', (program) => {
  let mesh: Mesh;
  let istio: PrometheusServer;
  let shared: PrometheusServer;

  beforeAll(async () => {
    mesh = await Mesh.start(path.join(folder, 'mesh'));
    const certificates = path.join(folder, 'prom-certs');
    mesh.writeCertificates(certificates);
    const start = (name: string, config: object) => PrometheusServer.start(program, path.join(folder, name), config);
    istio = await start('istio', {
      // as the operator sets them
      global: { external_labels: { prometheus: 'istio-system/istio', prometheus_replica: 'prometheus-istio-0' } },
      scrape_configs: discoveryJobs().map((job) => mesh.discover(job, certificates)),
    });
    const rules = path.join(folder, 'rules.json');
    fs.writeFileSync(rules, JSON.stringify({ groups: sharedRules() }));
    shared = await start('shared', { rule_files: [rules], scrape_configs: [federationJob(istio.address)] });
  });

  afterAll(async () => {
    await Promise.all([shared?.stop(), istio?.stop()]);
    await mesh?.stop();
  });

  const secureJob = () => discoveryJobs().find(({ tls_config }) => tls_config !== undefined)!;
  const atIstio = async (scrapePool: string) => {
    const targets = (await istio.targets()).filter((target) => target.scrapePool === scrapePool);
    return targets.map(({ scrapeUrl, health, labels }) => ({ scrapeUrl, health, labels }));
  };
  const target = (app: string, address: string, path: string, health = 'up') => ({
    scrapeUrl: `${address}${path}`,
    health,
    labels: { namespace: 'shop', job: app, pod: `${app}-0`, instance: address.replace(/^https?:\/\//, '') },
  });

  test('each pod is one target of one job, at the port that its container listens on', async () => {
    await eventually(async () => {
      expect(await atIstio('annotated-pods')).toEqual([
        target('orders', `http://127.0.0.1:${mesh.port('orders', 15020)}`, '/stats/prometheus'),
        target('search', `http://127.0.0.1:${mesh.port('search', 9090)}`, '/metrics'),
      ]);
      expect(await atIstio('annotated-pods-secure')).toEqual([
        target('invoices', `https://127.0.0.1:${mesh.port('invoices', 8080)}`, '/metrics'),
      ]);
    }, 10_000);
  });

  test('one scrape of orders has the metrics of both containers, and of the agent', async () => {
    await eventually(async () => {
      for (const metric of [
        'orders_created_total{outcome="failed"}',
        'redis_up',
        'istio_agent_scrape_failures_total',
      ]) {
        expect({ metric, found: await istio.query(metric) }).toMatchObject({
          found: expect.arrayContaining([
            expect.objectContaining({ labels: expect.objectContaining({ namespace: 'shop', job: 'orders' }) }),
          ]),
        });
      }
    }, 10_000);
  });

  test('another workload of the mesh gets no metrics of invoices, and everything else', async () => {
    const other = mesh.authority.certify('cluster.local/ns/shop/sa/search');
    const invoices = `https://127.0.0.1:${mesh.port('invoices', 8080)}`;
    expect(await statusOf(`${invoices}/metrics`, other)).toBe(403);
    expect(await statusOf(`${invoices}/orders`, other)).toBe(404);
  });

  test('without its certificate a scrape is refused; without the files there is not even a target that is down', async () => {
    const other = await PrometheusServer.start(program, path.join(folder, 'other'), {
      scrape_configs: [
        mesh.discover(secureJob(), path.join(folder, 'not-there-yet')),
        mesh.discover(withoutCertificate(secureJob()), path.join(folder, 'prom-certs')),
      ],
    });
    try {
      await eventually(async () => {
        expect(await other.targets()).toMatchObject([
          {
            scrapePool: 'without-certificate',
            health: 'down',
            lastError: expect.stringContaining('certificate required'),
          },
        ]);
      }, 10_000);
    } finally {
      await other.stop();
    }
  });

  test('the shared Prometheus has the series with the labels that rules ask for', async () => {
    await eventually(async () => {
      const up = await shared.query('up{namespace="shop"}');
      expect(up.map(({ labels, value }) => `${labels.job} ${labels.pod} ${value}`).sort()).toEqual([
        'invoices invoices-0 1',
        'orders orders-0 1',
        'search search-0 1',
      ]);
      expect(await shared.query('up{namespace="monitoring", job="federation"}')).toMatchObject([{ value: 1 }]);
      expect(await shared.query('{exported_job=~".+"}')).toEqual([]);
    }, 10_000);
  });

  test('the rules of the stack evaluate there, over what arrives', async () => {
    const orders = `http://127.0.0.1:${mesh.port('orders', 8000)}/orders`;
    await eventually(async () => {
      await fetch(orders, { method: 'POST' });
      await fetch(orders, { method: 'POST', body: '{"item":"tea"}' });
      expect(await shared.query('job:orders_failed:ratio5m')).toEqual([
        {
          labels: { __name__: 'job:orders_failed:ratio5m', namespace: 'shop', job: 'orders' },
          value: expect.any(Number),
        },
      ]);
      expect(await pendingAlerts()).toEqual(['IstiodAbsent', 'OrdersFail']);
    }, 15_000);
    const rules = await shared.rules();
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.map(({ name }) => name).sort()).toEqual(
      sharedRules()
        .flatMap((group) => group.rules)
        .map(({ alert, record }) => alert ?? record)
        .sort(),
    );
  });

  test('an app that does not answer its agent, and one that does not answer Prometheus, are told apart', async () => {
    await mesh.end('orders', 8000);
    await mesh.end('search', 9090);
    await eventually(async () => {
      const pending = await pendingAlerts();
      expect(pending).toEqual(expect.arrayContaining(['OrdersMetricsNotMerged', 'SearchTargetDown']));
      expect(pending).not.toContain('OrdersTargetDown');
    }, 15_000);
  });

  test('where the federation fails, its own alert says so', async () => {
    await istio.stop();
    await eventually(async () => expect(await pendingAlerts()).toContain('FederationTargetDown'), 10_000);
  });

  const pendingAlerts = async () =>
    (await shared.rules())
      .filter(({ state }) => state === 'pending')
      .map(({ name }) => name)
      .sort();
});

function withoutCertificate({ tls_config, ...job }: Job): Job {
  const { cert_file: _cert, key_file: _key, ...tls } = tls_config ?? {};
  return { ...job, job_name: 'without-certificate', tls_config: tls };
}

function statusOf(url: string, { chain, key }: Certificate): Promise<number | undefined> {
  const options = { cert: fs.readFileSync(chain), key: fs.readFileSync(key), rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    https.get(url, options, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}
