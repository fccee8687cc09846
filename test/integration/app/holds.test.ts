// Stock held at the checkout: who looks at the page with the last piece can buy it, for a while; everybody else is
// told, and gets it when the time is over.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { sweepHolds } from '../../../app/checkout/holds.ts';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { createLog } from '../../../app/platform/log.ts';
import { createMetrics } from '../../../app/platform/metrics.ts';
import { openDatabase } from '../../../app/stores.ts';
import { eventually } from '../../support/eventually.ts';
import { orderOf } from '../../support/shop-client.ts';
import type { Order, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('stock held at the checkout', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let next = 0;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  async function variantWith(stock: number): Promise<string> {
    const sql = 'SELECT sku FROM variant WHERE stock > 0 ORDER BY sku OFFSET $1 LIMIT 1';
    const [row] = await shop.query<{ sku: string }>(sql, [next++]);
    await shop.query('UPDATE variant SET stock = $2 WHERE sku = $1', [row?.sku, stock]);
    return row?.sku ?? '';
  }

  async function shopperWith(sku: string, quantity = 1): Promise<ShopClient> {
    const client = shop.client();
    expect((await client.add(sku, quantity)).status).to.equal(200);
    return client;
  }

  const look = (client: ShopClient) => client.request<string>('GET', '/checkout');
  const stockOf = async (sku: string) =>
    (await shop.query<{ stock: number }>('SELECT stock FROM variant WHERE sku = $1', [sku]))[0]?.stock;

  it('goes to whoever came to the checkout first; the other one is told and keeps the cart', async () => {
    const sku = await variantWith(1);
    const [first, second] = [await shopperWith(sku), await shopperWith(sku)];
    const page = await look(first);
    expect(page.body).to.include('Held for you for 9 minutes');
    expect((await second.order()).status).to.equal(409);
    const refused = await look(second);
    expect(refused.headers.get('location')).to.equal('/cart');
    expect((await second.request<string>('GET', '/cart')).body).to.include('Sold out');
    expect((await first.request<string>('GET', '/cart')).body).to.not.include('Sold out');
    expect((await first.order()).status).to.equal(201);
    expect(await stockOf(sku)).to.equal(0);
    expect(await shop.query('SELECT FROM stock_hold WHERE sku = $1', [sku])).to.have.length(0);
  });

  it('follows the cart when the shopper comes back with another quantity, without more time', async () => {
    const sku = await variantWith(10);
    const client = await shopperWith(sku, 2);
    await look(client);
    await shop.query(`UPDATE stock_hold SET expires_at = now() + interval '150 s' WHERE sku = $1`, [sku]);
    await client.add(sku, 3);
    expect((await look(client)).body).to.include('Held for you for 2 minutes');
    expect(await stockOf(sku)).to.equal(5);
    await client.request('DELETE', `/api/v1/cart/lines/${sku}`, { operationId: randomUUID() });
    await client.add(await variantWith(4));
    await look(client);
    expect(await stockOf(sku)).to.equal(10);
  });

  it('is over in time: the next buyer gets the piece at once, without waiting for the sweeper', async () => {
    const sku = await variantWith(1);
    const [first, second] = [await shopperWith(sku), await shopperWith(sku)];
    await look(first);
    await shop.query(`UPDATE stock_hold SET expires_at = now() - interval '1 s' WHERE sku = $1`, [sku]);
    expect((await second.order()).status).to.equal(201);
    expect((await first.order()).status).to.equal(409);
    expect(await stockOf(sku)).to.equal(0);
  });

  it('is swept by several pods at once, and given back once', async () => {
    const skus = [await variantWith(5), await variantWith(5)];
    for (const sku of skus) await look(await shopperWith(sku, 2));
    await shop.query(`UPDATE stock_hold SET expires_at = now() - interval '1 s'`);
    const db = openDatabase(shop.config, createMetrics(), createLog({ level: 'silent', pod: 'test' }));
    try {
      await Promise.all([1, 2, 3].map(() => db.transaction(sweepHolds, deadlineIn(5_000))));
    } finally {
      await db.close();
    }
    expect(await Promise.all(skus.map(stockOf))).to.deep.equal([5, 5]);
  });

  it('regression: two buyers of the last piece make one order and one polite refusal', async () => {
    const sku = await variantWith(1);
    const buyers = await Promise.all([1, 2].map(() => shopperWith(sku)));
    await Promise.all(buyers.map(look));
    const answers = await Promise.all(buyers.map((client) => client.order()));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).to.include({ code: 'stock-changed' });
    expect(await stockOf(sku)).to.equal(0);
  });

  it('regression: a double submit during a database restart makes one order and takes the stock once', async () => {
    const sku = await variantWith(5);
    const client = await shopperWith(sku, 2);
    await look(client);
    const { body: cart } = await client.cart();
    const key = { 'idempotency-key': randomUUID() };
    const submit = () => client.request<Order>('POST', '/api/v1/orders', orderOf(cart.totalCents), key);
    const crash = shop.postgres.crash();
    const first = submit();
    await crash;
    const second = submit();
    await shop.postgres.start();
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).to.equal(1);
    await eventually(async () => expect(await stockOf(sku)).to.equal(3), { withinMs: timeouts.soonMs });
  });

  it('regression: a restart while the bank takes its time leaves one order, however often it is sent', async () => {
    const sku = await variantWith(5);
    const client = await shopperWith(sku);
    const { body: cart } = await client.cart();
    const key = { 'idempotency-key': randomUUID() };
    const body = { ...orderOf(cart.totalCents), payment: { cardNumber: '4000000000000259' } };
    const submit = () => client.request<Order>('POST', '/api/v1/orders', body, key);
    const first = submit();
    await shop.postgres.crash();
    await shop.postgres.start();
    const answers = [await first, await submit()];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 200]);
    const orders = await shop.query('SELECT status FROM purchase WHERE id = $1', [answers[0]?.body.id]);
    expect(orders).to.deep.equal([{ status: 'paid' }]);
    expect(await stockOf(sku)).to.equal(4);
  });
});
