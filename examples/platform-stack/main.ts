import { Chart, Duration } from 'cdk8s';
import { ArgoApplication, FluxGitRepository, FluxKustomization, MonitoringApp, Platform } from '../../src';
import { monitoring } from './monitoring';
import { orders } from './orders';
import { streaming } from './streaming';

const outdir = process.env.CDK8S_OUTDIR ?? 'dist';
const repository = 'https://git.example/platform.git';

// one stack, delivered by either tool: what differs is a fact of the platform
const platform = (tool: 'argocd' | 'flux') =>
  Platform.custom({
    gitops: { tool, apply: 'server' },
    grafana: { dashboards: 'sidecar', namespaces: 'ALL' },
    network: { defaultDeny: false },
  });

MonitoringApp.environments(
  {
    argocd: { platform: platform('argocd'), values: { replicas: 2, retention: Duration.days(15) } },
    flux: { platform: platform('flux'), values: { replicas: 1, retention: Duration.days(3) } },
  },
  (environment, { replicas, retention }) => {
    monitoring(environment, { replicas, retention });
    orders(environment, replicas);
    streaming(environment);
  },
  { outdir },
);

// what tells the tools where to look is applied once, by hand
const bootstrap = new MonitoringApp({ outdir: `${outdir}/bootstrap` });
const argocd = new Chart(bootstrap, 'argocd');
new ArgoApplication(argocd, 'platform', { repoURL: repository, path: 'dist/argocd', destination: {} });
const flux = new Chart(bootstrap, 'flux');
const source = new FluxGitRepository(flux, 'platform-source', { url: repository });
new FluxKustomization(flux, 'platform', { source, path: './dist/flux' });
bootstrap.synth();
