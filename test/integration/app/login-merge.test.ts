// What a guest has when logging in: the cart, also after the session was lost, and what is held for it at the checkout.
// Nothing of it may keep anybody from logging in.
import { expect } from 'chai';
import { MAX_LINES } from '../../../app/cart/cart.ts';
import { cookiesIn, newEmail } from '../../support/shop-client.ts';
import type { Answer, Cart, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

describe('cart of a guest who logs in', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let skus: string[];
  let used = 0;
  before(async () => {
    shop = await startShop();
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
    await shop.query('UPDATE variant SET stock = 20');
  });
  after(() => shop.close());

  const nextSku = (): string => skus[used++] ?? '';
  const redis = () => shop.redis.connect('redis-0');
  const linesOf = ({ body }: Answer<Cart>) => body.lines.map(({ sku, quantity }) => [sku, quantity]);
  const page = (client: ShopClient, path: string) => client.request<string>('GET', path);
  const logIn = (client: ShopClient, email: string) =>
    client.request('POST', '/api/v1/session', { email, password });
  const logInOnPage = (client: ShopClient, email: string) =>
    client.request('POST', '/login', { email, password, returnTo: '/checkout' });

  async function account(): Promise<string> {
    const email = newEmail();
    await shop.client().register({ email, password, name: 'Ada Quill' });
    return email;
  }

  async function guestWith(sku: string, quantity = 1): Promise<ShopClient> {
    const client = shop.client();
    await client.add(sku, quantity);
    return client;
  }

  async function lastPiece(): Promise<string> {
    const sku = nextSku();
    await shop.query('UPDATE variant SET stock = 1 WHERE sku = $1', [sku]);
    return sku;
  }

  async function loseSessions(): Promise<void> {
    const keys = await redis().keys('sess:*');
    expect(keys).to.not.have.length(0);
    await redis().del(...keys);
  }

  const holdsOf = (sku: string) =>
    shop.query<{ quantity: number }>('SELECT quantity FROM stock_hold WHERE sku = $1', [sku]);

  describe('at the checkout with the last piece', () => {
    it('regression: is not sold out by its own hold after a login', async () => {
      const [sku, email] = [await lastPiece(), await account()];
      const client = await guestWith(sku);
      await page(client, '/checkout');
      expect((await logInOnPage(client, email)).status).to.equal(303);
      expect((await page(client, '/cart')).body).to.not.include('Sold out');
      expect((await page(client, '/checkout')).body).to.include('Held for you for 9 minutes');
      expect((await client.order()).status).to.equal(201);
      expect(await holdsOf(sku)).to.deep.equal([]);
    });

    it('regression: is not sold out by its own hold after a registration, also without another look', async () => {
      const sku = await lastPiece();
      const client = await guestWith(sku);
      await page(client, '/checkout');
      await client.register({ email: newEmail(), password, name: 'Ada Quill' });
      expect((await client.order()).status).to.equal(201);
    });

    it('keeps what is held in both carts, and takes of it what the one cart has then', async () => {
      const [sku, email] = [nextSku(), await account()];
      await shop.query('UPDATE variant SET stock = 5 WHERE sku = $1', [sku]);
      const elsewhere = shop.client();
      await logIn(elsewhere, email);
      await elsewhere.add(sku, 2);
      await page(elsewhere, '/checkout');
      const client = await guestWith(sku, 3);
      await page(client, '/checkout');
      await logInOnPage(client, email);
      expect(await holdsOf(sku)).to.deep.equal([{ quantity: 5 }]);
      await page(client, '/checkout');
      expect(await holdsOf(sku)).to.deep.equal([{ quantity: 5 }]);
      expect((await client.order()).status).to.equal(201);
    });

    it('lets the login through when the hold cannot follow, and lets it follow with the next page', async () => {
      const [sku, email] = [await lastPiece(), await account()];
      const client = await guestWith(sku);
      await page(client, '/checkout');
      await shop.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'no holds now'; END $$`);
      await shop.query(`CREATE TRIGGER refuse BEFORE INSERT ON stock_hold
        FOR EACH ROW EXECUTE FUNCTION refuse()`);
      try {
        expect((await logInOnPage(client, email)).status).to.equal(303);
        expect(linesOf(await client.cart())).to.deep.equal([[sku, 1]]);
        expect((await page(client, '/cart')).body).to.include('Sold out');
      } finally {
        await shop.query('DROP FUNCTION refuse CASCADE');
      }
      expect((await page(client, '/cart')).body).to.not.include('Sold out');
      expect((await client.order()).status).to.equal(201);
    });
  });

  describe('without a session', () => {
    it('regression: takes along the cart that the ticket still shows', async () => {
      const [sku, email] = [nextSku(), await account()];
      const client = await guestWith(sku, 2);
      await loseSessions();
      expect(linesOf(await client.cart())).to.deep.equal([[sku, 2]]);
      await logIn(client, email);
      expect(linesOf(await client.cart())).to.deep.equal([[sku, 2]]);
    });

    it('brings nothing back by the ticket of a cart that was merged already', async () => {
      const [sku, email] = [nextSku(), await account()];
      const client = shop.client();
      const ticket = ticketIn(await client.add(sku, 2));
      await logIn(client, email);
      expect(linesOf(await client.cart())).to.deep.equal([[sku, 2]]);
      for (const who of [email, await account()]) {
        const again = shop.client();
        const answer = await again.request('POST', '/api/v1/session', { email: who, password }, ticket);
        expect(answer.status).to.equal(200);
        expect(linesOf(await again.cart())).to.deep.equal(who === email ? [[sku, 2]] : []);
      }
    });

    it('brings nothing back by the ticket of a cart that was bought', async () => {
      const [sku, email] = [nextSku(), await account()];
      const client = shop.client();
      const ticket = ticketIn(await client.add(sku));
      expect((await client.order()).status).to.equal(201);
      const again = shop.client();
      await again.request('POST', '/api/v1/session', { email, password }, ticket);
      expect(linesOf(await again.cart())).to.deep.equal([]);
    });

    it('never takes along the cart of another account', async () => {
      const [sku, owner, other] = [nextSku(), await account(), await account()];
      const client = shop.client();
      await logIn(client, owner);
      await client.add(sku);
      await loseSessions();
      await logIn(client, other);
      expect(linesOf(await client.cart())).to.deep.equal([]);
      await logIn(client, owner);
      expect(linesOf(await client.cart())).to.deep.equal([[sku, 1]]);
    });
  });

  it('joins the account’s with the next page when it could not be merged at the login', async () => {
    const [sku, email] = [nextSku(), await account()];
    const client = await guestWith(sku, 3);
    // What Postgres has of a guest's cart is looked at before it moves.
    await shop.query('ALTER TABLE cart RENAME TO aside');
    try {
      expect((await logIn(client, email)).status).to.equal(200);
      expect(linesOf(await client.cart()), 'shown as is while it fails').to.deep.equal([]);
    } finally {
      await shop.query('ALTER TABLE aside RENAME TO cart');
    }
    expect(linesOf(await client.cart())).to.deep.equal([[sku, 3]]);
    expect(linesOf(await client.cart()), 'once').to.deep.equal([[sku, 3]]);
  });

  it('is merged in full above the limit, and both page and API say then that it is full', async () => {
    const email = await account();
    const known = shop.client();
    await logIn(known, email);
    const [mine, theirs] = [skus.slice(-MAX_LINES, -1), skus.slice(-MAX_LINES - 2, -MAX_LINES)];
    for (const sku of mine) await known.add(sku);
    const client = shop.client();
    for (const sku of theirs) await client.add(sku);
    await logIn(client, email);
    expect((await client.cart()).body.lines).to.have.length(MAX_LINES + 1);
    const refused = await client.add(nextSku());
    expect(refused.status).to.equal(409);
    expect(refused.headers.get('content-type')).to.include('application/problem+json');
    expect(refused.body).to.include({ code: 'cart-full' });
    const form = { sku: nextSku(), quantity: '1', operationId: 'operation-page' };
    const shown = await client.request<string>('POST', '/cart/lines', form);
    expect(shown.status).to.equal(409);
    expect(shown.headers.get('content-type')).to.include('text/html');
    expect(shown.body).to.include('The cart is full; remove something first.');
    expect((await client.add(mine[0] ?? '')).status, 'more of what is there').to.equal(200);
  });
});

/** The browser's cart ticket as a request sends it. */
function ticketIn(answer: { headers: Headers }): { cookie: string } {
  return { cookie: cookiesIn(answer, /^cart=/) };
}
