import { ExporterProps, ExporterSidecar, MonitoredApp } from '../../../src/constructs';
import { image, stack } from '../../support/stack';

function withExporter(props: ExporterProps) {
  return stack(
    (chart) => void new ExporterSidecar(new MonitoredApp(chart, 'checkout', { image, port: 5000 }), 'redis', props),
  );
}

const password = { name: 'db', key: 'password' };

describe('a password in plain text is an error', () => {
  test.each<[Partial<ExporterProps>, string]>([
    [{ env: { REDIS_PASSWORD: 'hunter2' } }, 'REDIS_PASSWORD'],
    [{ env: { DATA_SOURCE_PASS: 'hunter2' } }, 'DATA_SOURCE_PASS'],
    [{ env: { API_TOKEN: 'abc' } }, 'API_TOKEN'],
    [{ env: { REDIS_ADDR: 'redis://:hunter2@redis:6379' } }, 'REDIS_ADDR'],
    [{ env: { DATA_SOURCE_NAME: 'root:hunter2@tcp(db:3306)/' } }, 'DATA_SOURCE_NAME'],
    [{ env: { DSN: 'host=db password=hunter2' } }, 'DSN'],
    [{ args: ['--redis.password=hunter2'] }, '--redis.password'],
    [{ args: ['--redis.password', 'hunter2'] }, '--redis.password'],
    [{ args: ['--mongodb.uri=mongodb://me:hunter2@db'] }, '--mongodb.uri'],
    [{ args: ['mongodb://me:hunter2@db'] }, 'an argument'],
  ])('%j', (props, name) => {
    const { findings } = withExporter({ image, port: 9999, ...props });
    expect(findings).toMatchObject([{ code: 'exporters/plain-secret', severity: 'error' }]);
    expect(findings[0]?.message.startsWith(name)).toBe(true);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  test.each<Partial<ExporterProps>>([
    { env: { REDIS_PASSWORD: '' } },
    { env: { REDIS_PASSWORD: '$(OTHER)' } },
    { env: { REDIS_PASSWORD: { secret: password } } },
    { env: { REDIS_PASSWORD_FILE: '/secrets/password' } },
    { env: { DATA_SOURCE_URI: 'db:5432/postgres?sslmode=disable' } },
    { env: { ADDRESS: 'redis://$(USER):$(PASSWORD)@redis:6379' } },
    { args: ['--redis.password=$(REDIS_PASSWORD)'] },
    { args: ['--redis.password-file=/secrets/password'] },
    { args: ['--password', '--verbose'] },
    { args: ['--web.listen-address=0.0.0.0:9999'] },
  ])('%j holds none', (props) => {
    expect(withExporter({ image, port: 9999, ...props }).findings).toEqual([]);
  });
});
