// The catalogue's caches on real stores: what a hot page costs, how soon every pod sees a change, and that the shop
// is right with Redis away, Postgres away, a cold process, and no cache at all.
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { newEmail, shopClient } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

/** The budget: "seen by every shopper within a second". Held against the median, for the machine has other work. */
const SEEN_WITHIN_MS = 1_000;

/** How long it takes until `check` holds, in milliseconds. */
async function seenAfterMs(check: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await eventually(check, { withinMs: timeouts.soonMs, everyMs: 20 });
  return performance.now() - start;
}

function expectQuick(samples: readonly number[]): void {
  const sorted = [...samples].sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)], `of ${sorted.join(' ')} ms`).to.be.at.most(SEEN_WITHIN_MS);
}

type Counts = ReadonlyMap<string, number>;

describe('the catalogue’s caches', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let other: ShopClient;
  let staff: ShopClient;
  let slug: string;
  let sku: string;

  before(async () => {
    shop = await startShop();
    other = shopClient(`http://127.0.0.1:${(await shop.another()).port}`);
    const [row] = await shop.query<{ slug: string; sku: string }>(
      `SELECT p.slug, v.sku FROM variant v JOIN product p ON p.id = v.product_id
        WHERE v.stock > 5 ORDER BY p.position DESC LIMIT 1`,
    );
    ({ slug, sku } = row ?? { slug: '', sku: '' });
    staff = await newStaff();
    await fed();
  });
  after(() => shop.close());

  async function newStaff(): Promise<ShopClient> {
    const [client, email, password] = [shop.client(), newEmail(), 'a long enough password'];
    await client.register({ email, password, name: 'Ada' });
    await shop.query(`UPDATE account SET role = 'staff' WHERE email = $1`, [email]);
    await client.request('POST', '/login', { email, password });
    return client;
  }

  /** All samples whose name begins so, added up over labels. */
  async function counts(opsUrl = shop.opsUrl): Promise<Counts> {
    const text = await (await fetch(`${opsUrl}/metrics`)).text();
    const sums = new Map<string, number>();
    for (const [, name = '', labels = '', value] of text.matchAll(/^(\w+)(\{.*\})? (\S+)$/gm)) {
      for (const key of new Set([name, name + labels])) sums.set(key, (sums.get(key) ?? 0) + Number(value));
    }
    return sums;
  }
  const between = (before: Counts, after: Counts, name: string): number =>
    (after.get(name) ?? 0) - (before.get(name) ?? 0);

  /** What `action` costs in trips to Redis and to Postgres. Background work adds to some tries: its own cost is the least. */
  async function costOf(
    action: (attempt: number) => Promise<unknown>,
  ): Promise<{ redis: number; postgres: number }> {
    const cost = { redis: Infinity, postgres: Infinity };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = await counts();
      await action(attempt);
      const after = await counts();
      cost.redis = Math.min(cost.redis, between(before, after, 'shop_redis_operation_seconds_count'));
      cost.postgres = Math.min(cost.postgres, between(before, after, 'shop_postgres_checkouts_total'));
    }
    return cost;
  }

  const fed = () =>
    eventually(async () => expect((await counts()).get('shop_cache_feed_live')).to.equal(1), {
      withinMs: timeouts.localServerReadyMs,
    });

  async function setByStaff(change: { stock?: number; cents?: number }): Promise<void> {
    const [row] = await shop.query<{ stock: number; cents: number }>(
      'SELECT stock, price_cents AS cents FROM variant WHERE sku = $1',
      [sku],
    );
    const [stock, cents] = [row?.stock ?? 0, row?.cents ?? 0];
    const answer = await staff.request('POST', `/staff/products/${sku}`, {
      seenStock: String(stock),
      seenPrice: (cents / 100).toFixed(2),
      stock: String(change.stock ?? stock),
      price: ((change.cents ?? cents) / 100).toFixed(2),
    });
    expect(answer.status).to.equal(303);
  }

  const priceSeenBy = async (client: ShopClient) =>
    (await client.product(slug)).body.variants.find((variant) => variant.sku === sku)?.priceCents;

  it('a hot product page costs one trip to Redis and none to Postgres', async () => {
    const client = shop.client();
    await client.add(sku);
    const page = () => client.request<string>('GET', `/products/${slug}`);
    await page();
    await page();
    const cost = await costOf(async () => expect((await page()).status).to.equal(200));
    expect(cost).to.deep.equal({ redis: 1, postgres: 0 });
  });

  it('a hot cart costs no Postgres either', async () => {
    const client = shop.client();
    await client.add(sku);
    await client.cart();
    const cost = await costOf(async () => expect((await client.cart()).body.lines).to.have.length(1));
    expect(cost.postgres).to.equal(0);
  });

  it('a price set by staff is seen by shoppers of every pod within a second, and by carts at the next page', async () => {
    const client = shop.client();
    await client.add(sku);
    const samples: number[] = [];
    for (const cents of [4_321, 4_567, 5_678]) {
      await Promise.all([priceSeenBy(client), priceSeenBy(other), other.products(), client.cart()]);
      await setByStaff({ cents });
      for (const visitor of [client, other]) {
        samples.push(await seenAfterMs(async () => expect(await priceSeenBy(visitor)).to.equal(cents)));
      }
      const { body } = await client.cart();
      expect(body.lines[0]?.priceCents).to.equal(cents);
    }
    expectQuick(samples);
    expect((await client.request<string>('GET', '/cart')).body).to.match(/The price went (up|down) from/);
  });

  it('a list shows within a second that an article is sold out, and that it is back', async () => {
    const inList = async () => {
      const { body } = await other.request<{ items: { slug: string; inStock: boolean }[] }>(
        'GET',
        `/api/v1/products?q=${slug.replaceAll('-', '+')}`,
      );
      return body.items.find((item) => item.slug === slug)?.inStock;
    };
    expect(await inList()).to.equal(true);
    await shop.query(
      `UPDATE variant SET stock = 0 FROM product p WHERE p.id = product_id AND p.slug = $1 AND sku <> $2`,
      [slug, sku],
    );
    const samples: number[] = [];
    for (const stock of [0, 50, 0, 50]) {
      await setByStaff({ stock });
      samples.push(await seenAfterMs(async () => expect(await inList()).to.equal(stock > 0)));
    }
    expectQuick(samples);
  });

  it('an order takes its pieces off everybody’s page within a second', async () => {
    const stockSeen = async () =>
      (await other.product(slug)).body.variants.find((variant) => variant.sku === sku)?.stock ?? 0;
    const samples: number[] = [];
    for (let orders = 0; orders < 3; orders += 1) {
      const stock = await stockSeen();
      const client = shop.client();
      await client.add(sku, 2);
      expect((await client.order()).status).to.equal(201);
      samples.push(await seenAfterMs(async () => expect(await stockSeen()).to.equal(stock - 2)));
    }
    expectQuick(samples);
  });

  it('many shoppers of a cold process make one load per article', async () => {
    const cold = await shop.another();
    const opsUrl = `http://127.0.0.1:${cold.opsPort}`;
    const visits = Array.from({ length: 40 }, () =>
      fetch(`http://127.0.0.1:${cold.port}/api/v1/products/${slug}`),
    );
    for (const answer of await Promise.all(visits)) expect(answer.status).to.equal(200);
    const seen = await counts(opsUrl);
    const loads = ['redis', 'postgres'].map(
      (from) => seen.get(`shop_cache_loads_total{cache="article",from="${from}"}`) ?? 0,
    );
    // Two where the feed came alive in between and all was forgotten.
    expect(loads[0]! + loads[1]!).to.be.within(1, 2);
    await cold.stop();
  });

  it('an article that does not exist is looked for once, not for every visitor', async () => {
    const cost = await costOf(async (attempt) => {
      for (let visit = 0; visit < 5; visit += 1) {
        expect((await shop.client().product(`no-such-thing-${attempt}`)).status).to.equal(404);
      }
    });
    expect(cost.postgres).to.equal(1);
  });

  it('without the cache every page is right, from Postgres', async () => {
    const plain = await shop.another({ SHOP_CATALOG_CACHE: 'false' });
    const client = shopClient(`http://127.0.0.1:${plain.port}`);
    for (const path of ['/', `/products/${slug}`, '/category/tops', '/search?q=shirt']) {
      expect((await client.request('GET', path)).status, path).to.equal(200);
    }
    await shop.query('UPDATE variant SET price_cents = 7777 WHERE sku = $1', [sku]);
    expect(await priceSeenBy(client)).to.equal(7_777);
    await plain.stop();
  });

  it('with Postgres away, what was seen before is still shown', async () => {
    await Promise.all([other.request('GET', `/products/${slug}`), other.request('GET', '/')]);
    await shop.postgres.crash();
    try {
      expect((await other.request('GET', `/products/${slug}`)).status).to.equal(200);
      expect((await other.request('GET', '/')).status).to.equal(200);
    } finally {
      await shop.postgres.start();
    }
  });

  it('with Redis away a change is still seen soon, and again when it is back', async () => {
    const visitor = shop.client();
    await priceSeenBy(visitor);
    for (const member of shop.redis.members) shop.redis.freeze(member);
    try {
      await shop.query('UPDATE variant SET price_cents = 8888 WHERE sku = $1', [sku]);
      await seenAfterMs(async () => expect(await priceSeenBy(visitor)).to.equal(8_888));
    } finally {
      for (const member of shop.redis.members) shop.redis.thaw(member);
    }
    await fed();
    await setByStaff({ cents: 9_999 });
    await seenAfterMs(async () => expect(await priceSeenBy(visitor)).to.equal(9_999));
  });
});
