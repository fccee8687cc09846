// A real Redis that is full, stopped, or without its replica: pages and carts go on from Postgres, what staff have saved
// is said to be saved, and nothing is answered with an error of ours.
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { holdMails, resetTokenFor } from '../../support/reset-mail.ts';
import { newEmail, shopClient } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { masterName } from '../../support/redis-set.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('Redis in trouble', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  before(async () => {
    shop = await startShop();
    // A frozen master stays the master: these tests are about one that is away, not about who follows it.
    const patience = ['down-after-milliseconds', '600000'];
    await shop.redis.connect('sentinel-0').call('sentinel', 'set', masterName, ...patience);
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 9 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
  });
  after(() => shop.close());

  const sku = (index: number): string => skus[index] ?? '';
  const slugOf = (index: number): string => sku(index).split('-').slice(0, -2).join('-');

  async function without<T>(members: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const member of members) shop.redis.freeze(member);
    try {
      return await work();
    } finally {
      for (const member of members) shop.redis.thaw(member);
      await eventually(async () => expect((await shop.client().add(sku(9))).status).to.equal(200), {
        withinMs: timeouts.localServerReadyMs,
      });
    }
  }

  async function whileFull<T>(work: () => Promise<T>): Promise<T> {
    const members = shop.redis.members.map((member) => shop.redis.connect(member));
    for (const member of members) await member.config('SET', 'maxmemory', '1');
    try {
      return await work();
    } finally {
      for (const member of members) await member.config('SET', 'maxmemory', '0');
    }
  }

  /** It answers and takes no changes: what a master does that has lost its replicas. */
  async function whileRefusing<T>(work: () => Promise<T>): Promise<T> {
    const members = shop.redis.members.map((member) => shop.redis.connect(member));
    for (const member of members) await member.config('SET', 'min-replicas-to-write', '99');
    try {
      return await work();
    } finally {
      for (const member of members) await member.config('SET', 'min-replicas-to-write', '0');
      await eventually(async () => expect((await shop.client().add(sku(9))).status).to.equal(200), {
        withinMs: timeouts.localServerReadyMs,
      });
    }
  }

  async function newStaff(client: ShopClient): Promise<ShopClient> {
    const email = newEmail();
    await client.register({ email, password, name: 'Ada' });
    await shop.query(`UPDATE account SET role = 'staff' WHERE email = $1`, [email]);
    await client.request('POST', '/login', { email, password });
    return client;
  }

  /** Sets the price of a variant; the answer's status. */
  async function setPrice(staff: ShopClient, index: number, cents: number): Promise<number> {
    const [row] = await shop.query<{ stock: number; cents: number }>(
      'SELECT stock, price_cents AS cents FROM variant WHERE sku = $1',
      [sku(index)],
    );
    const form = {
      ...{ seenStock: String(row?.stock), stock: String(row?.stock) },
      ...{ seenPrice: ((row?.cents ?? 0) / 100).toFixed(2), price: (cents / 100).toFixed(2) },
    };
    return (await staff.request('POST', `/staff/products/${sku(index)}`, form)).status;
  }

  const priceSeen = async (client: ShopClient, index: number) =>
    (await client.product(slugOf(index))).body.variants.find((one) => one.sku === sku(index))?.priceCents;

  it('says that a change of staff is saved although Redis is stopped, and shows it', async () => {
    const { port } = await shop.another({ SHOP_SESSION_STRATEGY: 'cookie' });
    const url = `http://127.0.0.1:${port}`;
    const staff = await newStaff(shopClient(url));
    const shopper = shopClient(url);
    await priceSeen(shopper, 0);
    await without(shop.redis.members, async () => {
      expect(await setPrice(staff, 0, 4_321)).to.equal(303);
      await eventually(async () => expect(await priceSeen(shopper, 0)).to.equal(4_321), {
        withinMs: timeouts.soonMs,
      });
    });
  });

  it('says so although no replica confirms what Redis was told', async () => {
    const staff = await newStaff(shop.client());
    await without(['redis-1'], async () => expect(await setPrice(staff, 1, 4_321)).to.equal(303));
  });

  it('shows staff at once what they saved while Redis answers with old copies and takes no new ones', async () => {
    const staff = await newStaff(shop.client());
    await priceSeen(staff, 7);
    await whileRefusing(async () => {
      for (const cents of [6_543, 7_654]) {
        expect(await setPrice(staff, 7, cents)).to.equal(303);
        // Behind an answer out of Redis: its refusal made every connection look for another master.
        expect((await staff.orders()).status).to.equal(200);
        expect(await priceSeen(staff, 7)).to.equal(cents);
      }
    });
  });

  it('sets a forgotten password although Redis is stopped, and says that other devices stay logged in', async () => {
    const email = newEmail();
    await shop.client().register({ email, password, name: 'Ada' });
    await holdMails(shop);
    await shop.client().request('POST', '/password/forgot', { email });
    const form = { token: await resetTokenFor(shop, email), newPassword: 'another long password' };
    const visitor = shop.client();
    const login = await without(shop.redis.members, async () => {
      expect((await visitor.request('POST', '/password/reset', form)).status).to.equal(303);
      return visitor.request<string>('GET', '/login');
    });
    expect(login.body).to.include('Other devices could not be logged out just now');
    const again = { email, password: form.newPassword };
    expect((await visitor.request('POST', '/login', again)).status).to.equal(303);
  });

  it('shows pages, known and new, while Redis is full', async () => {
    const client = shop.client();
    await client.product(slugOf(2));
    await whileFull(async () => {
      for (const path of ['/', `/products/${slugOf(2)}`, `/products/${slugOf(30)}`, '/search?q=shirt']) {
        expect((await client.request('GET', path)).status, path).to.equal(200);
      }
      expect((await client.request('GET', '/login')).status).to.equal(200);
    });
  });

  it('keeps changing a cart while Redis is full, in Postgres', async () => {
    const client = shop.client();
    await client.add(sku(3), 2);
    await whileFull(async () => {
      expect((await client.add(sku(4), 3)).status).to.equal(200);
      const { body } = await client.cart();
      expect(body.lines.map(({ quantity }) => quantity)).to.have.members([2, 3]);
    });
  });

  it('asks a visitor who would need a new session to come again while Redis is full', async () => {
    const [email, known] = [newEmail(), shop.client()];
    await known.register({ email, password, name: 'Ada' });
    await whileFull(async () => {
      const login = shop.client().request<unknown>('POST', '/login', { email, password });
      const first = shop.client().add(sku(5));
      for (const { status, headers } of await Promise.all([login, first])) {
        expect(status).to.equal(503);
        expect(headers.get('retry-after')).to.equal('2');
      }
    });
  });

  it('shows pages to whom has been logged in for so long that the session is due, while Redis is full', async () => {
    const { port } = await shop.another({ SHOP_SESSION_IDLE_MS: '6000' });
    const client = shopClient(`http://127.0.0.1:${port}`);
    await client.register({ email: newEmail(), password, name: 'Ada' });
    await sleep(3_200);
    await whileFull(async () => {
      expect((await client.request('GET', '/')).status).to.equal(200);
    });
    expect((await client.request('GET', '/account')).status, 'and is renewed').to.equal(200);
  });

  it('deletes no account whose other devices cannot be logged out just now', async () => {
    const [page, program] = [newEmail(), newEmail()];
    const [browser, caller] = [shop.client(), shop.client()];
    await browser.register({ email: page, password, name: 'Ada' });
    await caller.register({ email: program, password, name: 'Ada' });
    await whileFull(async () => {
      const answers = await Promise.all([
        browser.request('POST', '/account/delete', { password }),
        caller.request('DELETE', '/api/v1/account', { password }),
      ]);
      expect(answers.map(({ status }) => status)).to.deep.equal([503, 503]);
    });
    const kept = await shop.query('SELECT FROM account WHERE email = ANY($1)', [[page, program]]);
    expect(kept).to.have.length(2);
    expect((await caller.request('DELETE', '/api/v1/account', { password })).status).to.equal(204);
  });

  it('saves what staff change while Redis is full, and shows it to everybody', async () => {
    const staff = await newStaff(shop.client());
    const other = shopClient(`http://127.0.0.1:${(await shop.another()).port}`);
    await Promise.all([priceSeen(staff, 6), priceSeen(other, 6)]);
    await whileFull(async () => {
      expect(await setPrice(staff, 6, 5_432)).to.equal(303);
      await eventually(async () => expect(await priceSeen(other, 6)).to.equal(5_432), {
        withinMs: timeouts.soonMs,
      });
    });
  });
});
