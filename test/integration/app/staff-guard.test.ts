// Nobody but staff gets at a route of theirs, however its path is spelled: the guard and the route are matched by the
// same rules.
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

/** What a router, a proxy or a person might take for the same path. */
function spellings(path: string): string[] {
  const part = path.includes('/api/') ? 'api' : 'staff';
  return [
    path,
    path.toUpperCase(),
    path.replace('staff', 'Staff'),
    path.replace(part, part.toUpperCase()),
    path.replace('staff', '%73taff'),
    `${path}/`,
  ];
}

async function expectRefusal(client: ShopClient, method: string, path: string): Promise<void> {
  const body = method === 'GET' ? undefined : { stock: '9', priceCents: '1' };
  const { status, headers } = await client.request(method, path, body);
  const isSentToLogin = status === 303 && /^\/login\?/.test(headers.get('location') ?? '');
  if (!isSentToLogin) expect(status, `${method} ${path}`).to.be.oneOf([401, 403, 404]);
}

describe('the routes of staff', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let shopper: ShopClient;

  before(async () => {
    shop = await startShop();
    shopper = shop.client();
    await shopper.register({ email: newEmail(), password: 'a long enough password', name: 'Ada' });
  });
  after(() => shop.close());

  const catalogue = () => shop.query('SELECT sku, stock, price_cents FROM variant ORDER BY sku');

  it('are refused to visitors and shoppers in every spelling, and nothing is changed', async () => {
    const before = await catalogue();
    const [first] = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY sku LIMIT 1');
    const routes = shop.routes.filter(({ path }) => path.includes('staff'));
    expect(routes).to.have.length.of.at.least(8);
    for (const { method, path } of routes) {
      const real = path.replace(':sku', first?.sku ?? '').replace(':id', randomUUID());
      for (const spelled of spellings(real)) {
        await expectRefusal(shop.client(), method, spelled);
        await expectRefusal(shopper, method, spelled);
      }
    }
    expect(await catalogue()).to.deep.equal(before);
  });
});
