import * as fs from 'fs';
import * as net from 'net';
import * as os from 'os';
import * as path from 'path';
import { describeWithEngine } from '../../support/engines';
import { eventually } from '../support/eventually';
import { freePort, isListening } from '../support/free-port';
import { Program } from '../support/program';

const counter = 'random_facts_api_execution_counter';

describe('the start command', () => {
  const startFile = 'examples/custom-metric/start.ts';
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'start-test-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is what npm run example:custom-metric runs', () => {
    const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(manifest.scripts['example:custom-metric']).toBe(`ts-node --transpile-only ${startFile}`);
  });

  it('says how to get a Prometheus where there is none', async () => {
    const start = new Program(startFile, [], { PATH: folder, CDK8S_MONITORING_ENGINES: folder });
    expect(await start.exitCode).toBe(1);
    expect(start.output).toContain('npm run engines');
  }, 30_000);

  it('says which port is taken and how to choose another', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const taken = String((other.address() as net.AddressInfo).port);
    // any program will do as Prometheus, it must not come to be started
    const args = ['--prometheus', process.execPath, '--service-port', String(await freePort())];
    const start = new Program(startFile, [...args, '--prometheus-port', taken], { TMPDIR: folder });
    expect(await start.exitCode).toBe(1);
    expect(start.output).toContain(
      `port ${taken} of 127.0.0.1 is already taken, Prometheus needs it: ` +
        'stop what listens there, or choose another with --prometheus-port',
    );
    other.close();
  }, 30_000);

  it.each([
    [['--service-port', '0'], "--service-port is '0', expected a port from 1 to 65535"],
    [['--service-port', '9090'], 'the service and Prometheus are both given port 9090'],
    [['--prometheus', '/does/not/exist'], "--prometheus is '/does/not/exist', expected a program"],
    [['--watch'], "Unknown option '--watch'"],
  ])(
    'refuses %j',
    async (args, message) => {
      const start = new Program(startFile, args, {});
      expect(await start.exitCode).toBe(1);
      expect(start.output).toContain(message);
    },
    30_000,
  );

  it('stops the service and says why when Prometheus ends by itself', async () => {
    const servicePort = await freePort();
    const args = ['--service-port', String(servicePort), '--prometheus-port', String(await freePort())];
    // node knows none of Prometheus' flags
    const start = new Program(startFile, [...args, '--prometheus', process.execPath], { TMPDIR: folder });
    expect(await start.exitCode).toBe(1);
    expect(start.output).toMatch(/Prometheus ended with exit code 9:\n.*bad option: --config.file/);
    expect(await isListening(servicePort)).toBe(false);
    expect(leftIn(folder)).toEqual([]);
  }, 30_000);

  describeWithEngine('prometheus', (prometheus) => {
    it('shows the target up and the counter counting, until Ctrl-C leaves nothing behind', async () => {
      const servicePort = await freePort();
      const prometheusPort = await freePort();
      const start = new Program(startFile, ['--prometheus', prometheus], {
        SERVICE_PORT: String(servicePort),
        PROMETHEUS_PORT: String(prometheusPort),
        TMPDIR: folder,
      });
      try {
        await eventually(() => expect(start.output).toContain('Ctrl-C stops both'), 40_000);
        expect(await get(prometheusPort, '/api/v1/targets')).toMatchObject({
          data: { activeTargets: [{ scrapeUrl: `http://127.0.0.1:${servicePort}/metrics`, health: 'up' }] },
        });

        // every address that it prints is one that a browser can show
        const places = start.output.match(/http:\S+/g) ?? [];
        expect(places.length).toBeGreaterThanOrEqual(4);
        for (const place of places) expect([place, (await fetch(place)).status]).toEqual([place, 200]);

        for (let i = 0; i < 5; i += 1) await fetch(`http://127.0.0.1:${servicePort}/cat_facts?count=3`);
        await eventually(async () => {
          expect(await get(prometheusPort, `/api/v1/query?query=${counter}`)).toMatchObject({
            data: { result: [{ metric: { job: 'random-facts-api' }, value: [expect.any(Number), '5'] }] },
          });
        });

        start.signal('SIGINT');
        expect(await start.exitCode).toBe(0);
      } finally {
        await start.end();
      }
      expect(await isListening(servicePort)).toBe(false);
      expect(await isListening(prometheusPort)).toBe(false);
      expect(leftIn(folder)).toEqual([]);
    }, 90_000);
  });

  const get = async (port: number, path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).json();

  /** ts-node keeps a cache of its own there. */
  const leftIn = (place: string): string[] =>
    fs.readdirSync(place).filter((name) => !/^(v8-compile|node-compile|ts-node)/.test(name));
});
