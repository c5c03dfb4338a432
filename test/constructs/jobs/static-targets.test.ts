import { ScrapePolicy } from '../../../src/constructs';
import { faultsOfJob } from './jobs';

const scraped = (...targets: string[]) => ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets }] });

test.each([
  [
    'vm-2.example',
    "warning scrape/target: staticConfigs[0].targets[0] 'vm-2.example' has no port: Prometheus asks 80 → write the port too: 'vm-2.example:9100', or 'vm-2.example:80' where that is the one",
  ],
  [
    'vm-3.example:9100 ',
    "error scrape/target: staticConfigs[0].targets[0] 'vm-3.example:9100 ' has a space, which no address has → write 'vm-3.example:9100'",
  ],
  [
    'vm:99999',
    "error scrape/target: staticConfigs[0].targets[0] 'vm:99999' has no port from 1 to 65535 after the : → write one, such as 'vm:9100'",
  ],
  [
    'vm-1:9100,vm-2:9100',
    "error scrape/target: staticConfigs[0].targets[0] 'vm-1:9100,vm-2:9100' is several addresses in one text → write 'vm-1:9100', 'vm-2:9100'",
  ],
])("the target '%s' is a finding", (target, says) => expect(faultsOfJob(scraped(target))).toEqual([says]));

test('addresses of both families are taken with their ports, and any address that rules make', () => {
  expect(faultsOfJob(scraped('10.0.0.1:9100', '[2001:db8::1]:9100', '2001:db8::1', 'vm:9100'))).toEqual([]);
  const replacement = 'snmp-exporter:9116';
  const rules = { relabelings: [{ targetLabel: '__address__', replacement }] };
  const made = ScrapePolicy.scrapeConfig({ staticConfigs: [{ targets: ['switch-1'] }], ...rules });
  expect(faultsOfJob(made)).toEqual([]);
});

test('a target without a port is asked at that of its scheme', () => {
  const https = ScrapePolicy.scrapeConfig({ scheme: 'https', staticConfigs: [{ targets: ['vm'] }] });
  expect(faultsOfJob(https)).toEqual([expect.stringContaining('Prometheus asks 443')]);
});

test('targets of a federation are called as they are written', () => {
  const federated = (targets?: string[]) => faultsOfJob(ScrapePolicy.federate({ match: ['up'], targets }));
  expect(federated(['prometheus.istio-system.svc'])).toEqual([
    expect.stringContaining("warning scrape/target: targets[0] 'prometheus.istio-system.svc' has no port"),
  ]);
  expect(federated()).toEqual([
    "error scrape/no-targets: the federation has no targets → give the addresses of the other Prometheus: targets: ['prometheus.istio-system.svc:9090']",
  ]);
});

test.each([
  ['http//shop.example', "targets.static[0] 'http//shop.example' is no URL → write 'http://shop.example'"],
  ['https:/shop.example', "targets.static[0] 'https:/shop.example' is no URL → write 'https://shop.example'"],
])("the target '%s' of a probe is no URL", (target, says) => {
  const probe = (address: string) => ScrapePolicy.probe({ targets: { static: [address] } });
  expect(faultsOfJob(probe(target))).toEqual([`error scrape/target: ${says}`]);
  expect(faultsOfJob(probe('http:9115'))).toEqual([]);
});
