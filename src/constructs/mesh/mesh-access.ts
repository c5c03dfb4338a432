import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { addCheck, addFinding, Finding } from '../../findings';
import type { Platform, ScrapeEndpointOptions } from '../../platform';
import type { ObjectOptions } from '../objects';
import { DefaultAlerts } from '../rules/default-alerts';
import { labelMatchers } from '../rules/label-matchers';
import { renderAlert } from '../rules/alert-rule';
import type { RuleSet } from '../rules/rule-set';
import type { MetricsEndpoint } from '../scrape/metrics-endpoint';
import type { OptionsOf, ScrapeMechanism } from '../scrape/scrape-policy';
import { sampleLabels } from '../scrape/target-labels';
import { couldAdmit, otherAuthorizations, prometheusPrincipals, scrapeAuthorization } from './authorization-policy';
import { EndpointInMesh, meshFindings, policyVersionFindings } from './mesh-checks';
import type { MeshOfApp } from './mesh-options';
import { isFoundByPods, isMerged, isScraped, mergedPort, Reach, reachIn, securePortOf } from './mesh-reach';
import { refusedProbeFinding, refusesProber } from './mesh-probes';
import { portExemption } from './peer-authentication';

/** Names, labels, annotations and patches of the objects that the mesh needs. */
export interface MeshObjects {
  readonly peerAuthentication?: ObjectOptions;
  readonly authorizationPolicy?: ObjectOptions;
}

/** An app as the mesh sees it. */
export interface AppInMesh {
  readonly construct: Construct;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly mesh: MeshOfApp;
  readonly objects?: MeshObjects;
  /** Does the app close itself to everything but the scrape? */
  readonly isolate: boolean;
  readonly rules: RuleSet;
  /** Beginning of the names of its alerts. */
  readonly alertPrefix: string;
  /** Container port that the app itself answers on. */
  readonly appPort?: number;
  servicePorts(): readonly number[] | undefined;
  knowsPods(): boolean;
  podSelector(): Readonly<Record<string, string>>;
  podLabels(): Readonly<Record<string, string>>;
  labelsOf(endpoint: MetricsEndpoint): Readonly<Record<string, string>>;
}

const isAnnotated = ({ wanted }: EndpointInMesh) => isFoundByPods(wanted.scrape);

/** What the scrapes of an app need in a mesh: other addresses, annotations, policies. */
export class MeshAccess {
  private readonly members: EndpointInMesh[] = [];
  private readonly probed: MetricsEndpoint[] = [];
  private exemption?: ApiObject;
  private authorization?: ApiObject;

  constructor(private readonly app: AppInMesh) {
    addCheck(app.construct, () => this.findings());
  }

  /** How an endpoint is asked for its metrics. Where the agent merges those of a pod, the first endpoint stands for all. */
  reach(wanted: Reach): Reach {
    const { mesh, platform } = this.app;
    if (!isMerged(mesh) || !isScraped(wanted.scrape) || this.members.length === 0)
      return reachIn(mesh, platform, wanted);
    return {
      ...wanted,
      scrape: { kind: 'none', options: { reason: "the agent of the sidecar merges it into the pod's metrics" } },
    };
  }

  /** @param wanted what was asked for before the mesh came in between */
  add(endpoint: MetricsEndpoint, wanted: Reach, withAlerts: boolean): void {
    if (wanted.scrape.kind === 'probe') this.probed.push(endpoint);
    if (!isScraped(wanted.scrape)) return;
    const { mesh } = this.app;
    this.members.push({ endpoint, wanted });
    if (isMerged(mesh) && this.members.length === 1 && withAlerts) this.alertOnFailures(endpoint);
    if (mesh.scrape === 'port-exemption' && mesh.mtls !== 'PERMISSIVE' && mesh.mtls !== 'DISABLE') this.exempt();
    this.authorize();
  }

  /** Does the mesh keep the prober away from the app's own Service? */
  refusesProber(ownProber: string | undefined): boolean {
    return refusesProber(this.app.mesh, this.app.platform, ownProber);
  }

  /** Settings of a scrape as the mesh lets it through. */
  settingsOf(scrape: ScrapeMechanism): ScrapeMechanism {
    return reachIn(this.app.mesh, this.app.platform, { path: '', scheme: 'http', scrape }).scrape;
  }

  /** Whether its target is there says nothing of an endpoint that another one stands for. */
  alertsOf(endpoint: MetricsEndpoint, chosen: false | DefaultAlerts | undefined): false | DefaultAlerts | undefined {
    if (chosen === false || this.scrapedAs(endpoint) === endpoint) return chosen;
    const { declaredBy } = endpoint;
    const lost = (['targetDown', 'targetAbsent'] as const).filter((kind) => typeof chosen?.[kind] === 'object');
    if (lost.length > 0) {
      const names = lost.map((kind) => `alerts.${kind}`).join(' and ');
      addFinding(declaredBy, {
        code: 'mesh/merged-alerts',
        severity: 'warning',
        where: { construct: declaredBy.node.path },
        message: `${names} ${lost.length === 1 ? 'has' : 'have'} no effect: the agent merges these metrics into the target of another endpoint`,
        fix: `give ${lost.length === 1 ? 'it' : 'them'} at ${this.members[0]?.endpoint.declaredBy.node.path}, whose target it is`,
      });
    }
    return { ...chosen, targetDown: false, targetAbsent: false };
  }

