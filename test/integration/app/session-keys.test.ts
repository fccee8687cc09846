// The key that signs cookies is rotated as docs/sessions.md says, with pods of each step side by side, and nobody is
// logged out: not by a pod that has not got so far, and not because a signature ends before its cookie.
import { expect } from 'chai';
import { anyVariant, cookiesIn, newEmail, shopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const [oldKey, newKey] = ['an-older-key-of-32-characters-xx', 'a-newer-key-of-32-characters-xxx'];

describe('a rotation of the key that signs cookies', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  const podWith = async (...keys: readonly string[]): Promise<string> =>
    `http://127.0.0.1:${(await shop.withKeys(...keys)).port}`;

  async function loggedInAt(url: string): Promise<string> {
    const answer = await shopClient(url).register({
      email: newEmail(),
      password: 'a long enough password',
      name: 'Ada',
    });
    return cookiesIn(answer);
  }

  it('leaves a visitor of the new key logged in on a pod that has it behind the old one', async () => {
    const [before, after] = [await podWith(oldKey, newKey), await podWith(newKey, oldKey)];
    const cookie = await loggedInAt(after);

    const answer = await fetch(`${before}/api/v1/account`, { headers: { cookie } });

    expect(answer.status).to.equal(200);
    expect(answer.headers.getSetCookie().filter((one) => one.includes('1970'))).to.deep.equal([]);
  });

  it('sets no signature that ends before its cookie', async () => {
    const [old, both] = [await podWith(oldKey), await podWith(newKey, oldKey)];
    const cookie = await loggedInAt(old);

    const answer = await fetch(`${both}/account`, { headers: { cookie } });

    expect(answer.status).to.equal(200);
    for (const one of answer.headers.getSetCookie()) expect(one).to.match(/max-age|expires/i);
  });

  it('shows a guest of the new key the cart on a pod that has it behind the old one', async () => {
    const [before, after] = [await podWith(oldKey, newKey), await podWith(newKey, oldKey)];
    const guest = shopClient(after);
    const { sku } = await anyVariant(guest);
    const added = await guest.add(sku, 2);

    const headers = { cookie: cookiesIn(added) };
    const answer = await shopClient(before).request('GET', '/api/v1/cart', undefined, headers);

    expect(answer.body).to.have.nested.property('lines[0].quantity', 2);
  });
});
