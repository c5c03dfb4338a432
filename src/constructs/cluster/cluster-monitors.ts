import { Construct } from 'constructs';
import { addCheck, addFinding, Finding, reserveIds, scopeFor } from '../../findings';
import { ClusterPart, clusterParts, Platform } from '../../platform';
import { checkProps, nameProblem, reportProps, toObjectName } from '../objects';
import { RuleSet } from '../rules/rule-set';
import { accessFindings } from './cluster-access';
import { refusal, twiceFindings } from './cluster-checks';
import { MonitoredClusterPart } from './cluster-part';
import type { ClusterMonitorsProps } from './cluster-props';
import { clusterMonitorsShape } from './cluster-shapes';

/** Parts that many clusters do without. */
const offByDefault: readonly ClusterPart[] = ['kubeProxy'];

const unknownPlatform: Omit<Finding, 'where'> = {
  code: 'platform/unknown',
  severity: 'info',
  message: 'the cluster is on no known platform: its monitors carry no labels, and may be there already',
  fix: 'set a platform at the app or the chart, such as Platform.custom({ prometheus: { … } })',
};

/** The longest name that each object can be called after: the longest job is `kube-controller-manager`. */
const longestName = 63 - '-kube-controller-manager'.length;

/**
 * Monitors for what every Kubernetes cluster has, with the `job` labels that dashboards and rules for Kubernetes ask for,
 * and an alert where a part is down or gone. For a Prometheus of one's own: where the platform brings such monitors along,
 * that is a warning.
 *
 * @example
 * new ClusterMonitors(chart, 'cluster', { etcd: false, kubelet: { scrape: { interval: '15s' } } });
 */
export class ClusterMonitors extends Construct {
  readonly platform: Platform;
  /** The parts that are monitored, in the order of {@link clusterParts}. */
  readonly parts: readonly ClusterPart[];

  constructor(scope: Construct, id: string, given: ClusterMonitorsProps = {}) {
    super(scopeFor(scope, id, 'ClusterMonitors'), id);
    reserveIds(this, clusterParts);
    const { props, problems } = checkProps(given, clusterMonitorsShape);
    reportProps(this, problems);
    this.platform = Platform.of(this);
    const where = { construct: this.node.path };
    const refused = refusal(this.platform);
    if (refused) addFinding(this, { code: 'cluster/refused', severity: 'error', where, ...refused });
    if (this.platform === Platform.unknown) addFinding(this, { ...unknownPlatform, where });
    const asked = props.name ?? toObjectName(id, longestName);
    const faulty = nameProblem(asked, longestName);
    if (faulty) addFinding(this, { code: 'cluster/name', severity: 'error', where, ...faulty });
    const name = faulty ? toObjectName(asked, longestName) : asked;
    const labels = { 'app.kubernetes.io/part-of': name, ...props.labels };
    const rules = new RuleSet(this, { name, labels, options: props.prometheusRule });
    this.parts = refused ? [] : clusterParts.filter((part) => props[part] ?? !offByDefault.includes(part));
    for (const finding of twiceFindings(this.parts, this.platform, this.node.path)) addFinding(this, finding);
    const monitored = this.parts.map((part) => {
      const options = props[part];
      const cluster = { name, labels, platform: this.platform, rules };
      return new MonitoredClusterPart(cluster, this, part, typeof options === 'object' ? options : {});
    });
    addCheck(this, () => {
      const toRead = monitored.map((each) => each._toRead);
      return accessFindings(toRead, this.node.root, this.platform, this.node.path);
    });
  }
}
