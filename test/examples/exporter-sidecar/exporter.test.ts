import { spawnSync } from 'child_process';
import * as fc from 'fast-check';
import * as http from 'http';
import { AddressInfo } from 'net';
import { ConfigError, readConfig } from '../../../examples/exporter-sidecar/exporter/src/config';
import { StatusError, parseStatus } from '../../../examples/exporter-sidecar/exporter/src/status';
import { describeWithEngine } from '../../support/engines';
import { eventually } from '../support/eventually';
import { samplesIn } from '../support/exposition';
import { freePort } from '../support/free-port';
import { Program } from '../support/program';

const exporterFile = 'examples/exporter-sidecar/exporter/src/main.ts';
const status = { current_requests: 7, pending_requests: 3, total_uptime: 120.5, health: 'healthy' };

type Behaviour = (response: http.ServerResponse) => void;
const answering =
  (body: unknown): Behaviour =>
  (response) =>
    void response.end(JSON.stringify(body));

/** An application on the loopback whose /status does what the test says. */
class Application {
  behaviour: Behaviour = answering(status);
  polls = 0;
  private polling = 0;
  mostPollsAtOnce = 0;
  private server: http.Server | undefined;

  async listen(port = 0): Promise<number> {
    const server = http.createServer((request, response) => {
      this.polls += 1;
      this.polling += 1;
      this.mostPollsAtOnce = Math.max(this.mostPollsAtOnce, this.polling);
      response.on('close', () => (this.polling -= 1));
      if (request.url === '/status') this.behaviour(response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }
}

describe('the configuration of the exporter', () => {
  it('has the defaults of the example', () => {
    expect(readConfig({})).toEqual({ pollingIntervalSeconds: 5, appPort: 80, exporterPort: 9877 });
  });

  it('names everything that is wrong at once', () => {
    const env = { POLLING_INTERVAL_SECONDS: '0', APP_PORT: '80a', EXPORTER_PORT: '70000' };
    const problems = problemsOf(env);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toBe(
      "environment variable POLLING_INTERVAL_SECONDS is '0', expected seconds from 0.1 to 3600: " +
        'correct it, or leave it out for 5',
    );
    expect(problems[1]).toContain("APP_PORT is '80a', expected a port from 1 to 65535");
    expect(problems[2]).toContain("EXPORTER_PORT is '70000'");
  });

  it.each(['', ' ', '-5', '1e3', '0x10', 'NaN', 'Infinity', '5s', '99999'])('refuses an interval of %j', (text) => {
    expect(problemsOf({ POLLING_INTERVAL_SECONDS: text })).toHaveLength(1);
  });

  it('refuses one port for both, since the containers of a pod share one network', () => {
    expect(problemsOf({ APP_PORT: '9877' })).toEqual([
      expect.stringContaining('APP_PORT and EXPORTER_PORT are both 9877'),
    ]);
  });

  function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  }
});

describe('the status of the application', () => {
  it('is read from JSON, with fields that we do not know left alone', () => {
    expect(parseStatus(JSON.stringify({ ...status, more: [] }))).toEqual({
      currentRequests: 7,
      pendingRequests: 3,
      totalUptime: 120.5,
      health: 'healthy',
    });
  });

  it('says which field is wrong, what it is and what was expected', () => {
    expect(() => parseStatus(JSON.stringify({ ...status, health: 'tired' }))).toThrow(
      'field health of /status is "\\"tired\\"", expected one of healthy, unhealthy',
    );
    expect(() => parseStatus(JSON.stringify({ ...status, total_uptime: undefined }))).toThrow(
      'field total_uptime of /status is missing, expected a number that is not negative',
    );
  });

  it('is a status or a StatusError, whatever the application answers', () => {
    const known = fc.record({
      current_requests: fc.oneof(fc.nat(), fc.jsonValue()),
      pending_requests: fc.oneof(fc.nat(), fc.jsonValue()),
      total_uptime: fc.oneof(fc.nat(), fc.jsonValue()),
      health: fc.oneof(fc.constantFrom('healthy', 'unhealthy'), fc.jsonValue()),
    });
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      known.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(body, (text) => {
        try {
          const { currentRequests, pendingRequests, totalUptime, health } = parseStatus(text);
          for (const amount of [currentRequests, pendingRequests, totalUptime])
            expect(amount).toBeGreaterThanOrEqual(0);
          expect(['healthy', 'unhealthy']).toContain(health);
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError);
        }
      }),
    );
  });
});

