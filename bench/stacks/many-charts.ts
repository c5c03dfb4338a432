import { ApiObject, App, Chart } from 'cdk8s';

/** Seven plain objects in each of many charts: what an application with its monitoring comes to, without any construct. */
export function addCharts(app: App, count: number): void {
  for (let index = 0; index < count; index++)
    addObjects(new Chart(app, `app-${index}`, { namespace: `team-${index}` }));
}

function addObjects(chart: Chart): void {
  const name = chart.node.id;
  const labels = { 'app.kubernetes.io/name': name };
  const metadata = { name, labels };
  const port = { name: 'http', containerPort: 8080 };
  new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  new ApiObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { LOG_LEVEL: 'info', FEATURE_FLAGS: 'on', 'settings.ini': `[server]\nname = ${name}\nport = 8080\n` },
  });
  new ApiObject(chart, 'deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [
            {
              name: 'app',
              image: `registry.example/${name}:1.4.2`,
              args: ['--verbose', '--listen=:8080'],
              ports: [port],
              envFrom: [{ configMapRef: { name } }],
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
              securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  });
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  new ApiObject(chart, 'monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata,
    spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'http', path: '/metrics', interval: '30s' }] },
  });
  new ApiObject(chart, 'policy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 'http', protocol: 'TCP' }],
        },
      ],
    },
  });
  new ApiObject(chart, 'rules', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata,
    spec: {
      groups: [
        {
          name,
          rules: [
            {
              alert: 'ErrorRateHigh',
              expr: `sum(rate(http_requests_total{job="${name}",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="${name}"}[5m])) > 0.05`,
              for: '10m',
              labels: { severity: 'critical' },
              annotations: { summary: 'Too many requests to {{ $labels.job }} fail', runbook_url: '' },
            },
          ],
        },
      ],
    },
  });
}
