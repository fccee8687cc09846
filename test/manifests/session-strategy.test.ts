// `session.strategy` says two things at once: to the pods where sessions live, and to the load balancers whether a
// visitor comes back to the same pod. Only `sticky` wants that.
import { expect } from 'chai';
import { byId, helmTemplate, helmTemplateWith } from './helm.ts';

interface ServiceApp {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

interface DeploymentApp {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: { readonly env: { name: string; value?: string }[] }[] };
    };
  };
}

describe('the value session.strategy', () => {
  for (const [strategy, affinity] of [
    ['redis', 'false'],
    ['memory', 'false'],
    ['cookie', 'false'],
    ['dynamodb', 'false'],
    ['sticky', 'true'],
  ] as const) {
    it(`${strategy}: Traefik’s cookie and an ALB’s are ${affinity === 'true' ? 'on' : 'off'}`, async () => {
      const objects = byId(await helmTemplate('--set', `session.strategy=${strategy}`));
      const service = objects['Service/app'] as unknown as ServiceApp;
      const deployment = objects['Deployment/app'] as unknown as DeploymentApp;
      const { annotations } = service.metadata;
      expect(annotations['traefik.ingress.kubernetes.io/service.sticky.cookie']).to.equal(affinity);
      expect(annotations['alb.ingress.kubernetes.io/target-group-attributes']).to.include(
        `stickiness.enabled=${affinity}`,
      );
      const [web] = deployment.spec.template.spec.containers;
      expect(web?.env.find(({ name }) => name === 'SHOP_SESSION_STRATEGY')?.value).to.equal(strategy);
    });
  }

  it('dynamodb: the ServiceAccount says which role IRSA lends to the pods', async () => {
    const key = 'app.serviceAccount.annotations';
    const role = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/myclothes-app' };
    const account = byId(await helmTemplateWith(key, role))['ServiceAccount/app'];
    const { annotations } = account?.metadata as unknown as { annotations: Record<string, string> };
    expect(annotations).to.include(role);
  });
});
