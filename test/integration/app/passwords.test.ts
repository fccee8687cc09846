// What happens to a password when two requests want it at once, and that a link nobody was sent costs no hashing.
import { randomBytes, scryptSync } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import { median } from '../../load/bench/ratios.ts';
import { eventually } from '../../support/eventually.ts';
import { holdMails, resetTokenFor } from '../../support/reset-mail.ts';
import { anyVariant, newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

/** As it was made years ago, so that the next login makes it anew. */
function oldHash(): string {
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, 32, { N: 2 ** 12, r: 8, p: 1 });
  return ['scrypt', 12, 8, 1, salt.toString('base64url'), key.toString('base64url')].join('$');
}

describe('passwords', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
    await holdMails(shop);
  });
  after(() => shop.close());

  async function customer(): Promise<{ client: ShopClient; email: string }> {
    const [client, email] = [shop.client(), newEmail()];
    await client.register({ name: 'Ada Quill', email, password });
    return { client, email };
  }

  const registered = async (): Promise<string> => (await customer()).email;

  async function hashOf(email: string): Promise<string> {
    const rows = await shop.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM account WHERE email = $1',
      [email],
    );
    return rows[0]?.hash ?? '';
  }

  async function linkFor(email: string): Promise<string> {
    await shop.client().request('POST', '/password/forgot', { email });
    return resetTokenFor(shop, email);
  }

  /** For a row or a table that is locked. */
  async function oneWaitsFor(what: 'transactionid' | 'relation'): Promise<void> {
    const waiting = async () => {
      const rows = await shop.query('SELECT 1 FROM pg_stat_activity WHERE wait_event = $1', [what]);
      expect(rows).to.have.length(1);
    };
    await eventually(waiting, { withinMs: timeouts.soonMs, everyMs: 20 });
  }

  const reset = async (token: string, newPassword: string): Promise<number> =>
    (await shop.client().request('POST', '/password/reset', { token, newPassword })).status;

  it('keeps a new password although a login with the old one makes its hash anew meanwhile', async () => {
    // GIVEN a hash from years ago, and a change of the password that is not committed yet
    const email = await registered();
    await shop.query('UPDATE account SET password_hash = $1 WHERE email = $2', [oldHash(), email]);
    const changing = new pg.Client(shop.postgres.url('app'));
    await changing.connect();
    try {
      await changing.query('BEGIN');
      await changing.query("UPDATE account SET password_hash = 'the new one' WHERE email = $1", [email]);
      // WHEN a login with the old password comes to make the hash anew, and then the change is committed
      const login = shop.client().request('POST', '/api/v1/session', { email, password });
      await oneWaitsFor('transactionid');
      await changing.query('COMMIT');
      // THEN the change stands, and who had the old password is not let in
      expect((await login).status).to.equal(401);
    } finally {
      await changing.end();
    }
    expect(await hashOf(email)).to.equal('the new one');
  });

  it('lets two logins in at once although each makes the old hash anew', async () => {
    const email = await registered();
    await shop.query('UPDATE account SET password_hash = $1 WHERE email = $2', [oldHash(), email]);
    const logIn = async () =>
      (await shop.client().request('POST', '/api/v1/session', { email, password })).status;
    expect(await Promise.all([logIn(), logIn()])).to.deep.equal([200, 200]);
  });

  it('regression: a login that was verified before a change does not outlive the sessions it ends', async () => {
    // GIVEN a guest with a cart, whose login is about to read the account
    const email = await registered();
    const guest = shop.client();
    const before = await guest.add((await anyVariant(guest)).sku);
    const gate = new pg.Client(shop.postgres.url('app'));
    await gate.connect();
    try {
      await gate.query('BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE');
      const login = guest.request('POST', '/api/v1/session', { email, password });
      await oneWaitsFor('relation');
      // WHEN the password is changed while the one that was read is verified, which takes a tenth of a second
      await gate.query('COMMIT');
      await gate.query("UPDATE account SET password_hash = 'the new one' WHERE email = $1", [email]);
      // THEN nobody is logged in, no session is left to be used, and the guest still has the cart
      expect((await login).status).to.equal(401);
    } finally {
      await gate.end();
    }
    expect((await guest.request('GET', '/api/v1/account')).status).to.equal(401);
    expect((await guest.cart()).body.lines).to.deep.equal(before.body.lines);
  });

  it('lets one of two requests with the same link set the password', async () => {
    const email = await registered();
    const token = await linkFor(email);
    const statuses = await Promise.all([
      reset(token, 'the first password'),
      reset(token, 'the second password'),
    ]);
    expect(statuses.sort()).to.deep.equal([303, 422]);
  });

  it('voids all other links of an account with the one that is used', async () => {
    const email = await registered();
    const [first, second] = [await linkFor(email), await linkFor(email)];
    expect(await reset(second, 'the first password')).to.equal(303);
    expect(await reset(first, 'the second password')).to.equal(422);
  });

  it('voids the links that the mail address before was sent', async () => {
    const { client, email } = await customer();
    const token = await linkFor(email);
    const form = { name: 'Ada Quill', email: newEmail(), currentPassword: password };
    expect((await client.request('POST', '/account', form)).status).to.equal(303);
    expect(await reset(token, 'the first password')).to.equal(422);
  });

  it('voids the links that were sent before the password was changed', async () => {
    const { client, email } = await customer();
    const token = await linkFor(email);
    const form = { currentPassword: password, newPassword: 'the first password' };
    expect((await client.request('POST', '/account/password', form)).status).to.equal(303);
    expect(await reset(token, 'the second password')).to.equal(422);
  });

  it('keeps a link that works when a login makes an old hash anew', async () => {
    const email = await registered();
    const token = await linkFor(email);
    await shop.query('UPDATE account SET password_hash = $1 WHERE email = $2', [oldHash(), email]);
    const login = await shop.client().request('POST', '/api/v1/session', { email, password });
    expect(login.status).to.equal(200);
    expect(await reset(token, 'the first password')).to.equal(303);
  });

  it('sends no link to a mail address that is being changed', async () => {
    // GIVEN a change that has voided all links and is not committed yet
    const email = await registered();
    const changing = new pg.Client(shop.postgres.url('app'));
    await changing.connect();
    try {
      await changing.query('BEGIN');
      await changing.query('UPDATE account SET email = $1 WHERE email = $2', [newEmail(), email]);
      // WHEN somebody asks for a link meanwhile
      const asked = shop.client().request('POST', '/password/forgot', { email });
      await oneWaitsFor('transactionid');
      await changing.query('COMMIT');
      expect((await asked).status).to.equal(200);
    } finally {
      await changing.end();
    }
    // THEN there is none that would work for half an hour
    const links = await shop.query("SELECT 1 FROM outbox WHERE payload ->> 'email' = $1", [email]);
    expect(links).to.have.length(0);
  });

  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const startMs = performance.now();
    await work();
    return performance.now() - startMs;
  };

  it('takes as long for a wrong password whose hash is an old, cheap one as for nobody at all', async () => {
    const email = await registered();
    await shop.query('UPDATE account SET password_hash = $1 WHERE email = $2', [oldHash(), email]);
    const refuse = (address: string) =>
      timed(() =>
        shop.client().request('POST', '/api/v1/session', { email: address, password: 'a wrong password' }),
      );
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      known.push(await refuse(email));
      unknown.push(await refuse(newEmail()));
    }
    expect(median(known) / median(unknown)).to.be.within(0.5, 2);
  });

  it('does not hash a password for a link that nobody was sent', async () => {
    const email = await registered();
    const hashed: number[] = [];
    const refused: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const wrong = { email, password: 'a wrong password' };
      hashed.push(await timed(() => shop.client().request('POST', '/api/v1/session', wrong)));
      refused.push(await timed(async () => expect(await reset('no such link', password)).to.equal(422)));
    }
    expect(median(refused) / median(hashed)).to.be.lessThan(0.5);
  });
});