  /** The endpoint whose target the metrics come from. */
  scrapedAs(endpoint: MetricsEndpoint): MetricsEndpoint {
    const isMember = isMerged(this.app.mesh) && this.members.some((member) => member.endpoint === endpoint);
    return (isMember ? this.members[0]?.endpoint : undefined) ?? endpoint;
  }

  /** Ports beside those of the endpoints that Prometheus has to reach. */
  ports(): readonly number[] {
    const port = this.members.length === 0 ? undefined : mergedPort(this.app.mesh);
    return port === undefined ? [] : [port];
  }

  /** Source: istio.io, "Resource Annotations", and samples/addons/extras/prometheus-operator.yaml of istio. */
  podAdditions(): { readonly podAnnotations?: Record<string, string>; readonly podLabels?: Record<string, string> } {
    const { mesh } = this.app;
    const ports = [...new Set(this.members.map(({ endpoint }) => endpoint.port))].sort((a, b) => a - b);
    if (ports.length === 0 || mesh.dataPlaneMode === 'ambient') return {};
    if (!isMerged(mesh)) {
      const staysAnnotated = (mesh.scrape ?? 'direct') !== 'direct' && this.members.some(isAnnotated);
      return {
        podAnnotations: {
          ...(staysAnnotated ? { 'prometheus.istio.io/merge-metrics': 'false' } : {}),
          ...(mesh.scrape === 'excluded-ports'
            ? { 'traffic.sidecar.istio.io/excludeInboundPorts': ports.join(',') }
            : {}),
        },
      };
    }
    return {
      podAnnotations: this.mergingAnnotations(),
      // monitors of all sidecars pass over these pods, whose metrics come already
      podLabels: { 'istio-prometheus-ignore': 'true' },
    };
  }

  private mergingAnnotations(): Record<string, string> {
    const { mesh } = this.app;
    const targets = this.members.map(({ endpoint, wanted }) => ({ port: endpoint.port, path: wanted.path }));
    const [first] = targets;
    const needsListener = mesh.scrape === 'secure-port' && mesh.securePort === undefined;
    return {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(first?.port),
      'prometheus.io/path': String(first?.path),
      ...(targets.length > 1
        ? { 'prometheus.istio.io/scrape-targets': targets.map(({ port, path }) => `${port}:${path}`).join(',') }
        : {}),
      ...(needsListener
        ? {
            'proxy.istio.io/config': JSON.stringify({
              proxyMetadata: { ENVOY_SECURE_MERGED_METRICS_PORT: String(securePortOf(mesh)) },
            }),
          }
        : {}),
    };
  }

  private exempt(): void {
    const { construct, name, namespace, labels, mesh, objects, podSelector, knowsPods } = this.app;
    if (this.exemption || !knowsPods()) return;
    this.exemption = portExemption(construct, 'PeerAuthentication', {
      name: `${name}-metrics`,
      namespace,
      labels,
      options: objects?.peerAuthentication,
      mesh,
      podSelector: () => podSelector(),
      ports: () => this.members.map(({ endpoint }) => endpoint.port),
    });
  }

  private authorize(): void {
    const { construct, name, namespace, labels, mesh, objects, podSelector, knowsPods } = this.app;
    const wanted = mesh.authorizePrometheus ?? mesh.defaultDeny === true;
    if (!wanted || this.authorization || !this.isJudged || !knowsPods()) return;
    const { principals } = this;
    const mustStayOpen = mesh.defaultDeny !== true && !this.app.isolate;
    // who scrapes in plain text has no name: a policy that left the rest open would admit everybody to everything
    if (principals === undefined && (mustStayOpen || this.hasPrincipal)) return;
    this.authorization = scrapeAuthorization(construct, 'AuthorizationPolicy', {
      name: `${name}-scrape`,
      namespace,
      labels,
      options: objects?.authorizationPolicy,
      podSelector: () => podSelector(),
      endpoints: () => this.members.map(({ endpoint }) => endpoint),
      principals,
      knowsPaths: mesh.dataPlaneMode !== 'ambient',
      keepRestOpen: () => mustStayOpen && this.policiesOfOthers().length === 0,
    });
  }

  /** Do AuthorizationPolicies see the scrape at all? Ports of the sidecar itself, and those that it leaves alone, have none. */
  private get isJudged(): boolean {
    const { scrape = 'direct' } = this.app.mesh;
    return scrape === 'direct' || scrape === 'port-exemption' || scrape === 'mesh-certificates';
  }

  /** Does Prometheus show a certificate, and so have a name? */
  private get hasPrincipal(): boolean {
    const { mesh } = this.app;
    return (
      mesh.scrape === 'mesh-certificates' || (mesh.dataPlaneMode === 'ambient' && mesh.scrape !== 'port-exemption')
    );
  }

