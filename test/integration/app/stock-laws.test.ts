// The law of stock, with random shoppers at once on real stores: what is on the shelf is what was there at first
// minus what is sold minus what is held, never below zero; when everybody has gone, nothing is held; and however often
// one key is sent at once, it is one order.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { sweepHolds } from '../../../app/checkout/holds.ts';
import { sweepUnpaid } from '../../../app/orders/sweep.ts';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { createLog } from '../../../app/platform/log.ts';
import { createMetrics } from '../../../app/platform/metrics.ts';
import type { Database } from '../../../app/platform/pg.ts';
import { openDatabase } from '../../../app/stores.ts';
import { orderOf } from '../../support/shop-client.ts';
import type { Order, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const STEPS = ['look', 'buy', 'buy-twice', 'declined', 'cancel', 'leave'] as const;
type Step = (typeof STEPS)[number];

interface Plan {
  readonly pieces: readonly [number, number];
  readonly steps: readonly Step[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  pieces: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
  steps: fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 4 }),
});

describe('the law of stock', function () {
  this.timeout(timeouts.e2eTestMs);
  let shop: TestShop;
  let db: Database;
  let skus: string[];

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    shop = await startShop();
    db = openDatabase(shop.config, createMetrics(), createLog({ level: 'silent', pod: 'test' }));
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY sku LIMIT 2');
    skus = rows.map((row) => row.sku);
  });
  after(async () => {
    await db.close();
    await shop.close();
  });

  async function stockUp(stock: number): Promise<void> {
    await shop.query('DELETE FROM stock_hold');
    await shop.query(`UPDATE purchase SET status = 'delivered' WHERE status IN ('pending', 'paid')`);
    await shop.query('UPDATE variant SET stock = $2 WHERE sku = ANY ($1)', [skus, stock]);
    await shop.query('CREATE TABLE IF NOT EXISTS old_purchase (id uuid)');
    await shop.query('INSERT INTO old_purchase SELECT id FROM purchase');
  }

  /** Per SKU: what is on the shelf, and sold or held since `stockUp`. */
  const accounts = () =>
    shop.query<{ sku: string; stock: number; sold: number; held: number }>(
      `SELECT v.sku, v.stock,
              coalesce((SELECT sum(l.quantity)::int FROM purchase_line l JOIN purchase p ON p.id = l.purchase_id
                         WHERE l.sku = v.sku AND p.status IN ('pending', 'paid')
                           AND p.id NOT IN (SELECT id FROM old_purchase)), 0) AS sold,
              coalesce((SELECT sum(quantity)::int FROM stock_hold h WHERE h.sku = v.sku), 0) AS held
         FROM variant v WHERE v.sku = ANY ($1)`,
      [skus],
    );

  async function buy(client: ShopClient, cardNumber: string, times = 1): Promise<Order | undefined> {
    const { body: cart } = await client.cart();
    const body = { ...orderOf(cart.totalCents), payment: { cardNumber } };
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: times }, () => client.request<Order>('POST', '/api/v1/orders', body, headers)),
    );
    for (const { status } of answers) expect(status).to.be.oneOf([200, 201, 402, 409]);
    const orders = answers.filter(({ status }) => status < 300).map(({ body: order }) => order);
    expect(new Set(orders.map(({ id }) => id)).size, 'orders of one key').to.be.at.most(1);
    return orders[0];
  }

  async function shopper({ pieces, steps }: Plan): Promise<void> {
    const client = shop.client();
    let order: Order | undefined;
    const actions: Record<Step, () => Promise<unknown>> = {
      look: () => client.request('GET', '/checkout'),
      buy: async () => (order = (await buy(client, '4242424242424242')) ?? order),
      'buy-twice': async () => (order = (await buy(client, '4242424242424242', 2)) ?? order),
      declined: () => buy(client, '4000000000000002'),
      cancel: async () => order && client.request('POST', `/orders/${order.id}/cancel`),
      leave: () => Promise.resolve(),
    };
    for (const [index, quantity] of pieces.entries()) {
      if (quantity > 0) await client.add(skus[index] ?? '', quantity);
    }
    for (const step of steps) await actions[step]();
  }

  it('holds whatever shoppers at once do: hold, order, double click, be declined, cancel, walk away', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(plan, { minLength: 2, maxLength: 6 }),
        async (stock, plans) => {
          await stockUp(stock);
          await Promise.all([...plans.map(shopper), db.transaction(sweepHolds, deadlineIn(5_000))]);
          for (const account of await accounts()) {
            expect(account.stock, JSON.stringify(account)).to.equal(stock - account.sold - account.held);
            expect(account.stock).to.be.at.least(0);
          }
          await shop.query(`UPDATE stock_hold SET expires_at = now() - interval '1 s'`);
          await Promise.all([
            ...[1, 2].map(() => db.transaction(sweepHolds, deadlineIn(5_000))),
            db.transaction(sweepUnpaid, deadlineIn(5_000)),
          ]);
          for (const account of await accounts()) {
            expect(account, 'after everybody has gone').to.include({ held: 0, stock: stock - account.sold });
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
