import { spawnSync } from 'child_process';
import * as http from 'http';
import * as net from 'net';
import { catFacts } from '../../../examples/custom-metric/service/src/cat-facts';
import { createService } from '../../../examples/custom-metric/service/src/server';
import { describeWithEngine } from '../../support/engines';
import { eventually } from '../support/eventually';
import { samplesIn } from '../support/exposition';
import { freePort } from '../support/free-port';
import { Program } from '../support/program';

const counter = 'random_facts_api_execution_counter';

describe('the service of the custom-metric example', () => {
  let service: http.Server;
  let port: number;
  let url: string;

  beforeAll(async () => {
    service = createService('1.2.3');
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    ({ port } = service.address() as net.AddressInfo);
    url = `http://127.0.0.1:${port}`;
  });

  afterAll(async () => {
    service.closeAllConnections();
    await new Promise((resolve) => service.close(resolve));
  });

  const exposition = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  const sample = async (series: string): Promise<number | undefined> => samplesIn(await exposition()).get(series);

  it('serves one fact unless asked for more', async () => {
    const response = await fetch(`${url}/cat_facts`);
    expect(response.status).toBe(200);
    const { facts } = (await response.json()) as { facts: string[] };
    expect(facts).toHaveLength(1);
    expect(catFacts).toContain(facts[0]);
  });

  it('serves as many different facts as asked for', async () => {
    const { facts } = (await (await fetch(`${url}/cat_facts?count=10`)).json()) as { facts: string[] };
    expect([...facts].sort()).toEqual([...catFacts].sort());
  });

  it.each(['0', '11', '-1', '1.5', '', 'two', '1e1', '%00', '9999999999999999999'])(
    'answers 400 to a count of %j, and does not count it',
    async (count) => {
      const before = await sample(counter);
      const response = await fetch(`${url}/cat_facts?count=${count}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('expected a whole number from 1 to 10');
      expect(await sample(counter)).toBe(before);
    },
  );

  it('answers 400 to two counts', async () => {
    const response = await fetch(`${url}/cat_facts?count=1&count=2`);
    expect(await response.json()).toEqual({ error: 'query parameter count is given more than once, expected it once' });
  });

  it('counts each time it serves facts', async () => {
    const before = (await sample(counter)) ?? NaN;
    for (let i = 0; i < 3; i += 1) await fetch(`${url}/cat_facts?count=2`);
    expect(await sample(counter)).toBe(before + 3);
  });

  it('has its metrics in every type that it can', async () => {
    const text = await exposition();
    expect(text).toContain(`# TYPE ${counter} counter`);
    expect(text).toContain('# TYPE http_requests_in_flight gauge');
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
    expect(text).toContain('# TYPE http_response_size_bytes summary');
    const samples = samplesIn(text);
    expect(samples.get('random_facts_api_build_info{version="1.2.3"}')).toBe(1);
    // the scrape itself
    expect(samples.get('http_requests_in_flight')).toBe(1);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('http_response_size_bytes{quantile="0.5",route="/cat_facts"}')).toBeGreaterThan(10);
    const labels = 'method="GET",route="/cat_facts",status_code="200"';
    const count = samples.get(`http_request_duration_seconds_count{${labels}}`);
    expect(count).toBeGreaterThan(3);
    expect(samples.get(`http_request_duration_seconds_bucket{le="+Inf",${labels}}`)).toBe(count);
  });

  it('makes no series out of what clients make up', async () => {
    for (let i = 0; i < 50; i += 1) expect((await fetch(`${url}/guess-${i}`)).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(`${url}/cat_facts`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
    const text = await exposition();
    expect(text).not.toContain('guess');
    expect(new Set(text.match(/route="[^"]*"/g))).toEqual(
      new Set(['route="/cat_facts"', 'route="/metrics"', 'route="other"']),
    );
    expect(new Set(text.match(/method="[^"]*"/g))).toEqual(new Set(['method="GET"', 'method="other"']));
  });

  it('has no request in flight any more when a client has gone away', async () => {
    const clients = Array.from({ length: 5 }, () => net.connect(port, '127.0.0.1'));
    for (const client of clients) {
      client.write('GET /cat_facts HTTP/1.1\r\nhost: x\r\n\r\n', () => client.destroy());
      client.on('error', () => undefined);
    }
    await eventually(async () => expect(await sample('http_requests_in_flight')).toBe(1));
  });

  it('shows Swagger UI at /docs, all of it from here', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      const response = await fetch(`${url}${file}`);
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  it('describes in /openapi.json only paths that it answers', async () => {
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(['/cat_facts', '/metrics', '/healthz']);
    for (const path of Object.keys(paths)) expect((await fetch(`${url}${path}`)).status).toBe(200);
  });

  it('leads from / to /docs and answers /healthz', async () => {
    expect((await fetch(`${url}/`)).url).toBe(`${url}/docs`);
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  });

  it.each([
    ['/docs/package.json', 404],
    ['/docs/../package.json', 404],
    ['/docs/..%2fpackage.json', 404],
    ['/docs/constructor', 404],
    ['/docs/%zz', 404],
    ['//', 400],
    ['*', 404],
    ['http://[', 400],
    ['http://elsewhere/healthz', 200],
  ])('answers a request target %s with %d and lives on', async (target, status) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('sends no body to a HEAD request', async () => {
    const answer = await raw('HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(answer).toContain('content-length: 3');
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  /** As bytes on a connection, since fetch would tidy the target up. */
  function raw(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  describeWithEngine('promtool', (promtool) => {
    it('has an exposition with no findings but those of the name that breaks the convention', async () => {
      const result = spawnSync(promtool, ['check', 'metrics'], { input: await exposition(), encoding: 'utf8' });
      expect((result.stdout + result.stderr).trim().split('\n').sort()).toEqual([
        `${counter} counter metrics should have "_total" suffix`,
        `${counter} metric name should not include type 'counter'`,
      ]);
    });
  });
});

describe('the service as a process', () => {
  const serviceFile = 'examples/custom-metric/service/src/main.ts';

  it('answers on PORT and ends well by SIGTERM', async () => {
    const port = await freePort();
    const service = new Program(serviceFile, [], { PORT: String(port) });
    try {
      await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200), 20_000);
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('build_info{version="1.0.0"} 1');
      service.signal('SIGTERM');
      expect(await service.exitCode).toBe(0);
    } finally {
      await service.end();
    }
  }, 30_000);

  it.each(['', '0', '70000', 'http'])(
    'ends with exit code 1 for a PORT of %j',
    async (text) => {
      const service = new Program(serviceFile, [], { PORT: text });
      expect(await service.exitCode).toBe(1);
      expect(service.output).toBe(
        `environment variable PORT is '${text}', expected a port from 1 to 65535: correct it, or leave it out for 8000\n`,
      );
    },
    30_000,
  );
});
