// The web tier keeps nothing: a cart is the same whichever pod answers, and stays when its pod goes.
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { deletePod } from '../support/faults.ts';
import { nameOf } from '../support/kubectl.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import type { Cart, ShopClient } from '../support/shop-client.ts';
import { untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const linesOf = ({ lines }: Cart): { sku: string; quantity: number }[] =>
  lines.map(({ sku, quantity }) => ({ sku, quantity }));

describe('a cart', function () {
  this.timeout(timeouts.e2eTestMs);
  let pods: string[];

  beforeEach(async () => {
    pods = (await untilReady('app', 3)).map(nameOf);
  });

  /** Asks until every pod has answered once; returns the cart as each of them sees it. */
  async function cartSeenBy(client: ShopClient, expected: readonly string[]): Promise<Map<string, Cart>> {
    const seen = new Map<string, Cart>();
    await eventually(
      async () => {
        const answer = await client.cart();
        expect(answer.status, `asked ${answer.pod}`).to.equal(200);
        seen.set(answer.pod, answer.body);
        expect([...seen.keys()], 'pods that answered').to.include.members([...expected]);
      },
      { withinMs: timeouts.soonMs * 4, everyMs: 1 },
    );
    return seen;
  }

  it('is the same at each of the app pods', async () => {
    const client = shopClient();
    const { sku } = await anyVariant(client, 3);
    expect((await client.add(sku, 2)).status).to.equal(200);
    const seen = await cartSeenBy(client, pods);
    for (const [pod, cart] of seen) expect(linesOf(cart), pod).to.deep.equal([{ sku, quantity: 2 }]);
  });

  it('holds the sum of what was added through different pods', async () => {
    const client = shopClient();
    const { sku } = await anyVariant(client, 9);
    const answeredBy = new Set<string>();
    for (let piece = 1; piece <= 9; piece += 1) {
      const answer = await client.add(sku);
      expect(linesOf(answer.body)).to.deep.equal([{ sku, quantity: piece }]);
      answeredBy.add(answer.pod);
    }
    expect(answeredBy.size, 'pods that took a change').to.be.greaterThan(1);
  });

  it('takes a change once, however often it is repeated', async () => {
    const client = shopClient();
    const { sku } = await anyVariant(client, 3);
    const operationId = '5f0c7a52-5b5e-4f0a-9a39-8d3c1b1f2a11';
    for (let times = 0; times < 3; times += 1) await client.add(sku, 1, operationId);
    expect(linesOf((await client.cart()).body)).to.deep.equal([{ sku, quantity: 1 }]);
  });

  it('survives the pod that answered being killed in mid-session, and nobody is logged out', async () => {
    const client = shopClient();
    const account = {
      email: `${Date.now()}@example.org`,
      password: 'a rather long sentence',
      name: 'Ada Quill',
    };
    expect((await client.register(account)).status).to.equal(201);
    const { sku } = await anyVariant(client, 2);
    const added = await client.add(sku, 2);
    await deletePod(added.pod, { graceSeconds: 0 });
    const after = await client.cart();
    expect(after.status).to.equal(200);
    expect(linesOf(after.body)).to.deep.equal([{ sku, quantity: 2 }]);
    expect((await client.orders()).status, 'order history of who is logged in').to.equal(200);
    await eventually(async () => expect((await untilReady('app', 3)).map(nameOf)).to.not.include(added.pod), {
      withinMs: timeouts.podReadyMs,
    });
  });
});
