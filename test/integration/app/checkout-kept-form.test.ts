// A shopper who is sent back from the checkout to the cart does not type her address again.
import { expect } from 'chai';
import { fieldsIn, press, typed } from '../../support/checkout-form.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const express = { shipping: 'express', shownShipping: 'express' };

describe('what was typed at the checkout', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let sku: string;
  let client: ShopClient;

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
  const page = async (): Promise<string> => (await client.request<string>('GET', '/checkout')).body;
  const keyAndTotal = (html: string) => {
    const { idempotencyKey = '', expectedTotalCents = '' } = fieldsIn(html);
    return { idempotencyKey, expectedTotalCents };
  };

  it('is there again after a detour to the cart, but for the card, and gone with the order', async () => {
    await stock(5);
    client = shop.client();
    await client.add(sku);
    const first = keyAndTotal(await page());
    await stock(0);
    const refused = await press(client, { ...express, ...first });
    expect(refused.headers.get('location')).to.equal('/cart');
    await stock(5);

    const again = await page();
    for (const value of [typed.email, typed.name, typed.street, typed.postcode, typed.city]) {
      expect(again).to.include(`value="${value}"`);
    }
    expect(again)
      .to.match(/value="express"[^>]* checked/)
      .and.not.match(/value="4242/);

    const ordered = await press(client, { ...express, ...keyAndTotal(again) });
    expect(ordered.headers.get('location')).to.match(/confirmation$/);
    await client.add(sku);
    expect(await page()).to.not.include(typed.street);
  });
});
