// A node that comes back after losing everything in its memory: its pods' network is restored by itself, policies first.
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { startNode, stopNode } from '../support/faults.ts';
import { getJson, kubectl } from '../support/kubectl.ts';
import {
  apply,
  createPod,
  createPolicyNamespace,
  deletePolicyNamespace,
  inPod,
  POLICY_NAMESPACE,
  PORTS,
  readyAddress,
} from '../support/policy-pods.ts';
import { tryAll } from '../support/policy-programs.ts';
import { timeouts } from '../support/timeouts.ts';

describe('a restarted node', function () {
  this.timeout(timeouts.nodeReadyMs + timeouts.podReadyMs * 2);
  const elsewhere = 'zone-b';
  const zone = 'zone-c';

  before(async () => {
    await createPolicyNamespace();
    await createPod({ app: 'stays', zone: elsewhere });
    await createPod({ app: 'lost', zone });
    await readyAddress('stays');
    await readyAddress('lost');
  });
  after(() => deletePolicyNamespace());

  it('gives its pods their routes and their policies back, before their first packet', async () => {
    const podSelector = { matchLabels: { app: 'guarded' } };
    const spec = { podSelector, policyTypes: ['Ingress'], ingress: [] };
    await apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'guarded' },
      spec,
    });
    const { spec: lost } = await getJson<{ spec: { nodeName: string } }>(
      '-n',
      POLICY_NAMESPACE,
      'pod',
      'lost',
    );
    await stopNode(lost.nodeName);
    await startNode(lost.nodeName);
    await kubectl(['-n', POLICY_NAMESPACE, 'delete', 'pod', 'lost', '--now'], {
      timeoutMs: timeouts.podReadyMs,
    });
    await createPod({ app: 'open', zone });
    await createPod({ app: 'guarded', zone });
    const [stays, open, guarded] = [
      { host: await readyAddress('stays'), port: PORTS.main },
      { host: await readyAddress('open'), port: PORTS.main },
      { host: await readyAddress('guarded'), port: PORTS.main },
    ];
    await eventually(
      async () => {
        expect(await inPod('stays', tryAll([open, guarded])), 'from another node').to.deep.equal([
          true,
          false,
        ]);
        expect(await inPod('open', tryAll([stays, guarded])), 'from the restarted node').to.deep.equal([
          true,
          false,
        ]);
      },
      { withinMs: timeouts.soonMs },
    );
  });
});
