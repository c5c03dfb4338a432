import { Answer, jsonAnswer, textAnswer } from './answer';
import { parseCount, randomFacts } from './cat-facts';
import { docsAsset, docsPage } from './docs';
import { openApiDocument } from './openapi';
import { ServiceMetrics } from './service-metrics';

/** A path as a label may hold it: the routes below and nothing that a client can make up. */
export interface Route {
  readonly label: string;
  readonly answer: (url: URL) => Promise<Answer>;
}

const notFound: Route = {
  // every unknown path under one label: a label that holds paths as they come makes a series of each scanner's guess
  label: 'other',
  answer: async () => jsonAnswer(404, { error: 'there is nothing at this path; /docs lists the paths' }),
};

/** Finds the route of a path. */
export class Router {
  private readonly routes: ReadonlyMap<string, Route>;

  constructor(metrics: ServiceMetrics, version: string) {
    const routes: Route[] = [
      { label: '/', answer: async () => ({ ...textAnswer(302, 'see /docs'), headers: { location: '/docs' } }) },
      { label: '/cat_facts', answer: async (url) => catFactsAnswer(metrics, url.searchParams) },
      { label: '/metrics', answer: () => metricsAnswer(metrics) },
      { label: '/healthz', answer: async () => textAnswer(200, 'ok') },
      { label: '/docs', answer: async () => docsPage() },
      { label: '/openapi.json', answer: async () => jsonAnswer(200, openApiDocument(version)) },
    ];
    this.routes = new Map(routes.map((route) => [route.label, route]));
  }

  async find(pathname: string): Promise<Route> {
    const route = this.routes.get(pathname === '/docs/' ? '/docs' : pathname);
    if (route) return route;
    if (!pathname.startsWith('/docs/')) return notFound;
    const asset = await docsAsset(pathname.slice('/docs/'.length));
    return asset ? { label: '/docs/*', answer: async () => asset } : notFound;
  }
}

function catFactsAnswer(metrics: ServiceMetrics, query: URLSearchParams): Answer {
  const count = parseCount(query);
  if (typeof count === 'string') return jsonAnswer(400, { error: count });
  metrics.factsServed.inc();
  return jsonAnswer(200, { facts: randomFacts(count) });
}

async function metricsAnswer(metrics: ServiceMetrics): Promise<Answer> {
  return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
}
