import { Chart } from 'cdk8s';
import { ArgoApplication, ArgoApplicationProps } from '../../../src/constructs/gitops/argo-application';
import { Platform } from '../../../src/platform';
import { faultsOf, stack, theOnly } from '../../support/stack';

const git = { repoURL: 'https://git.example/shop.git', path: 'dist/prod' } as const;

const applicationOf = (props: ArgoApplicationProps, platform?: Platform) => {
  const { objects } = stack((chart) => new ArgoApplication(chart, 'shopProd', props), { platform, namespace: null });
  return theOnly(objects, 'Application');
};
const faults = (props: unknown) =>
  faultsOf(stack((chart) => new ArgoApplication(chart, 'shop', props as ArgoApplicationProps)).findings);

describe('an Application of Argo CD', () => {
  test('keeps its own cluster as a folder of the default branch says', () => {
    expect(applicationOf(git)).toMatchInlineSnapshot(`
     {
       "apiVersion": "argoproj.io/v1alpha1",
       "kind": "Application",
       "metadata": {
         "name": "shop-prod",
         "namespace": "argocd",
       },
       "spec": {
         "destination": {
           "server": "https://kubernetes.default.svc",
         },
         "project": "default",
         "source": {
           "path": "dist/prod",
           "repoURL": "https://git.example/shop.git",
           "targetRevision": "HEAD",
         },
         "syncPolicy": {
           "automated": {
             "prune": true,
             "selfHeal": true,
           },
         },
       },
     }
    `);
  });

  test('takes every other choice', () => {
    const { metadata, spec } = applicationOf({
      ...git,
      name: 'shop',
      namespace: 'gitops',
      annotations: { note: 'ours' },
      targetRevision: 'release',
      recurse: true,
      project: 'payments',
      destination: { name: 'prod', namespace: 'shop' },
      automated: { prune: false },
      syncOptions: ['CreateNamespace=true'],
    });
    expect(metadata).toMatchObject({ name: 'shop', namespace: 'gitops', annotations: { note: 'ours' } });
    expect(spec).toEqual({
      project: 'payments',
      source: { ...git, targetRevision: 'release', directory: { recurse: true } },
      destination: { name: 'prod', namespace: 'shop' },
      syncPolicy: { automated: { prune: false, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    });
  });

  test('waits for someone to press the button where nothing is automated', () => {
    expect(applicationOf({ ...git, automated: false }).spec).not.toHaveProperty('syncPolicy');
  });

  test('applies on the server where the platform says so', () => {
    const platform = Platform.custom({ gitops: { tool: 'argocd', apply: 'server' } });
    expect(applicationOf(git, platform).spec.syncPolicy.syncOptions).toEqual(['ServerSideApply=true']);
  });

  test('lives where its chart lives', () => {
    const { objects } = stack((chart) => new ArgoApplication(new Chart(chart, 'a', { namespace: 'argo' }), 'b', git));
    expect(theOnly(objects, 'Application').metadata.namespace).toBe('argo');
  });

  test.each([
    [
      { ...git, path: '/dist' },
      "props/type shop/shop: path is the string '/dist', but is counted from the root of the repository → write 'dist'",
    ],
    [
      { path: 'dist' },
      "props/type shop/shop: repoURL is undefined, expected text such as 'https://git.example/shop.git' → give repoURL",
    ],
    [{ repoURL: 'x' }, "props/type shop/shop: path is undefined, expected text such as 'dist/prod' → give path"],
    [
      { ...git, destination: { name: 'a', server: 'b' } },
      'gitops/destination shop/shop: destination has both a server and a name, and Argo CD takes one of them → leave out one of them',
    ],
    [{ ...git, revision: 'main' }, expect.stringMatching(/^props\/unknown shop\/shop: revision is no prop/) as string],
  ])('refuses %j', (props, fault) => {
    expect(faults(props)).toEqual([fault]);
  });
});