  private get principals(): string[] | undefined {
    return this.hasPrincipal ? prometheusPrincipals(this.app.platform, this.app.mesh) : undefined;
  }

  private policiesOfOthers(): ApiObject[] {
    const { construct, mesh, namespace } = this.app;
    return otherAuthorizations(construct.node.root, mesh, namespace, this.app.podLabels());
  }

  /** `up` is that of the agent: whether it gets an answer of the app shows in a counter of its own. */
  private alertOnFailures(endpoint: MetricsEndpoint): void {
    const { rules, alertPrefix, platform, name } = this.app;
    const enforced = platform.prometheusServers[0]?.enforcedNamespaceLabel;
    const { metricRelabelings } = endpoint.scrape.options as ScrapeEndpointOptions;
    rules.add({
      source: endpoint.declaredBy,
      render: () => {
        const labels = sampleLabels(this.app.labelsOf(endpoint), metricRelabelings, enforced);
        const failures = `istio_agent_scrape_failures_total${labelMatchers({ ...labels, type: 'application' })}`;
        return renderAlert(
          `${alertPrefix}MetricsNotMerged`,
          {
            expr: `increase(${failures}[5m]) > 0`,
            for: '10m',
            severity: 'warning',
            summary: `The agent of the sidecar gets no metrics of ${name}`,
            description: 'The agent in pod {{ $labels.pod }} is scraped, but cannot scrape the containers beside it.',
          },
          platform,
          rules.alertLabels,
        );
      },
    });
  }

  private findings(): Finding[] {
    const { construct, mesh, platform, namespace, appPort } = this.app;
    const where = { construct: construct.node.path };
    return [
      ...meshFindings({
        mesh,
        platform,
        namespace,
        where,
        members: this.members,
        appPort,
        servicePorts: this.app.servicePorts(),
        knowsPods: this.app.knowsPods(),
      }),
      ...(this.exemption ? policyVersionFindings({ mesh, where }, 'a PeerAuthentication') : []),
      ...(this.authorization ? policyVersionFindings({ mesh, where }, 'an AuthorizationPolicy') : []),
      ...[...this.authorizationFindings(), ...this.refusals()].map((finding) => ({ ...finding, where })),
      ...this.refusedProbes(),
    ];
  }

  private refusedProbes(): Finding[] {
    return this.probed.flatMap(({ declaredBy, scrape }) => {
      const { prober, targets } = scrape.options as OptionsOf<'probe'>;
      if (targets !== undefined || !this.refusesProber(prober?.url)) return [];
      return [refusedProbeFinding(this.app.name, { construct: declaredBy.node.path })];
    });
  }

  /** A policy of the stack that allows something to the pods refuses the scrape, unless it is one of the things. */
  private refusals(): Omit<Finding, 'where'>[] {
    if (!this.isJudged || this.authorization || this.members.length === 0 || !this.app.knowsPods()) return [];
    const policies = this.policiesOfOthers();
    const principals = this.hasPrincipal ? prometheusPrincipals(this.app.platform, this.app.mesh) : undefined;
    const refused = this.members.filter(
      ({ endpoint }) => policies.length > 0 && !policies.some((policy) => couldAdmit(policy, endpoint, principals)),
    );
    return refused.map(({ endpoint }) => ({
      code: 'mesh/refused' as const,
      severity: 'error' as const,
      related: policies.map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name })),
      message: `the AuthorizationPolicies of the stack refuse the scrape of port ${endpoint.port}: ${policies.map(({ name }) => name).join(', ')}`,
      fix: 'set mesh: { authorizePrometheus: true }, or add a rule for Prometheus to one of them',
    }));
  }

  private authorizationFindings(): Omit<Finding, 'where'>[] {
    const { mesh } = this.app;
    const wanted = mesh.authorizePrometheus ?? mesh.defaultDeny === true;
    if (!wanted || this.members.length === 0) return [];
    if (!this.isJudged) {
      if (mesh.authorizePrometheus !== true) return [];
      return [
        {
          code: 'mesh/no-authorization',
          severity: 'info',
          message: `no AuthorizationPolicy is made: with mesh.scrape '${mesh.scrape}' scrapes do not come past any`,
          fix: 'leave out authorizePrometheus, and keep others away by a NetworkPolicy',
        },
      ];
    }
    if (this.hasPrincipal) {
      if (this.principals !== undefined) return [];
      return [
        {
          code: 'mesh/principal',
          severity: 'error',
          message:
            'an AuthorizationPolicy names Prometheus by its service account, and the platform does not say which it is',
          fix: "set prometheus.namespace and prometheus.serviceAccountName of the platform, such as 'prometheus-k8s'",
        },
      ];
    }
    return [
      {
        code: 'mesh/plain-text-scrape',
        severity: 'warning',
        message:
          this.authorization === undefined
            ? 'no AuthorizationPolicy is made: scrapes in plain text have no principal that it could admit'
            : 'scrapes in plain text have no principal: the AuthorizationPolicy admits everybody to the metrics',
        fix: "set mesh: { scrape: 'mesh-certificates' } under STRICT mutual TLS, or keep others away by a NetworkPolicy",
      },
    ];
  }
}
