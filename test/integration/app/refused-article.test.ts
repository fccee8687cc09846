// Adding to the cart that is refused: the article's page again, with the reason and with everything that was chosen.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('adding to the cart that is refused', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  /** Sizes of the second colour of an article that has two colours with several sizes each. */
  let article: { slug: string; colour: string; skus: string[] };
  before(async () => {
    shop = await startShop();
    await shop.query('UPDATE variant SET stock = 20');
    const [found] = await shop.query<typeof article>(
      `SELECT p.slug, v.colour, array_agg(v.sku ORDER BY v.sku) AS skus
         FROM variant v JOIN product p ON p.id = v.product_id
        GROUP BY p.slug, v.colour HAVING count(*) > 2 ORDER BY p.slug, v.colour OFFSET 1 LIMIT 1`,
    );
    article = found ?? { slug: '', colour: '', skus: [] };
    await shop.query('UPDATE variant SET stock = 0 WHERE sku = $1', [soldOut()]);
  });
  after(() => shop.close());

  const soldOut = (): string => article.skus.at(-1) ?? '';

  function add(client: ShopClient, fields: Record<string, string>) {
    const form = new URLSearchParams({ operationId: randomUUID(), ...fields }).toString();
    return client.request<string>('POST', '/cart/lines', form, {
      'content-type': 'application/x-www-form-urlencoded',
      referer: `${shop.url}/products/${article.slug}?colour=${article.colour}`,
    });
  }

  /** What is chosen on the page. */
  function choiceOn(html: string) {
    return {
      sku: /name="sku" value="([^"]+)" required checked/.exec(html)?.[1],
      quantity: /<option value="(\d+)" selected/.exec(html)?.[1],
      sizes: [...html.matchAll(/name="sku" value="([^"]+)"/g)].map(([, sku]) => sku).sort(),
    };
  }

  it('shows one piece and no size on the page that is opened', async () => {
    const path = `/products/${article.slug}?colour=${article.colour}`;
    const { body } = await shop.client().request<string>('GET', path);
    expect(choiceOn(body)).to.deep.equal({ sku: undefined, quantity: '1', sizes: article.skus });
  });

  it('regression: keeps size, colour and quantity when the cart is full', async () => {
    const client = shop.client();
    const others = await shop.query<{ sku: string }>(
      'SELECT sku FROM variant WHERE NOT sku = ANY ($1) ORDER BY sku LIMIT 50',
      [article.skus],
    );
    for (const { sku } of others) await client.add(sku);
    const [, chosen = ''] = article.skus;
    const shown = await add(client, { sku: chosen, quantity: '3' });
    expect(shown.status).to.equal(409);
    expect(shown.body).to.include('The cart is full');
    expect(choiceOn(shown.body)).to.deep.equal({ sku: chosen, quantity: '3', sizes: article.skus });
  });

  it('regression: keeps the size when the quantity was none, and the quantity when no size was chosen', async () => {
    const [, chosen = ''] = article.skus;
    const none = await add(shop.client(), { sku: chosen, quantity: 'many' });
    expect(none.status).to.equal(422);
    expect(choiceOn(none.body)).to.deep.equal({ sku: chosen, quantity: '1', sizes: article.skus });
    const sizeless = await add(shop.client(), { quantity: '4' });
    expect(sizeless.status).to.equal(422);
    expect(choiceOn(sizeless.body)).to.deep.equal({ sku: undefined, quantity: '4', sizes: article.skus });
  });

  it('keeps colour and quantity, but not a size that is sold out', async () => {
    const shown = await add(shop.client(), { sku: soldOut(), quantity: '2' });
    expect(shown.status).to.equal(422);
    expect(choiceOn(shown.body)).to.deep.equal({ sku: undefined, quantity: '2', sizes: article.skus });
  });
});
