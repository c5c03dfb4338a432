import { toObjectName } from '../objects';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import { monitorSettingsKey, serviceMonitorOptions } from '../scrape/monitor-endpoint';
import { podMonitor } from '../scrape/pod-monitor';
import type { PodMonitorOptions } from '../scrape/pod-monitor-options';
import type { ScrapeMechanism } from '../scrape/scrape-policy';
import { serviceMonitor } from '../scrape/service-monitor';
import type { AppToDeriveFrom, EndpointObjects } from './app-to-derive-from';
import type { Labels } from './pods-source';

type MonitorKind = 'ServiceMonitor' | 'PodMonitor';

/** The monitors of an app: endpoints that are found in the same way share one, as far as their settings allow. */
export class DerivedMonitors {
  private readonly withOwnMonitor = new Set<MetricsEndpoint>();
  private readonly common = new Set<MonitorKind>();

  constructor(
    private readonly app: AppToDeriveFrom,
    private readonly serviceSelector: () => Labels,
    /** What `job` is through the Service. */
    private readonly job: () => string,
  ) {}

  /** @param objects options of a monitor for this endpoint alone */
  add(endpoint: MetricsEndpoint, objects: EndpointObjects): void {
    const kind = monitorKind(endpoint.scrape);
    if (kind === undefined) return;
    const { name, options } = this.app;
    const own = objects[optionOf[kind]];
    if (own !== undefined || this.differs(endpoint)) {
      const suffix = endpoint.exporter || 'app';
      this.withOwnMonitor.add(endpoint);
      this.make(kind, `${kind}-${suffix}`, `${name}-${toObjectName(suffix)}`, endpoint.scrape, own, () => [endpoint]);
    } else if (!this.common.has(kind)) {
      this.common.add(kind);
      this.make(kind, kind, name, endpoint.scrape, options.objects?.[optionOf[kind]], () =>
        this.app.endpoints().filter((each) => monitorKind(each.scrape) === kind && !this.withOwnMonitor.has(each)),
      );
    }
  }

  /** Does an endpoint differ from the app in what stands once in a monitor? */
  private differs({ scrape }: MetricsEndpoint): boolean {
    const { kind } = scrape;
    const ofApp = this.app.scrapeAs(kind === 'federate' ? 'serviceMonitor' : kind);
    return monitorSettingsKey(scrape) !== monitorSettingsKey(ofApp);
  }

  private make(
    kind: MonitorKind,
    id: string,
    name: string,
    scrape: ScrapeMechanism,
    options: EndpointObjects['serviceMonitor'],
    members: () => readonly MetricsEndpoint[],
  ): void {
    const { construct, namespace, labels, platform, pods } = this.app;
    const endpoints = () => members().map((endpoint) => ({ endpoint, portName: this.app.portNameOf(endpoint) }));
    const common = { name, namespace, labels, options, platform, endpoints };
    if (kind === 'ServiceMonitor') {
      const settings = serviceMonitorOptions(scrape);
      serviceMonitor(construct, id, { ...common, settings, selector: this.serviceSelector });
      return;
    }
    podMonitor(construct, id, {
      ...common,
      settings: scrape.options as PodMonitorOptions,
      podSelector: () => pods.podSelector(),
      podLabels: () => pods.podLabels(),
      job: this.job,
    });
  }
}

const optionOf = { ServiceMonitor: 'serviceMonitor', PodMonitor: 'podMonitor' } as const;

/** The kind of the monitor by which an endpoint is found, if it is by one. */
function monitorKind({ kind }: ScrapeMechanism): MonitorKind | undefined {
  if (kind === 'podMonitor') return 'PodMonitor';
  return kind === 'serviceMonitor' || kind === 'federate' ? 'ServiceMonitor' : undefined;
}
