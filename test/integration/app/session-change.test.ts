// A rolling change between redis and dynamodb, with both real stores: pods that prefer the one and pods that prefer the
// other answer in turns, and nobody is logged out or loses an article.
import { expect } from 'chai';
import type { Running } from '../../../app/serve.ts';
import { startDynamoShop } from '../../support/dynamodb-shop.ts';
import type { Answer, Cart, ShopClient } from '../../support/shop-client.ts';
import { newEmail, shopClient } from '../../support/shop-client.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const pieces = ({ body }: { body: Cart }): number => body.lines.reduce((sum, line) => sum + line.quantity, 0);

/** A visitor whose requests are answered by the pods in turns. */
function inTurns(pods: readonly Running[]): ShopClient['request'] {
  let turn = 0;
  const urls = pods.map(({ port }) => `http://127.0.0.1:${port}`);
  const client = shopClient(urls[0]);
  return <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const origin = urls[(turn += 1) % urls.length] ?? '';
    return client.request<T>(method, `${origin}${path}`, body, { origin });
  };
}

describe('a rolling change of where sessions are kept', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  let before: Running;
  let prepared: Running;
  let changed: Running;
  let after: Running;
  const pod = (strategy: string, other = '') =>
    shop.another({ SHOP_SESSION_STRATEGY: strategy, SHOP_SESSION_OTHER_STRATEGY: other });

  this.beforeAll(async function () {
    this.timeout(timeouts.dynamoReadyMs + timeouts.fixtureMs);
    shop = await startDynamoShop();
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 20 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
    before = await pod('redis');
    prepared = await pod('redis', 'dynamodb');
    changed = await pod('dynamodb', 'redis');
    after = await pod('dynamodb');
  });
  this.afterAll(() => shop.close());

  let operation = 0;
  const add = (request: ShopClient['request'], index: number, quantity = 1) =>
    request<Cart>('POST', '/api/v1/cart/lines', {
      sku: skus[index],
      quantity,
      operationId: `operation-${(operation += 1)}`,
    });
  const cart = (request: ShopClient['request']) => request<Cart>('GET', '/api/v1/cart');
  const orders = async (request: ShopClient['request']) => (await request('GET', '/api/v1/orders')).status;
  const register = (request: ShopClient['request'], email = newEmail()) =>
    request('POST', '/api/v1/accounts', { email, password, name: 'Ada Quill' });
  const logIn = (request: ShopClient['request'], email: string) =>
    request('POST', '/api/v1/session', { email, password });

  const rolls = [
    { name: 'while all pods learn of the other store', pods: () => [before, prepared] },
    { name: 'while they change to it', pods: () => [prepared, changed] },
  ];
  for (const { name, pods } of rolls) {
    it(`keeps a visitor logged in and the cart whole ${name}`, async () => {
      const request = inTurns(pods());
      await add(request, 0);
      await register(request);
      for (let index = 1; index < 6; index += 1) await add(request, index);
      for (let turn = 0; turn < 4; turn += 1) {
        expect(await orders(request)).to.equal(200);
        expect(pieces(await cart(request))).to.equal(6);
      }
    });
  }

  it('loses nothing of requests that both kinds of pods answer at once', async () => {
    const request = inTurns([changed, prepared]);
    await add(request, 0);
    await Promise.all(Array.from({ length: 10 }, (_, index) => add(request, 1 + (index % 3))));
    expect(pieces(await cart(request))).to.equal(11);
  });

  it('merges a guest’s cart in one store into an account’s in the other', async () => {
    const email = newEmail();
    const known = inTurns([prepared]);
    await register(known, email);
    await add(known, 0, 3);
    const guest = inTurns([changed]);
    await add(guest, 0, 2);
    await add(guest, 1);
    await logIn(guest, email);
    for (const request of [guest, known]) expect(pieces(await cart(request))).to.equal(6);
  });

  it('ends sessions in both stores at a logout everywhere', async () => {
    const email = newEmail();
    const [here, there] = [inTurns([prepared]), inTurns([changed])];
    await register(here, email);
    await logIn(there, email);
    await here('POST', '/account/sessions/revoke-all', {});
    expect([await orders(here), await orders(there)]).to.deep.equal([401, 401]);
  });

  it('would log visitors out if the other store were not looked into', async () => {
    const request = inTurns([before, after]);
    await register(inTurns([before]));
    const answers = [await register(request), await request('GET', '/api/v1/orders')];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 401]);
  });
});
