// One contract for all ways to keep a session and a cart, each on two pods of the real shop. What a way cannot do is
// not left out: it is shown, so that the table of weaknesses stays true.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Running } from '../../../app/serve.ts';
import { startDynamoShop } from '../../support/dynamodb-shop.ts';
import { eventually } from '../../support/eventually.ts';
import { sessionWays } from '../../support/session-ways.ts';
import type { Cart, ShopClient } from '../../support/shop-client.ts';
import { cookiesIn, newEmail, shopClient } from '../../support/shop-client.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const idleMs = 2_500;
const lifeMs = 5_000;

const pieces = ({ body }: { body: Cart }): number => body.lines.reduce((sum, line) => sum + line.quantity, 0);
const urlOf = ({ port }: Running): string => `http://127.0.0.1:${port}`;

/** The session's cookie as a browser would send it back. */
const cookieIn = (answer: { headers: Headers }): string => cookiesIn(answer, /^sid(\.sig)?=./);

describe('ways to keep a session', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  before(async function () {
    this.timeout(timeouts.dynamoReadyMs + timeouts.fixtureMs);
    shop = await startDynamoShop();
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 20 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
  });
  after(() => shop.close());

  for (const way of sessionWays) {
    describe(way.strategy, () => {
      let [one, other]: Running[] = [];
      before(async () => {
        const env = { SHOP_SESSION_STRATEGY: way.strategy };
        [one, other] = [await shop.another(env), await shop.another(env)];
      });

      const sku = (index: number): string => skus[index] ?? '';
      const visitor = (): ShopClient => shopClient(urlOf(one!));
      const cartWith = (cookie: string, pod = one!) =>
        shopClient(urlOf(pod)).request<Cart>('GET', '/api/v1/cart', undefined, { cookie });
      const ordersWith = (cookie: string) =>
        shopClient(urlOf(one!)).request('GET', '/api/v1/orders', undefined, { cookie });
      const logIn = (client: ShopClient, email: string) =>
        client.request('POST', '/api/v1/session', { email, password });
      async function account(): Promise<{ client: ShopClient; email: string; cookie: string }> {
        const client = visitor();
        const email = newEmail();
        const answer = await client.register({ email, password, name: 'Ada Quill' });
        return { client, email, cookie: cookieIn(answer) };
      }
      async function tampered(): Promise<number> {
        const text = await (await fetch(`http://127.0.0.1:${one!.opsPort}/metrics`)).text();
        return Number(/shop_refused_total\{reason="tampered-cookie"\} (\d+)/.exec(text)?.[1] ?? 0);
      }

      it('keeps nothing for a visitor who only looks', async () => {
        const answer = await visitor().request('GET', '/');
        expect(cookieIn(answer)).to.equal('');
      });

      it('keeps a cart from the first change on', async () => {
        const client = visitor();
        await client.add(sku(0), 2);
        await client.add(sku(1));
        const path = `/api/v1/cart/lines/${sku(0)}`;
        await client.request('PUT', path, { quantity: 5, operationId: randomUUID() });
        expect(pieces(await client.cart())).to.equal(6);
        await client.request('DELETE', path, { operationId: randomUUID() });
        expect(pieces(await client.cart())).to.equal(1);
      });

      it(way.anyPod ? 'is known to every pod' : 'is lost when another pod answers', async () => {
        const cookie = cookieIn(await visitor().add(sku(0), 3));
        expect(pieces(await cartWith(cookie))).to.equal(3);
        expect(pieces(await cartWith(cookie, other))).to.equal(way.anyPod ? 3 : 0);
      });

      it('applies a repeated operation once', async () => {
        const client = visitor();
        const operationId = randomUUID();
        await client.add(sku(0), 2, operationId);
        const again = await client.add(sku(0), 2, operationId);
        expect([pieces(again), again.body.version]).to.deep.equal([2, 1]);
      });

      it(way.parallel ? 'loses nothing of ten requests at once' : 'loses what is added at once', async () => {
        const client = visitor();
        await client.add(sku(0));
        await Promise.all(Array.from({ length: 10 }, () => client.add(sku(1), 1)));
        const after = pieces(await client.cart());
        if (way.parallel) expect(after).to.equal(11);
        else expect(after).to.be.lessThan(11);
      });

      it('changes the cookie at login, so that a planted one is worth nothing', async () => {
        const { email } = await account();
        const planted = cookieIn(await visitor().add(sku(0)));
        const body = { email, password };
        const answer = await visitor().request('POST', '/api/v1/session', body, { cookie: planted });
        expect(answer.status).to.equal(200);
        expect((await ordersWith(cookieIn(answer))).status).to.equal(200);
        expect((await ordersWith(planted)).status).to.equal(401);
      });

      it(
        way.cartOfAccount
          ? 'merges the cart of a guest into that of the account, on every device'
          : 'leaves the cart in the browser it was filled in',
        async () => {
          const { client, email } = await account();
          await client.add(sku(0), 7);
          const guest = visitor();
          await guest.add(sku(0), 2);
          await guest.add(sku(1), 1);
          expect((await logIn(guest, email)).status).to.equal(200);
          expect(pieces(await guest.cart())).to.equal(way.cartOfAccount ? 10 : 3);
          expect(pieces(await client.cart())).to.equal(way.cartOfAccount ? 10 : 7);
        },
      );

      it('logs out', async () => {
        const { client, email } = await account();
        await client.add(sku(0), 3);
        await client.request('DELETE', '/api/v1/session');
        expect((await client.orders()).status).to.equal(401);
        expect(pieces(await client.cart())).to.equal(0);
        await logIn(client, email);
        expect(pieces(await client.cart())).to.equal(way.cartOfAccount ? 3 : 0);
      });

      const afterLogout = way.endsForGood ? 'is worth nothing' : 'still opens the account';
      it(`a copy of the cookie ${afterLogout} after the logout`, async () => {
        const { client, cookie } = await account();
        await client.request('DELETE', '/api/v1/session');
        expect((await ordersWith(cookie)).status).to.equal(way.endsForGood ? 401 : 200);
      });

      it(way.revocable ? 'logs out everywhere' : 'cannot log out anywhere else', async () => {
        const { client, email } = await account();
        const elsewhere = visitor();
        await logIn(elsewhere, email);
        await client.request('POST', '/account/sessions/revoke-all', {});
        expect((await client.orders()).status).to.equal(401);
        expect((await elsewhere.orders()).status).to.equal(way.revocable ? 401 : 200);
      });

      it(way.revocable ? 'lists my sessions and ends one' : 'has no list of sessions', async () => {
        const { client, email } = await account();
        const elsewhere = visitor();
        await logIn(elsewhere, email);
        const page = await elsewhere.request<string>('GET', '/account/sessions');
        const actions = page.body.match(/\/account\/sessions\/[\w-]{43}\/revoke/g) ?? [];
        expect(actions).to.have.length(way.revocable ? 2 : 0);
        // The newest comes first: the last one is the other device's.
        for (const action of actions.slice(1)) await elsewhere.request('POST', action, {});
        expect((await elsewhere.orders()).status).to.equal(200);
        expect((await client.orders()).status).to.equal(way.revocable ? 401 : 200);
      });

      it('ignores a cookie that was tampered with, counts it and shows nothing of it', async () => {
        const cookie = cookieIn(await visitor().add(sku(0)));
        const before = await tampered();
        const forged = cookie.replace(/^(sid=.{20})(.)/, (_, start: string, letter: string) => {
          return `${start}${letter === 'A' ? 'B' : 'A'}`;
        });
        const answer = await cartWith(forged);
        expect([answer.status, pieces(answer)]).to.deep.equal([200, 0]);
        expect(await tampered()).to.be.greaterThan(before);
      });

      it('does not bring back the bought cart, not even to an old copy of the cookie', async () => {
        const client = visitor();
        let old = '';
        for (const index of [0, 1]) old = cookieIn(await client.add(sku(index))) || old;
        const before = await client.cart();
        const order = await client.order();
        expect(order.status).to.equal(201);
        expect(pieces(await client.cart())).to.equal(0);
        expect(pieces(await cartWith(old))).to.equal(0);
        const again = await client.order({ expectedTotalCents: before.body.totalCents });
        expect(again.status).to.equal(409);
      });

      it('ends when nobody came for the idle time, and however busy when it is too old', async () => {
        const lives = { SHOP_SESSION_IDLE_MS: String(idleMs), SHOP_SESSION_LIFE_MS: String(lifeMs) };
        const pod = await shop.another({ SHOP_SESSION_STRATEGY: way.strategy, ...lives });
        const [idle, busy] = [shopClient(urlOf(pod)), shopClient(urlOf(pod))];
        for (const client of [idle, busy]) {
          await client.register({ email: newEmail(), password, name: 'Ada' });
        }
        const start = performance.now();
        let lastSeenMs = 0;
        let idleStatus = 0;
        await eventually(
          async () => {
            const { status } = await busy.orders();
            if (status === 200) lastSeenMs = performance.now() - start;
            // Once, for asking keeps a session; and while the busy one lives, or its age could be what ended it.
            if (idleStatus === 0 && lastSeenMs > idleMs + 300) idleStatus = (await idle.orders()).status;
            expect(status).to.equal(401);
          },
          { withinMs: lifeMs + timeouts.soonMs, everyMs: 100 },
        );
        expect(lastSeenMs, 'a busy session outlives the idle time').to.be.greaterThan(idleMs);
        expect(idleStatus, 'an idle session does not').to.equal(401);
      });
    });
  }
});
