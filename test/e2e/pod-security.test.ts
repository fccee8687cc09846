// The namespace refuses what could take over a node, and our own pods carry no more rights than they use.
import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { getItems, kubectl, nameOf } from '../support/kubectl.ts';
import { timeouts } from '../support/timeouts.ts';

/** Uses the API: everybody else has no token to lose. */
const usesApi = ['operator'];

describe('pod security', function () {
  this.timeout(timeouts.e2eTestMs);

  const refusal = async (name: string, spec: Record<string, unknown>): Promise<string> => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
    // The server decides as it would for a real pod, and makes none.
    const answer = kubectl(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(pod) });
    return answer.then(
      () => 'accepted',
      (error: unknown) => String(error),
    );
  };

  it('refuses a privileged pod', async () => {
    const containers = [{ name: 'shell', image: 'none', securityContext: { privileged: true } }];
    expect(await refusal('privileged', { containers })).to.match(
      /violates PodSecurity "restricted.*privileged/s,
    );
  });

  it('refuses a pod that mounts a folder of its node', async () => {
    const volumes = [{ name: 'node', hostPath: { path: '/' } }];
    const spec = { volumes, containers: [{ name: 'shell', image: 'none' }] };
    expect(await refusal('node-reader', spec)).to.match(/violates PodSecurity "restricted.*hostPath/s);
  });

  it('refuses a pod that may run as root', async () => {
    const spec = { containers: [{ name: 'shell', image: 'none' }] };
    expect(await refusal('root', spec)).to.match(/violates PodSecurity "restricted.*runAsNonRoot/s);
  });

  it('runs every container of ours without root, capabilities or a writable root file system', async () => {
    const containers = (await getItems<V1Pod>('pods')).flatMap((pod) =>
      (pod.spec?.containers ?? []).map(({ name, securityContext }) => ({
        of: `${nameOf(pod)}/${name}`,
        nonRoot: pod.spec?.securityContext?.runAsNonRoot,
        rights: securityContext,
      })),
    );
    expect(containers).to.not.be.empty;
    for (const container of containers) {
      expect(container.nonRoot, container.of).to.equal(true);
      expect(container.rights?.allowPrivilegeEscalation, container.of).to.equal(false);
      expect(container.rights?.readOnlyRootFilesystem, container.of).to.equal(true);
      expect(container.rights?.capabilities?.drop, container.of).to.deep.equal(['ALL']);
    }
  });

  it('gives an API token only to pods that use the API', async () => {
    const withToken = (pod: V1Pod): boolean =>
      (pod.spec?.volumes ?? []).some(({ projected }) =>
        projected?.sources?.some((source) => source.serviceAccountToken),
      );
    const pods = (await getItems<V1Pod>('pods')).filter(withToken);
    const names = new Set(pods.map(({ metadata }) => metadata?.labels?.['app.kubernetes.io/name'] ?? ''));
    expect([...names]).to.have.members(usesApi);
  });
});
