// What only the strategy `cookie` has to answer for: keys that rotate, the browser's limit, and a cookie nobody can read.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createLog } from '../../../app/platform/log.ts';
import type { Running } from '../../../app/serve.ts';
import type { Cart } from '../../support/shop-client.ts';
import { newEmail, shopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const [oldKey, newKey] = ['an-older-key-of-32-characters-xx', 'a-newer-key-of-32-characters-xxx'];

describe('a session in a cookie', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  const lines: string[] = [];
  before(async () => {
    const log = createLog({ level: 'info', pod: 'test' }, { write: (line: string) => void lines.push(line) });
    shop = await startShop({ env: { SHOP_SESSION_STRATEGY: 'cookie' }, log });
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 0 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
  });
  after(() => shop.close());

  const urlOf = ({ port }: Running): string => `http://127.0.0.1:${port}`;
  const cookieOf = (answer: { headers: Headers }): string =>
    answer.headers.getSetCookie().find((cookie) => cookie.startsWith('sid=')) ?? '';
  const valueOf = (answer: { headers: Headers }): string => cookieOf(answer).split(';')[0] ?? '';
  const cartAt = (pod: Running, cookie: string) =>
    shopClient(urlOf(pod)).request<Cart>('GET', '/api/v1/cart', undefined, { cookie });

  it('survives a rotation of the key, and moves to the new one with the next answer', async () => {
    const [old, both, fresh] = [
      await shop.withKeys(oldKey),
      await shop.withKeys(newKey, oldKey),
      await shop.withKeys(newKey),
    ];
    const sealed = valueOf(await shopClient(urlOf(old)).add(skus[0]!, 2));
    const renewed = await cartAt(both, sealed);
    expect(renewed.body.lines).to.have.length(1);
    expect((await cartAt(fresh, valueOf(renewed))).body.lines).to.have.length(1);
    expect((await cartAt(fresh, sealed)).body.lines, 'under a key that was dropped').to.deep.equal([]);
  });

  it('is understood by pods that have the new key behind the old one, which is how a rotation begins', async () => {
    const [appended, both] = [await shop.withKeys(oldKey, newKey), await shop.withKeys(newKey, oldKey)];
    const sealed = valueOf(await shopClient(urlOf(both)).add(skus[0]!, 2));
    expect((await cartAt(appended, sealed)).body.lines).to.have.length(1);
  });

  it('says clearly when the cookie is full, and loses nothing', async () => {
    const small = await shop.another({ SHOP_SESSION_COOKIE_BYTES: '1600' });
    const client = shopClient(urlOf(small));
    let added = 0;
    let answer = await client.add(skus[0]!);
    while (answer.status === 200) {
      expect(cookieOf(answer).length).to.be.at.most(1_600);
      added += 1;
      answer = await client.add(skus[added]!);
    }
    expect(answer.status).to.equal(409);
    expect(answer.body).to.include({ code: 'cart-no-room' });
    expect((answer.body as unknown as { detail: string }).detail).to.match(
      /cookie is full.*Nothing was lost/,
    );
    expect((await client.cart()).body.lines).to.have.length(added);
    const path = `/api/v1/cart/lines/${skus[0]!}`;
    await client.request('DELETE', path, { operationId: randomUUID() });
    expect((await client.add(skus[added]!)).status, 'room again').to.equal(200);
  });

  it('holds as many lines as a cart may have in the 4 KB of a browser', async () => {
    const client = shop.client();
    const longest = [...skus].sort((a, b) => b.length - a.length).slice(0, 50);
    await client.register({ email: newEmail(), password: 'a long enough password', name: 'Ä'.repeat(100) });
    for (const sku of longest) {
      const answer = await client.add(sku, 10);
      expect(answer.status).to.equal(200);
      expect(cookieOf(answer).length).to.be.at.most(4_096);
    }
    expect((await client.cart()).body.lines).to.have.length(50);
  });

  it('does not promise that other devices are logged out, as no server can do that', async () => {
    const client = shop.client();
    const password = 'a long enough password';
    await client.register({ email: newEmail(), password, name: 'Ada Quill' });
    const textOf = async (path: string) => (await client.request<string>('GET', path)).body;
    expect(await textOf('/account/password')).to.include('Devices that are logged in stay so');
    expect(await textOf('/password/reset?token=x')).to.include('Devices that are logged in stay so');
    expect(await textOf('/account/sessions')).to.include('you can only log this one out here');
    const change = { currentPassword: password, newPassword: 'another long password' };
    await client.request('POST', '/account/password', change);
    expect(await textOf('/account')).to.include('Devices that are logged in stay so until they log out.');
    await client.request('POST', '/account/sessions/revoke-all', {});
    expect(await textOf('/'))
      .to.include('You are logged out.')
      .and.to.not.include('on all devices');
  });

  it('shows nothing of its content in the cookie or in the log, also when it was forged', async () => {
    const client = shop.client();
    const email = newEmail();
    const answer = await client.register({ email, password: 'a long enough password', name: 'Ada Quill' });
    const value = valueOf(answer).slice('sid='.length);
    const text = Buffer.from(value, 'base64url').toString('latin1');
    // Long enough not to be in what is encrypted by chance.
    for (const secret of [email, 'Ada Quill', 'shopper']) expect(text).to.not.include(secret);
    const forged = `${value.slice(0, -8)}AAAAAAAA`;
    await shop.client().request('GET', '/', undefined, { cookie: `sid=${forged}` });
    const refused = lines.filter((line) => line.includes('a cookie was refused'));
    expect(refused).to.have.length.at.least(1);
    expect(lines.join('')).to.not.include(forged.slice(0, 40));
  });
});
