import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { MonitoredApp } from '../../../src/constructs';
import { Platform } from '../../../src/platform';
import { MonitoringApp } from '../../../src/synth';
import { synthesize } from '../../../src/synth/synthesis';
import { image } from '../../support/stack';
import { readOutput, removeTemporaryFolders, temporaryFolder, writeTree } from '../folders';

afterAll(removeTemporaryFolders);

const platform = Platform.custom({ gitops: { tool: 'flux' } });

/** An operator from its Helm chart, and an app with a monitor in another chart. */
function findings(
  helmChart: string,
  also: (operator: Chart) => void = () => undefined,
  yamlOutputType?: YamlOutputType,
) {
  const app = new MonitoringApp({ platform, yamlOutputType });
  const operator = new Chart(app, 'operator');
  new ApiObject(operator, 'release', {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'kps' },
    spec: { chart: { spec: { chart: helmChart } } },
  });
  new MonitoredApp(new Chart(app, 'shop', { namespace: 'shop' }), 'web', { image, port: 80, metrics: {} });
  also(operator);
  return synthesize(app)
    .findings.filter(({ code }) => code.startsWith('gitops/'))
    .map(({ code, where }) => `${code} ${'construct' in where ? where.construct : ''}`);
}

describe('a HelmRelease that installs the CRDs of objects beside it', () => {
  test('is a warning: on a new cluster Flux would apply neither', () => {
    expect(findings('kube-prometheus-stack')).toEqual([expect.stringMatching(/^gitops\/crd-first shop\/web\//)]);
  });

  test('is none in a folder of its own, with the CRDs in the same folder, or where the Helm chart is another', () => {
    const { FOLDER_PER_CHART_FILE_PER_RESOURCE } = YamlOutputType;
    const definition = (chart: Chart) =>
      new ApiObject(chart, 'crd', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'servicemonitors.monitoring.coreos.com' },
        spec: { group: 'monitoring.coreos.com' },
      });
    expect(findings('kube-prometheus-stack', undefined, FOLDER_PER_CHART_FILE_PER_RESOURCE)).toEqual([]);
    expect(findings('kube-prometheus-stack', definition)).toEqual([]);
    expect(findings('redis')).toEqual([]);
  });
});

describe('kustomization.yaml', () => {
  const synth = (
    outdir: string,
    props: ConstructorParameters<typeof MonitoringApp>[0] = {},
    ids = ['shop', 'yes', 'b'],
  ) => {
    const app = new MonitoringApp({ outdir, summary: false, ...props });
    for (const id of ids) {
      new ApiObject(new Chart(app, id), 'object', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'object' },
      });
    }
    app.synth();
    return readOutput(outdir);
  };

  test('lists the files of the folder, sorted, where the tool is Flux', () => {
    expect(synth(temporaryFolder(), { platform })['kustomization.yaml']).toBe(
      [
        'apiVersion: kustomize.config.k8s.io/v1beta1',
        'kind: Kustomization',
        'resources:',
        '  - b.k8s.yaml',
        '  - shop.k8s.yaml',
        '  - yes.k8s.yaml',
        '',
      ].join('\n'),
    );
  });

  test('stands in each folder, and lists the folders below', () => {
    const yamlOutputType = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
    const output = synth(temporaryFolder(), { kustomization: true, yamlOutputType, outputFileExtension: '.yaml' }, [
      'a',
      '7',
    ]);
    expect(output['kustomization.yaml']).toContain('resources:\n  - "7"\n  - "a"\n');
    expect(output['a/kustomization.yaml']).toContain('resources:\n  - ConfigMap.object.yaml\n');
  });

  test('is there on demand, and not otherwise', () => {
    expect(Object.keys(synth(temporaryFolder(), { kustomization: true }))).toContain('kustomization.yaml');
    expect(Object.keys(synth(temporaryFolder()))).not.toContain('kustomization.yaml');
    expect(Object.keys(synth(temporaryFolder(), { platform, kustomization: false }))).not.toContain(
      'kustomization.yaml',
    );
    expect(synth(temporaryFolder(), { platform }, [])).toEqual({});
  });

  test('of somebody else stays, with a warning; ours is written again and goes when it is not wanted', () => {
    const outdir = temporaryFolder();
    writeTree(outdir, { 'kustomization.yaml': 'theirs' });
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(synth(outdir, { platform, summary: true })['kustomization.yaml']).toBe('theirs');
    expect(String(write.mock.calls[0]?.[0])).toMatch(
      /warning +synth\/output-folder .*\n.*is not ours and stays as it is/,
    );
    write.mockRestore();

    const own = temporaryFolder();
    synth(own, { platform }, ['a']);
    expect(synth(own, { platform }, ['a', 'b'])['kustomization.yaml']).toContain('- b.k8s.yaml');
    expect(Object.keys(synth(own, {}, ['a']))).toEqual(['a.k8s.yaml']);
  });

  test('cannot be the name of a chart’s file', () => {
    expect(() => synth(temporaryFolder(), { platform, outputFileExtension: '.yaml' }, ['kustomization'])).toThrow(
      /synth\/file-name .*\n.*'kustomization.yaml' holds manifests/,
    );
  });
});
