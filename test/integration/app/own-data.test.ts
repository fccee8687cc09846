// What customers may take with them, and what is left of them when they leave.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import * as answers from '../../../app/openapi/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { anyVariant, newEmail } from '../../support/shop-client.ts';
import type { Order, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const nobody = { name: '', street: '', postcode: '', city: '', country: '' };
const address = { name: 'Ada', street: 'Ahornweg 5', postcode: '10115', city: 'Berlin', country: 'DE' };

describe('one’s own data', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let sku: string;
  before(async () => {
    shop = await startShop();
    ({ sku } = await anyVariant(shop.client(), 20));
  });
  after(() => shop.close());

  interface Customer {
    readonly client: ShopClient;
    /** The same account on another device. */
    readonly other: ShopClient;
    readonly id: string;
    readonly email: string;
    readonly order: Order;
  }

  /** Somebody with an address, an order, two pieces in the cart and two devices. */
  async function customer(): Promise<Customer> {
    const [client, other] = [shop.client(), shop.client()];
    const email = newEmail();
    const { body } = await client.register({ name: 'Ada Quill', email, password });
    await other.request('POST', '/api/v1/session', { email, password });
    await client.request('POST', '/api/v1/account/addresses', address);
    await client.add(sku);
    const order = (await client.order({ email })).body;
    await client.add(sku, 2);
    return { client, other, id: answers.account.parse(body).id, email, order };
  }

  const countOf = async (statement: string, value: string): Promise<number> =>
    (await shop.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${statement}`, [value]))[0]?.n ?? -1;

  it('comes as a file with the account, addresses, orders, cart and sessions', async () => {
    const { client, id, email, order } = await customer();
    const answer = await client.request('GET', '/account/export');
    expect(answer.headers.get('content-disposition')).to.include('my-data.json');
    const everything = answers.everything.parse(answer.body);
    expect(everything.account).to.include({ id, email, name: 'Ada Quill' });
    expect(everything.addresses).to.have.length(1);
    expect(everything.addresses[0]).to.include(address);
    expect(everything.orders.map(({ number }) => number)).to.deep.equal([order.number]);
    expect(everything.cart).to.deep.equal([{ sku, quantity: 2 }]);
    expect(everything.sessions.map(({ current }) => current)).to.deep.equal([false, true]);
    for (const { startedAt } of everything.sessions) {
      expect(Date.now() - Date.parse(startedAt)).to.be.within(0, timeouts.fixtureMs);
    }
  });

  it('comes to a program as the same', async () => {
    const { client } = await customer();
    const [page, api] = [
      await client.request('GET', '/account/export'),
      await client.request('GET', '/api/v1/account/export'),
    ];
    expect(api.body).to.deep.equal(page.body);
  });

  it('has no key by which a session could be ended', async () => {
    const { client } = await customer();
    const { body } = await client.request('GET', '/api/v1/account/sessions');
    const text = JSON.stringify((await client.request('GET', '/account/export')).body);
    for (const { key } of answers.sessions.parse(body).items) expect(text).to.not.include(key);
  });

  describe('after the account was deleted', () => {
    let gone: Customer;
    before(async () => {
      gone = await customer();
      const answer = await gone.client.request('POST', '/account/delete', { password });
      expect(answer.status).to.equal(303);
    });

    it('has no account and no addresses', async () => {
      expect(await countOf('account WHERE id = $1', gone.id)).to.equal(0);
      expect(await countOf('address WHERE account_id = $1', gone.id)).to.equal(0);
    });

    it('has no cart', async () => {
      const master = shop.redis.connect('redis-0', 'app');
      expect(await master.exists(`cart:u-${gone.id}`)).to.equal(0);
      expect(await countOf('cart WHERE holder = $1', `u-${gone.id}`)).to.equal(0);
    });

    it('has no session, on no device', async () => {
      for (const client of [gone.client, gone.other]) {
        expect((await client.request('GET', '/api/v1/account')).status).to.equal(401);
      }
    });

    it('has an order that nobody sees, not even the browser that placed it, nor can cancel', async () => {
      const path = `/orders/${gone.order.id}`;
      expect((await gone.client.request('GET', path)).status).to.equal(404);
      expect((await gone.client.request('POST', `${path}/cancel`)).status).to.equal(404);
    });

    it('has the order without the person', async () => {
      const [order] = await shop.query(
        'SELECT account_id, email, address, status FROM purchase WHERE id = $1',
        [gone.order.id],
      );
      expect(order).to.deep.include({ account_id: null, email: '' });
      expect(order?.address).to.deep.equal(nobody);
      expect(await countOf('purchase_line WHERE purchase_id = $1', gone.order.id)).to.equal(1);
    });
  });

  const somebodyWaits = () =>
    eventually(
      async () => {
        const rows = await shop.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        expect(rows).to.have.length(1);
      },
      { withinMs: timeouts.soonMs, everyMs: 20 },
    );

  it('regression: is in no order that is being placed while the account is deleted', async () => {
    // GIVEN an order that is written and not committed yet
    const { client, id: accountId, order } = await customer();
    const id = randomUUID();
    const checkout = new pg.Client(shop.postgres.url('app'));
    await checkout.connect();
    try {
      await checkout.query('BEGIN');
      await checkout.query(
        `INSERT INTO purchase (id, cart_id, account_id, email, status, address, shipping, currency, subtotal_cents,
                               shipping_cents, total_cents, card_last_four, held_until)
         SELECT $1, 'another cart', account_id, email, status, address, shipping, currency, subtotal_cents,
                shipping_cents, total_cents, card_last_four, held_until
           FROM purchase WHERE id = $2 AND account_id = $3`,
        [id, order.id, accountId],
      );
      // WHEN the account is deleted, and then the order is committed
      const deletion = client.request('POST', '/account/delete', { password });
      await somebodyWaits();
      await checkout.query('COMMIT');
      expect((await deletion).status).to.equal(303);
    } finally {
      await checkout.end();
    }
    // THEN it stays without the person, too
    const [placed] = await shop.query('SELECT account_id, email, address FROM purchase WHERE id = $1', [id]);
    expect(placed).to.deep.equal({ account_id: null, email: '', address: nobody });
  });
});
