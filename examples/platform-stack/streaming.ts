import { Chart, Include } from 'cdk8s';
import type { Construct } from 'constructs';
import { JmxAgent, MonitoredApp } from '../../src';

/** The Kafka that was there before, and the JMX exporter in its JVM. */
export function streaming(scope: Construct): void {
  const chart = new Chart(scope, 'streaming', { namespace: 'streaming' });
  const include = new Include(chart, 'existing', { url: `${__dirname}/kafka.yaml` });

  const kafka = MonitoredApp.attach(chart, 'kafka', { workload: { in: include, kind: 'StatefulSet' } });
  new JmxAgent(kafka, 'jmx', {
    image: 'registry.example/jmx-agent:1.0.1',
    jar: '/jmx_prometheus_javaagent.jar',
    // the scripts beside the broker start JVMs as well, which would take the agent's port
    variable: 'KAFKA_OPTS',
    config: {
      lowercaseOutputName: true,
      includeObjectNames: ['kafka.server:type=BrokerTopicMetrics,*', 'kafka.server:type=ReplicaManager,*'],
      rules: [
        {
          pattern: 'kafka.server<type=BrokerTopicMetrics, name=(.+)PerSec><>Count',
          name: 'kafka_server_brokertopicmetrics_$1_total',
          type: 'COUNTER',
        },
        {
          pattern: 'kafka.server<type=ReplicaManager, name=(\\w+)><>Value',
          name: 'kafka_server_replicamanager_$1',
          type: 'GAUGE',
        },
      ],
    },
  });
}
