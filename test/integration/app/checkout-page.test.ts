// The checkout page as a browser without scripts sends it: nobody pays a sum that was not on the button.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { placeOrder } from '../../../app/checkout/place.ts';
import type { PlaceRequest } from '../../../app/checkout/place.ts';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { createLog } from '../../../app/platform/log.ts';
import { createMetrics } from '../../../app/platform/metrics.ts';
import { openDatabase } from '../../../app/stores.ts';
import { fieldsIn, press, typed } from '../../support/checkout-form.ts';
import type { Answer, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const button = (html: string): string => /<button id="sum-pay"[^>]*>([^<]*)</.exec(html)?.[1] ?? '';

describe('checkout page', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let next = 0;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  /** Somebody at the checkout with one piece for 49.90, of so many, that nobody else in this file buys. */
  async function shopper(stock = 5): Promise<{ client: ShopClient; sku: string; page: string }> {
    const sql =
      'SELECT min(sku) AS sku FROM variant GROUP BY product_id ORDER BY product_id OFFSET $1 LIMIT 1';
    const [{ sku } = { sku: '' }] = await shop.query<{ sku: string }>(sql, [next++]);
    await shop.query('UPDATE variant SET stock = $2, price_cents = 4990 WHERE sku = $1', [sku, stock]);
    const client = shop.client();
    await client.add(sku);
    return { client, sku, page: (await client.request<string>('GET', '/checkout')).body };
  }

  const ordersOf = (sku: string) =>
    shop.query<{ shipping: string; total: number }>(
      `SELECT shipping, total_cents AS total FROM purchase p JOIN purchase_line l ON l.purchase_id = p.id
        WHERE l.sku = $1`,
      [sku],
    );

  it('orders for the total on its button', async () => {
    const { client, sku, page } = await shopper();
    expect(button(page)).to.equal('Order and pay €54.80');
    expect((await press(client, fieldsIn(page))).status).to.equal(303);
    expect(await ordersOf(sku)).to.deep.equal([{ shipping: 'standard', total: 5480 }]);
  });

  it('regression: comes back with the new total when another delivery was chosen, and charges nothing before a second press', async () => {
    const { client, sku, page } = await shopper();
    const shown = await press(client, { ...fieldsIn(page), shipping: 'express' });
    expect(shown.status).to.equal(409);
    expect(button(shown.body)).to.equal('Order and pay €62.80');
    expect(shown.body).to.include('The total now includes the delivery you chose.');
    for (const value of [typed.email, typed.name, typed.street, typed.postcode, typed.city]) {
      expect(shown.body).to.include(`value="${value}"`);
    }
    expect(fieldsIn(shown.body)).to.include({ shipping: 'express', shownShipping: 'express' });
    expect(await ordersOf(sku)).to.deep.equal([]);
    expect((await press(client, fieldsIn(shown.body))).status).to.equal(303);
    expect(await ordersOf(sku)).to.deep.equal([{ shipping: 'express', total: 6280 }]);
  });

  it('needs one press when the page has followed the choice, as it does with scripts', async () => {
    const { client, sku, page } = await shopper();
    const followed = { shipping: 'express', shownShipping: 'express', expectedTotalCents: '6280' };
    expect((await press(client, { ...fieldsIn(page), ...followed })).status).to.equal(303);
    expect(await ordersOf(sku)).to.deep.equal([{ shipping: 'express', total: 6280 }]);
  });

  it('refuses a price that went up by just what delivery costs: the sum of the goods is no total', async () => {
    const { client, sku, page } = await shopper();
    await shop.query('UPDATE variant SET price_cents = 5480 WHERE sku = $1', [sku]);
    const shown = await press(client, fieldsIn(page));
    expect(shown.status).to.equal(409);
    expect(shown.body).to.include('The total has changed since you saw it');
    expect(await ordersOf(sku)).to.deep.equal([]);
  });

  it('takes the form of a pod of the version before as shown with the preselected delivery', async () => {
    const { client, sku, page } = await shopper();
    const { idempotencyKey = '' } = fieldsIn(page);
    const before = { idempotencyKey, shipping: 'standard', expectedTotalCents: '4990' };
    const shown = await press(client, { ...before, shipping: 'express' });
    expect([shown.status, button(shown.body)]).to.deep.equal([409, 'Order and pay €62.80']);
    expect(await ordersOf(sku)).to.deep.equal([]);
    expect((await press(client, before)).status).to.equal(303);
    expect(await ordersOf(sku)).to.deep.equal([{ shipping: 'standard', total: 5480 }]);
  });

  it('regression: says why a form that was ordered before is not ordered with other contents', async () => {
    const { client, sku, page } = await shopper();
    const fields = fieldsIn(page);
    expect((await press(client, fields)).status).to.equal(303);
    const changed = { ...fields, street: 'Birkenweg 5' };
    const reason = 'This order was already placed with other contents';
    // GIVEN nothing to order any more, the cart says it
    const back = await press(client, changed);
    expect([back.status, back.headers.get('location')]).to.deep.equal([303, '/cart']);
    expect((await client.request<string>('GET', '/cart')).body).to.include(reason);
    // GIVEN something new in the cart, the form says it, and orders that with a key of its own
    await client.add(sku);
    const shown = await press(client, changed);
    expect(shown.status).to.equal(422);
    expect(shown.body).to.include(reason).and.to.include('value="Birkenweg 5"');
    expect((await press(client, fieldsIn(shown.body))).status).to.equal(303);
    expect(await ordersOf(sku)).to.have.length(2);
  });

  describe('whose order was placed with the last piece, but its answer lost,', () => {
    let lost: { client: ShopClient; sku: string; page: string };
    let other: ShopClient;
    let confirmation: string;
    beforeEach(async () => {
      lost = await shopper(2);
      other = shop.client();
      expect((await other.add(lost.sku)).status).to.equal(200);
      confirmation = `/orders/${await placed(lost.sku)}/confirmation`;
      await shop.query('UPDATE variant SET stock = 0 WHERE sku = $1', [lost.sku]);
    });

    /** What was committed for the cart that holds the piece. */
    async function placed(sku: string): Promise<string> {
      const held = 'SELECT cart_id AS id FROM stock_hold WHERE sku = $1';
      const [{ id } = { id: '' }] = await shop.query<{ id: string }>(held, [sku]);
      const { email, cardNumber, cardExpiry, cardCode, ...address } = typed;
      const db = openDatabase(shop.config, createMetrics(), createLog({ level: 'silent', pod: 'test' }));
      const request: PlaceRequest = {
        orderId: randomUUID(),
        ...{ scope: 'lost', key: randomUUID(), fingerprint: cardExpiry + cardCode },
        cart: { id, version: 1, lines: [{ sku, quantity: 1, seenPriceCents: 4990 }] },
        ...{ accountId: null, email, address, shipping: 'standard', currency: 'EUR' },
        ...{ cardLastFour: cardNumber.slice(-4), paymentReference: 'ref' },
        ...{ expectedTotalCents: 5480, expectedWithDelivery: true },
      };
      try {
        await db.transaction((q) => placeOrder(q, request), deadlineIn(timeouts.soonMs));
      } finally {
        await db.close();
      }
      return request.orderId;
    }

    async function expectConfirmed({ status, headers }: Answer<string>): Promise<void> {
      expect([status, headers.get('location')]).to.deep.equal([303, confirmation]);
      expect((await lost.client.request<string>('GET', confirmation)).status).to.equal(200);
      expect((await lost.client.cart()).body.lines).to.deep.equal([]);
    }

    it('regression: leads to the confirmation when the form is sent again without the card', async () => {
      await expectConfirmed(await press(lost.client, { ...fieldsIn(lost.page), cardNumber: '' }));
    });

    it('regression: leads there when it is looked at again', async () => {
      await expectConfirmed(await lost.client.request<string>('GET', '/checkout'));
    });

    it('shows it to nobody with another cart of the same piece', async () => {
      const { headers } = await other.request<string>('GET', '/checkout');
      expect(headers.get('location')).to.equal('/cart');
      expect((await other.request<string>('GET', confirmation)).status).to.equal(404);
      expect((await other.cart()).body.lines).to.have.length(1);
    });
  });

  it('tells every delivery’s total to the script that shows it', async () => {
    const { page } = await shopper();
    const totals = [...page.matchAll(/data-cents="(\d+)" data-cost="([^"]+)" data-total="([^"]+)"/g)];
    expect(totals.map(([, ...told]) => told)).to.deep.equal([
      ['5480', '€4.90', '€54.80'],
      ['6280', '€12.90', '€62.80'],
      ['4990', '€0.00', '€49.90'],
    ]);
  });
});
