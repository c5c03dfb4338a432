import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject } from 'cdk8s';
import { meshCertificates, meshTlsConfig } from '../../../src/constructs';
import { restrictedViolations } from '../../support/pod-security';
import { expectValidObjects } from '../../support/schemas';
import { stack, theOnly } from '../../support/stack';

const files = ['root-cert.pem', 'cert-chain.pem', 'key.pem'];

test('a Prometheus object gets a sidecar that writes certificates, and nothing else', () => {
  const { podMetadata, volumes, volumeMounts } = meshCertificates();
  expect(podMetadata.labels).toEqual({ 'sidecar.istio.io/inject': 'true' });
  expect(podMetadata.annotations).toMatchObject({
    'traffic.sidecar.istio.io/includeInboundPorts': '',
    'traffic.sidecar.istio.io/includeOutboundIPRanges': '',
    'sidecar.istio.io/userVolumeMount': '[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]',
  });
  expect(JSON.parse(podMetadata.annotations?.['proxy.istio.io/config'] ?? '')).toEqual({
    holdApplicationUntilProxyStarts: true,
    proxyMetadata: { OUTPUT_CERTS: '/etc/istio-output-certs' },
  });
  expect(volumes).toEqual([{ name: 'istio-certs', emptyDir: { medium: 'Memory' } }]);
  expect(volumeMounts).toEqual([{ name: 'istio-certs', mountPath: '/etc/prom-certs', readOnly: true }]);
});

test('the fields are those of the custom resource', () => {
  const { objects } = stack(
    (chart) =>
      void new ApiObject(chart, 'prometheus', {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'Prometheus',
        metadata: { name: 'mesh' },
        spec: { ...meshCertificates({ scrapeClass: 'mesh', image: 'registry.example/busybox:1' }) },
      }),
  );
  expectValidObjects(objects);
  const { spec } = theOnly(objects, 'Prometheus');
  expect(spec.scrapeClasses).toEqual([
    {
      name: 'mesh',
      tlsConfig: {
        caFile: '/etc/prom-certs/root-cert.pem',
        certFile: '/etc/prom-certs/cert-chain.pem',
        keyFile: '/etc/prom-certs/key.pem',
        insecureSkipVerify: true,
      },
    },
  ]);
  expect(spec.initContainers[0].image).toBe('registry.example/busybox:1');
});

test('a Prometheus without the operator takes the same files', () => {
  expect(meshTlsConfig('/certs/')).toEqual({
    ca_file: '/certs/root-cert.pem',
    cert_file: '/certs/cert-chain.pem',
    key_file: '/certs/key.pem',
    insecure_skip_verify: true,
  });
});

test('the container that waits is within the restricted Pod Security Standard', () => {
  const { initContainers } = meshCertificates();
  expect(restrictedViolations({ containers: initContainers as never })).toEqual([]);
});

test('it runs after a native sidecar, and Prometheus after it', () => {
  const { podMetadata, initContainers } = meshCertificates();
  expect(podMetadata.annotations).toMatchObject({ 'sidecar.istio.io/nativeSidecar': 'true' });
  expect(initContainers).toHaveLength(1);
});

describe('what it runs', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-certificates-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const wait = () => {
    const [container] = meshCertificates({ folder }).initContainers;
    const [program = '', ...args] = container?.command ?? [];
    return spawnSync(program, args, { timeout: 1500 });
  };

  test('ends as soon as all files are there', () => {
    for (const file of files) fs.writeFileSync(path.join(folder, file), 'PEM');
    expect(wait().status).toBe(0);
  });

  test.each(files)('waits for %s', (missing) => {
    for (const file of files) fs.writeFileSync(path.join(folder, file), file === missing ? '' : 'PEM');
    expect(wait().signal).toBe('SIGTERM');
  });
});
