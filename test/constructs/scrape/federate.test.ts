import { FederateOptions, ScrapePolicy } from '../../../src/constructs';
import { expectValidObjects } from '../../support/schemas';
import { faults, scrapedApp } from './scraped-app';

const federated = (options: FederateOptions, path?: string) =>
  scrapedApp(ScrapePolicy.federate(options), {}, { metrics: { path } });

test('a federated Prometheus is asked for series by match[], and its labels are kept', () => {
  const made = federated({ match: ['{job="istiod"}', 'up'], interval: '30s', params: { a: ['b'] } });
  expect(made.monitors[0]?.spec.endpoints).toEqual([
    {
      honorLabels: true,
      interval: '30s',
      params: { a: ['b'], 'match[]': ['{job="istiod"}', 'up'] },
      path: '/federate',
      port: 'http',
    },
  ]);
  expect(faults(made)).toEqual([]);
  expectValidObjects(made.objects);
});

test('its own labels can be put aside', () => {
  expect(federated({ match: ['up'], honorLabels: false }).monitors[0]?.spec.endpoints[0]).toMatchObject({
    honorLabels: false,
  });
});

test('the path of the endpoint goes before that of the policy, and both before the usual one', () => {
  const pathOf = (options: Partial<FederateOptions>, path?: string) =>
    federated({ match: ['up'], ...options }, path).monitors[0]?.spec.endpoints[0]?.path;
  expect(pathOf({})).toBe('/federate');
  expect(pathOf({ path: '/prometheus/federate' })).toBe('/prometheus/federate');
  expect(pathOf({ path: '/prometheus/federate' }, '/own/federate')).toBe('/own/federate');
});

test('the role of its discovery stands once in its monitor, also where the app says it', () => {
  const serviceDiscoveryRole = 'EndpointSlice';
  const own = federated({ match: ['up'], serviceDiscoveryRole });
  expect(own.monitors.map(({ spec }) => spec.serviceDiscoveryRole)).toEqual(['EndpointSlice']);
  expectValidObjects(own.objects);
  const ofApp = scrapedApp(
    { serviceDiscoveryRole },
    {},
    { metrics: { scrape: ScrapePolicy.federate({ match: ['up'] }) } },
  );
  expect(ofApp.monitors.map(({ spec }) => spec.serviceDiscoveryRole)).toEqual(['EndpointSlice']);
  expect(faults(ofApp)).toEqual([]);
});

describe('match that copies nothing or everything is one error', () => {
  const example = `'{job="istiod"}'`;

  test.each<[unknown, string]>([
    [[], `match is empty: no series would be copied → give a list of selectors, such as [${example}]`],
    [undefined, `match is empty: no series would be copied → give a list of selectors, such as [${example}]`],
    ['up', `match is "up": no series would be copied → give a list of selectors, such as [${example}]`],
    [['{}'], `match[0] '{}': this would select every series → write a selector, such as ${example}`],
    [['up', ''], `match[1] '': the expression is empty → write a selector, such as ${example}`],
    [
      ['sum(up)'],
      `match[0] 'sum(up)': this is an expression, not a plain selector → write a selector, such as ${example}`,
    ],
    [['up{'], `match[0] 'up{': the expression ends too early → write a selector, such as ${example}`],
    [[5], `match[0] is 5, not a selector → give it as text, such as ${example}`],
  ])('%j', (match, says) => {
    expect(faults(federated({ match } as FederateOptions))).toEqual([`error scrape/federate-match: ${says}`]);
  });
});

export function matchThatCannotBeRightDoesNotCompile(): void {
  // @ts-expect-error at least one selector
  ScrapePolicy.federate({ match: [] });
  // @ts-expect-error at least one selector
  ScrapePolicy.federate({});
}
