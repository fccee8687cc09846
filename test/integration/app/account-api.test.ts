// One's own account for programs: everything the pages offer, with problem+json for what is not possible.
import { expect } from 'chai';
import type { z } from 'zod';
import * as answers from '../../../app/openapi/answers.ts';
import { holdMails, resetTokenFor } from '../../support/reset-mail.ts';
import { newEmail } from '../../support/shop-client.ts';
import type { Answer, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const newPassword = 'another long password';
const address = { name: 'Ada', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' };

/** The fields a refusal complains about. */
function fieldsOf(answer: Answer<unknown>): string[] {
  expect(answer.headers.get('content-type')).to.include('application/problem+json');
  return (answers.problem.parse(answer.body).problems ?? []).map(({ field }) => field).sort();
}

describe('the account for programs', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
    await holdMails(shop);
  });
  after(() => shop.close());

  const call = (client: ShopClient, method: string, path: string, body?: unknown) =>
    client.request(method, `/api/v1${path}`, body);

  async function registered(): Promise<{ client: ShopClient; email: string }> {
    const client = shop.client();
    const email = newEmail();
    await client.register({ name: 'Ada Quill', email, password });
    return { client, email };
  }

  const logIn = async (client: ShopClient, email: string, typed: string): Promise<number> =>
    (await call(client, 'POST', '/session', { email, password: typed })).status;

  describe('its profile', () => {
    it('changes, and is answered as it is then', async () => {
      const { client } = await registered();
      const email = newEmail();
      const form = { name: 'Grace', email, currentPassword: password };
      const answer = await call(client, 'PUT', '/account', form);
      expect(answer.status).to.equal(200);
      expect(answers.account.parse(answer.body)).to.include({ name: 'Grace', email });
      expect((await call(client, 'GET', '/account')).body).to.deep.equal(answer.body);
    });

    it('gets another name without the password, which a program need not ask for', async () => {
      const { client, email } = await registered();
      const answer = await call(client, 'PUT', '/account', { name: 'Grace', email });
      expect(answer.status).to.equal(200);
      expect(answers.account.parse(answer.body)).to.include({ name: 'Grace', email });
    });

    it('gets no other e-mail address from whoever has the session but not the password', async () => {
      const { client, email } = await registered();
      for (const typed of [{}, { currentPassword: '' }, { currentPassword: 'a guess' }]) {
        const answer = await call(client, 'PUT', '/account', { name: 'Eve', email: newEmail(), ...typed });
        expect(answer.status).to.equal(422);
        expect(fieldsOf(answer)).to.deep.equal(['currentPassword']);
      }
      const { body } = await call(client, 'GET', '/account');
      expect(answers.account.parse(body)).to.include({ name: 'Ada Quill', email });
    });

    it('is refused with all problems at once', async () => {
      const { client } = await registered();
      const answer = await call(client, 'PUT', '/account', { name: '', email: 'nobody' });
      expect(answer.status).to.equal(422);
      expect(fieldsOf(answer)).to.deep.equal(['email', 'name']);
    });

    it('is refused with an e-mail address that is taken', async () => {
      const [{ client }, { email }] = [await registered(), await registered()];
      const form = { name: 'Ada', email, currentPassword: password };
      const answer = await call(client, 'PUT', '/account', form);
      expect(answer.status).to.equal(422);
      expect(fieldsOf(answer)).to.deep.equal(['email']);
    });
  });

  describe('its password', () => {
    it('changes, and logs other devices out but not this one', async () => {
      const { client, email } = await registered();
      const other = shop.client();
      await logIn(other, email, password);
      const change = { currentPassword: password, newPassword };
      expect((await call(client, 'PUT', '/account/password', change)).status).to.equal(204);
      expect((await call(client, 'GET', '/account')).status).to.equal(200);
      expect((await call(other, 'GET', '/account')).status).to.equal(401);
      expect(await logIn(shop.client(), email, password)).to.equal(401);
      expect(await logIn(shop.client(), email, newPassword)).to.equal(200);
    });

    it('is not changed by whoever does not know it, nor to a short one', async () => {
      const { client, email } = await registered();
      const guess = await call(client, 'PUT', '/account/password', {
        currentPassword: 'a guess',
        newPassword,
      });
      expect(guess.status).to.equal(422);
      expect(fieldsOf(guess)).to.deep.equal(['currentPassword']);
      const short = { currentPassword: password, newPassword: 'x' };
      expect(fieldsOf(await call(client, 'PUT', '/account/password', short))).to.deep.equal(['newPassword']);
      expect(await logIn(shop.client(), email, password)).to.equal(200);
    });
  });

  describe('a password that was forgotten', () => {
    it('is asked for with the same answer, whether or not there is an account', async () => {
      const { email } = await registered();
      const known = await call(shop.client(), 'POST', '/password/forgot', { email });
      const unknown = await call(shop.client(), 'POST', '/password/forgot', { email: newEmail() });
      expect([known.status, known.body]).to.deep.equal([204, '']);
      expect([unknown.status, unknown.body]).to.deep.equal([204, '']);
      expect(await resetTokenFor(shop, email))
        .to.be.a('string')
        .and.not.equal('');
    });

    it('is not asked for without an e-mail address', async () => {
      const answer = await call(shop.client(), 'POST', '/password/forgot', { email: 'nobody' });
      expect(answer.status).to.equal(422);
      expect(fieldsOf(answer)).to.deep.equal(['email']);
    });

    it('is set anew by the token of the mail once, and logs out on all devices', async () => {
      const { client, email } = await registered();
      await call(shop.client(), 'POST', '/password/forgot', { email });
      const body = { token: await resetTokenFor(shop, email), newPassword };
      expect((await call(shop.client(), 'POST', '/password/reset', body)).status).to.equal(204);
      expect((await call(client, 'GET', '/account')).status).to.equal(401);
      expect(await logIn(shop.client(), email, newPassword)).to.equal(200);
      const again = await call(shop.client(), 'POST', '/password/reset', body);
      expect(again.status).to.equal(422);
      expect(fieldsOf(again)).to.deep.equal(['token']);
    });

    it('is not set to a short one, nor without a token', async () => {
      const answer = await call(shop.client(), 'POST', '/password/reset', { newPassword: 'x' });
      expect(answer.status).to.equal(422);
      expect(fieldsOf(answer)).to.deep.equal(['newPassword', 'token']);
    });
  });

  describe('its sessions', () => {
    async function sessionsOf(client: ShopClient): Promise<z.infer<typeof answers.sessions>['items']> {
      return answers.sessions.parse((await call(client, 'GET', '/account/sessions')).body).items;
    }

    it('are listed, and one is ended', async () => {
      const { client, email } = await registered();
      const other = shop.client();
      await logIn(other, email, password);
      const listed = await sessionsOf(client);
      expect(listed.map(({ current }) => current)).to.deep.equal([false, true]);
      const ended = await call(client, 'DELETE', `/account/sessions/${listed[0]?.key}`);
      expect(ended.status).to.equal(204);
      expect((await call(other, 'GET', '/account')).status).to.equal(401);
      expect(await sessionsOf(client)).to.deep.equal(listed.slice(1));
    });

    it('of somebody else are not found', async () => {
      const [{ client }, { client: other }] = [await registered(), await registered()];
      const [theirs] = await sessionsOf(other);
      const answer = await call(client, 'DELETE', `/account/sessions/${theirs?.key}`);
      expect(answer.status).to.equal(404);
      expect(fieldsOf(answer)).to.deep.equal([]);
      expect((await call(other, 'GET', '/account')).status).to.equal(200);
    });
  });

  describe('its addresses', () => {
    it('have the one first that was preferred last', async () => {
      const { client } = await registered();
      const ids: string[] = [];
      for (const street of ['Lindenweg 4', 'Ahornweg 5']) {
        const added = await call(client, 'POST', '/account/addresses', { ...address, street });
        ids.push(answers.savedAddress.parse(added.body).id);
      }
      for (const id of ids) {
        expect((await call(client, 'PUT', `/account/addresses/${id}/preferred`)).status).to.equal(204);
        const { items } = answers.addresses.parse((await call(client, 'GET', '/account/addresses')).body);
        expect(items[0]?.id).to.equal(id);
      }
    });

    it('of somebody else are not found, and neither is what is no address', async () => {
      const [{ client }, { client: other }] = [await registered(), await registered()];
      const { body } = await call(other, 'POST', '/account/addresses', address);
      const { id } = answers.savedAddress.parse(body);
      for (const path of [id, 'no-address']) {
        const answer = await call(client, 'PUT', `/account/addresses/${path}/preferred`);
        expect(answer.status).to.equal(404);
        expect(fieldsOf(answer)).to.deep.equal([]);
      }
    });
  });

  it('is nobody’s to change without a login', async () => {
    const visitor = shop.client();
    const calls = [
      call(visitor, 'PUT', '/account', { name: 'Eve', email: newEmail() }),
      call(visitor, 'PUT', '/account/password', { currentPassword: password, newPassword }),
      call(visitor, 'GET', '/account/sessions'),
      call(visitor, 'DELETE', '/account/sessions/some-key'),
      call(visitor, 'PUT', '/account/addresses/some-id/preferred'),
    ];
    for (const answer of await Promise.all(calls)) {
      expect(answer.status).to.equal(401);
      expect(fieldsOf(answer)).to.deep.equal([]);
    }
  });
});
