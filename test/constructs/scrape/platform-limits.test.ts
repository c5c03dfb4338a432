import { Size } from 'cdk8s';
import { MonitoredApp, ScrapePolicy, ServiceMonitorOptions } from '../../../src/constructs';
import { Platform, PrometheusServer } from '../../../src/platform';
import { faultsOf, image, stack } from '../../support/stack';

/** What is said of an app that is scraped like this by a server of the platform. */
function faults(server: PrometheusServer, options: ServiceMonitorOptions, scheme: 'http' | 'https' = 'http'): string[] {
  const platform = Platform.custom({
    prometheus: { namespace: 'monitoring', ...server },
    network: { defaultDeny: true },
  });
  const scrape = ScrapePolicy.serviceMonitor(options);
  const { findings } = stack(
    (chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: { scheme, scrape } }),
    { platform },
  );
  return faultsOf(findings);
}

describe('a limit of a monitor', () => {
  test.each<[PrometheusServer, ServiceMonitorOptions, string]>([
    [
      { enforcedSampleLimit: 1000 },
      { sampleLimit: 5000 },
      "sampleLimit 5000 is above the platform's enforcedSampleLimit 1000, which holds",
    ],
    [
      { enforcedSampleLimit: 1000 },
      { sampleLimit: 0 },
      "sampleLimit 0 is no limit, and the platform's enforcedSampleLimit 1000 holds",
    ],
    [
      { enforcedTargetLimit: 5 },
      { targetLimit: 6 },
      "targetLimit 6 is above the platform's enforcedTargetLimit 5, which holds",
    ],
    [
      { enforcedLabelLimit: 5 },
      { labelLimit: 6 },
      "labelLimit 6 is above the platform's enforcedLabelLimit 5, which holds",
    ],
    [
      { enforcedLabelNameLengthLimit: 5 },
      { labelNameLengthLimit: 6 },
      "labelNameLengthLimit 6 is above the platform's enforcedLabelNameLengthLimit 5, which holds",
    ],
    [
      { enforcedLabelValueLengthLimit: 5 },
      { labelValueLengthLimit: 6 },
      "labelValueLengthLimit 6 is above the platform's enforcedLabelValueLengthLimit 5, which holds",
    ],
    [
      { enforcedKeepDroppedTargets: 5 },
      { keepDroppedTargets: 6 },
      "keepDroppedTargets 6 is above the platform's enforcedKeepDroppedTargets 5, which holds",
    ],
    [
      { enforcedBodySizeLimit: '10MB' },
      { bodySizeLimit: Size.mebibytes(11) },
      "bodySizeLimit 11MiB is above the platform's enforcedBodySizeLimit 10MB, which holds",
    ],
  ])('above %j is no longer what is said', (server, options, message) => {
    const limit = Object.values(server)[0] as string | number;
    const fix = `write ${limit} or less, or raise the limit of the platform's Prometheus`;
    expect(faults(server, options)).toEqual([`scrape/enforced-limit shop/web: ${message} → ${fix}`]);
  });

  test.each<[PrometheusServer, ServiceMonitorOptions]>([
    [{ enforcedSampleLimit: 1000 }, { sampleLimit: 1000 }],
    [{ enforcedSampleLimit: 1000 }, {}],
    [{ enforcedSampleLimit: 0 }, { sampleLimit: 5000 }],
    // a default gives way
    [{ sampleLimit: 1000 }, { sampleLimit: 5000 }],
    [{ enforcedBodySizeLimit: '10MB' }, { bodySizeLimit: '10MiB' }],
    [{}, { sampleLimit: 5000, bodySizeLimit: '1GB' }],
  ])('within %j is fine: %j', (server, options) => expect(faults(server, options)).toEqual([]));

  test('is measured by the server that is meant', () => {
    const platform = Platform.custom({
      prometheus: [
        { name: 'infra', namespace: 'a', enforcedSampleLimit: 10 },
        { name: 'app', namespace: 'b' },
      ],
      network: { defaultDeny: true },
    });
    const scrape = ScrapePolicy.serviceMonitor({ sampleLimit: 20 });
    const faultsWith = (prometheus?: string) =>
      faultsOf(
        stack((chart) => void new MonitoredApp(chart, 'web', { image, port: 8080, metrics: { scrape }, prometheus }), {
          platform,
        }).findings,
      );
    expect(faultsWith()).toHaveLength(1);
    expect(faultsWith('app')).toEqual([]);
  });
});

describe('a scrape class', () => {
  const withServerName = { name: 'mesh', tlsConfig: { insecureSkipVerify: true } };
  const codes = (server: PrometheusServer, options: ServiceMonitorOptions) =>
    faults(server, options, 'https').map((fault) => fault.split(' ')[0]);

  test('that is the default makes https right for monitors without one', () => {
    expect(codes({ scrapeClasses: [{ ...withServerName, default: true }] }, {})).toEqual([]);
    expect(codes({ scrapeClasses: [withServerName] }, {})).toEqual(['scrape/tls-server-name']);
    expect(codes({ scrapeClasses: [{ name: 'plain', default: true }] }, {})).toEqual(['scrape/tls-server-name']);
  });

  test('gives its server name to monitors without a tlsConfig of their own only', () => {
    const server = { scrapeClasses: [withServerName] };
    expect(codes(server, { scrapeClass: 'mesh' })).toEqual([]);
    expect(codes(server, { scrapeClass: 'mesh', tlsConfig: { minVersion: 'TLS12' } })).toEqual([
      'scrape/tls-server-name',
    ]);
  });

  test('that has a tlsConfig without a server name does not help', () => {
    const server = { scrapeClasses: [{ name: 'mesh', tlsConfig: { caFile: '/ca.crt' } }] };
    expect(codes(server, { scrapeClass: 'mesh' })).toEqual(['scrape/tls-server-name']);
  });

  test('that is known by its name only may hold anything', () => {
    expect(codes({ scrapeClasses: [{ name: 'mesh' }] }, { scrapeClass: 'mesh' })).toEqual([]);
    expect(codes({}, { scrapeClass: 'mesh' })).toEqual([]);
  });
});
