// Whatever is sent to whichever route, nothing breaks: no 5xx, no stack trace, nothing half-written. The routes come
// from the app; half of what is sent is what a form may really hold, so that the fuzz gets past the first check.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Route } from '../../../app/http/route-table.ts';
import { newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

/** The same shots in every run, so that what is green stays green; another seed or more runs hunt for new ones. */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const runsPerRoute = Number(process.env.FUZZ_RUNS ?? 12);
const anId = '8a6f0c1e-6f0b-4d5e-9b0a-1d2c3b4a5f60';
const fields = [
  ...['name', 'email', 'password', 'currentPassword', 'newPassword', 'token', 'returnTo'],
  ...['street', 'postcode', 'city', 'country', 'shipping', 'cardNumber', 'cardExpiry', 'cardCode'],
  ...['sku', 'quantity', 'operationId', 'idempotencyKey', 'expectedTotalCents', 'language', 'currency'],
  ...['stock', 'price', 'status', 'page', 'q', 'size', 'colour', 'sort', 'address', 'payment'],
];
const traces = /\bat \S+ \(|node_modules|node:internal|\.ts:\d+|SELECT |pg_/;

/** Values that a form could hold, and values that none should. */
function valueFor(skus: readonly string[]): fc.Arbitrary<unknown> {
  const sensible = fc.constantFrom<unknown>(
    ...skus,
    ...[
      '1',
      '3',
      'Ada',
      'a long enough password',
      '10115',
      'Berlin',
      'DE',
      'standard',
      'express',
      'en',
      'EUR',
    ],
    ...['4242424242424242', '12/34', '123', anId, 'shopper@example.org', '49.90', 'paid', 'shipped', '/cart'],
    ...[1, 3, 0, 4_990],
  );
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom<unknown>(
      '\u0000',
      'x'.repeat(5_000),
      "' OR 1=1 --",
      '../../etc/passwd',
      '%00',
      '{{7*7}}',
    ),
    fc.constantFrom<unknown>(
      null,
      -1,
      1e308,
      2 ** 53,
      true,
      [],
      {},
      ['a', 'b'],
      '\ud800',
      '-0',
      'NaN',
      '1e9',
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc.oneof({ arbitrary: sensible, weight: 3 }, { arbitrary: odd, weight: 2 });
}

interface Shot {
  readonly params: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly asForm: boolean;
  readonly key: string;
}

function shots(skus: readonly string[], ids: readonly string[]): fc.Arbitrary<Shot> {
  const value = valueFor(skus);
  const odd = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  const dictionary = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 14 });
  return fc.record({
    params: fc.array(fc.oneof(fc.constantFrom(...ids, ...skus, 'linen-shirt', 'tops'), odd), {
      minLength: 2,
      maxLength: 2,
    }),
    query: fc.dictionary(fc.constantFrom(...fields), fc.oneof(odd, fc.constantFrom(...skus, '1')), {
      maxKeys: 3,
    }),
    body: dictionary,
    asForm: fc.boolean(),
    key: fc.oneof(fc.uuid(), fc.string({ maxLength: 10 })),
  });
}

function formOf(body: Shot['body']): string {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return new URLSearchParams(
    Object.entries(body).map(([name, value]): [string, string] => [name, text(value).toWellFormed()]),
  ).toString();
}

function urlOf({ path }: Route, { params, query }: Shot): string {
  let at = 0;
  const filled = path.replaceAll(/:\w+/g, () => encodeURIComponent((params[at++ % 2] ?? '').toWellFormed()));
  return `${filled}?${new URLSearchParams(query).toString()}`;
}

describe('fuzzing every route', function () {
  this.timeout(4 * timeouts.e2eTestMs);
  let shop: TestShop;
  let skus: string[] = [];
  let visitors: { guest: string; user: string; staff: string };

  async function cookieOf(client: ShopClient, answers: readonly { headers: Headers }[]): Promise<string> {
    await client.add(skus[0] ?? '');
    return answers
      .flatMap(({ headers }) => headers.getSetCookie())
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }

  async function account(role: 'shopper' | 'staff'): Promise<string> {
    const email = newEmail();
    const login = { email, password: 'a long enough password' };
    await shop.client().register({ ...login, name: 'Ada' });
    await shop.query('UPDATE account SET role = $2 WHERE email = $1', [email, role]);
    const client = shop.client();
    return cookieOf(client, [await client.request('POST', '/api/v1/session', login)]);
  }

  before(async () => {
    shop = await startShop();
    const rows = await shop.query<{ sku: string }>(
      'SELECT sku FROM variant WHERE stock > 5 ORDER BY sku LIMIT 4',
    );
    skus = rows.map(({ sku }) => sku);
    const guest = shop.client();
    const first = await guest.add(skus[1] ?? '');
    visitors = {
      guest: await cookieOf(guest, [first]),
      user: await account('shopper'),
      staff: await account('staff'),
    };
  });
  after(() => shop.close());

  async function shoot(route: Route, shot: Shot, cookie: string): Promise<void> {
    const hasBody = route.method !== 'GET';
    const contentType = shot.asForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const answer = await fetch(shop.url + urlOf(route, shot), {
      method: route.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeouts.requestMs),
      headers: {
        cookie,
        'idempotency-key': encodeURIComponent(shot.key.toWellFormed()),
        ...(hasBody && { 'content-type': contentType }),
      },
      body: !hasBody ? undefined : shot.asForm ? formOf(shot.body) : JSON.stringify(shot.body),
    });
    const text = await answer.text();
    expect(answer.status, text.slice(0, 300)).to.be.within(200, 499);
    expect(text).to.not.match(traces);
    if (route.path.startsWith('/api/') && answer.status >= 400) {
      expect(answer.headers.get('content-type')).to.include('application/problem+json');
    }
  }

  async function fuzz(routes: readonly Route[], cookie: string): Promise<void> {
    const ids = [anId, '00000000-0000-4000-8000-000000000000'];
    for (const route of routes) {
      const property = fc.asyncProperty(shots(skus, ids), async (shot) => {
        await shoot(route, shot, cookie).catch((error: unknown) => {
          throw new Error(`${route.method} ${route.path}`, { cause: error });
        });
      });
      await fc.assert(property, { numRuns: runsPerRoute, seed });
    }
  }

  it('breaks nothing for a guest', () => fuzz(shop.routes, visitors.guest));
  it('breaks nothing for a customer', () => fuzz(shop.routes, visitors.user));
  it('breaks nothing for staff', () =>
    fuzz(
      shop.routes.filter(({ path }) => path.includes('staff')),
      visitors.staff,
    ));

  it('leaves nothing half-written', async () => {
    const [broken] = await shop.query<Record<string, string>>(`
      SELECT (SELECT count(*) FROM purchase p
               WHERE NOT EXISTS (SELECT FROM purchase_line l WHERE l.purchase_id = p.id))::int AS "ordersWithoutLines",
             (SELECT count(*) FROM purchase_line l
               WHERE NOT EXISTS (SELECT FROM variant v WHERE v.sku = l.sku))::int AS "unknownArticles",
             (SELECT count(*) FROM checkout_claim c
               WHERE NOT EXISTS (SELECT FROM purchase p WHERE p.id = c.purchase_id))::int AS "claimsWithoutOrder",
             (SELECT count(*) FROM account WHERE email = '' OR name = '' OR password_hash = '')::int AS "emptyAccounts",
             (SELECT count(*) FROM address WHERE street = '' OR country = '')::int AS "emptyAddresses",
             (SELECT count(*) FROM variant WHERE stock < 0 OR price_cents <= 0)::int AS "impossibleStock"`);
    expect(broken).to.deep.equal({
      ordersWithoutLines: 0,
      unknownArticles: 0,
      claimsWithoutOrder: 0,
      emptyAccounts: 0,
      emptyAddresses: 0,
      impossibleStock: 0,
    });
  });
});
