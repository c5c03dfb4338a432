import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { ordersService } from '../../../examples/platform-stack/orders/service';
import { describeWithEngine } from '../../support/engines';
import { samplesIn } from '../support/exposition';

const example = path.join(__dirname, '../../../examples/platform-stack');

describe('the orders service', () => {
  const service = ordersService();
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  });
  afterAll(() => service.close());

  const exposition = async () => (await fetch(`${url}/metrics`)).text();

  test('answers a first scrape with what the checklist was given', async () => {
    expect(await exposition()).toBe(fs.readFileSync(path.join(example, 'orders/metrics.txt'), 'utf8'));
  });

  test('counts orders by how they end, and their time', async () => {
    await fetch(`${url}/orders`, { method: 'POST', body: '{"item":"tea"}' });
    await fetch(`${url}/orders`, { method: 'POST' });
    const samples = samplesIn(await exposition());
    expect(samples.get('orders_created_total{outcome="accepted"}')).toBe(1);
    expect(samples.get('orders_created_total{outcome="failed"}')).toBe(1);
    expect(samples.get('order_duration_seconds_count')).toBe(2);
  });
});

interface RuleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}

function rulesOf(environment: string, file: string): RuleObject {
  const text = fs.readFileSync(path.join(example, 'dist', environment, file), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as RuleObject);
  return objects.find(({ kind }) => kind === 'PrometheusRule')!;
}

/** Series of the app as Prometheus stores them. */
const series = (name: string, labels: string) => `${name}{namespace="shop", job="orders", ${labels}}`;

describe.each(['argocd', 'flux'])('the alerts of %s', (environment) => {
  describeWithEngine('promtool', (promtool) => {
    test('reach the pager when orders fail, and the chat when they are slow', () => {
      const alert = (alertname: string, labels: object, annotations: object) => ({
        eval_time: '30m',
        alertname,
        exp_alerts: [
          { exp_labels: { namespace: 'shop', job: 'orders', team: 'shop', ...labels }, exp_annotations: annotations },
        ],
      });
      const tests = {
        rule_files: ['orders.rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [
              { series: series('orders_created_total', 'outcome="failed"'), values: '0+1x40' },
              { series: series('orders_created_total', 'outcome="accepted"'), values: '0+9x40' },
              { series: series('order_duration_seconds_bucket', 'le="1"'), values: '0+8x40' },
              { series: series('order_duration_seconds_bucket', 'le="3"'), values: '0+10x40' },
              { series: series('order_duration_seconds_bucket', 'le="+Inf"'), values: '0+10x40' },
            ],
            alert_rule_test: [
              alert(
                'OrdersFail',
                { receiver: 'shop-pager', severity: 'critical' },
                {
                  summary: 'More than 5% of orders fail',
                  description: '10% of the orders of the last 5 minutes failed.',
                  runbook_url: 'https://runbooks.example/shop/OrdersFail',
                },
              ),
              alert(
                'OrdersSlow',
                { receiver: 'shop-chat', severity: 'warning' },
                {
                  summary: 'A tenth of the orders take longer than a second',
                  runbook_url: 'https://runbooks.example/shop/OrdersSlow',
                },
              ),
            ],
          },
        ],
      };
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'orders-'));
      try {
        fs.writeFileSync(path.join(folder, 'orders.rules.yaml'), stringify(rulesOf(environment, 'shop.k8s.yaml').spec));
        fs.writeFileSync(path.join(folder, 'test.yaml'), stringify(tests));
        const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'test.yaml'], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });
  });
});
