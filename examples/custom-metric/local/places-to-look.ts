import { hasPage } from './prometheus-api';

const counter = 'random_facts_api_execution_counter';

/** What to open in a browser, line by line; every line leads to something that this Prometheus really has. */
export async function placesToLook(serviceUrl: string, prometheusUrl: string): Promise<string> {
  const places = [
    [`${serviceUrl}/docs`, 'the service, to try out: each /cat_facts counts'],
    [`${serviceUrl}/metrics`, 'what Prometheus reads'],
    ...(await prometheusPlaces(prometheusUrl)),
    [`${prometheusUrl}/api/v1/query?query=${counter}`, 'the counter as JSON'],
  ];
  const width = Math.max(...places.map(([url = '']) => url.length));
  return places.map(([url = '', what = '']) => `  ${url.padEnd(width)}  ${what}`).join('\n');
}

async function prometheusPlaces(prometheusUrl: string): Promise<string[][]> {
  // Debian's Prometheus has the pages of an older one at /classic
  for (const root of ['', '/classic']) {
    if (!(await hasPage(prometheusUrl, `${root}/targets`))) continue;
    return [
      [`${prometheusUrl}${root}/targets`, 'the target'],
      [`${prometheusUrl}${root}/graph?g0.expr=${counter}&g0.tab=1`, 'the counter'],
    ];
  }
  return [
    [`${prometheusUrl}/user/`, 'the target and the counter (our page: this Prometheus was built without its own)'],
  ];
}
