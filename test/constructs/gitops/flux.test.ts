import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { FluxGitRepository, FluxGitRepositoryProps } from '../../../src/constructs/gitops/flux-git-repository';
import { FluxKustomization, FluxKustomizationProps } from '../../../src/constructs/gitops/flux-kustomization';
import { faultsOf, KubernetesObject, stack, theOnly } from '../../support/stack';

const url = 'https://git.example/fleet.git';
const fleet = { kind: 'GitRepository', name: 'fleet' } as const;

const repositoryOf = (props: FluxGitRepositoryProps) =>
  theOnly(stack((chart) => new FluxGitRepository(chart, 'fleet', props), { namespace: null }).objects, 'GitRepository');
const byName = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(objects.filter(({ kind }) => kind === 'Kustomization').map((each) => [each.metadata.name, each]));

describe('a GitRepository of Flux', () => {
  test('is the branch main of a public repository', () => {
    expect(repositoryOf({ url })).toMatchInlineSnapshot(`
     {
       "apiVersion": "source.toolkit.fluxcd.io/v1",
       "kind": "GitRepository",
       "metadata": {
         "name": "fleet",
         "namespace": "flux-system",
       },
       "spec": {
         "interval": "1m",
         "ref": {
           "branch": "main",
         },
         "url": "https://git.example/fleet.git",
       },
     }
    `);
  });

  test('takes another revision, interval, Secret and namespace', () => {
    const { metadata, spec } = repositoryOf({
      url,
      ref: { tag: 'v1' },
      interval: Duration.minutes(5),
      secretRef: 'git',
      namespace: 'gitops',
    });
    expect(metadata.namespace).toBe('gitops');
    expect(spec).toEqual({ url, interval: '5m', ref: { tag: 'v1' }, secretRef: { name: 'git' } });
  });

  test.each([
    [{ url: 'git@git.example:fleet.git' }, /url is the string 'git@.*→ write 'ssh:\/\/git@git\.example\/fleet\.git'$/],
    [{ url, interval: '1d' }, /interval is the string '1d', expected a duration such as '10m'/],
    [{ url, ref: { tag: 'v1', branch: 'main' } }, /^gitops\/ref shop\/fleet: ref has tag and branch/],
    [{}, /url is undefined/],
  ])('refuses %j', (props, fault) => {
    const { findings } = stack((chart) => new FluxGitRepository(chart, 'fleet', props as FluxGitRepositoryProps));
    expect(faultsOf(findings)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('a Kustomization of Flux', () => {
  test('applies a folder, removes what goes and waits until all is ready', () => {
    const { objects } = stack(
      (chart) => {
        const source = new FluxGitRepository(chart, 'fleet', { url });
        new FluxKustomization(chart, 'shop', { source, path: './dist/prod' });
      },
      { namespace: null },
    );
    expect(byName(objects)['shop']).toMatchInlineSnapshot(`
     {
       "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
       "kind": "Kustomization",
       "metadata": {
         "name": "shop",
         "namespace": "flux-system",
       },
       "spec": {
         "interval": "10m",
         "path": "./dist/prod",
         "prune": true,
         "sourceRef": {
           "kind": "GitRepository",
           "name": "fleet",
         },
         "wait": true,
       },
     }
    `);
  });

  test('takes every other choice', () => {
    const { objects } = stack((chart) => {
      new FluxKustomization(chart, 'shop', {
        source: { ...fleet, namespace: 'sources' },
        path: './dist',
        prune: false,
        wait: false,
        interval: '1h',
        timeout: Duration.seconds(90),
        targetNamespace: 'shop',
        serviceAccountName: 'shop',
        namespace: 'gitops',
        dependsOn: [
          { name: 'operators', namespace: 'flux-system' },
          { name: 'crds' },
          { name: 'crds', namespace: 'gitops' },
        ],
      });
    });
    expect(byName(objects)['shop']?.spec).toEqual({
      sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'sources' },
      path: './dist',
      prune: false,
      wait: false,
      interval: '1h',
      timeout: '90s',
      targetNamespace: 'shop',
      serviceAccountName: 'shop',
      dependsOn: [
        { name: 'operators', namespace: 'flux-system' },
        { name: 'crds', namespace: 'gitops' },
      ].map((each) => (each.name === 'crds' ? { name: 'crds' } : each)),
    });
  });

  test('waits for those whose charts its own charts depend on, declared in any order', () => {
    const stackApp = new App();
    const [crds, operator, shop] = ['crds', 'operator', 'shop'].map((id) => new Chart(stackApp, id)) as [
      Chart,
      Chart,
      Chart,
    ];
    const { objects, findings } = stack((chart) => {
      const source = fleet;
      new FluxKustomization(chart, 'shop', {
        source,
        path: './shop',
        charts: [shop],
        dependsOn: [{ name: 'a-first' }],
      });
      new FluxKustomization(chart, 'definitions', { source, path: './crds', charts: [crds] });
      new FluxKustomization(chart, 'operator', { source, path: './operator', charts: [operator] });
      operator.addDependency(crds);
      const monitor = new ApiObject(shop, 'monitor', { apiVersion: 'v1', kind: 'ConfigMap' });
      monitor.addDependency(new ApiObject(operator, 'deployment', { apiVersion: 'v1', kind: 'ConfigMap' }));
      monitor.addDependency(new ApiObject(shop, 'own', { apiVersion: 'v1', kind: 'ConfigMap' }));
    });
    const dependsOn = Object.entries(byName(objects)).map(([name, { spec }]) => [name, spec.dependsOn]);
    expect(dependsOn).toEqual([
      ['shop', [{ name: 'a-first' }, { name: 'operator' }]],
      ['definitions', undefined],
      ['operator', [{ name: 'definitions' }]],
    ]);
    expect(faultsOf(findings)).toEqual([]);
  });

  test('that waits for itself is an error', () => {
    const { findings } = stack((chart) => {
      new FluxKustomization(chart, 'one', { source: fleet, path: 'a', dependsOn: [{ name: 'one' }] });
      new FluxKustomization(chart, 'two', { source: fleet, path: 'b', dependsOn: [{ name: 'two', namespace: 'far' }] });
    });
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(/^gitops\/dependency-cycle shop\/one: the Kustomizations one => one depend on each other/),
    ]);
  });

  test.each([
    ['./dist', 'dist/prod', 1],
    ['dist', './dist/', 1],
    ['./', 'dist', 1],
    ['dist', 'distant', 0],
    ['dist/dev', 'dist/prod', 0],
  ])('of the path %s shares nothing with one of %s', (outer, inner, count) => {
    const { findings } = stack((chart) => {
      new FluxKustomization(chart, 'a', { source: fleet, path: outer });
      new FluxKustomization(chart, 'b', { source: fleet, path: inner });
      new FluxKustomization(chart, 'c', { source: { ...fleet, name: 'other' }, path: inner });
    });
    const fault = `gitops/nested-path shop/b: the path '${inner}' is in that of shop/a, '${outer}': both apply what is in it, unless a kustomization.yaml there leaves it out → give each a folder of its own, beside the other`;
    expect(faultsOf(findings)).toEqual(count === 0 ? [] : [fault]);
  });

  test.each([
    [Duration.millis(1500), '1500ms'],
    [Duration.seconds(90), '90s'],
    [Duration.hours(1), '60m'],
  ])('writes an interval as Go reads it', (interval, text) => {
    const { objects } = stack(
      (chart) => void new FluxKustomization(chart, 'a', { source: fleet, path: 'a', interval }),
    );
    expect(theOnly(objects, 'Kustomization').spec.interval).toBe(text);
  });

  test('that waits for one that waits for it is one error', () => {
    const other = new App();
    const [a, b] = [new Chart(other, 'a'), new Chart(other, 'b')];
    const { findings } = stack((chart) => {
      const one = new FluxKustomization(chart, 'one', { source: fleet, path: 'a', charts: [a] });
      new FluxKustomization(chart, 'two', { source: fleet, path: 'b', charts: [b], dependsOn: [one] });
      new FluxKustomization(chart, 'three', { source: fleet, path: 'c', dependsOn: [one] });
      a.addDependency(b);
    });
    expect(faultsOf(findings)).toEqual([
      expect.stringMatching(
        /^gitops\/dependency-cycle shop\/one: the Kustomizations one => two => one depend on each other/,
      ),
    ]);
  });

  test.each([
    [{ path: 'a' }, /source is undefined, expected a FluxGitRepository or/],
    [{ source: 'fleet', path: 'a' }, /source is the string 'fleet'/],
    [{ source: fleet }, /path is undefined/],
    [
      { source: fleet, path: 'a', dependsOn: ['b'] },
      /dependsOn\[0\] is the string 'b', expected a FluxKustomization or/,
    ],
    [{ source: fleet, path: 'a', timeout: 5 }, /timeout is the number 5, expected a duration/],
  ])('refuses %j', (props, fault) => {
    const { findings } = stack(
      (chart) => new FluxKustomization(chart, 'a', props as unknown as FluxKustomizationProps),
    );
    expect(faultsOf(findings)).toEqual([expect.stringMatching(fault)]);
  });
});
