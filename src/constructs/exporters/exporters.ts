import type { ShapeProblem } from '../../findings';
import type { SecretKeyReference } from '../../platform';
import type { EnvironmentValue } from '../app/container';
import { definedFields } from '../objects';
import { JmxConfig, jmxConfigFile, jmxConfigShape } from './jmx-config';
import type { ExporterOptions, ExporterProps } from './exporter';
import { checkOptions, requiredText, secretKey, textOrSecretKey, withProblems } from './exporter-options';

/** What can be said of every ready-made exporter. */
export interface ReadyExporterOptions extends ExporterOptions {
  /** Port that the exporter listens on: two of a kind in one pod need two. @default - the exporter's own */
  readonly port?: number;
}

/** A value that may stand in plain text, or a key of a Secret. */
type TextOrSecret = string | SecretKeyReference;

export interface PostgresExporterOptions extends ReadyExporterOptions {
  /** Host, port, database and parameters. @default - `localhost:5432/postgres?sslmode=disable` */
  readonly uri?: string;
  readonly user: TextOrSecret;
  readonly password: SecretKeyReference;
}

export interface RedisExporterOptions extends ReadyExporterOptions {
  /** @default - `redis://localhost:6379` */
  readonly address?: string;
  readonly user?: TextOrSecret;
  readonly password?: SecretKeyReference;
}

export interface MemcachedExporterOptions extends ReadyExporterOptions {
  /** @default - `localhost:11211` */
  readonly address?: string;
}

export interface NginxExporterOptions extends ReadyExporterOptions {
  /** Address of `stub_status`, which nginx must serve. @default - `http://127.0.0.1:8080/stub_status` */
  readonly scrapeUri?: string;
  /** Is it the API of NGINX Plus? @default - false */
  readonly plus?: boolean;
}

export interface MysqldExporterOptions extends ReadyExporterOptions {
  /** @default - `localhost:3306` */
  readonly address?: string;
  /** A user with PROCESS, REPLICATION CLIENT and SELECT. */
  readonly user: string;
  readonly password: SecretKeyReference;
}

export interface JmxExporterOptions extends Omit<ReadyExporterOptions, 'image'> {
  /** There is no official image: most teams build one around `jmx_prometheus_standalone` of Maven Central. */
  readonly image: string;
  /** Path of the jar in the image, run by `java`. @default - the image starts the exporter by itself */
  readonly jar?: string;
  /**
   * Where the JVM serves JMX without a password: on the loopback of the pod, with
   * `-Dcom.sun.management.jmxremote.port=5555 -Dcom.sun.management.jmxremote.host=localhost`.
   * @default - `localhost:5555`
   */
  readonly hostPort?: string;
  /** @default - everything that the JVM tells, under its own names */
  readonly config?: JmxConfig;
}

/** The user `nobody`: most images name it, and Kubernetes admits only numbers where root is forbidden. */
const nobody = 65534;

/**
 * Ready-made exporters: image, port, arguments, and the metric that says whether what they watch answers. Ports and flags
 * are those of each exporter's own documentation.
 */
