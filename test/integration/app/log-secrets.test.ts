// The log must not know what shoppers keep to themselves. All forms are driven with values that occur nowhere else,
// those that know a person also while Postgres is away, and then looked for in every line.
import { expect } from 'chai';
import { createLog } from '../../../app/platform/log.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const canaries = {
  email: 'canary.mail@example.org',
  password: 'canary-password-1',
  currentPassword: 'canary-password-1',
  newPassword: 'canary-password-2',
  name: 'Canary Name',
  street: 'Canarystreet 4',
  postcode: '10115',
  city: 'Canarytown',
  country: 'DE',
  shipping: 'standard',
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12/34',
  cardCode: '987',
  token: 'canary-token-of-a-reset-link',
  idempotencyKey: 'canary-key-of-an-order',
  operationId: 'canary-operation-id',
  expectedTotalCents: '1',
  quantity: '1',
  q: 'canary-search',
};
const address = '203.0.113.77';
const secrets = [
  ...['canary.mail', 'canary-password', 'Canary Name', 'Canarystreet', 'Canarytown', 'canary-token'],
  ...['canary-search', 'canary-key', 'canary-operation', address, 'canary-cookie'],
];
/** The card's, by itself: ids and times have any four digits now and then. */
const cardDigits = /(?<![\da-f-])4242(?![\da-f-])/;

describe('the log', function () {
  this.timeout(timeouts.e2eTestMs);
  const lines: string[] = [];
  let shop: TestShop;
  before(async () => {
    const log = createLog({ level: 'trace', pod: 'test' }, { write: (line) => void lines.push(line) });
    shop = await startShop({ log, env: { SHOP_PROXY_COUNT: '1' } });
  });
  after(() => shop.close());

  async function driveAll(): Promise<Set<number>> {
    const client = shop.client();
    const statuses = new Set<number>();
    const headers = { 'x-forwarded-for': address, 'idempotency-key': canaries.idempotencyKey };
    const send = async (method: string, path: string, body?: unknown) => {
      const answer = await client.request(method, path, body, headers);
      statuses.add(answer.status);
    };
    const [row] = await shop
      .query<{ sku: string }>('SELECT sku FROM variant ORDER BY stock DESC LIMIT 1')
      .catch(() => []);
    await send('POST', '/api/v1/accounts', canaries);
    await send('POST', '/cart/lines', { ...canaries, sku: row?.sku ?? 'none' });
    for (const { method, path } of shop.routes.filter((route) => !/logout|delete/.test(route.path))) {
      const url = `${path.replaceAll(/:\w+/g, 'canary-token')}?q=${canaries.q}&token=${canaries.token}`;
      await send(method, url, method === 'GET' ? undefined : canaries);
    }
    const forged = { cookie: 'sid=canary-cookie; sid.sig=canary-cookie', ...headers };
    await client.request('GET', '/cart', undefined, forged);
    return statuses;
  }

  function expectNoSecret(): void {
    expect(lines.length).to.be.greaterThan(50);
    for (const secret of secrets) {
      const line = lines.find((one) => one.includes(secret));
      expect(line, `${secret} is in the log`).to.equal(undefined);
    }
    expect(
      lines.find((line) => cardDigits.test(line)),
      'a card number is in the log',
    ).to.equal(undefined);
  }

  it('holds nothing of what is typed into any form', async () => {
    const statuses = await driveAll();
    expect([...statuses].some((status) => status < 400)).to.equal(true);
    expectNoSecret();
  });

  it('says that a cookie was tampered with, without the cookie', () => {
    const line = lines.find((one) => one.includes('did not make'));
    expect(line).to.include('"name":"sid"');
  });

  it('holds nothing of it in its errors either, when Postgres is away', async () => {
    await shop.postgres.stop();
    try {
      const answer = await shop.client().request('POST', '/login', canaries);
      expect(answer.status).to.equal(503);
      await shop.client().request('POST', '/register', canaries);
      expectNoSecret();
    } finally {
      await shop.postgres.start();
    }
  });
});
