import * as http from 'http';
import { Answer, jsonAnswer } from './answer';
import { Router } from './router';
import { ServiceMetrics } from './service-metrics';

/** The service as a server that does not listen yet. */
export function createService(version: string): http.Server {
  const metrics = new ServiceMetrics({ version });
  const router = new Router(metrics, version);

  return http.createServer((request, response) => {
    const started = performance.now();
    let routeLabel = 'other';
    metrics.requestsInFlight.inc();
    // 'close' also comes when the client goes away before the end, so that nothing stays in flight
    response.on('close', () => {
      const labels = { method: methodLabel(request.method), route: routeLabel, status_code: response.statusCode };
      metrics.requestsInFlight.dec();
      metrics.requestDuration.observe(labels, (performance.now() - started) / 1000);
    });

    const answerRequest = async (): Promise<Answer> => {
      const url = parseUrl(request.url ?? '/');
      if (!url) return jsonAnswer(400, { error: 'the request target is no valid path' });
      const route = await router.find(url.pathname);
      routeLabel = route.label;
      if (request.method === 'GET' || request.method === 'HEAD') return route.answer(url);
      if (routeLabel === 'other') return route.answer(url);
      return { ...jsonAnswer(405, { error: `${route.label} only answers GET` }), headers: { allow: 'GET, HEAD' } };
    };

    answerRequest()
      .catch((error: unknown) => {
        console.error(error);
        return jsonAnswer(500, { error: 'the service failed, see its log' });
      })
      .then((answer) => {
        // a HEAD request is told the size and sent nothing
        const body = Buffer.from(answer.body);
        const sent = request.method === 'HEAD' ? Buffer.alloc(0) : body;
        metrics.responseSize.observe({ route: routeLabel }, sent.length);
        response.writeHead(answer.status, {
          'content-type': answer.type,
          'content-length': body.length,
          ...answer.headers,
        });
        response.end(sent);
      });
  });
}

function parseUrl(target: string): URL | undefined {
  // a target may be a whole URL too, as proxies send it; the host does not matter here
  return URL.canParse(target, 'http://service') ? new URL(target, 'http://service') : undefined;
}

/** HTTP has dozens of methods and we answer two: the others are one series. */
function methodLabel(method: string | undefined): string {
  return method === 'GET' || method === 'HEAD' ? method : 'other';
}