describe('the exporter as a process beside a real application', () => {
  const application = new Application();
  let appPort: number;
  let exporter: Program;
  let url: string;

  beforeAll(async () => {
    appPort = await application.listen();
    const exporterPort = await freePort();
    url = `http://127.0.0.1:${exporterPort}`;
    exporter = new Program(exporterFile, [], {
      APP_PORT: String(appPort),
      EXPORTER_PORT: String(exporterPort),
      POLLING_INTERVAL_SECONDS: '0.3',
    });
  }, 30_000);

  afterAll(async () => {
    await exporter.end();
    await application.close();
  });

  async function scrape(): Promise<Map<string, number>> {
    return samplesIn(await (await fetch(`${url}/metrics`)).text());
  }

  it('has the values in the first scrape that it answers', async () => {
    const samples = await eventually(scrape, 20_000);
    expect(samples.get('app_requests_current')).toBe(7);
    expect(samples.get('app_requests_pending')).toBe(3);
    expect(samples.get('app_uptime')).toBe(120.5);
    expect(samples.get('app_health{app_health="healthy"}')).toBe(1);
    expect(samples.get('app_health{app_health="unhealthy"}')).toBe(0);
    expect(samples.get('app_up')).toBe(1);
    expect(samples.get('app_poll_failures_total{reason="timeout"}')).toBe(0);
    const age = Date.now() / 1000 - (samples.get('app_poll_last_success_timestamp_seconds') ?? 0);
    expect(age).toBeLessThan(5);
  }, 30_000);

  it('follows the application', async () => {
    application.behaviour = answering({ ...status, current_requests: 0, health: 'unhealthy' });
    await eventually(async () => {
      const samples = await scrape();
      expect(samples.get('app_requests_current')).toBe(0);
      expect(samples.get('app_health{app_health="healthy"}')).toBe(0);
      expect(samples.get('app_health{app_health="unhealthy"}')).toBe(1);
      expect(samples.get('app_up')).toBe(1);
    });
  });

  const failures: [string, string, Behaviour][] = [
    ['is an error', 'http_status', (response) => void response.writeHead(500).end('{}')],
    ['is a redirect', 'http_status', (response) => void response.writeHead(302, { location: '/status' }).end()],
    ['is no JSON', 'not_json', (response) => void response.end('<html>')],
    ['is a JSON list', 'not_json', answering([status])],
    ['lacks a field', 'bad_field', answering({ current_requests: 7, pending_requests: 3, health: 'healthy' })],
    ['has a number as text', 'bad_field', answering({ ...status, current_requests: '7' })],
    ['has an unknown health', 'bad_field', answering({ ...status, health: 'tired' })],
    ['is endless', 'too_large', (response) => void response.end('x'.repeat(1_000_000))],
    ['never comes', 'timeout', () => undefined],
    ['stops in its middle', 'timeout', (response) => void response.write('{"current_requests":')],
    ['is cut off', 'connection', (response) => void response.write('{', () => response.destroy())],
  ];

  it.each(failures)('shows an answer that %s as reason %s, drops the values, and recovers', async (_, reason, bad) => {
    const counter = `app_poll_failures_total{reason="${reason}"}`;
    const before = (await scrape()).get(counter) ?? NaN;
    application.behaviour = bad;
    await expectDown(counter, before);

    application.behaviour = answering(status);
    await expectUp();
  });

  it('shows an application that is gone as reason connection, and finds it again', async () => {
    const counter = 'app_poll_failures_total{reason="connection"}';
    const before = (await scrape()).get(counter) ?? NaN;
    await application.close();
    await expectDown(counter, before);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    await application.listen(appPort);
    await expectUp();
  });

  async function expectDown(counter: string, before: number): Promise<void> {
    await eventually(async () => {
      const samples = await scrape();
      expect(samples.get('app_up')).toBe(0);
      expect(samples.get(counter)).toBeGreaterThan(before);
      const values = [...samples.keys()].filter((series) => /^app_(requests|uptime|health)/.test(series));
      expect(values).toEqual([]);
    });
  }

  async function expectUp(): Promise<void> {
    await eventually(async () => {
      const samples = await scrape();
      expect(samples.get('app_up')).toBe(1);
      expect(samples.get('app_requests_current')).toBe(7);
    });
  }

  it('never polled while a poll was under way', () => {
    expect(application.polls).toBeGreaterThan(10);
    expect(application.mostPollsAtOnce).toBe(1);
  });

  it('answers GET on its two paths and nothing else', async () => {
    expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  describeWithEngine('promtool', (promtool) => {
    it('has an exposition without findings', async () => {
      const exposition = await (await fetch(`${url}/metrics`)).text();
      const result = spawnSync(promtool, ['check', 'metrics'], { input: exposition, encoding: 'utf8' });
      expect(result.stdout + result.stderr).toBe('');
      expect(result.status).toBe(0);
    });
  });

  it('ends by SIGTERM at once and well, even while the application hangs', async () => {
    let hanging = false;
    application.behaviour = () => (hanging = true);
    await eventually(() => expect(hanging).toBe(true));
    const asked = Date.now();
    exporter.signal('SIGTERM');
    expect(await exporter.exitCode).toBe(0);
    expect(Date.now() - asked).toBeLessThan(1500);
  });
});

describe('an exporter that cannot start', () => {
  it('ends with exit code 1 and one line for each wrong variable', async () => {
    const exporter = new Program(exporterFile, [], { POLLING_INTERVAL_SECONDS: 'often', APP_PORT: '0' });
    expect(await exporter.exitCode).toBe(1);
    expect(exporter.output.trim().split('\n')).toEqual([
      expect.stringContaining("POLLING_INTERVAL_SECONDS is 'often'"),
      expect.stringContaining("APP_PORT is '0'"),
    ]);
  }, 30_000);

  it('says so when its port is taken', async () => {
    const other = http.createServer().listen(0);
    const port = String((other.address() as AddressInfo).port);
    const exporter = new Program(exporterFile, [], { EXPORTER_PORT: port, APP_PORT: String(await freePort()) });
    expect(await exporter.exitCode).toBe(1);
    expect(exporter.output).toContain(
      `cannot listen on port ${port}: something else listens there; set EXPORTER_PORT to a free port`,
    );
    other.close();
  }, 30_000);
});
