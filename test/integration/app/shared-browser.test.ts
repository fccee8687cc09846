// What the next visitor of a browser finds after a logout: nothing of the account's, and what a guest did there still.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { fieldsIn, press, typed } from '../../support/checkout-form.ts';
import { eventually } from '../../support/eventually.ts';
import { newEmail, shopClient } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('a browser that others use as well', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let sku: string;
  before(async () => {
    shop = await startShop();
    const [row] = await shop.query<{ sku: string }>('SELECT min(sku) AS sku FROM variant');
    sku = row?.sku ?? '';
  });
  after(() => shop.close());

  const stock = async (pieces: number): Promise<void> => {
    await shop.query('DELETE FROM stock_hold');
    await shop.query('UPDATE variant SET stock = $2 WHERE sku = $1', [sku, pieces]);
  };

  async function register(client: ShopClient): Promise<{ email: string; password: string }> {
    const email = newEmail();
    expect((await client.register({ name: 'Ada Quill', email, password })).status).to.equal(201);
    return { email, password };
  }

  async function order(client: ShopClient): Promise<string> {
    await client.add(sku);
    const { status, body } = await client.order();
    expect(status).to.equal(201);
    return body.id;
  }

  const looks = async (client: ShopClient, id: string): Promise<number[]> => {
    const paths = [`/orders/${id}`, `/orders/${id}/confirmation`, `/api/v1/orders/${id}`];
    const answers = await Promise.all(paths.map((path) => client.request('GET', path)));
    return answers.map(({ status }) => status);
  };

  for (const strategy of ['redis', 'cookie']) {
    describe(`with the session in ${strategy}`, () => {
      let client: ShopClient;
      let port: number;
      before(async () => {
        ({ port } = await shop.another({ SHOP_SESSION_STRATEGY: strategy }));
      });
      beforeEach(async () => {
        await stock(5);
        client = shopClient(`http://127.0.0.1:${port}`);
      });

      it('shows an order of an account to nobody after the logout, and lets nobody cancel it', async () => {
        const login = await register(client);
        const id = await order(client);
        expect(await looks(client, id)).to.deep.equal([200, 200, 200]);
        await client.request('POST', '/logout');
        expect(await looks(client, id)).to.deep.equal([404, 404, 404]);
        for (const path of [`/orders/${id}/cancel`, `/api/v1/orders/${id}/cancel`]) {
          expect((await client.request('POST', path)).status, path).to.equal(404);
        }
        expect(await shop.query('SELECT status FROM purchase WHERE id = $1', [id])).to.deep.equal([
          { status: 'paid' },
        ]);
        await client.request('POST', '/api/v1/session', login);
        expect(await looks(client, id)).to.deep.equal([200, 200, 200]);
      });

      it('still shows what a guest ordered, after she has registered and logged out', async () => {
        const id = await order(client);
        await register(client);
        expect(await looks(client, id)).to.deep.equal([200, 200, 200]);
        await client.request('DELETE', '/api/v1/session');
        expect(await looks(client, id)).to.deep.equal([200, 200, 200]);
      });

      it('forgets at the logout what was typed at the checkout', async () => {
        await register(client);
        await client.add(sku);
        const page = async () => (await client.request<string>('GET', '/checkout')).body;
        const fields = fieldsIn(await page());
        // GIVEN a form that was kept, because its article is sold out just now
        await stock(0);
        expect((await press(client, fields)).headers.get('location')).to.equal('/cart');
        await stock(5);
        // WHEN she logs out, and somebody else comes to the checkout
        await client.request('POST', '/logout');
        await client.add(sku);
        const next = await page();
        expect(next).to.include('id="street"');
        for (const value of [typed.email, typed.street, typed.name]) expect(next).to.not.include(value);
      });
    });
  }

  it('shows an order of an account to the browser that placed it while nobody can say who that is', async () => {
    await stock(5);
    const client = shop.client();
    await register(client);
    const id = await order(client);
    for (const member of shop.redis.members) shop.redis.freeze(member);
    try {
      expect((await client.request('GET', `/orders/${id}`)).status).to.equal(200);
    } finally {
      for (const member of shop.redis.members) shop.redis.thaw(member);
    }
    await eventually(async () => expect((await client.request('GET', '/account')).status).to.equal(200), {
      withinMs: timeouts.localServerReadyMs,
    });
  });

  it('asks for patience, and says of no order that it is not there, while nobody can say who asks', async () => {
    await stock(5);
    const [here, elsewhere] = [shop.client(), shop.client()];
    await register(here);
    const id = await order(here);
    await register(elsewhere);
    for (const member of shop.redis.members) shop.redis.freeze(member);
    try {
      const asked = [
        ['GET', `/orders/${id}`],
        ['GET', `/api/v1/orders/${id}`],
        ['POST', `/api/v1/orders/${id}/cancel`],
        ['GET', `/orders/${randomUUID()}`],
      ] as const;
      await Promise.all(
        asked.map(async ([method, path]) => {
          const answer = await elsewhere.request(method, path);
          expect(answer.status, `${method} ${path}`).to.equal(503);
          expect(answer.headers.get('retry-after')).to.not.equal(null);
        }),
      );
    } finally {
      for (const member of shop.redis.members) shop.redis.thaw(member);
    }
    await eventually(async () => expect((await elsewhere.request('GET', '/account')).status).to.equal(200), {
      withinMs: timeouts.localServerReadyMs,
    });
  });
});
