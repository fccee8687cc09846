// How often something may be tried, per account and per address, also while Redis is away; and what a guesser can
// learn from the answers.
import { expect } from 'chai';
import { median } from '../../load/bench/ratios.ts';
import { newEmail } from '../../support/shop-client.ts';
import type { Answer, ShopClient } from '../../support/shop-client.ts';
import { shopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('limits', function () {
  this.timeout(timeouts.e2eTestMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop({ env: { SHOP_RATE_LIMIT_SCALE: '1', SHOP_PROXY_COUNT: '1' } });
  });
  after(() => shop.close());

  /** Somebody at an address of their own. */
  const at = (address: string) => (method: string, path: string, body?: unknown) =>
    shop.client().request<string>(method, path, body, { 'x-forwarded-for': address });

  /** The first answer that says "too often", and how many were given before it. */
  async function untilRefused(attempt: (n: number) => Promise<Answer<string>>, most: number) {
    for (let n = 0; n < most; n += 1) {
      const answer = await attempt(n);
      if (answer.status === 429) return { answer, before: n };
    }
    throw new Error(`not refused after ${most} attempts`);
  }

  async function registered(): Promise<string> {
    const email = newEmail();
    await shop.client().register({ name: 'Ada', email, password });
    return email;
  }

  it('refuses guessing one account’s password, as a page and as problem+json', async () => {
    const email = await registered();
    const guess = (n: number) =>
      at(`203.0.113.${n}`)('POST', '/login', { email, password: `guess number ${n}` });
    const { answer, before } = await untilRefused(guess, 20);
    expect(before).to.equal(10);
    expect(Number(answer.headers.get('retry-after'))).to.be.within(1, 300);
    expect(answer.headers.get('content-type')).to.include('text/html');
    const api = await shop.client().request('POST', '/api/v1/session', { email, password });
    expect(api.status).to.equal(429);
    expect(api.headers.get('content-type')).to.include('application/problem+json');
    expect(api.headers.get('retry-after')).to.not.equal(null);
    expect(api.body).to.include({ status: 429, code: 'too-many' });
  });

  it('keeps what was typed into a form that was sent too often, but for the password', async () => {
    const email = await registered();
    const typed = { email, password: 'not it', returnTo: '/cart' };
    const { answer } = await untilRefused((n) => at(`203.0.113.${n}`)('POST', '/login', typed), 20);
    const [, form = ''] =
      /<form id="repeat" method="post" action="\/login">(.*?)<\/form>/s.exec(answer.body) ?? [];
    expect(form).to.include(`name="email" value="${email}"`).and.include('name="returnTo" value="/cart"');
    expect(answer.body).to.match(/makes sense in [2-5] minutes/);
    expect(answer.body).to.include('Back to the form').and.not.include(typed.password);
    // WHEN that is sent, from where it may be
    const back = await at('203.0.113.99')('POST', '/login', { email, returnTo: '/cart' });
    expect(back.status).to.equal(422);
    expect(back.body).to.include(`value="${email}"`);
  });

  it('leaves other accounts alone meanwhile', async () => {
    const email = await registered();
    const answer = await shop.client().request('POST', '/api/v1/session', { email, password });
    expect(answer.status).to.equal(200);
  });

  it('tells no more than thirty times per address that an e-mail address is taken', async () => {
    const email = await registered();
    const ask = at('198.51.100.7');
    const again = () => ask('POST', '/register', { name: 'Eve', email, password });
    const { before } = await untilRefused(again, 40);
    expect(before).to.equal(30);
    const other = await ask('POST', '/register', { name: 'Eve', email: newEmail(), password });
    expect(other.status, 'a free address must get the same answer').to.equal(429);
  });

  it('sends three links for a forgotten password, and says the same after more', async () => {
    const email = await registered();
    const ask = at('198.51.100.8');
    const { before } = await untilRefused(() => ask('POST', '/password/forgot', { email }), 10);
    expect(before).to.equal(3);
  });

  it('refuses to try one link for a forgotten password after the other', async () => {
    const ask = at('198.51.100.9');
    const form = (n: number) => ({ token: `guess number ${n}`, newPassword: 'another long password' });
    const { before } = await untilRefused((n) => ask('POST', '/password/reset', form(n)), 70);
    expect(before).to.equal(60);
    const elsewhere = await at('198.51.100.10')('POST', '/password/reset', form(0));
    expect(elsewhere.status).to.equal(422);
  });

  /** Guesses, in turns, in both places where somebody who is logged in types the password again. */
  const guessOwn = (client: ShopClient) => (n: number) =>
    n % 2 === 0
      ? client.request<string>('POST', '/account/delete', { password: `guess number ${n}` })
      : client.request<string>('POST', '/account/password', {
          currentPassword: `guess number ${n}`,
          newPassword: 'another long password',
        });

  it('refuses guessing the password from a session of its account', async () => {
    const client = shop.client();
    await client.register({ name: 'Ada', email: newEmail(), password });
    const { before } = await untilRefused(guessOwn(client), 20);
    expect(before).to.equal(10);
    const right = await client.request('POST', '/account/delete', { password });
    expect(right.status, 'the right one must get the same answer').to.equal(429);
  });

  it('refuses a storm of orders from one cart', async () => {
    const client = shop.client();
    const [row] = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY stock DESC LIMIT 1');
    await client.add(row?.sku ?? '');
    const { before } = await untilRefused(
      () => client.order({ expectedTotalCents: 1 }) as unknown as Promise<Answer<string>>,
      40,
    );
    expect(before).to.equal(30);
  });

  it('answers a wrong password and an unknown address alike, in words and in time', async () => {
    const known = await Promise.all(Array.from({ length: 5 }, registered));
    const timed = async (email: string, address: string) => {
      const start = performance.now();
      const answer = await at(address)('POST', '/login', { email, password: 'not the password' });
      return { ms: performance.now() - start, answer };
    };
    const words = ({ status, body }: Answer<string>, email: string): string =>
      `${status} ${body.replaceAll(email, '').replaceAll(/[\w-]{36}/g, '')}`;
    const ms: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
    for (const email of known) {
      const other = newEmail();
      const right = await timed(email, '198.51.100.20');
      const wrong = await timed(other, '198.51.100.21');
      expect(words(wrong.answer, other)).to.equal(words(right.answer, email));
      ms.known.push(right.ms);
      ms.unknown.push(wrong.ms);
    }
    expect(median(ms.unknown) / median(ms.known)).to.be.within(0.5, 2);
  });

  async function withoutRedis(work: () => Promise<void>): Promise<void> {
    const all = [...shop.redis.members, ...shop.redis.sentinels];
    for (const name of all) shop.redis.freeze(name);
    try {
      await work();
    } finally {
      for (const name of all) shop.redis.thaw(name);
    }
  }

  it('goes on counting while Redis is away', async () => {
    const email = await registered();
    await withoutRedis(async () => {
      const guess = () =>
        shopClient(shop.url).request<string>('POST', '/api/v1/session', {
          email,
          password: 'a wrong password',
        });
      const { before } = await untilRefused(guess, 20);
      expect(before).to.equal(10);
    });
  });

  it('goes on counting what is typed into links and accounts while Redis is away', async () => {
    // Only a session in the cookie is known then.
    const { port } = await shop.another({ SHOP_SESSION_STRATEGY: 'cookie' });
    const client = shopClient(`http://127.0.0.1:${port}`);
    await client.register({ name: 'Ada', email: newEmail(), password });
    const form = { token: 'a guess', newPassword: 'another long password' };
    await withoutRedis(async () => {
      const own = await untilRefused(guessOwn(client), 20);
      const link = await untilRefused(() => client.request<string>('POST', '/password/reset', form), 70);
      expect([own.before, link.before]).to.deep.equal([10, 60]);
    });
  });
});
