import { expect } from 'chai';
import { Refusal, readSettings } from '../../../k8s/deploy/settings.ts';
import { targetOf } from '../../../k8s/deploy/target.ts';

describe('The settings of a deployment', () => {
  it('without any mean our own kind cluster', () => {
    const target = targetOf(readSettings({ PROFILE: '', KUBE_CONTEXT: '', IMAGE_REGISTRY: '' }));
    expect(target).to.include({ context: 'kind-myclothes', namespace: 'myclothes', isLocal: true });
    expect(target.env.KUBECONFIG).to.match(/\.cache\/kubeconfig$/);
  });

  it("that name a context mean exactly that one, found in the caller's own kubeconfig", () => {
    const env = { PROFILE: 'eks', KUBE_CONTEXT: 'production', IMAGE_REGISTRY: 'registry.example.org' };
    const target = targetOf(readSettings(env));
    expect(target).to.include({ context: 'production', isLocal: false });
    expect(target.env).not.to.have.property('KUBECONFIG');
  });

  for (const [what, env, complaint] of [
    ['a profile that does not exist', { PROFILE: 'esk' }, /'esk' is unknown: known are kind, eks/],
    ['a misspelt variable', { PROFILES: 'eks' }, /PROFILES: unknown; known are PROFILE, KUBE_CONTEXT/],
    [
      'a way to get images that does not exist',
      { IMAGES: 'steal' },
      /IMAGES=steal is unknown: known are pull, build/,
    ],
    ['a cloud profile without a context', { PROFILE: 'eks' }, /needs KUBE_CONTEXT/],
    ['a remote context without a registry', { KUBE_CONTEXT: 'production' }, /needs IMAGE_REGISTRY/],
  ] as const) {
    it(`refuse ${what} in one line`, () => {
      expect(() => readSettings(env)).to.throw(Refusal, complaint);
      try {
        readSettings(env);
      } catch (error) {
        expect((error as Error).message).not.to.contain('\n');
      }
    });
  }
});
