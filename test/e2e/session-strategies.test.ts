// Two ways to keep a session that are there to show their weakness, on the cluster, each switched to by its one Helm
// value: in `memory` a cart is gone with the next pod that answers, with `sticky` when its pod goes.
import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { helm, targetOf } from '../../k8s/deploy/target.ts';
import { productName } from '../../k8s/lib/names.ts';
import { eventually } from '../support/eventually.ts';
import { deletePod } from '../support/faults.ts';
import { getItems, kubectl, mayAnswer, nameOf, selector } from '../support/kubectl.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import type { Answer, Cart, ShopClient } from '../support/shop-client.ts';
import { pinAppPods, untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const PODS = 3;
const VISITS = 30;

async function switchTo(strategy: string): Promise<void> {
  const change = ['--reuse-values', '--set', `session.strategy=${strategy}`];
  await helm(targetOf(readSettings(process.env)), ['upgrade', productName, 'charts/myclothes', ...change], {
    deadlineMs: timeouts.rolloutMs,
  });
  // Helm puts the autoscaler's own limits back, and a roll-out is work enough for it to add pods.
  await pinAppPods(PODS);
  const wait = `--timeout=${timeouts.rolloutMs / 1000}s`;
  await kubectl(['rollout', 'status', 'deployment/app', wait], { timeoutMs: timeouts.rolloutMs });
  await untilReady('app', PODS);
  // One that is being drained still answers, and keeps sessions in its own way.
  await eventually(
    async () => {
      const pods = await getItems<V1Pod>('pods', '-l', selector('app'));
      expect(pods.filter(mayAnswer).map(whatItIs)).to.have.length(PODS);
    },
    { withinMs: timeouts.podReadyMs, everyMs: 500 },
  );
}

const whatItIs = (pod: V1Pod): string =>
  `${nameOf(pod)} ${pod.status?.phase ?? ''}${pod.metadata?.deletionTimestamp ? ', leaving' : ''}`;

const piecesIn = ({ body }: Answer<Cart>): number =>
  body.lines.reduce((sum, { quantity }) => sum + quantity, 0);

describe('a cart in the memory of its pod', function () {
  this.timeout(timeouts.rolloutMs * 2);
  let unpin: () => Promise<void>;

  before(async () => {
    unpin = await pinAppPods(PODS);
  });
  after(async () => {
    await switchTo('redis');
    await unpin();
  });

  /** A shopper with two pieces in the cart, and the pod that has it. */
  async function shopper(): Promise<{ client: ShopClient; pod: string }> {
    const client = shopClient();
    const { sku } = await anyVariant(client, 3);
    const { status, pod } = await client.add(sku, 2);
    expect(status).to.equal(200);
    return { client, pod };
  }

  it('`memory`: is there at its own pod and gone at any other', async () => {
    await switchTo('memory');
    const { client, pod } = await shopper();
    const others = new Set<string>();
    await eventually(
      async () => {
        const seen = await client.cart();
        expect(piecesIn(seen), seen.pod).to.equal(seen.pod === pod ? 2 : 0);
        if (seen.pod !== pod) others.add(seen.pod);
        expect(others.size, 'other pods that answered').to.equal(PODS - 1);
      },
      { withinMs: timeouts.soonMs * 4, everyMs: 1 },
    );
  });

  it('`sticky`: is there at every visit, for the load balancer comes back to its pod', async () => {
    await switchTo('sticky');
    const { client, pod } = await shopper();
    for (let visit = 0; visit < VISITS; visit += 1) {
      const seen = await client.cart();
      expect([seen.pod, piecesIn(seen)]).to.deep.equal([pod, 2]);
    }
  });

  it('`sticky`: is gone with its pod, and the shop goes on', async () => {
    await switchTo('sticky');
    const { client, pod } = await shopper();
    await deletePod(pod, { graceSeconds: 0 });
    await eventually(
      async () => {
        const seen = await client.cart();
        expect(seen.status).to.equal(200);
        expect(seen.pod).to.not.equal(pod);
        expect(piecesIn(seen)).to.equal(0);
      },
      { withinMs: timeouts.podReadyMs },
    );
  });
});
