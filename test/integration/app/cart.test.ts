// Carts and sessions on real Redis: nothing that was acknowledged is lost, whatever happens at the same time.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { Cart, ShopClient } from '../../support/shop-client.ts';
import { cookiesIn, newEmail } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('cart and session', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  before(async () => {
    shop = await startShop();
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 0 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
  });
  after(() => shop.close());

  const piecesIn = (cart: Cart): number => cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  const sku = (index: number): string => skus[index] ?? '';

  async function account(): Promise<{ email: string; password: string; name: string }> {
    const form = { email: newEmail(), password, name: 'Ada Quill' };
    await shop.client().register(form);
    return form;
  }

  function logIn(client: ShopClient, { email }: { email: string }) {
    return client.request('POST', '/api/v1/session', { email, password });
  }

  it('says what was added on the next page that is shown, however often she is led on before, and once', async () => {
    const client = shop.client();
    const form = new URLSearchParams({ sku: sku(0), quantity: '1', operationId: randomUUID() }).toString();
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await client.request('POST', '/cart/lines', form, asForm)).status).to.equal(303);
    const said = 'class="flash';
    const ledOn = await client.request('GET', '/account');
    expect(ledOn.headers.get('location')).to.match(/^\/login/);

    expect((await client.request<string>('GET', '/login')).body).to.include(said);
    expect((await client.request<string>('GET', '/login')).body).to.not.include(said);
  });

  it('loses nothing when twenty requests add to one cart at once (lost update)', async () => {
    const client = shop.client();
    await client.add(sku(0));
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.add(sku(1 + (index % 4)), 1)));
    const { body } = await client.cart();
    expect(piecesIn(body)).to.equal(21);
    expect(body.version).to.equal(21);
  });

  it('applies a repeated operation once', async () => {
    const client = shop.client();
    const operationId = randomUUID();
    await client.add(sku(0), 2, operationId);
    const again = await client.add(sku(0), 2, operationId);
    expect(piecesIn(again.body)).to.equal(2);
    expect(again.body.version).to.equal(1);
  });

  it('sets and removes a line', async () => {
    const client = shop.client();
    await client.add(sku(0), 2);
    const path = `/api/v1/cart/lines/${sku(0)}`;
    const set = await client.request<Cart>('PUT', path, { quantity: 5, operationId: randomUUID() });
    expect(piecesIn(set.body)).to.equal(5);
    const removed = await client.request<Cart>('DELETE', path, { operationId: randomUUID() });
    expect(removed.body.lines).to.deep.equal([]);
  });

  it('keeps at most ten pieces of one article, and says so for more', async () => {
    const client = shop.client();
    for (const quantity of [6, 6]) await client.add(sku(0), quantity);
    expect(piecesIn((await client.cart()).body)).to.equal(10);
    expect((await client.add(sku(0), 11)).status).to.equal(422);
  });

  it('merges parallel logins without emptying the cart (Vendure #4481)', async () => {
    const form = await account();
    const before = shop.client();
    await logIn(before, form);
    for (let index = 0; index < 10; index += 1) await before.add(sku(index));
    const guest = shop.client();
    for (let index = 5; index < 15; index += 1) await guest.add(sku(index));
    await Promise.all([1, 2, 3, 4].map(() => logIn(guest, form)));
    const fresh = shop.client();
    await logIn(fresh, form);
    const { body } = await fresh.cart();
    expect(body.lines).to.have.length(15);
    expect(piecesIn(body)).to.equal(20);
  });

  it('adds up a line that is in both carts, to at most ten (Vendure #3153)', async () => {
    const form = await account();
    const known = shop.client();
    await logIn(known, form);
    await known.add(sku(0), 7);
    const guest = shop.client();
    await guest.add(sku(0), 2);
    await guest.add(sku(1), 1);
    await logIn(guest, form);
    const { body } = await guest.cart();
    expect(body.lines.map(({ quantity }) => quantity)).to.deep.equal([9, 1]);
  });

  it('leaves the cart of an account behind at logout, and gives it back at login', async () => {
    const form = await account();
    const client = shop.client();
    await logIn(client, form);
    await client.add(sku(0), 3);
    await client.request('DELETE', '/api/v1/session');
    expect((await client.cart()).body.lines).to.deep.equal([]);
    await logIn(client, form);
    expect(piecesIn((await client.cart()).body)).to.equal(3);
  });

  it('changes the session id at login: a fixed one is worth nothing (session fixation)', async () => {
    const form = await account();
    const attacker = shop.client();
    const planted = cookiesIn(await attacker.add(sku(0)));
    const victim = shop.client();
    const answer = await victim.request('POST', '/api/v1/session', form, { cookie: planted });
    expect(answer.status).to.equal(200);
    const seen = await shop.client().request('GET', '/api/v1/orders', undefined, { cookie: planted });
    expect(seen.status).to.equal(401);
  });

  it('does not let a slow request bring back a session that logged out (logout race)', async () => {
    const form = await account();
    const client = shop.client();
    const cookie = cookiesIn(await logIn(client, form));
    const late = { cardNumber: '4000000000000259' };
    const add = await client.request<Cart>('POST', '/api/v1/cart/lines', {
      sku: sku(0),
      quantity: 1,
      operationId: randomUUID(),
    });
    const body = {
      address: { name: 'A', street: 'B 1', postcode: '10115', city: 'Berlin', country: 'DE' },
      shipping: 'pickup',
      payment: late,
      expectedTotalCents: add.body.totalCents,
    };
    const slow = client.request('POST', '/api/v1/orders', body, { cookie, 'idempotency-key': randomUUID() });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await shop.client().request('DELETE', '/api/v1/session', undefined, { cookie });
    await slow;
    const after = await shop.client().request('GET', '/api/v1/orders', undefined, { cookie });
    expect(after.status).to.equal(401);
  });

  it('ignores a cookie that was tampered with', async () => {
    const client = shop.client();
    const [cookie = ''] = cookiesIn(await client.add(sku(0))).split('; ');
    const forged = `${cookie.slice(0, -2)}xx; sid.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA`;
    const { body } = await shop.client().request<Cart>('GET', '/api/v1/cart', undefined, { cookie: forged });
    expect(body.lines).to.deep.equal([]);
  });

  it('refuses a form that another site sent', async () => {
    const body = { sku: sku(0), quantity: 1, operationId: randomUUID() };
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const answer = await shop.client().request('POST', '/api/v1/cart/lines', body, foreign);
    expect(answer.status).to.equal(403);
  });

  it('shows the catalogue and logs nobody out while Redis is away', async function () {
    this.timeout(timeouts.fixtureMs);
    const form = await account();
    const client = shop.client();
    await logIn(client, form);
    await client.add(sku(0), 2);
    const members = shop.redis.members;
    for (const member of members) shop.redis.freeze(member);
    try {
      const page = await client.request<string>('GET', '/');
      expect(page.status).to.equal(200);
      expect(page.headers.getSetCookie().filter((cookie) => cookie.startsWith('sid'))).to.deep.equal([]);
      // Who is logged in nobody can say; the cart is found by the browser's ticket, in Postgres.
      const orders = await client.orders();
      expect(orders.status).to.equal(503);
      expect(orders.headers.get('retry-after')).to.not.equal(null);
      expect(piecesIn((await client.cart()).body)).to.equal(2);
      expect((await fetch(`${shop.opsUrl}/livez`)).status).to.equal(200);
      const readiness = await fetch(`${shop.opsUrl}/readyz`);
      expect(readiness.status).to.equal(200);
      expect(await readiness.text()).to.match(/^ready, degraded: redis: /);
    } finally {
      for (const member of members) shop.redis.thaw(member);
    }
    await eventuallyOk(client);
    await eventually(
      async () => expect(await (await fetch(`${shop.opsUrl}/readyz`)).text()).to.equal('ready\n'),
      { withinMs: timeouts.soonMs },
    );
    expect(piecesIn((await client.cart()).body)).to.equal(2);
    expect((await client.orders()).status).to.equal(200);
  });

  async function eventuallyOk(client: ShopClient): Promise<void> {
    for (let tries = 0; tries < 20; tries += 1) {
      if ((await client.cart()).status === 200) return;
    }
  }
});