export const Exporters = {
  /** PostgreSQL. Source: github.com/prometheus-community/postgres_exporter, README. */
  postgres(given: PostgresExporterOptions): ExporterProps {
    const checked = checkOptions(given, {
      uri: 'text',
      user: { ...textOrSecretKey, required: true },
      password: { ...secretKey, required: true },
    });
    const { uri, user, password, ...options } = checked.options;
    return ready(options, checked.problems, {
      image: 'quay.io/prometheuscommunity/postgres-exporter:v0.20.1',
      port: 9187,
      upMetric: 'pg_up',
      env: {
        DATA_SOURCE_URI: uri ?? 'localhost:5432/postgres?sslmode=disable',
        ...environmentOf('DATA_SOURCE_USER', user),
        ...environmentOf('DATA_SOURCE_PASS', password),
      },
    });
  },

  /** Redis and Valkey. Source: github.com/oliver006/redis_exporter, README. */
  redis(given: RedisExporterOptions = {}): ExporterProps {
    const checked = checkOptions(given, { address: 'text', user: textOrSecretKey, password: secretKey });
    const { address, user, password, ...options } = checked.options;
    return ready(options, checked.problems, {
      image: 'docker.io/oliver006/redis_exporter:v1.89.0',
      port: 9121,
      upMetric: 'redis_up',
      env: {
        REDIS_ADDR: address ?? 'redis://localhost:6379',
        ...environmentOf('REDIS_USER', user),
        ...environmentOf('REDIS_PASSWORD', password),
      },
    });
  },

  /** memcached. Source: github.com/prometheus/memcached_exporter, README. */
  memcached(given: MemcachedExporterOptions = {}): ExporterProps {
    const checked = checkOptions(given, { address: 'text' });
    const { address, ...options } = checked.options;
    return ready(options, checked.problems, {
      image: 'quay.io/prometheus/memcached-exporter:v0.17.0',
      port: 9150,
      upMetric: 'memcached_up',
      args: [`--memcached.address=${address ?? 'localhost:11211'}`],
    });
  },

  /** nginx with `stub_status`, or NGINX Plus. Source: github.com/nginx/nginx-prometheus-exporter, README. */
  nginx(given: NginxExporterOptions = {}): ExporterProps {
    const checked = checkOptions(given, { scrapeUri: 'text', plus: 'boolean' });
    const { scrapeUri, plus, ...options } = checked.options;
    return ready(options, checked.problems, {
      image: 'docker.io/nginx/nginx-prometheus-exporter:1.5.0',
      port: 9113,
      upMetric: plus ? 'nginxplus_up' : 'nginx_up',
      args: [
        `--nginx.scrape-uri=${scrapeUri ?? `http://127.0.0.1:8080/${plus ? 'api' : 'stub_status'}`}`,
        ...(plus ? ['--nginx.plus'] : []),
      ],
    });
  },

  /** MySQL and MariaDB. Source: github.com/prometheus/mysqld_exporter, README. */
  mysqld(given: MysqldExporterOptions): ExporterProps {
    const checked = checkOptions(given, {
      address: 'text',
      user: requiredText,
      password: { ...secretKey, required: true },
    });
    const { address, user, password, ...options } = checked.options;
    return ready(options, checked.problems, {
      image: 'quay.io/prometheus/mysqld-exporter:v0.19.0',
      port: 9104,
      upMetric: 'mysql_up',
      args: [`--mysqld.address=${address ?? 'localhost:3306'}`, `--mysqld.username=${user}`],
      env: environmentOf('MYSQLD_EXPORTER_PASSWORD', password),
    });
  },

  /**
   * A JVM that serves JMX, from outside of it; `JmxAgent` knows more of it. Source: prometheus.github.io/jmx_exporter,
   * "Standalone".
   */
  jmx(given: JmxExporterOptions): ExporterProps {
    const checked = checkOptions(given, {
      jar: 'text',
      hostPort: 'text',
      config: { fields: jmxConfigShape },
    });
    const { jar, hostPort = 'localhost:5555', config = {}, port = 5556, args = [], ...options } = checked.options;
    const folder = '/etc/jmx-exporter';
    const props = ready(options, checked.problems, {
      image: options.image,
      port,
      errorMetric: 'jmx_scrape_error',
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      args: [String(port), `${folder}/config.yaml`, ...args],
      ...(jar === undefined ? {} : { command: ['java', '-jar', jar] }),
    });
    return {
      ...props,
      configFiles: { mountPath: folder, files: { 'config.yaml': jmxConfigFile(config, { hostPort }) } },
    };
  },

  /** An exporter of one's own. */
  custom(props: ExporterProps): ExporterProps {
    return props;
  },
} as const;

/** Joins what a ready-made exporter needs with what its user says. */
function ready(
  options: ReadyExporterOptions,
  problems: readonly ShapeProblem[],
  exporter: ExporterProps,
): ExporterProps {
  const given = definedFields(options);
  const props = {
    runAsUser: nobody,
    ...exporter,
    ...given,
    args: [
      ...(exporter.args ?? []),
      // all of them take the flag of Prometheus' exporter toolkit
      ...(options.port === undefined ? [] : [`--web.listen-address=:${options.port}`]),
      ...(options.args ?? []),
    ],
    env: { ...exporter.env, ...options.env },
  };
  return withProblems(props, problems);
}

/** A variable with a value that may be missing: where it must not, that has been reported. */
function environmentOf(name: string, value: TextOrSecret | undefined): Record<string, EnvironmentValue> {
  if (value === undefined) return {};
  return { [name]: typeof value === 'string' ? value : { secret: value } };
}
