// How to ask the routes of accounts rightly (see fuzz-routes.ts).
import { createHash, randomUUID } from 'node:crypto';
import { newCustomer, nothing } from './fuzz-world.ts';
import type { Ask, Asked, Examples, World } from './fuzz-world.ts';
import { newEmail } from './shop-client.ts';
import type { ShopClient } from './shop-client.ts';

const address = { name: 'Ada', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' };

async function loggedIn({ shop, known }: World): Promise<ShopClient> {
  const client = shop.client();
  await client.request('POST', '/api/v1/session', known);
  return client;
}

async function asLoggedIn(world: World): Promise<Asked> {
  return { ...nothing, client: await loggedIn(world) };
}

async function remove({ shop }: World): Promise<Asked> {
  const { client, password } = await newCustomer(shop);
  return { ...nothing, client, body: { password } };
}

async function changePassword({ shop }: World): Promise<Asked> {
  const { client, password } = await newCustomer(shop);
  return { ...nothing, client, body: { currentPassword: password, newPassword: `${password}er` } };
}

const update: Ask = ({ customer, customerPassword: currentPassword }) =>
  Promise.resolve({
    ...nothing,
    client: customer,
    body: { name: 'Ada Quill', email: newEmail(), currentPassword },
  });

const forgot: Ask = ({ shop, known }) =>
  Promise.resolve({ ...nothing, client: shop.client(), body: { email: known.email } });

function register({ shop, known: { password } }: World): Promise<Asked> {
  return Promise.resolve({
    ...nothing,
    client: shop.client(),
    body: { name: 'Ada', email: newEmail(), password },
  });
}

const logIn: Ask = ({ shop, known }) =>
  Promise.resolve({ ...nothing, client: shop.client(), body: { ...known } });

async function revoke(world: World): Promise<Asked> {
  const client = await loggedIn(world);
  const { body } = await client.request<string>('GET', '/account/sessions');
  const [, key = 'none'] = /sessions\/([\w-]+)\/revoke/.exec(body) ?? [];
  return { ...nothing, client, params: { key } };
}

async function reset({ shop, known }: World): Promise<Asked> {
  const token = randomUUID();
  const { email } = await newCustomer(shop);
  await shop.query(
    `INSERT INTO password_reset (token_hash, account_id, expires_at)
     SELECT $1, id, now() + interval '1 h' FROM account WHERE email = $2`,
    [createHash('sha256').update(token).digest('base64url'), email],
  );
  return { ...nothing, client: shop.client(), body: { token, newPassword: `${known.password}er` } };
}

export const account: Examples = {
  'POST /login': logIn,
  'POST /api/v1/session': logIn,
  'POST /register': register,
  'POST /api/v1/accounts': register,
  'POST /logout': asLoggedIn,
  'DELETE /api/v1/session': asLoggedIn,
  'DELETE /api/v1/account/sessions': asLoggedIn,
  'POST /account/sessions/revoke-all': asLoggedIn,
  'POST /account/sessions/:key/revoke': revoke,
  'DELETE /api/v1/account/sessions/:key': revoke,
  'POST /account': update,
  'PUT /api/v1/account': update,
  'POST /account/password': changePassword,
  'PUT /api/v1/account/password': changePassword,
  'POST /account/delete': remove,
  'DELETE /api/v1/account': remove,
  'POST /password/forgot': forgot,
  'POST /api/v1/password/forgot': forgot,
  'POST /password/reset': reset,
  'POST /api/v1/password/reset': reset,
  'POST /preferences': ({ shop }) =>
    Promise.resolve({
      ...nothing,
      client: shop.client(),
      body: { language: 'de', currency: 'EUR', returnTo: '/cart' },
    }),
};

/** The address book has room again. */
async function addAddress({ shop, customer: client }: World): Promise<Asked> {
  await shop.query('DELETE FROM address');
  return { ...nothing, client, body: { ...address } };
}

async function withAddress(world: World): Promise<Asked> {
  const { client, body } = await addAddress(world);
  const saved = await client.request<{ id: string }>('POST', '/api/v1/account/addresses', body);
  return { ...nothing, client, params: { id: saved.body.id } };
}

export const addresses: Examples = {
  'POST /account/addresses': addAddress,
  'POST /api/v1/account/addresses': addAddress,
  'POST /account/addresses/:id/remove': withAddress,
  'POST /account/addresses/:id/prefer': withAddress,
  'PUT /api/v1/account/addresses/:id/preferred': withAddress,
  'DELETE /api/v1/account/addresses/:id': withAddress,
};

const CHEAP = [forgot];

/** Whether each request of this route hashes passwords, which is meant to take long. */
export function isDear(route: string): boolean {
  const ask = account[route];
  return ask !== undefined && !CHEAP.includes(ask);
}
