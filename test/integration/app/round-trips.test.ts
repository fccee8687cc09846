// What the pages that matter cost in trips to the stores, counted where the bytes go out.
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { slugOf } from '../../../app/catalog/seed-product.ts';
import { eventually } from '../../support/eventually.ts';
import { anyVariant, newEmail, shopClient } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';
import { watchWire } from '../../support/wire.ts';
import type { Trip, Wire } from '../../support/wire.ts';

const TRIES = 7;

describe('trips to the stores', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let wire: Wire;
  let client: ShopClient;
  let sku: string;

  before(async () => {
    shop = await startShop();
    const servers = [
      [6_379, 'redis'],
      [shop.config.SHOP_POSTGRES_PORT, 'postgres'],
    ] as const;
    wire = watchWire(new Map(servers));
    client = shop.client();
    ({ sku } = await anyVariant(client, 20));
    await client.add(sku);
    await client.request('GET', '/cart');
    await eventually(
      async () => expect(await (await fetch(`${shop.opsUrl}/metrics`)).text()).to.match(/feed_live 1/),
      { withinMs: timeouts.localServerReadyMs },
    );
  });
  after(async () => {
    wire.stop();
    await shop.close();
  });

  /** The trips of one `action`. Background work adds to some tries: its own are the fewest. */
  async function tripsOf(
    action: () => Promise<{ status: number }>,
    status: number,
    prepare?: () => Promise<unknown>,
  ): Promise<Trip[]> {
    const tries: Trip[][] = [];
    for (let turn = 0; turn < TRIES; turn += 1) {
      await prepare?.();
      await eventually(() => Promise.resolve(expect(wire.taken()).to.deep.equal([])), {
        withinMs: timeouts.soonMs,
        everyMs: 50,
      });
      const answer = await action();
      tries.push(wire.taken());
      expect(answer.status).to.equal(status);
    }
    return tries.sort((a, b) => a.length - b.length)[0] ?? [];
  }

  const fields = () => ({ sku, quantity: '1', operationId: randomUUID() });

  it('a hot product page: one to Redis', async () => {
    const trips = await tripsOf(() => client.request('GET', `/products/${slugOf(sku)}`), 200);
    expect(trips.map(({ server }) => server)).to.deep.equal(['redis']);
  });

  it('the cart’s page: one to Redis, for the session and the cart', async () => {
    const trips = await tripsOf(() => client.request('GET', '/cart'), 200);
    expect(trips.map(({ server }) => server)).to.deep.equal(['redis']);
  });

  it('adding to the cart: one to Redis, with the session, the change and its WAIT', async () => {
    const trips = await tripsOf(() => client.request('POST', '/cart/lines', fields()), 303);
    expect(trips.filter(({ server }) => server === 'redis')).to.have.length(1);
    expect(trips[0]?.text.match(/evalsha|wait/g)).to.deep.equal(['evalsha', 'wait']);
  });

  it('what is sent before the session is known changes nothing for a session that has ended', async () => {
    const account = { email: newEmail(), password: 'a long enough password', name: 'Ada' };
    const [lost, owner] = [shop.client(), shop.client()];
    // GIVEN a browser that holds the ticket of the account's cart, and whose session is ended from elsewhere
    await lost.register(account);
    await lost.add(sku);
    await owner.request('POST', '/api/v1/session', account);
    await owner.request('POST', '/account/sessions/revoke-all', {});
    // WHEN it adds to the cart, it is a new guest; THEN the account's cart is as it was
    expect((await lost.add(sku)).status).to.equal(200);
    await owner.request('POST', '/api/v1/session', account);
    expect((await owner.cart()).body.lines.map(({ quantity }) => quantity)).to.deep.equal([1]);
  });

  it('what is sent before the session is known is done once, and answered as ever', async () => {
    const [guest, operationId] = [shop.client(), randomUUID()];
    await guest.add(sku);
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await guest.add(sku, 2, operationId);
      expect(status).to.equal(200);
      expect(body.lines.map(({ quantity }) => quantity)).to.deep.equal([3]);
    }
    expect((await guest.cart()).body.version).to.equal(2);
  });

  it('an order: one transaction', async () => {
    // Without the second copy of the cart, whose own transaction comes behind every change of it.
    const pod = await shop.another({ SHOP_CART_WRITE_THROUGH: 'off' });
    const buyer = shopClient(`http://127.0.0.1:${pod.port}`);
    let totalCents = 0;
    const fill = async () => {
      totalCents = (await buyer.add(sku)).body.totalCents;
    };
    const order = () => buyer.order({ expectedTotalCents: totalCents });
    const trips = await tripsOf(order, 201, fill);
    const sent = trips.filter(({ server }) => server === 'postgres').map(({ text }) => text);
    const borders = sent.join('').match(/BEGIN|COMMIT|ROLLBACK/g);
    expect(borders).to.deep.equal(['BEGIN', 'COMMIT']);
    await pod.stop();
  });
});
