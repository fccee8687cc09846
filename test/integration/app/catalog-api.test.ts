// What programs see of the catalogue beside single articles: how a list can be narrowed, and what goes with an article.
import { expect } from 'chai';
import { shopClient } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

interface Listing {
  readonly items: readonly { slug: string; category: string }[];
  readonly total: number;
  readonly facets: readonly { facet: string; value: string; count: number }[];
}

interface Recommendations {
  readonly why: string;
  readonly items: readonly { slug: string; category: string }[];
}

describe('the catalogue for programs', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let client: ShopClient;
  before(async () => {
    shop = await startShop();
    client = shop.client();
  });
  after(() => shop.close());

  const list = async (query = ''): Promise<Listing> =>
    (await client.request<Listing>('GET', `/api/v1/products?${query}`)).body;
  const goesWith = (slug: string, asker = client) =>
    asker.request<Recommendations>('GET', `/api/v1/products/${slug}/recommendations`);

  it('says for each value of each filter how many articles there are with it', async () => {
    const { facets, total } = await list();
    expect(new Set(facets.map(({ facet }) => facet))).to.deep.equal(
      new Set(['size', 'colour', 'category', 'price']),
    );
    for (const { facet, value, count } of facets) {
      const narrowed = await list(new URLSearchParams({ [facet]: value }).toString());
      expect(narrowed.total, `${facet}=${value}`).to.equal(count).and.to.be.at.most(total);
    }
  });

  it('tells how many there are beyond the last page too', async () => {
    const { total } = await list();
    const beyond = await list('page=99');
    expect(beyond.items).to.be.empty;
    expect(beyond.total).to.equal(total).and.to.be.greaterThan(0);
  });

  it('leads a bookmark beyond the last page to the last one, with what it narrowed', async () => {
    const answer = await client.request('GET', '/category/shirts?sort=name&page=99');
    expect(answer.status).to.equal(303);
    const [, page] =
      /^\/category\/shirts\?sort=name(?:&page=(\d+))?$/.exec(answer.headers.get('location') ?? '') ?? [];
    const last = await client.request<string>('GET', answer.headers.get('location') ?? '');
    expect(last.status).to.equal(200);
    expect(Number(page ?? 1)).to.be.lessThan(99);
  });

  it('recommends others of its category while nothing was bought together with an article', async () => {
    const [article = { slug: '', category: '' }] = (await list()).items;
    const { why, items } = (await goesWith(article.slug)).body;
    expect(why).to.equal('alike');
    expect(items).to.not.be.empty;
    expect(new Set(items.map(({ category }) => category))).to.deep.equal(new Set([article.category]));
    expect(items.map(({ slug }) => slug)).to.not.include(article.slug);
  });

  it('recommends what was bought together with it', async () => {
    const [first, second] = await shop.query<{ slug: string; sku: string }>(
      `SELECT p.slug, min(v.sku) AS sku FROM variant v JOIN product p ON p.id = v.product_id
        WHERE v.stock > 0 GROUP BY p.slug ORDER BY p.slug LIMIT 2`,
    );
    const buyer = shop.client();
    for (const line of [first, second]) await buyer.add(line?.sku ?? '');
    expect((await buyer.order()).status).to.equal(201);
    // A pod that has not looked before: the others may have kept for a while that there was nothing.
    const { port } = await shop.another();
    const { why, items } = (await goesWith(first?.slug ?? '', shopClient(`http://127.0.0.1:${port}`))).body;
    expect(why).to.equal('together');
    expect(items.map(({ slug }) => slug)).to.deep.equal([second?.slug]);
  });

  it('recommends nothing for what does not exist', async () => {
    expect((await goesWith('no-such-thing')).status).to.equal(404);
  });
});
