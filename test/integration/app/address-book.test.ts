// The address book's edges: it has an end, and a session may outlive the account it belongs to.
import { expect } from 'chai';
import { anyVariant, newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const address = { name: 'Ada', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' };

describe('the address book', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  async function registered(): Promise<{ client: ShopClient; email: string }> {
    const client = shop.client();
    const email = newEmail();
    await client.register({ name: 'Ada Quill', email, password });
    return { client, email };
  }

  /** Somebody with as many addresses as there may be, but for `room`. */
  async function withAddresses(room = 0): Promise<ShopClient> {
    const { client, email } = await registered();
    await shop.query(
      `INSERT INTO address (id, account_id, name, street, postcode, city, country)
       SELECT gen_random_uuid(), id, 'Ada', 'Weg ' || n, '10115', 'Berlin', 'DE'
         FROM account, generate_series(1, $2::integer) AS n WHERE email = $1`,
      [email, 20 - room],
    );
    return client;
  }

  const kept = async (client: ShopClient): Promise<number> =>
    (await client.request<{ items: unknown[] }>('GET', '/api/v1/account/addresses')).body.items.length;

  it('says on the page that it is full, and keeps what was typed', async () => {
    const client = await withAddresses();
    const answer = await client.request<string>('POST', '/account/addresses', address);
    expect(answer.status).to.equal(422);
    expect(answer.body).to.include('The address book is full; remove an address first.');
    expect(answer.body).to.include('value="Lindenweg 4"');
    expect(await kept(client)).to.equal(20);
  });

  it('tells a program that it is full', async () => {
    const client = await withAddresses();
    const answer = await client.request('POST', '/api/v1/account/addresses', address);
    expect(answer.status).to.equal(409);
    expect(answer.headers.get('content-type')).to.include('application/problem+json');
    expect(answer.body).to.include({ code: 'address-book-full' });
  });

  it('takes one of several that want its last place at once', async () => {
    const client = await withAddresses(1);
    const add = () => client.request('POST', '/api/v1/account/addresses', address);
    const statuses = (await Promise.all([add(), add(), add()])).map(({ status }) => status);
    expect(statuses.sort()).to.deep.equal([201, 409, 409]);
    expect(await kept(client)).to.equal(20);
  });

  describe('of an account that is gone while its session is not', () => {
    async function orphaned(): Promise<ShopClient> {
      const { client, email } = await registered();
      await shop.query('DELETE FROM account WHERE email = $1', [email]);
      return client;
    }

    it('leads from its page to the login, which does not lead back', async () => {
      const client = await orphaned();
      const answer = await client.request('POST', '/account/addresses', address);
      expect(answer.status).to.equal(303);
      expect(answer.headers.get('location')).to.match(/^\/login\?returnTo=/);
      expect((await client.request('GET', '/login?returnTo=%2Faccount')).status).to.equal(200);
    });

    it('answers a program with 401', async () => {
      const client = await orphaned();
      const answer = await client.request('POST', '/api/v1/account/addresses', address);
      expect(answer.status).to.equal(401);
      expect(answer.body).to.include({ code: 'not-logged-in' });
    });

    it('leads from the account’s page to the login as well', async () => {
      const client = await orphaned();
      const answer = await client.request('GET', '/account');
      expect(answer.headers.get('location')).to.equal('/login?returnTo=%2Faccount');
      expect((await client.request('GET', '/login')).status).to.equal(200);
    });

    it('takes no changed name', async () => {
      const client = await orphaned();
      const answer = await client.request('POST', '/account', { name: 'Grace', email: newEmail() });
      expect(answer.headers.get('location')).to.match(/^\/login\?returnTo=/);
    });

    it('takes no order', async () => {
      const client = await orphaned();
      await client.add((await anyVariant(client)).sku);
      expect((await client.order()).status).to.equal(401);
      expect((await client.orders()).status).to.equal(401);
    });
  });
});
