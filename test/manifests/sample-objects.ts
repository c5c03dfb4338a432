/** Valid objects of the kinds that matter most, with many different fields: what mutations start from. */
export const sampleObjects: readonly object[] = [
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'checkout', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'checkout' } },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: {
        matchLabels: { 'app.kubernetes.io/name': 'checkout' },
        matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }],
      },
      namespaceSelector: { matchNames: ['shop'] },
      scrapeProtocols: ['OpenMetricsText1.0.0', 'PrometheusText0.0.4'],
      sampleLimit: 10_000,
      bodySizeLimit: '10MB',
      endpoints: [
        {
          port: 'metrics',
          path: '/metrics',
          scheme: 'https',
          interval: '30s',
          scrapeTimeout: '10s',
          params: { format: ['prometheus'] },
          tlsConfig: { ca: { secret: { name: 'ca', key: 'ca.crt' } }, insecureSkipVerify: false, minVersion: 'TLS12' },
          basicAuth: { username: { name: 'login', key: 'user' }, password: { name: 'login', key: 'password' } },
          relabelings: [{ action: 'keep', sourceLabels: ['__meta_kubernetes_pod_phase'], regex: 'Running' }],
          metricRelabelings: [{ action: 'hashmod', modulus: 4, sourceLabels: ['instance'], targetLabel: 'shard' }],
        },
        { targetPort: 9187, proxyUrl: 'http://proxy.example:3128' },
      ],
    },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'checkout' },
    spec: {
      groups: [
        {
          name: 'checkout',
          interval: '1m',
          partial_response_strategy: 'Abort',
          rules: [
            {
              alert: 'CheckoutDown',
              expr: 'up == 0',
              for: '5m',
              keep_firing_for: '10m',
              labels: { severity: 'critical' },
              annotations: { summary: 'checkout is down' },
            },
            { record: 'one', expr: 1 },
          ],
        },
        { name: 'other', limit: 3, rules: [] },
      ],
    },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    metadata: { name: 'shop' },
    spec: {
      route: {
        receiver: 'team',
        groupBy: ['alertname', 'namespace'],
        groupWait: '30s',
        repeatInterval: '4h',
        matchers: [{ name: 'severity', value: 'critical', matchType: '=~' }],
        routes: [{ receiver: 'team', anything: [1, { deep: true }] }],
        muteTimeIntervals: ['nights'],
      },
      receivers: [
        { name: 'team', webhookConfigs: [{ url: 'https://hooks.example/x', maxAlerts: 3 }] },
        {
          name: 'mail',
          emailConfigs: [{ to: 'team@example.org', requireTLS: true, headers: [{ key: 'a', value: 'b' }] }],
        },
      ],
      muteTimeIntervals: [
        {
          name: 'nights',
          timeIntervals: [
            {
              times: [{ startTime: '22:00', endTime: '24:00' }],
              weekdays: ['monday:friday', 'Sunday'],
              daysOfMonth: [{ start: 1, end: 15 }],
              months: ['January:March', '5'],
              years: ['2030:2032'],
            },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'checkout', annotations: { team: 'shop' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'checkout' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      template: {
        metadata: { labels: { app: 'checkout' }, creationTimestamp: null },
        spec: {
          containers: [
            {
              name: 'checkout',
              image: 'registry.example/checkout:1.0.0',
              ports: [{ name: 'metrics', containerPort: 9090, protocol: 'TCP' }],
              resources: { requests: { cpu: 0.5, memory: '64Mi' }, limits: { memory: '128Mi' } },
              livenessProbe: { httpGet: { path: '/health', port: 'metrics' }, periodSeconds: 10 },
              env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }],
              securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
          tolerations: [{ key: 'spot', operator: 'Exists' }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'checkout', labels: { app: 'checkout' } },
    spec: {
      selector: { app: 'checkout' },
      clusterIP: 'None',
      ports: [
        { name: 'metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP' },
        { name: 'http', port: 80, targetPort: 8080 },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'checkout' },
    spec: {
      podSelector: { matchLabels: { app: 'checkout' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
              podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['prometheus'] }] },
            },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          ],
          ports: [
            { port: 'metrics', protocol: 'TCP' },
            { port: 8080, endPort: 8090 },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'grafana.integreatly.org/v1beta1',
    kind: 'GrafanaDashboard',
    metadata: { name: 'checkout' },
    spec: {
      instanceSelector: { matchLabels: { dashboards: 'grafana' } },
      folder: 'shop',
      resyncPeriod: '10m0s',
      json: '{"title": "checkout"}',
      datasources: [{ inputName: 'DS', datasourceName: 'prometheus' }],
      plugins: [{ name: 'piechart', version: '1.6.4' }],
      uid: 'checkout-overview',
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'dashboard', labels: { grafana_dashboard: '1' } },
    data: { 'checkout.json': '{}' },
    binaryData: { logo: 'AAAA' },
    immutable: true,
  },
];
