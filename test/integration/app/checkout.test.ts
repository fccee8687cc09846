// Ordering under real concurrency: one order per intention, stock never below zero, nothing half-written.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { orderOf } from '../../support/shop-client.ts';
import type { Order, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

interface Told {
  readonly method: string;
  readonly totalCents: number;
}

describe('checkout', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  async function stockOf(sku: string): Promise<number> {
    const [row] = await shop.query<{ stock: number }>('SELECT stock FROM variant WHERE sku = $1', [sku]);
    return row?.stock ?? -1;
  }

  /** A variant nobody else in this file uses, with exactly `stock` pieces. */
  let next = 0;
  async function variantWith(stock: number): Promise<string> {
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY sku OFFSET $1 LIMIT 1', [
      next++,
    ]);
    const sku = rows[0]?.sku ?? '';
    await shop.query('UPDATE variant SET stock = $2 WHERE sku = $1', [sku, stock]);
    return sku;
  }

  async function shopperWith(sku: string, quantity = 1): Promise<{ client: ShopClient; total: number }> {
    const client = shop.client();
    const { body } = await client.add(sku, quantity);
    return { client, total: body.totalCents };
  }

  function post(client: ShopClient, total: number, key: string, more: object = {}) {
    const body = { ...orderOf(total), ...more };
    return client.request<Order>('POST', '/api/v1/orders', body, { 'idempotency-key': key });
  }

  it('gives a double click one order, and takes the stock once', async () => {
    const sku = await variantWith(10);
    const { client, total } = await shopperWith(sku, 2);
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(client, total, key)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).to.equal(1);
    expect(await stockOf(sku)).to.equal(8);
  });

  it('gives two tabs with different keys one order for the one cart', async () => {
    const sku = await variantWith(10);
    const { client, total } = await shopperWith(sku);
    const answers = await Promise.all([post(client, total, randomUUID()), post(client, total, randomUUID())]);
    const orders = answers.filter(({ status }) => status < 300).map(({ body }) => body.id);
    expect(new Set(orders).size).to.equal(1);
    expect(await stockOf(sku)).to.equal(9);
  });

  it('takes the total with delivery that the cart has told', async () => {
    const { client } = await shopperWith(await variantWith(5));
    const { shipping } = (await client.request<{ shipping: Told[] }>('GET', '/api/v1/cart')).body;
    const express = shipping.find(({ method }) => method === 'express')?.totalCents ?? 0;
    const placed = await post(client, express, randomUUID(), { shipping: 'express' });
    expect([placed.status, placed.body.totalCents]).to.deep.equal([201, express]);
  });

  it('answers a repeated key with the same order after the cart is empty', async () => {
    const sku = await variantWith(5);
    const { client, total } = await shopperWith(sku);
    const key = randomUUID();
    const first = await post(client, total, key);
    const again = await post(client, total, key);
    expect([first.status, again.status]).to.deep.equal([201, 200]);
    expect(again.body.id).to.equal(first.body.id);
  });

  it('refuses a key that comes back with other contents', async () => {
    const sku = await variantWith(5);
    const { client, total } = await shopperWith(sku);
    const key = randomUUID();
    await post(client, total, key);
    const again = await post(client, total, key, { shipping: 'express' });
    expect(again.status).to.equal(422);
  });

  it('never oversells: twenty buyers of the last three pieces make three orders (Saleor #543)', async () => {
    const sku = await variantWith(3);
    const buyers = await Promise.all(Array.from({ length: 20 }, () => shopperWith(sku)));
    const answers = await Promise.all(buyers.map(({ client, total }) => post(client, total, randomUUID())));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(3);
    expect(answers.filter(({ status }) => status === 409)).to.have.length(17);
    expect(await stockOf(sku)).to.equal(0);
    const [sold] = await shop.query<{ sum: string }>(
      `SELECT sum(quantity) FROM purchase_line l JOIN purchase p ON p.id = l.purchase_id
        WHERE sku = $1 AND status = 'paid'`,
      [sku],
    );
    expect(Number(sold?.sum)).to.equal(3);
  });

  it('does not deadlock on carts with the same articles in another order', async () => {
    const [a, b] = [await variantWith(40), await variantWith(40)];
    const buyers = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const client = shop.client();
        const skus = index % 2 === 0 ? [a, b] : [b, a];
        for (const sku of skus) await client.add(sku);
        return { client, total: (await client.cart()).body.totalCents };
      }),
    );
    const answers = await Promise.all(buyers.map(({ client, total }) => post(client, total, randomUUID())));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(12).fill(201));
    expect([await stockOf(a), await stockOf(b)]).to.deep.equal([28, 28]);
  });

  it('takes no pieces and keeps the cart when the card is declined', async () => {
    const sku = await variantWith(4);
    const { client, total } = await shopperWith(sku, 2);
    const declined = await post(client, total, randomUUID(), { payment: { cardNumber: '4000000000000002' } });
    expect(declined.status).to.equal(402);
    expect(await stockOf(sku)).to.equal(4);
    expect((await client.cart()).body.lines).to.have.length(1);
    const paid = await post(client, total, randomUUID());
    expect(paid.status).to.equal(201);
    expect(await stockOf(sku)).to.equal(2);
  });

  it('refuses when the total seen has changed, and leaves everything as it was', async () => {
    const sku = await variantWith(4);
    const { client, total } = await shopperWith(sku);
    await shop.query('UPDATE variant SET price_cents = price_cents + 100 WHERE sku = $1', [sku]);
    const answer = await post(client, total, randomUUID());
    expect(answer.status).to.equal(409);
    expect(answer.body).to.include({ code: 'total-changed' });
    expect(await stockOf(sku)).to.equal(4);
    expect((await client.cart()).body.lines).to.have.length(1);
  });

  it('keeps an article that was added while the order was being placed', async () => {
    const [bought, added] = [await variantWith(5), await variantWith(5)];
    const { client, total } = await shopperWith(bought);
    const late = { cardNumber: '4000000000000259' };
    const ordering = post(client, total, randomUUID(), { payment: late });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await client.add(added);
    expect((await ordering).status).to.equal(201);
    const { body } = await client.cart();
    expect(body.lines.map((line) => line.sku)).to.deep.equal([added]);
  });

  it('says that it is in progress what a pod of the version before has placed and not yet paid', async () => {
    const sku = await variantWith(5);
    const { client, total } = await shopperWith(sku);
    const key = randomUUID();
    const { body } = await post(client, total, key);
    await shop.query(
      `UPDATE purchase SET status = 'pending', held_until = now() + interval '1 min' WHERE id = $1`,
      [body.id],
    );
    const again = await post(client, total, key);
    expect(again.status).to.equal(409);
    expect(again.body).to.include({ code: 'in-progress' });
  });

  it('hides an order from everybody but the browser that placed it and its account', async () => {
    const sku = await variantWith(5);
    const { client, total } = await shopperWith(sku);
    const { body } = await post(client, total, randomUUID());
    expect((await client.request('GET', `/api/v1/orders/${body.id}`)).status).to.equal(200);
    expect((await shop.client().request('GET', `/api/v1/orders/${body.id}`)).status).to.equal(404);
  });
});
