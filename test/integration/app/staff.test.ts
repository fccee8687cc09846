// What staff do in the shop, and that nobody else can: stock, prices, orders on their way.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import pg from 'pg';
import { eventually } from '../../support/eventually.ts';
import { newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';
const run = promisify(execFile);
const soon = { withinMs: timeouts.soonMs };

describe('staff', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let staff: ShopClient;
  let email: string;

  const post = (client: ShopClient, path: string, form: Record<string, string> = {}) =>
    client.request<string>('POST', path, form);
  /** The command an admin runs beside the shop. */
  const command = (...args: readonly string[]) =>
    run(process.execPath, ['app/main.ts', 'staff', ...args], {
      env: { ...process.env, ...shop.env, LOG_LEVEL: 'fatal' },
      timeout: timeouts.localServerReadyMs,
    });

  async function registered(): Promise<{ client: ShopClient; email: string }> {
    const client = shop.client();
    const address = newEmail();
    await client.register({ email: address, password, name: 'Ada' });
    return { client, email: address };
  }

  before(async () => {
    shop = await startShop();
    ({ client: staff, email } = await registered());
    await command(email);
    await post(staff, '/logout');
    await post(staff, '/login', { email, password });
  });
  after(() => shop.close());

  async function variant(offset: number): Promise<{ sku: string; stock: number; cents: number }> {
    const rows = await shop.query<{ sku: string; stock: number; cents: number }>(
      'SELECT sku, stock, price_cents AS cents FROM variant WHERE stock > 4 ORDER BY sku OFFSET $1 LIMIT 1',
      [offset],
    );
    return rows[0] ?? { sku: '', stock: -1, cents: -1 };
  }

  async function waitForStandby(name: string): Promise<void> {
    await shop.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await shop.query('SELECT pg_reload_conf()');
  }

  /** From now on no commit is acknowledged; resolves when one waits, because the server heeds it in its own time. */
  async function withholdAcknowledgements(): Promise<void> {
    await waitForStandby('nobody');
    await eventually(async () => {
      void shop.query(`SELECT pg_logical_emit_message(true, 'test', 'waits')`);
      const waiting = await shop.query(`SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
      expect(waiting).to.have.length.greaterThan(0);
    }, soon);
  }

  /** Cancels the shop's statements that wait so, and resolves with how many they were. */
  async function cancelled(waiting: string): Promise<number> {
    const mine = `usename = 'app' AND ${waiting}`;
    return (await shop.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${mine}`)).length;
  }

  const formFor = ({ stock, cents }: { stock: number; cents: number }) => {
    const [seenStock, seenPrice] = [String(stock), (cents / 100).toFixed(2)];
    return { stock: seenStock, seenStock, price: seenPrice, seenPrice };
  };

  it('is refused to visitors and shoppers, before anything is looked at', async () => {
    const { client } = await registered();
    for (const path of ['/staff/products', '/staff/orders']) {
      const visitor = await shop.client().request('GET', path);
      expect(visitor.headers.get('location')).to.match(/^\/login\?/);
      expect((await client.request('GET', path)).status).to.equal(403);
    }
    const { sku } = await variant(0);
    expect((await post(client, `/staff/products/${sku}`, {})).status).to.equal(403);
    expect((await post(client, '/staff/orders/nonsense', {})).status).to.equal(403);
  });

  it('finds a variant and sets its stock and price, which shoppers then see', async () => {
    const before = await variant(1);
    const list = await staff.request<string>('GET', `/staff/products?q=${before.sku}`);
    expect(list.body).to.include(`value="${before.stock}"`);
    const form = { ...formFor(before), stock: '77', price: '12,50' };
    expect((await post(staff, `/staff/products/${before.sku}?q=x`, form)).status).to.equal(303);
    const slug = before.sku.split('-').slice(0, -2).join('-');
    const { body } = await shop.client().product(slug);
    expect(body.variants.find(({ sku }) => sku === before.sku)).to.include({ stock: 77, priceCents: 1_250 });
  });

  it('lists all problems beside the fields and keeps what was typed', async () => {
    const before = await variant(2);
    const form = { ...formFor(before), stock: '-3', price: 'free' };
    const answer = await post(staff, `/staff/products/${before.sku}?q=${before.sku}`, form);
    expect(answer.status).to.equal(422);
    expect(answer.body).to.include('value="-3"').and.include('value="free"');
    const beside = (field: string) => {
      const id = `${field}-${before.sku}-problem`;
      expect(answer.body).to.include(`aria-describedby="${id}"`);
      return new RegExp(`id="${id}">([^<]*)`).exec(answer.body)?.[1];
    };
    expect(beside('stock')).to.include('Stock is a whole number');
    expect(beside('price')).to.include('like 49.90');
  });

  it('does not undo a sale made since the page was shown', async () => {
    const before = await variant(3);
    await shop.query('UPDATE variant SET stock = stock - 1 WHERE sku = $1', [before.sku]);
    const form = { ...formFor(before), stock: String(before.stock + 10) };
    const answer = await post(staff, `/staff/products/${before.sku}?q=${before.sku}`, form);
    expect(answer.status).to.equal(409);
    expect(answer.body).to.include(`changed to ${before.stock - 1}`);
    const priceOnly = { ...formFor(before), price: '9.99' };
    expect((await post(staff, `/staff/products/${before.sku}`, priceOnly)).status).to.equal(303);
    const [row] = await shop.query('SELECT stock, price_cents FROM variant WHERE sku = $1', [before.sku]);
    expect(row).to.deep.equal({ stock: before.stock - 1, price_cents: 999 });
  });

  it('takes a sale to just the number that was typed for a sale, not for its own change', async () => {
    const before = await variant(6);
    await shop.query('UPDATE variant SET stock = stock - 1 WHERE sku = $1', [before.sku]);
    const form = { ...formFor(before), stock: String(before.stock - 1), price: '9.99' };
    const answer = await post(staff, `/staff/products/${before.sku}?q=${before.sku}`, form);
    expect(answer.status).to.equal(409);
    expect(answer.body).to.include(`changed to ${before.stock - 1}`);
    const [row] = await shop.query('SELECT stock, price_cents FROM variant WHERE sku = $1', [before.sku]);
    expect(row).to.deep.equal({ stock: before.stock - 1, price_cents: before.cents });
  });

  it('does so also when its first try was cancelled while the sale had the lock', async () => {
    const before = await variant(7);
    const sale = new pg.Client({ connectionString: shop.postgres.url('app') });
    await sale.connect();
    try {
      await sale.query('BEGIN');
      await sale.query('UPDATE variant SET stock = stock - 1 WHERE sku = $1', [before.sku]);
      const form = { ...formFor(before), stock: String(before.stock - 1) };
      const answer = post(staff, `/staff/products/${before.sku}`, form);
      await eventually(async () => expect(await cancelled("wait_event_type = 'Lock'")).to.equal(1), soon);
      await sale.query('COMMIT');
      expect((await answer).status).to.equal(409);
    } finally {
      await sale.end();
    }
  });

  it('knows its own change again after the reply to its commit was lost', async () => {
    const before = await variant(8);
    const stock = before.stock - 1;
    const now = () => shop.query('SELECT stock, price_cents FROM variant WHERE sku = $1', [before.sku]);
    await withholdAcknowledgements();
    try {
      const form = { ...formFor(before), stock: String(stock), price: '9.99' };
      const answer = post(staff, `/staff/products/${before.sku}`, form);
      await eventually(async () => {
        await cancelled("wait_event = 'SyncRep'");
        expect(await now()).to.deep.equal([{ stock, price_cents: 999 }]);
      }, soon);
      await waitForStandby('');
      expect((await answer).status).to.equal(303);
    } finally {
      await waitForStandby('');
    }
    expect(await now()).to.deep.equal([{ stock, price_cents: 999 }]);
  });

  it('tells a program what the stock has become, in its language', async () => {
    const { sku, stock } = await variant(3);
    const edit = { stock: stock + 10, seenStock: stock + 1 };
    const patch = (language: string) =>
      staff.request<{ code: string; detail: string }>('PATCH', `/api/v1/staff/variants/${sku}`, edit, {
        'accept-language': language,
      });
    const english = await patch('en');
    expect(english.status).to.equal(409);
    expect(english.body.detail).to.include(`changed to ${stock} since`);
    expect((await patch('de')).body.detail).to.include(`auf ${stock} geändert`);
    const unknown = await staff.request('PATCH', `/api/v1/staff/variants/no-such-thing`, edit);
    expect(unknown.status).to.equal(404);
  });

  it('moves an order on, tells the customer, and refuses what cannot be', async () => {
    const shopper = shop.client();
    const { sku } = await variant(4);
    await shopper.add(sku);
    const { id } = (await shopper.order()).body;
    const move = (status: string) => post(staff, `/staff/orders/${id}?status=paid`, { status });
    expect((await staff.request<string>('GET', '/staff/orders?status=paid')).body).to.include(id);
    expect((await staff.request('GET', `/orders/${id}`)).status).to.equal(200);
    await move('shipped');
    await move('shipped');
    await move('cancelled');
    const [row] = await shop.query<{ status: string; mails: string }>(
      `SELECT status, (SELECT count(*) FROM outbox WHERE kind = 'order-shipped') AS mails
         FROM purchase WHERE id = $1`,
      [id],
    );
    expect(row).to.deep.equal({ status: 'shipped', mails: '1' });
  });

  it('gives the pieces back when staff cancel an order', async () => {
    const shopper = shop.client();
    const { sku, stock } = await variant(5);
    await shopper.add(sku, 2);
    const { id } = (await shopper.order()).body;
    await post(staff, `/staff/orders/${id}`, { status: 'cancelled' });
    const [row] = await shop.query('SELECT stock FROM variant WHERE sku = $1', [sku]);
    expect(row).to.deep.equal({ stock });
  });

  it('ends at once, in open sessions too, when the role is taken away', async () => {
    await command(email, '--revoke');
    expect((await staff.request('GET', '/staff/products')).status).to.equal(403);
    await command(email);
    expect((await staff.request('GET', '/staff/products')).status).to.equal(200);
  });

  it('says what to do when nobody has the address', async () => {
    const failed = await command('nobody@example.org').catch((error: unknown) => error as { code: number });
    expect(failed).to.include({ code: 1 });
  });
});
