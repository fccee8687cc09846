// What customers do with their account, through its pages. (The bodies are JSON, which the forms accept as well; the
// browser tests send them as forms.)
import { randomBytes, scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { holdMails, resetTokenFor } from '../../support/reset-mail.ts';
import { anyVariant, newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('account pages', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
    await holdMails(shop);
  });
  after(() => shop.close());

  const post = (client: ShopClient, path: string, form: Record<string, string> = {}) =>
    client.request<string>('POST', path, form);

  async function registered(): Promise<{ client: ShopClient; email: string }> {
    const client = shop.client();
    const email = newEmail();
    const answer = await post(client, '/register', { name: 'Ada Quill', email, password });
    expect(answer.status).to.equal(303);
    return { client, email };
  }

  it('lists all problems of a form at once and keeps what was typed', async () => {
    const answer = await post(shop.client(), '/register', {
      name: 'Ada <Quill>',
      email: 'nobody',
      password: 'x',
    });
    expect(answer.status).to.equal(422);
    expect(answer.body).to.include('Ada &lt;Quill&gt;').and.to.include('does not look like an e-mail');
    expect(answer.body).to.include('at least 10 characters');
  });

  it('says once of an empty field that it is empty, and still finds what else is wrong', async () => {
    const shopper = shop.client();
    await shopper.add((await anyVariant(shopper)).sku);
    const form = { email: '', name: '', street: '', postcode: 'x', city: '', country: 'DE', cardNumber: '' };
    const { body } = await post(shopper, '/checkout', form);
    const beside = (field: string) => new RegExp(`id="${field}-problem">([^<]*)<`).exec(body)?.[1];
    for (const field of ['email', 'name', 'street', 'city', 'cardNumber', 'cardExpiry', 'cardCode']) {
      expect(beside(field), field).to.equal('Please fill this in.');
    }
    expect(beside('shipping')).to.include('Please choose');
  });

  it('sends a visitor to log in and back again', async () => {
    const answer = await shop.client().request('GET', '/account');
    expect(answer.status).to.equal(303);
    expect(answer.headers.get('location')).to.equal('/login?returnTo=%2Faccount');
  });

  it('does not redirect to another site after login', async () => {
    const { email } = await registered();
    const answer = await post(shop.client(), '/login', { email, password, returnTo: '//evil.example/' });
    expect(answer.headers.get('location')).to.equal('/');
  });

  it('lets a guest log in inside the checkout, with everything in the cart, and leads back to it', async () => {
    const { client: earlier, email } = await registered();
    const rows = await shop.query<{ sku: string }>(
      'SELECT sku FROM variant WHERE stock > 0 ORDER BY sku LIMIT 2',
    );
    const [old = '', chosen = ''] = rows.map(({ sku }) => sku);
    await earlier.add(old);
    const guest = shop.client();
    await guest.add(chosen, 2);
    const page = await guest.request<string>('GET', '/checkout');
    expect(page.body).to.include('/login?returnTo=%2Fcheckout');
    const answer = await post(guest, '/login', { email, password, returnTo: '/checkout' });
    expect(answer.headers.get('location')).to.equal('/checkout');
    const lines = (await guest.cart()).body.lines.map(({ sku, quantity }) => [sku, quantity]);
    expect(lines).to.have.deep.members([
      [old, 1],
      [chosen, 2],
    ]);
    // What was in the account's cart before is said, not slipped into the order.
    expect((await guest.request<string>('GET', '/checkout')).body).to.include('chosen before');
  });

  it('changes name and address, and says so on every page', async () => {
    const { client } = await registered();
    const email = newEmail();
    const form = { name: 'Grace', email, currentPassword: password };
    expect((await post(client, '/account', form)).status).to.equal(303);
    const page = await client.request<string>('GET', '/account');
    expect(page.body).to.include('Grace').and.to.include(email);
  });

  it('changes the name alone without the password', async () => {
    const { client, email } = await registered();
    const form = { name: 'Grace', email, currentPassword: '' };
    expect((await post(client, '/account', form)).status).to.equal(303);
    expect((await client.request<string>('GET', '/account')).body).to.include('Hello, Grace');
  });

  it('asks for the password, beside its field, before the address changes, and keeps what was typed', async () => {
    const { client, email } = await registered();
    const other = newEmail();
    for (const currentPassword of ['', 'not my password']) {
      const answer = await post(client, '/account', { name: 'Grace', email: other, currentPassword });
      expect(answer.status).to.equal(422);
      expect(answer.body).to.match(/id="currentPassword-problem">[^<]*current password/);
      expect(answer.body).to.include('value="Grace"').and.to.include(`value="${other}"`);
      expect(answer.body).to.not.include('not my password');
    }
    const page = await client.request<string>('GET', '/account');
    expect(page.body).to.include(email).and.to.not.include(other);
  });

  it('refuses an e-mail address that is taken', async () => {
    const { email } = await registered();
    const { client } = await registered();
    const answer = await post(client, '/account', { name: 'Ada', email, currentPassword: password });
    expect(answer.status).to.equal(422);
    expect(answer.body).to.match(/id="email-problem">[^<]*already an account/);
  });

  it('keeps an address book', async () => {
    const { client } = await registered();
    const address = { name: 'Ada', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' };
    const bad = await post(client, '/account/addresses', { ...address, postcode: '1' });
    expect(bad.status).to.equal(422);
    expect((await post(client, '/account/addresses', address)).status).to.equal(303);
    const page = await client.request<string>('GET', '/account/addresses');
    expect(page.body).to.include('Lindenweg 4');
    const remove = /\/account\/addresses\/[0-9a-f-]{36}\/remove/.exec(page.body)?.[0] ?? '';
    await post(client, remove);
    expect((await client.request<string>('GET', '/account/addresses')).body).to.not.include('Lindenweg 4');
  });

  it('changes the password and logs other devices out', async () => {
    const { client, email } = await registered();
    const other = shop.client();
    await post(other, '/login', { email, password });
    const wrong = { currentPassword: 'not my password', newPassword: 'another long password' };
    expect((await post(client, '/account/password', wrong)).status).to.equal(422);
    const right = { ...wrong, currentPassword: password };
    expect((await post(client, '/account/password', right)).status).to.equal(303);
    const page = await client.request<string>('GET', '/account');
    expect(page.status).to.equal(200);
    expect(page.body).to.include('Other devices are logged out.');
    expect((await other.request('GET', '/account')).status).to.equal(303);
    expect((await post(shop.client(), '/login', { email, password })).status).to.equal(422);
  });

  it('makes the hash of a password anew at the next login when today’s parameters are higher', async () => {
    const { email } = await registered();
    const hashOf = async (): Promise<string> => {
      const rows = await shop.query<{ hash: string }>(
        'SELECT password_hash AS hash FROM account WHERE email = $1',
        [email],
      );
      return rows[0]?.hash ?? '';
    };
    const today = /^scrypt\$14\$8\$5\$/;
    expect(await hashOf()).to.match(today);
    // GIVEN a hash from years ago
    const salt = randomBytes(16);
    const key = scryptSync(password, salt, 32, { N: 2 ** 12, r: 8, p: 1 });
    const old = ['scrypt', 12, 8, 1, salt.toString('base64url'), key.toString('base64url')].join('$');
    await shop.query('UPDATE account SET password_hash = $1 WHERE email = $2', [old, email]);
    // WHEN somebody guesses, nothing changes; WHEN its owner logs in, it is made anew, and is good
    expect((await post(shop.client(), '/login', { email, password: 'a wrong password' })).status).to.equal(
      422,
    );
    expect(await hashOf()).to.equal(old);
    for (let login = 0; login < 2; login += 1) {
      expect((await post(shop.client(), '/login', { email, password })).status).to.equal(303);
      expect(await hashOf()).to.match(today);
    }
  });

  it('resets a forgotten password by a link that works once', async () => {
    const { email } = await registered();
    const unknown = await post(shop.client(), '/password/forgot', { email: newEmail() });
    const known = await post(shop.client(), '/password/forgot', { email });
    expect([unknown.status, known.status]).to.deep.equal([200, 200]);
    const form = { token: await resetTokenFor(shop, email), newPassword: 'a brand new password' };
    expect((await post(shop.client(), '/password/reset', form)).status).to.equal(303);
    expect((await post(shop.client(), '/password/reset', form)).status).to.equal(422);
    const login = { email, password: form.newPassword };
    expect((await post(shop.client(), '/login', login)).status).to.equal(303);
  });

  it('lists devices, ends one, and logs out everywhere', async () => {
    const { client, email } = await registered();
    const other = shop.client();
    await post(other, '/login', { email, password });
    const page = await client.request<string>('GET', '/account/sessions');
    const actions = page.body.match(/\/account\/sessions\/[\w-]{43}\/revoke/g) ?? [];
    expect(actions).to.not.have.length(0);
    await post(client, '/account/sessions/revoke-all');
    expect((await client.request('GET', '/account')).status).to.equal(303);
    expect((await other.request('GET', '/account')).status).to.equal(303);
  });

  it('hands out everything it knows, and deletes the account', async () => {
    const { client, email } = await registered();
    const data = await client.request<{ account: { email: string } }>('GET', '/account/export');
    expect(data.body.account.email).to.equal(email);
    expect((await post(client, '/account/delete', { password: 'wrong password' })).status).to.equal(422);
    expect((await post(client, '/account/delete', { password })).status).to.equal(303);
    expect((await post(shop.client(), '/login', { email, password })).status).to.equal(422);
  });
});
