// Whatever is sent to whichever route, nothing breaks: no 5xx, no stack trace, nothing half-written. The routes come from
// the app. A route that writes is sent its own right request with up to two fields changed (so the fuzz gets behind its
// checks), and must do it when none is; one that reads is sent odd parameters.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Route } from '../../../app/http/route-table.ts';
import { changed, formOf, odd, seedOf, shots, textOf, UNCHANGED } from '../../support/fuzz-bodies.ts';
import type { Fields, Shot } from '../../support/fuzz-bodies.ts';
import { isDear } from '../../support/fuzz-account-routes.ts';
import { EXAMPLES } from '../../support/fuzz-routes.ts';
import { anOrderOf, newCustomer } from '../../support/fuzz-world.ts';
import type { World } from '../../support/fuzz-world.ts';
import { shopClient } from '../../support/shop-client.ts';
import type { Answer, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

/** The same shots in every run, so that what is green stays green; another seed or more runs hunt for new ones. */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const runsPerRoute = Number(process.env.FUZZ_RUNS ?? 12);
/** Of the routes that hash a password with each. */
const DEAR_PART = 1 / 4;
const anId = '8a6f0c1e-6f0b-4d5e-9b0a-1d2c3b4a5f60';
const traces = /\bat \S+ \(|node_modules|node:internal|\.ts:\d+|SELECT |pg_/;
const STOCK = 5_000;

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const isApi = (path: string): boolean => path.startsWith('/api/');

function fill(pattern: string, params: Fields['params']): string {
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(textOf(params[name])));
}

/** Says which route and seed it was: fast-check says the shot. */
async function fuzz<T>(route: Route, shot: fc.Arbitrary<T>, shoot: (shot: T) => Promise<void>, first: T[]) {
  const own = seedOf(nameOf(route), seed);
  const examples = first.map((one): [T] => [one]);
  const numRuns = Math.ceil(runsPerRoute * (isDear(nameOf(route)) ? DEAR_PART : 1));
  try {
    await fc.assert(fc.asyncProperty(shot, shoot), { numRuns, seed: own, examples });
  } catch (error) {
    throw new Error(`${nameOf(route)} (seed ${own})`, { cause: error });
  }
}

function expectUnbroken(path: string, { status, body, headers }: Answer<unknown>): void {
  const text = textOf(body);
  expect(status, text.slice(0, 300)).to.be.within(200, 499);
  expect(text).to.not.match(traces);
  if (isApi(path) && status >= 400) {
    expect(headers.get('content-type')).to.include('application/problem+json');
  }
}

/** A form that is answered with the way to the login has done nothing. */
function expectDone({ status, body, headers }: Answer<unknown>): void {
  expect(status, `answered a right request: ${textOf(body).slice(0, 300)}`).to.be.oneOf([200, 201, 204, 303]);
  expect(headers.get('location') ?? '').to.not.match(/^\/login\?/);
}

describe('fuzzing every route', function () {
  this.timeout(4 * timeouts.e2eTestMs);
  let shop: TestShop;
  let world: World;
  let reading: Route[];
  let writing: Route[];
  let orderId: string;
  before(async () => {
    shop = await startShop();
    reading = shop.routes.filter(({ method }) => method === 'GET');
    writing = shop.routes.filter(({ method }) => method !== 'GET');
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant ORDER BY sku LIMIT 2');
    const [sku = '', staffSku = ''] = rows.map((row) => row.sku);
    await shop.query('UPDATE variant SET stock = $2 WHERE sku = $1', [sku, STOCK]);
    const [staff, customer, known] = [
      await newCustomer(shop),
      await newCustomer(shop),
      await newCustomer(shop),
    ];
    await shop.query(`UPDATE account SET role = 'staff' WHERE email = $1`, [staff.email]);
    await staff.client.request('POST', '/api/v1/session', { email: staff.email, password: staff.password });
    orderId = (await anOrderOf(customer.client, sku)).id;
    const login = { email: known.email, password: known.password };
    const { client, password: customerPassword } = customer;
    world = { shop, sku, staffSku, staff: staff.client, customer: client, customerPassword, known: login };
  });
  after(() => shop.close());

  async function send(route: Route, client: ShopClient, fields: Fields, shot: Shot) {
    const asForm = isApi(route.path) === shot.asOther;
    const type = asForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = Object.entries(fields.headers).map(([name, value]) => [
      name,
      encodeURIComponent(textOf(value)),
    ]);
    const answer = await client.request(
      route.method,
      fill(route.path, fields.params),
      asForm ? formOf(fields.body) : JSON.stringify(fields.body),
      { 'content-type': type, ...(Object.fromEntries(headers) as Record<string, string>) },
    );
    expectUnbroken(route.path, answer);
    return answer;
  }

  async function write(route: Route, shot: Shot): Promise<void> {
    const { client, ...fields } = await EXAMPLES[nameOf(route)]!(world);
    const answer = await send(route, client, changed(fields, shot), shot);
    if (shot.changes.length === 0 && !shot.asOther) expectDone(answer);
  }

  async function fuzzWriting(routes: readonly Route[]): Promise<void> {
    for (const route of routes) {
      await fuzz(route, shots(), (shot) => write(route, shot), [UNCHANGED]);
    }
  }

  async function read(client: ShopClient): Promise<void> {
    const text = odd.map(textOf);
    const parameter = fc.oneof(
      fc.constantFrom(anId, orderId, world.sku, 'linen-shirt', 'tops'),
      text.filter((value) => value !== ''),
    );
    const names = fc.constantFrom(
      'page',
      'q',
      'size',
      'colour',
      'sort',
      'price',
      'status',
      'token',
      'returnTo',
    );
    const shot = fc.record({
      params: fc.array(parameter, { minLength: 2, maxLength: 2 }),
      query: fc.dictionary(names, fc.oneof(text, fc.constantFrom('1', 'paid', 'm')), { maxKeys: 3 }),
    });
    for (const route of reading) {
      const keys = [...route.path.matchAll(/:(\w+)/g)].map(([, key = '']) => key);
      await fuzz(
        route,
        shot,
        async ({ params, query }) => {
          const filled = Object.fromEntries(keys.map((key, index) => [key, params[index] ?? '']));
          const path = `${fill(route.path, filled)}?${new URLSearchParams(query).toString()}`;
          expectUnbroken(route.path, await client.request('GET', path));
        },
        [],
      );
    }
  }

  it('knows how to ask every route that writes', () => {
    expect(writing.map(nameOf).filter((route) => EXAMPLES[route] === undefined)).to.deep.equal([]);
  });

  it('breaks nothing that writes, and each of them does what is rightly asked', async () => {
    const [dear, cheap] = [true, false].map((is) => writing.filter((one) => isDear(nameOf(one)) === is));
    // Hashing leaves the other routes time.
    await Promise.all([dear, cheap].map((routes = []) => fuzzWriting(routes)));
  });

  it('does nothing for a stranger who sends what somebody else may', async () => {
    for (const route of writing.filter(({ path }) => /staff|account|cancel/.test(path))) {
      if (nameOf(route) === 'POST /api/v1/accounts') continue;
      const fields = await EXAMPLES[nameOf(route)]!(world);
      const answer = await send(route, shop.client(), fields, UNCHANGED);
      const isSentToLogin = /^\/login\?/.test(answer.headers.get('location') ?? '');
      expect(isSentToLogin || answer.status >= 400, `${nameOf(route)}: ${answer.status}`).to.equal(true);
    }
  });

  it('breaks nothing that a guest reads', () => read(shopClient(shop.url)));
  it('breaks nothing that a customer reads', () => read(world.customer));
  it('breaks nothing that staff read', () => read(world.staff));

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

  it('has sold and held what is missing from the shelf, no more and no less', async () => {
    const [row] = await shop.query<{ stock: number; sold: number; held: number; orders: number }>(
      `SELECT v.stock,
              (SELECT coalesce(sum(l.quantity), 0)::int FROM purchase_line l JOIN purchase p ON p.id = l.purchase_id
                WHERE l.sku = v.sku AND p.status NOT IN ('cancelled', 'expired', 'declined')) AS sold,
              (SELECT coalesce(sum(quantity), 0)::int FROM stock_hold h WHERE h.sku = v.sku) AS held,
              (SELECT count(*)::int FROM purchase) AS orders
         FROM variant v WHERE v.sku = $1`,
      [world.sku],
    );
    const { stock, sold, held, orders } = row!;
    expect(orders).to.be.at.least(10);
    expect(stock + sold + held).to.equal(STOCK);
  });
});
