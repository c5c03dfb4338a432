import { ApiObject, App, Chart } from 'cdk8s';
import { Deployment, EnvValue, Service } from 'cdk8s-plus-28';

/** One application and its monitoring as a user writes them with cdk8s-plus alone. */
export function addOneApp(app: App): void {
  const chart = new Chart(app, 'checkout', { namespace: 'shop', disableResourceNameHashes: true });
  const labels = { 'app.kubernetes.io/name': 'checkout' };
  const deployment = new Deployment(chart, 'deployment', {
    metadata: { name: 'checkout', labels },
    replicas: 2,
    select: false,
    containers: [
      {
        name: 'checkout',
        image: 'registry.example/checkout:1.4.2',
        ports: [{ name: 'http', number: 8080 }],
        envVariables: { LOG_LEVEL: EnvValue.fromValue('info') },
      },
    ],
  });
  deployment.podMetadata.addLabel('app.kubernetes.io/name', 'checkout');
  const service = new Service(chart, 'service', {
    metadata: { name: 'checkout', labels },
    ports: [{ name: 'http', port: 8080 }],
  });
  service.selectLabel('app.kubernetes.io/name', 'checkout');
  new ApiObject(chart, 'monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'checkout', labels },
    spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'http', interval: '30s' }] },
  });
  new ApiObject(chart, 'policy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'checkout-metrics', labels },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 8080, protocol: 'TCP' }],
        },
      ],
    },
  });
}
